"""What the client cannot do yet: recorded calls that need one of these names are skipped.

A method of MilvusClient stands by its name, another public name of the package as ``module.NAME``. The list only
shrinks: a test fails when a name on it exists, or when no recorded call needs it.
"""

from __future__ import annotations

NOT_YET: frozenset[str] = frozenset()
