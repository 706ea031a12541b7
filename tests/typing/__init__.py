"""Programs of users for the type checker: tests/unit/test_typing.py gives them to mypy --strict. Nothing runs them."""
