"""The site of the project: guides, cookbook and API reference, built from this repository."""
