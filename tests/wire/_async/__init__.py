"""Tests of what both clients wait for. The folder _async is the source, _sync is made of it by tools/unasync.py."""
