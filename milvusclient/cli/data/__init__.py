"""Rows in files, and words of the command line as values."""
