"""The defaults of connections, under the names that the reference client has for them."""

from __future__ import annotations

import os
from typing import Final

from milvusclient.pymilvus._names import module_names

__all__ = ["Config", "DefaultConfig"]

__getattr__, __dir__ = module_names(__name__)


class Config:
    """Constants; the environment is read when this module is imported, as there."""

    LEGACY_URI: Final = os.environ.get("MILVUS_DEFAULT_CONNECTION", "")
    MILVUS_URI: Final = os.environ.get("MILVUS_URI", LEGACY_URI)
    MILVUS_CONN_ALIAS: Final = os.environ.get("MILVUS_CONN_ALIAS", "default")
    MILVUS_CONN_TIMEOUT: Final = float(os.environ.get("MILVUS_CONN_TIMEOUT", "10"))
    DEFAULT_USING: Final = MILVUS_CONN_ALIAS
    DEFAULT_CONNECT_TIMEOUT: Final = MILVUS_CONN_TIMEOUT
    GRPC_PORT: Final = "19530"
    GRPC_ADDRESS: Final = "127.0.0.1:19530"
    GRPC_URI: Final = "tcp://127.0.0.1:19530"
    DEFAULT_HOST: Final = "localhost"
    DEFAULT_PORT: Final = "19530"
    WaitTimeDurationWhenLoad: Final = 0.2
    MaxVarCharLengthKey: Final = "max_length"
    MaxVarCharLength: Final = 65535
    EncodeProtocol: Final = "utf-8"
    IndexName: Final = ""


#: The name that the reference client's top level has for it.
DefaultConfig = Config
