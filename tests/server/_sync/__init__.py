"""Tests of both clients against servers; the source of ``_sync``."""
