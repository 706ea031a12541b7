"""The version of pymilvus that this package is compatible with."""

__version__ = "3.0.2"
