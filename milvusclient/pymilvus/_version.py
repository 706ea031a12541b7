"""The version of pymilvus that this door is compatible with."""

__version__ = "3.0.2"
