"""Unit tests also run where only the library itself is installed."""

from __future__ import annotations

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("click") else ["test_cli_*.py"]
