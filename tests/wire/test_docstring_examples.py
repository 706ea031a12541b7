"""The examples in the docstrings of the calls run: on the embedded server, or on the scripted one for what that lacks.

The synchronous client's are run; the asyncio client's are the same source.
"""

from __future__ import annotations

import doctest
import inspect
import io
import logging
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import pytest

from milvusclient import DataType, Function, FunctionType, MilvusClient
from milvusclient._sync.iterators import QueryIterator, SearchIterator
from milvusclient._sync.session import MilvusClientSession
from milvusclient.exceptions import UnimplementedError
from tests.support.scripted import ScriptedServer

CLASSES = (MilvusClient, MilvusClientSession, QueryIterator, SearchIterator)

#: What the embedded server begins and does not end; what it does not know at all is found out.
NOT_EMBEDDED = {
    "MilvusClient.optimize": "it does not say how far a compaction is",
    "MilvusClient.refresh_load": "it does not say how far a refresh is",
}


# --- what there is before an example ----------------------------------------------------------------------------------
def make_library(client: MilvusClient) -> None:
    """A collection of three books, as the examples tell of them; and nothing else."""
    for name in client.list_collections():
        for alias in client.list_aliases(name)["aliases"]:
            client.drop_alias(alias)
        client.drop_collection(name)
    if "library" in client.list_databases():
        client.drop_database("library")
    client.create_collection("books", dimension=2)
    for partition in ("novels", "poems"):
        client.create_partition("books", partition)
    titles = {"Dune": [0.1, 0.2], "Emma": [0.2, 0.3], "Ulysses": [0.9, 0.1]}
    client.insert(
        "books", [{"id": key, "vector": titles[title], "title": title} for key, title in enumerate(titles, 1)]
    )


def make_words(client: MilvusClient) -> None:
    """The collection, with a field that a function fills from the titles."""
    client.drop_collection("books")
    schema = client.create_schema().add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=2)
    schema.add_field("title", DataType.VARCHAR, max_length=200, enable_analyzer=True)
    schema.add_field("title_sparse", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(Function("bm25", FunctionType.BM25, "title", "title_sparse"))
    indexes = client.prepare_index_params("vector", "AUTOINDEX", metric_type="COSINE")
    indexes.add_index("title_sparse", "SPARSE_INVERTED_INDEX", metric_type="BM25")
    client.create_collection("books", schema=schema, index_params=indexes)
    titles = {"Dune, the desert planet": [0.1, 0.2], "Emma": [0.3, 0.4]}
    client.insert(
        "books", [{"id": key, "vector": titles[title], "title": title} for key, title in enumerate(titles, 1)]
    )


def make_years(client: MilvusClient) -> None:
    """Collections of two years."""
    client.rename_collection("books", "books_2024")
    client.create_collection("books_2025", dimension=2)


def make_alias(client: MilvusClient) -> None:
    """Collections of two years, and an alias of the first."""
    make_years(client)
    client.create_alias("books_2024", "books")


def release(client: MilvusClient) -> None:
    """The collection is not loaded."""
    client.release_collection("books")


def drop_index(client: MilvusClient) -> None:
    """The collection has no index."""
    client.release_collection("books")
    client.drop_index("books", "vector")


BEFORE: dict[str, Callable[[MilvusClient], object]] = {
    "MilvusClient.alter_alias": make_alias,
    "MilvusClient.alter_database_properties": lambda client: client.create_database("library"),
    "MilvusClient.create_alias": make_years,
    "MilvusClient.create_collection": lambda client: client.drop_collection("books"),
    "MilvusClient.create_index": drop_index,
    "MilvusClient.create_partition": lambda client: client.drop_partition("books", "novels"),
    "MilvusClient.describe_alias": make_alias,
    "MilvusClient.describe_database": lambda client: client.create_database("library"),
    "MilvusClient.drop_alias": make_alias,
    "MilvusClient.drop_database": lambda client: client.create_database("library"),
    "MilvusClient.drop_database_properties": lambda client: client.create_database("library"),
    "MilvusClient.drop_index": release,
    "MilvusClient.hybrid_search": make_words,
    "MilvusClient.list_aliases": make_alias,
    "MilvusClientSession.hybrid_search": make_words,
}


# --- running ----------------------------------------------------------------------------------------------------------
class Runner(doctest.DocTestRunner):
    """Remembers the first exception."""

    raised: BaseException | None = None

    def report_unexpected_exception(
        self,
        out: Callable[[str], object],
        test: doctest.DocTest,
        example: doctest.Example,
        exc_info: tuple[type[BaseException], BaseException, TracebackType],
    ) -> None:
        self.raised = self.raised or exc_info[1]
        super().report_unexpected_exception(out, test, example, exc_info)


def examples(call: str) -> doctest.DocTest:
    cls, _, name = call.partition(".")
    text = inspect.getdoc(getattr(next(one for one in CLASSES if one.__name__ == cls), name)) or ""
    return doctest.DocTestParser().get_doctest(text, {}, call, None, 0)


def run(call: str, client: MilvusClient) -> tuple[str, BaseException | None]:
    """What is wrong with the examples of a call, if anything; and the first exception."""
    test, report, runner = examples(call), io.StringIO(), Runner(verbose=False)
    test.globs["client"] = client
    runner.run(test, out=report.write)
    return report.getvalue(), runner.raised


def family(call: str) -> str:
    cls, _, name = call.partition(".")
    function = inspect.unwrap(getattr(next(one for one in CLASSES if one.__name__ == cls), name))
    return str(function.__module__).rpartition(".")[2]


CALLS = [
    f"{cls.__name__}.{name}"
    for cls in CLASSES
    for name in (dir(cls) if cls is MilvusClient else vars(cls))
    if not name.startswith("_") and callable(getattr(cls, name)) and examples(f"{cls.__name__}.{name}").examples
]


@pytest.mark.parametrize("name", sorted(set(map(family, CALLS))))
def test_calls(name: str, lite_uri: str, scripted_server: ScriptedServer, caplog: pytest.LogCaptureFixture) -> None:
    # The embedded server logs every call that it does not know, and a kept record would keep its threads.
    caplog.set_level(logging.CRITICAL, "grpc._server")
    wrong = []
    for call in (call for call in CALLS if family(call) == name):
        said, raised = "", None
        if call not in NOT_EMBEDDED:
            with MilvusClient(lite_uri) as client:
                make_library(client)
                BEFORE.get(call, bool)(client)
                said, raised = run(call, client)
        if call in NOT_EMBEDDED or isinstance(raised, UnimplementedError):
            with MilvusClient(scripted_server.uri) as client:
                said, _ = run(call, client)
        wrong.append(said)
    assert "".join(wrong) == ""


@pytest.mark.parametrize("call", CALLS)
def test_no_example_is_skipped(call: str) -> None:
    assert not [example.source for example in examples(call).examples if example.options.get(doctest.SKIP)]


def test_the_client_itself(lite_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(lite_uri).parent)
    report = io.StringIO()
    test = doctest.DocTestParser().get_doctest(inspect.getdoc(MilvusClient) or "", {}, "MilvusClient", None, 0)
    doctest.DocTestRunner(verbose=False).run(test, out=report.write)
    assert test.examples
    assert report.getvalue() == ""
