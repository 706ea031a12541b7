"""Encode rows, columns, query vectors and filter parameters as messages."""
