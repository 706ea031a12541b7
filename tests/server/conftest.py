"""Fixtures: the servers on which each operation is tested."""

from __future__ import annotations

import importlib.util
import logging
import os
from collections.abc import Iterator

import pytest

from milvusclient import MilvusClient
from milvusclient.policy.polling import PACE
from tests.server.both import BOOK_ROWS, BOOK_SCHEMA, BOOKS, LITE, MILVUS_235, OLD_ROWS, Server, flat
from tests.support import servers
from tests.support.servers import Database, HeldMilvus, Milvus

BOTH = [pytest.param(LITE, marks=pytest.mark.lite), pytest.param(MILVUS_235, marks=pytest.mark.real_server)]


@pytest.fixture(params=BOTH)
def server(request: pytest.FixtureRequest) -> Server:
    """An empty database on each of the two servers."""
    if request.param == LITE:
        return Server(LITE, request.getfixturevalue("lite_uri"))
    milvus: Milvus = request.getfixturevalue("milvus_235")
    return Server(MILVUS_235, f"{milvus.uri}/{request.getfixturevalue('milvus_database')}")


@pytest.fixture(params=BOTH)
def library(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A database on each of the two servers with the collection ``BOOKS``, loaded; for tests that only read."""
    if request.param == MILVUS_235:
        yield request.getfixturevalue("_library_on_milvus")
        return
    server: Server = request.getfixturevalue("_library_in_a_file")
    # A file that nobody has open is closed, and its collections are released.
    with MilvusClient(server.uri, alias="library") as keeper:
        keeper.load_collection(BOOKS)
        yield server


@pytest.fixture(scope="session")
def _library_in_a_file(tmp_path_factory: pytest.TempPathFactory) -> Server:
    if importlib.util.find_spec("milvus_lite") is None:
        pytest.skip("the embedded server (package milvus-lite) is not installed")
    return _stocked(Server(LITE, str(tmp_path_factory.mktemp("library") / "library.db")))


@pytest.fixture(scope="session")
def _library_on_milvus(_shared_milvus: HeldMilvus) -> Iterator[Server]:
    if reason := servers.why_no_milvus():
        pytest.skip(reason)
    milvus = _shared_milvus.acquire()
    database = Database(f"library_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}")
    database.create(milvus)
    yield _stocked(Server(MILVUS_235, f"{milvus.uri}/{database.name}"))
    if _shared_milvus.held is not None:
        database.drop(_shared_milvus.held)


@pytest.fixture(autouse=True)
def _servers_are_asked_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loads and flushes take some two seconds, and up to half a second more until the client asks again."""
    monkeypatch.setattr(PACE, "longest", 0.1)


@pytest.fixture(autouse=True)
def _logs_hold_no_server() -> Iterator[None]:
    """Milvus Lite logs each call that it does not know, with a traceback that would keep its threads alive."""

    def keep_the_text_only(record: logging.LogRecord) -> bool:
        record.exc_info = None
        return True

    logger = logging.getLogger("grpc._server")
    logger.addFilter(keep_the_text_only)
    yield
    logger.removeFilter(keep_the_text_only)


def _stocked(server: Server) -> Server:
    with MilvusClient(server.uri) as client:
        client.create_collection(BOOKS, schema=BOOK_SCHEMA, index_params=flat())
        client.create_partition(BOOKS, "old")
        client.insert(BOOKS, BOOK_ROWS)
        client.insert(BOOKS, OLD_ROWS, partition_name="old")
        # Once they were seen, every later reader sees them at its own level.
        assert client.query(BOOKS, "", ["count(*)"], consistency_level="Strong") == [{"count(*)": 11}]
    return server
