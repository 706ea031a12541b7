"""Bitmaps and Bloom filters of keys, for filters that test membership in a large set."""
