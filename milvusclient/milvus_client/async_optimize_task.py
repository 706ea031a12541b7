"""Where programs written for the reference client import the asyncio task of ``optimize`` from."""

from __future__ import annotations

from milvusclient.models.infos import OptimizeResult, ProgressStage
from milvusclient.runtime.optimize_task import AsyncOptimizeTask

__all__ = ["AsyncOptimizeTask", "OptimizeResult", "ProgressStage"]
