"""Bloom filters and bitmaps of large sets, for filters that test membership in them."""
