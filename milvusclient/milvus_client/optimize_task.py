"""Where programs written for the reference client import the tasks of ``optimize`` from."""

from __future__ import annotations

from milvusclient.models.infos import OptimizeResult, ProgressStage
from milvusclient.runtime.optimize_task import OptimizeTask

__all__ = ["OptimizeResult", "OptimizeTask", "ProgressStage"]
