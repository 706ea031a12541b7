"""Where programs written for the reference client import the tasks of ``optimize`` from."""

from __future__ import annotations

from milvusclient._optimizing import OptimizeTask
from milvusclient.models.infos import OptimizeResult, ProgressStage

__all__ = ["OptimizeResult", "OptimizeTask", "ProgressStage"]
