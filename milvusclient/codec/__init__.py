"""Rows and columns to and from the messages of the protocol. Pure: nothing here waits, or knows a connection."""
