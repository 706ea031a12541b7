"""Servers, facts and comparison rules that the tests share."""
