"""Connections and calls: what the families of operations are built on."""
