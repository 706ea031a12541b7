"""``python -m milvusclient.cli`` is the command ``milvusclient``."""

from __future__ import annotations

import sys

from milvusclient.cli import main

sys.exit(main())
