"""What cannot be is refused before anything is sent, with the row, the field, what was wanted and what was given."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy
import pytest

from milvusclient import AnnSearchRequest, DataNotMatchException, DataType, ParamError, RRFRanker
from milvusclient._async.client import AsyncMilvusClient
from milvusclient.exceptions import ConnectionConfigException, MilvusException
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.runtime import schema_cache
from tests.support.scripted import ScriptedServer

FIELDS: list[dict[str, Any]] = [
    {"name": "id", "type": "Int64", "is_primary_key": True},
    {"name": "flag", "type": "Bool"},
    {"name": "small", "type": "Int8"},
    {"name": "medium", "type": "Int32"},
    {"name": "price", "type": "Float"},
    {"name": "title", "type": "VarChar", "type_params": {"max_length": "5"}},
    {"name": "document", "type": "JSON"},
    {"name": "tags", "type": "Array", "element_type": "Int16", "type_params": {"max_capacity": "2"}},
    {"name": "dense", "type": "FloatVector", "type_params": {"dim": "2"}},
    {"name": "bits", "type": "BinaryVector", "type_params": {"dim": "16"}},
    {"name": "bytes8", "type": "Int8Vector", "type_params": {"dim": "2"}},
    {"name": "half", "type": "Float16Vector", "type_params": {"dim": "2"}},
    {"name": "sparse", "type": "SparseFloatVector"},
]
GOOD: dict[str, Any] = {
    "id": 1, "flag": True, "small": 1, "medium": 1, "price": 0.5, "title": "Dune", "document": {"a": 1}, "tags": [1],
    "dense": [0.1, 0.2], "bits": b"\x00\xff", "bytes8": [1, 2], "half": [0.5, 1.5], "sparse": {1: 0.5},
}  # fmt: skip

#: field, value, what the message says that is wanted, and given
WRONG: list[tuple[str, Any, str, str]] = [
    ("id", "1", "an INT64", "got '1' (str)"),
    ("id", 2**63, "an INT64", str(2**63)),
    ("id", None, "a value", "None; the field is not nullable"),
    ("flag", "yes", "a BOOL", "got 'yes' (str)"),
    ("flag", 2, "a BOOL", "2"),
    ("small", 128, "an INT8 (-128 to 127)", "128"),
    ("small", -129, "an INT8 (-128 to 127)", "-129"),
    ("small", 1.0, "an INT8 (-128 to 127)", "got 1.0 (float)"),
    ("small", True, "an INT8 (-128 to 127)", "bool is not accepted as an integer"),
    ("medium", 2**31, "an INT32 (-2147483648 to 2147483647)", "2147483648"),
    ("price", "0.5", "a FLOAT", "got '0.5' (str)"),
    ("price", 1e39, "a FLOAT", "1e+39, which is too large for FLOAT"),
    ("title", 5, "a VARCHAR (str)", "got 5 (int)"),
    ("title", "123456", "at most 5 bytes (max_length)", "6 bytes of UTF-8"),
    ("title", "äöü", "at most 5 bytes (max_length)", "6 bytes of UTF-8"),
    ("title", "\ud800", "a VARCHAR (str)", "a str that UTF-8 cannot encode"),
    ("document", {1, 2}, "JSON", "set"),
    ("document", {"a": math.nan}, "JSON", "nan"),
    ("document", "plain", "JSON", "which is not JSON"),
    ("tags", 5, "an ARRAY of INT16", "got 5 (int)"),
    ("tags", [1, 2, 3], "at most 2 elements (max_capacity)", "3 elements"),
    ("tags", [1, "2"], "an INT16", "got '2' (str)"),
    ("tags", [1, 2**15], "an INT16", "32768"),
    ("dense", [0.1], "a FLOAT_VECTOR of 2 elements", "1 element"),
    ("dense", [0.1, 0.2, 0.3], "a FLOAT_VECTOR of 2 elements", "3 elements"),
    ("dense", "0.1", "a FLOAT_VECTOR of 2 elements", "got '0.1' (str)"),
    ("dense", [0.1, "0.2"], "a FLOAT_VECTOR of 2 elements", "got '0.2' (str)"),
    ("dense", [0.1, math.nan], "finite numbers", "NaN or infinity"),
    ("dense", [math.inf, 0.1], "finite numbers", "NaN or infinity"),
    ("dense", numpy.array([0.1, math.nan], "f4"), "finite numbers", "NaN or infinity"),
    ("dense", numpy.array([1, 2], "i4"), "dtype float32", "int32"),
    ("dense", numpy.zeros((1, 2), "f4"), "a FLOAT_VECTOR of 2 elements", "shape (1, 2)"),
    ("dense", b"1234567", "8 bytes", "7 bytes"),
    ("bits", b"\x00", "2 bytes", "1 byte"),
    ("bits", [0, 1] * 8, "a BINARY_VECTOR of 16 bits", "numpy.packbits"),
    ("bits", [0, 256], "integers from 0 to 255", "256"),
    ("bytes8", [1, 128], "an INT8_VECTOR of 2 elements", "128"),
    ("bytes8", [1, 0.5], "an INT8_VECTOR of 2 elements", "0.5"),
    ("half", [1.0, 65520.0], "a FLOAT16_VECTOR of 2 elements", "65520.0"),
    ("half", numpy.array([1.0, math.nan], "f2"), "finite numbers", "NaN or infinity"),
    ("sparse", [0.1, 0.2], "a SPARSE_FLOAT_VECTOR", "[0.1, 0.2]"),
    ("sparse", {-1: 0.5}, "an index from 0 to 4294967294", "-1"),
    ("sparse", {1: math.nan}, "a finite float", "nan"),
    ("sparse", {"x": 0.5}, "an int for each index", "got 'x' (str)"),
]


@pytest.fixture
def server() -> Any:
    """A scripted server with one collection of many types."""
    with ScriptedServer({"c": {"fields": FIELDS}, "open": {"fields": FIELDS, "enable_dynamic_field": True}}) as server:
        yield server


def sent(server: ScriptedServer) -> int:
    """How many writes and reads were sent."""
    return sum(len(server.calls(rpc)) for rpc in ("Insert", "Upsert", "Delete", "Query", "Search", "HybridSearch"))


@pytest.mark.parametrize(("field", "value", "wanted", "given"), WRONG, ids=[f"{w[0]}-{w[1]!r:.30}" for w in WRONG])
async def test_a_value_that_does_not_fit(
    server: ScriptedServer, field: str, value: Any, wanted: str, given: str
) -> None:
    client = AsyncMilvusClient(server.uri)
    await client.insert("c", [GOOD])
    rows = [GOOD, GOOD, {**GOOD, field: value}, GOOD]
    for write in (client.insert, client.upsert):
        with pytest.raises(MilvusException) as raised:
            await write("c", rows)
        assert isinstance(raised.value, (DataNotMatchException, ParamError))
        message = raised.value.message
        assert "row 2" in message
        assert f"field {field!r}" in message
        assert wanted in message
        assert given in message
    assert sent(server) == 1


@pytest.mark.parametrize("field", list(GOOD))
async def test_a_field_that_is_missing(server: ScriptedServer, field: str) -> None:
    client = AsyncMilvusClient(server.uri)
    with pytest.raises(DataNotMatchException, match=rf"row 1, field '{field}': expected a value .*, got none"):
        await client.insert("c", [GOOD, {name: value for name, value in GOOD.items() if name != field}])
    assert sent(server) == 0


async def test_a_key_that_no_field_has(server: ScriptedServer) -> None:
    client = AsyncMilvusClient(server.uri)
    with pytest.raises(DataNotMatchException, match="row 1, field 'colour': expected only fields of the schema.*price"):
        await client.insert("c", [GOOD, {**GOOD, "colour": "red"}])
    assert sent(server) == 0
    await client.insert("open", [GOOD, {**GOOD, "colour": "red"}])
    wrong: Any = {**GOOD, 7: "red"}
    with pytest.raises(DataNotMatchException, match="row 0, field '7': expected names of fields that are str, got 7"):
        await client.insert("open", [wrong])
    assert sent(server) == 1


@pytest.mark.parametrize("data", [None, "row", 5, [5], [GOOD, None], ({"id": 1}, 5), {1, 2}])
async def test_what_is_no_row(server: ScriptedServer, data: Any) -> None:
    client = AsyncMilvusClient(server.uri)
    for write in (client.insert, client.upsert):
        with pytest.raises((ParamError, DataNotMatchException), match=r"dict"):
            await write("c", data)
    assert sent(server) == 0


async def test_a_wrong_query_vector(server: ScriptedServer) -> None:
    client = AsyncMilvusClient(server.uri)
    for data in ([[0.1, math.nan]], [["a", "b"], ["c", 5]], [0.1, 0.2], [], [None]):
        with pytest.raises((ParamError, DataNotMatchException)):
            await client.search("c", data, anns_field="dense")
    assert sent(server) == 0


@pytest.mark.parametrize("vector", [[0.1], [0.1, 0.2, 0.3], numpy.zeros(3, "f4")], ids=repr)
async def test_a_query_vector_of_a_wrong_dimension(server: ScriptedServer, vector: Any) -> None:
    client = AsyncMilvusClient(server.uri)
    await client.insert("c", [GOOD])
    request: Any = AnnSearchRequest([vector], "dense", {}, limit=1)
    right: Any = AnnSearchRequest([[0.1, 0.2]], "dense", {}, limit=1)
    calls: list[tuple[str, Any]] = [
        ("", lambda: client.search("c", [vector], anns_field="dense")),
        ("", lambda: client.search_columns("c", [vector], anns_field="dense")),
        ("", lambda: client.search_iterator("c", [vector], anns_field="dense")),
        (r"reqs\[1\]\.", lambda: client.hybrid_search("c", [right, request], RRFRanker())),
    ]
    for place, call in calls:
        with pytest.raises(
            ParamError, match=rf"^{place}data\[0\]: expected a FLOAT_VECTOR of 2 elements for field 'dense'"
        ):
            await call()
    assert sent(server) == 1


async def test_a_dimension_that_is_out_of_date_refuses_nothing(server: ScriptedServer) -> None:
    """The collection was made anew by another program since its schema was asked for."""
    client = AsyncMilvusClient(server.uri)
    old = CollectionInfo("c", fields=(FieldInfo("dense", data_type=DataType.FLOAT_VECTOR, dim=3),))
    schema_cache.remember(client._key("c"), old, schema_cache.edition())
    await client.search("c", [[0.1, 0.2]], anns_field="dense")
    assert [len(server.calls(rpc)) for rpc in ("DescribeCollection", "Search")] == [1, 1]
    await client.search("c", [[0.1, 0.2]], anns_field="dense")
    assert [len(server.calls(rpc)) for rpc in ("DescribeCollection", "Search")] == [1, 2]


@pytest.mark.parametrize("has_written", [False, True])
@pytest.mark.parametrize("name", ["", None, 5, ["c"]])
async def test_a_name_that_cannot_be(server: ScriptedServer, name: Any, has_written: bool) -> None:
    client = AsyncMilvusClient(server.uri)
    if has_written:  # reads ask for the last write only then
        schema_cache.note_write(client._key("other"), 1)
    for call in (
        lambda: client.insert(name, GOOD), lambda: client.query(name, "id > 0"), lambda: client.search(name, [[1.0]]),
        lambda: client.has_collection(name), lambda: client.drop_collection(name), lambda: client.load_collection(name),
        lambda: client.delete(name, [1]), lambda: client.describe_collection(name), lambda: client.flush(name),
    ):  # fmt: skip
        with pytest.raises(ParamError, match="collection_name"):
            await call()
    assert [request.rpc for request in server.requests] in ([], ["Connect"])


async def test_an_unknown_keyword_is_a_type_error(server: ScriptedServer) -> None:
    client = AsyncMilvusClient(server.uri)
    calls: list[Any] = [client.insert, client.query, client.search, client.create_collection, client.load_collection]
    for call in calls:
        with pytest.raises(TypeError, match="time_out"):
            await call("c", time_out=5)
    with pytest.raises(TypeError, match="pasword"):
        AsyncMilvusClient(server.uri, user="root", pasword="Milvus")  # type: ignore[call-arg]  # that is the point
    assert sent(server) == 0


def test_no_public_signature_takes_any_keyword() -> None:
    for name in dir(AsyncMilvusClient):
        method = getattr(AsyncMilvusClient, name)
        if not name.startswith("_") and callable(method):
            kinds = {parameter.kind for parameter in inspect.signature(method).parameters.values()}
            assert not kinds & {inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL}, name


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("ftp://localhost:19530", "ftp"),
        ("http://localhost:99999", "port.*99999"),
        ("http://localhost:port", "port"),
        ("http://localhost:0", "port"),
        ("http://", "host"),
        ("", "uri"),
        (5, "uri"),
        ("./no_such_folder/x.db", "no_such_folder"),
    ],
)
async def test_a_uri_that_cannot_be(uri: Any, message: str) -> None:
    with pytest.raises(ConnectionConfigException, match=message):
        await AsyncMilvusClient(uri).list_collections()


@pytest.mark.parametrize(
    ("credentials", "message"),
    [
        ({"user": "root"}, "password"),
        ({"password": "Milvus"}, "user"),
        ({"user": 5, "password": "Milvus"}, "user"),
        ({"token": 5}, "token"),
    ],
)
async def test_half_of_the_credentials(server: ScriptedServer, credentials: dict[str, Any], message: str) -> None:
    with pytest.raises(ConnectionConfigException, match=message) as raised:
        AsyncMilvusClient(server.uri, **credentials)
    assert "'Milvus'" not in str(raised.value), "a password is not shown"
    assert server.requests == []
