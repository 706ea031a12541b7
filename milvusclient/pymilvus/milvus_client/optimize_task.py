"""The tasks of ``optimize``."""

from __future__ import annotations

from milvusclient.models.infos import OptimizeResult, ProgressStage
from milvusclient.pymilvus._names import module_names
from milvusclient.runtime.optimize_task import OptimizeTask

__all__ = ["OptimizeResult", "OptimizeTask", "ProgressStage"]

__getattr__, __dir__ = module_names(__name__)
