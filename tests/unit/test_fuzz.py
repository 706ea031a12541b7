"""Whatever comes in as uri, alias or row, there is a result or an error of ours, and no secret in it."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from milvusclient.codec.write.rows import check_rows
from milvusclient.config.settings import ConnectionConfig, make_config
from milvusclient.exceptions import ConnectionConfigException, MilvusException
from milvusclient.models.collection import CollectionInfo, FieldInfo
from milvusclient.schema.enums import DataType
from tests.support.columns import encoded_columns
from tests.support.soak import scaled

ALWAYS_THE_SAME = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

# --- uris ------------------------------------------------------------------------------------------------------------
SECRET = "hunter2-hunter2"

_pieces = st.one_of(
    st.sampled_from([
        "http", "https", "tcp", "grpc", "unix", "HTTP", "://", ":", "//", "/", "@", "[", "]", "::1", "[::1]",
        "localhost", "127.0.0.1", "19530", "0", "65536", "db", ".db", "./x.db", "?", "#", "%", "%40", "%zz", " ", "\n",
        "\0", "..", "~", "user", "é", "\ud800", "٣", "a" * 300,
    ]),
    st.text(max_size=4),
)  # fmt: skip
uris = st.lists(_pieces, max_size=9).map("".join)


@pytest.mark.soak
@settings(ALWAYS_THE_SAME, max_examples=scaled(2_000, 250))
@given(uri=uris, token=st.sampled_from(["", "key", "a:b"]), db_name=st.sampled_from(["", "films", "é", "a b"]))
def test_a_uri_is_normalised_or_refused(uri: str, token: str, db_name: str) -> None:
    try:
        config = make_config(uri, token=token, db_name=db_name)
    except ConnectionConfigException:
        return
    again = make_config(config.target.uri, token=config.token.reveal(), db_name=config.db_name)
    assert again == config, "the normal form means the same"
    assert again.alias == config.alias
    assert config.alias == pickle.loads(pickle.dumps(config)).alias


@pytest.mark.soak
@settings(ALWAYS_THE_SAME, max_examples=scaled(1_000, 125))
@given(before=uris, after=uris)
def test_no_refusal_shows_what_stands_before_the_at_sign(before: str, after: str) -> None:
    try:
        config = make_config(f"http://user{before}:{SECRET}@{after}")
    except ConnectionConfigException as error:
        assert SECRET not in str(error)  # noqa: PT017 - whether it is refused is not the question
    else:
        assert SECRET not in repr(config)
        assert SECRET not in config.alias


# --- aliases ---------------------------------------------------------------------------------------------------------
_texts = st.text(max_size=6)


@pytest.mark.soak
@settings(ALWAYS_THE_SAME, max_examples=scaled(600, 75))
@given(one=st.tuples(_texts, _texts, _texts), other=st.tuples(_texts, _texts, _texts))
def test_aliases_are_equal_exactly_for_equal_settings(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    first, second = _config(*one), _config(*other)
    if first is not None and second is not None:
        assert (first.alias == second.alias) == (not first.differences(second))


def _config(user: str, password: str, db_name: str) -> ConnectionConfig | None:
    try:
        return make_config("http://x", user=user, password=password, db_name=db_name)
    except ConnectionConfigException:
        return None


# --- rows ------------------------------------------------------------------------------------------------------------
FIELDS: dict[str, dict[str, Any]] = {
    "bool": {"data_type": DataType.BOOL},
    "int8": {"data_type": DataType.INT8},
    "int32": {"data_type": DataType.INT32, "nullable": True},
    "int64": {"data_type": DataType.INT64},
    "float": {"data_type": DataType.FLOAT},
    "double": {"data_type": DataType.DOUBLE, "nullable": True},
    "text": {"data_type": DataType.VARCHAR, "max_length": 8},
    "json": {"data_type": DataType.JSON},
    "numbers": {"data_type": DataType.ARRAY, "element_type": DataType.INT16, "max_capacity": 3},
    "texts": {"data_type": DataType.ARRAY, "element_type": DataType.VARCHAR, "max_capacity": 3, "max_length": 4},
    "vector": {"data_type": DataType.FLOAT_VECTOR, "dim": 2},
    "half": {"data_type": DataType.FLOAT16_VECTOR, "dim": 2},
    "bits": {"data_type": DataType.BINARY_VECTOR, "dim": 8},
    "bytes": {"data_type": DataType.INT8_VECTOR, "dim": 2},
    "sparse": {"data_type": DataType.SPARSE_FLOAT_VECTOR},
}

_numbers = st.one_of(
    st.integers(-3, 300),
    st.sampled_from([2**31, 2**63, -(2**63) - 1, 10**400, 0.5, -0.0, 1e39, 1e308, float("nan"), float("inf"), 3 + 4j]),
)
_scalars = st.one_of(
    st.none(), st.booleans(), _numbers, st.sampled_from(["", "a", "longer than that", "\ud800", "é" * 5]),
    st.sampled_from([b"", b"\x01", b"12345678", bytearray(b"ab"), memoryview(b"abcd"), object(), range(2), {1, 2}]),
)  # fmt: skip
_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.one_of(_numbers, st.text(max_size=2)), inner, max_size=3),
    ),
    max_leaves=5,
)


def _collection(name: str, *, dynamic: bool = False) -> CollectionInfo:
    key = FieldInfo("id", data_type=DataType.INT64, is_primary=True)
    return CollectionInfo("c", fields=(key, FieldInfo(name, **FIELDS[name])), enable_dynamic_field=dynamic)


def _outcome(rows: object, collection: CollectionInfo) -> str:
    """``encoded``, or the message of the refusal; most rows are refused, and that is right."""
    try:
        encoded_columns(check_rows(rows), collection)
    except MilvusException as error:
        return error.message
    return "encoded"


@pytest.mark.soak
@settings(ALWAYS_THE_SAME, max_examples=scaled(2_500, 300))
@given(name=st.sampled_from(sorted(FIELDS)), values=st.lists(_values, min_size=1, max_size=3))
def test_any_value_is_encoded_or_refused(name: str, values: list[object]) -> None:
    assert _outcome([{"id": index, name: value} for index, value in enumerate(values)], _collection(name)) != ""


@pytest.mark.soak
@settings(ALWAYS_THE_SAME, max_examples=scaled(1_000, 125))
@given(
    rows=st.one_of(
        _values,
        st.lists(
            st.dictionaries(st.sampled_from(["id", "int64", "x", ""]), _values, max_size=3), min_size=1, max_size=3
        ),
    ),
    dynamic=st.booleans(),
)
def test_any_rows_are_encoded_or_refused(rows: object, dynamic: bool) -> None:
    assert _outcome(rows, _collection("int64", dynamic=dynamic)) != ""
