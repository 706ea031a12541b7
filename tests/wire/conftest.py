"""Fixtures of the wire tests: the recording server and the client module under test."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.support.recorder import Recorder
from tests.support.scenario import addresses


@pytest.fixture(scope="session")
def recorder() -> Iterator[Recorder]:
    """The recording stand-in server, one per worker process."""
    with Recorder() as server:
        yield server


@pytest.fixture(scope="session")
def _addresses(recorder: Recorder) -> Iterator[str]:
    return addresses(recorder.port)


@pytest.fixture
def recorder_address(_addresses: Iterator[str]) -> str:
    """A ``host:port`` of the recorder that no other test uses, so that no connection is shared between tests."""
    return next(_addresses)


@pytest.fixture(scope="session")
def client_module(request: pytest.FixtureRequest) -> ModuleType:
    """The module whose clients are compared with the recordings: milvusclient, unless --wire-module says otherwise."""
    return importlib.import_module(request.config.getoption("--wire-module"))


@pytest.fixture(autouse=True)
def _no_connection_is_left() -> Iterator[None]:
    """The pool of the process is empty again after each test; those of event loops go with their loops."""
    yield
    if "milvusclient._sync.core.pool" not in sys.modules:
        return
    from milvusclient import connections
    from milvusclient._sync.core.pool import current_pool
    from milvusclient.runtime.callsite import record_close

    for alias, _ in connections.list_connections():
        current_pool().close(alias, record_close("the end of the test"))
        connections.remove_connection(alias)
