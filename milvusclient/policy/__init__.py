"""Decisions as small values: `now` and what happened come in, a decision goes out. Nothing waits here."""
