"""Where programs written for the reference client import the asyncio task of ``optimize`` from."""

from __future__ import annotations

from milvusclient._optimizing import AsyncOptimizeTask
from milvusclient.models.infos import OptimizeResult, ProgressStage

__all__ = ["AsyncOptimizeTask", "OptimizeResult", "ProgressStage"]
