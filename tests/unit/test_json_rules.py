"""JSON is the same with orjson and without it: what is stored, what is refused, and where the refusal points."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import enum
import json
import uuid
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milvusclient.codec import json_text
from milvusclient.codec.dynamic import encode_dynamic
from milvusclient.codec.json_text import encode_json
from milvusclient.codec.write.cells import Cells
from milvusclient.exceptions import DataNotMatchException
from milvusclient.models.collection import FieldInfo
from milvusclient.schema.enums import DataType

FIELD = FieldInfo("x", data_type=DataType.JSON)


class Color(str, enum.Enum):  # noqa: UP042 - what programs have, and other than a StrEnum in its str()
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Plain(enum.Enum):
    PAIR = (1, "a")


class Name(str):
    """A subclass, as libraries for settings or markup have them."""

    __slots__ = ()


class Price(float):
    __slots__ = ()


class Point(NamedTuple):
    x: int
    y: float


@dataclasses.dataclass
class Book:
    title: str
    _shelf: int = 1


class NaT(datetime.datetime):
    """Behaves as pandas' NaT: a moment that is not equal to itself, and whose ISO form is no moment."""

    def __ne__(self, other: object) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]  # as nothing is equal to it

    def isoformat(self, *_: object) -> str:
        return "NaT"


class NAType:
    """Behaves as pandas' NA: neither true nor false."""

    def __ne__(self, other: object) -> Any:
        return self

    def __bool__(self) -> bool:
        raise TypeError("boolean value of NA is ambiguous")


STORED: list[tuple[Any, Any]] = [
    ({"a": [1, None, {"b": "ü"}], "c": True}, {"a": [1, None, {"b": "ü"}], "c": True}),
    ([Color.RED, Name("n"), np.str_("s")], ["red", "n", "s"]),
    ({Color.RED: 1, Name("n"): 2, np.str_("s"): 3}, {"red": 1, "n": 2, "s": 3}),
    ([Level.HIGH, Plain.PAIR], [3, [1, "a"]]),
    ([Price(1.5), np.float64(0.1), np.float32(0.5)], [1.5, 0.1, 0.5]),
    ([np.float32(0.1)], [float(np.float32(0.1))]),
    ([np.array([0.1, 0.5], "f4")], [[float(np.float32(0.1)), 0.5]]),
    ([np.int8(3), np.bool_(True), np.array(7), np.arange(3)], [3, True, 7, [0, 1, 2]]),
    ([2**63 - 1, -(2**63), 2**64 - 1], [2**63 - 1, -(2**63), 2**64 - 1]),
    ([Point(1, 0.5), (1, 2)], [[1, 0.5], [1, 2]]),
    ([Book("Dune")], [{"title": "Dune", "_shelf": 1}]),
    ([MappingProxyType({"a": MappingProxyType({})}), collections.OrderedDict(b=1)], [{"a": {}}, {"b": 1}]),
    ([collections.defaultdict(int, a=1), collections.UserDict(a=2)], [{"a": 1}, {"a": 2}]),
    ([datetime.date(2026, 1, 2), datetime.time(1, 2, 3)], ["2026-01-02", "01:02:03"]),
    ([datetime.time(1, 2, tzinfo=datetime.UTC)], ["01:02:00+00:00"]),
    ([datetime.datetime(2026, 1, 2, 3, 4, 5, 6, datetime.UTC)], ["2026-01-02T03:04:05.000006+00:00"]),
    ([datetime.datetime(1800, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))], ["1800-01-01T00:00:00+00:53:28"]),
    (
        [np.datetime64("2026-01-02"), np.datetime64("2026-01-02T03", "ns")],
        ["2026-01-02", "2026-01-02T03:00:00.000000000"],
    ),
    ([np.array(["2026-01-02"], "M8[D]")], [["2026-01-02"]]),
    ([uuid.UUID(int=1)], ["00000000-0000-0000-0000-000000000001"]),
    ([1e16, -0.0, 1e-7], [1e16, -0.0, 1e-7]),
]
REFUSED: list[tuple[Any, str, str]] = [
    ({"a": [1, float("nan")]}, "['a'][1]", "got nan, which JSON cannot represent; use None for a missing value"),
    ({"a": float("inf")}, "['a']", "got inf, which JSON cannot represent"),
    ([np.float32("nan")], "[0]", "use None"),
    ([np.array([1.0, np.nan])], "[0][1]", "use None"),
    ([NaT(2026, 1, 1)], "[0]", "use None for a missing value"),
    ([NAType()], "[0]", "use None for a missing value"),
    ([np.datetime64("NaT", "D")], "[0]", "use None for a missing value"),
    ([np.array(["2026-01-02", "NaT"], "M8[D]")], "[0]", "JSON has no form for it"),
    ([np.timedelta64(1, "D")], "[0]", "JSON has no form for it"),
    ([np.zeros(1, [("a", "i4")])], "[0]", "JSON has no form for it"),
    ([{1: 2}], "[0]", "expected JSON, whose keys are str, got 1 (int)"),
    ([{"a": {None: 2}}], "[0]['a']", "got None"),
    ([{True: 2}], "[0]", "got True"),
    ([{Level.HIGH: 2}], "[0]", "Level.HIGH"),
    ([2**64], "[0]", "does not fit in 64 bits"),
    ({"a": -(2**63) - 1}, "['a']", "does not fit in 64 bits"),
    ([b"x"], "[0]", "got b'x' (bytes)"),
    ([{1, 2}], "[0]", "JSON has no form for it"),
    ([1j], "[0]", "JSON has no form for it"),
    ([datetime.timedelta(1)], "[0]", "JSON has no form for it"),
    (["\ud800"], "[0]", "UTF-8 cannot encode"),
    ({"\ud800": 1}, "['\\ud800']", "UTF-8 cannot encode"),
    ([object], "[0]", "JSON has no form for it"),
]


@pytest.fixture(params=["orjson", "json"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both JSON libraries: the one that may be installed, and the standard one."""
    if request.param == "orjson":
        pytest.importorskip("orjson")
    else:
        monkeypatch.setattr(json_text, "_orjson", lambda: None)
    return str(request.param)


def cells(*values: object) -> Cells:
    return Cells(FIELD, list(values), range(len(values)))


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(("value", "stored"), STORED, ids=lambda value: f"{value!r:.40}")
def test_what_is_stored(value: Any, stored: Any) -> None:
    (_, cell) = encode_json(cells({}, value))
    assert json.loads(cell) == stored
    (_, row) = encode_dynamic([{"id": 0}, {"id": 1, "key": value}], ["id"])
    assert json.loads(row) == {"key": stored}


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(("value", "place", "why"), REFUSED, ids=lambda value: f"{value!r:.40}")
def test_what_is_refused(value: Any, place: str, why: str) -> None:
    with pytest.raises(DataNotMatchException) as in_json:
        encode_json(cells({}, value))
    with pytest.raises(DataNotMatchException) as in_dynamic:
        encode_dynamic([{"id": 0}, {"id": 1, "x": value}], ["id"])
    for refused in (in_json, in_dynamic):
        assert refused.value.message.startswith(f"row 1, field 'x'{place}: expected JSON")
        assert why in refused.value.message


def nested(depth: int) -> Any:
    value: Any = 1
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


@pytest.mark.usefixtures("library")
def test_how_deep_a_value_can_be() -> None:
    (cell,) = encode_json(cells(nested(253)))
    assert cell.count(b"[") + cell.count(b"{") == 253
    with pytest.raises(DataNotMatchException, match="more than 253 arrays and objects in each other"):
        encode_json(cells(nested(254)))
    circular: list[Any] = []
    circular += [circular, circular]
    with pytest.raises(DataNotMatchException, match="more than 253 arrays and objects in each other"):
        encode_json(cells(circular))


def test_the_keys_of_rows_are_str_of_any_class() -> None:
    rows = [{"id": 1, Color.RED: 1, Name("n"): 2}]
    assert encode_dynamic(rows, ["id"]) == [b'{"red":1,"n":2}']


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**66), 2**66)
    | st.floats()
    | st.floats(width=32).map(np.float32)
    | st.text(max_size=4)
    | st.text(st.characters(), max_size=4).map(Name)
    | st.sampled_from([Color.RED, Level.HIGH, Plain.PAIR, Price(1.5), Book("b"), b"x", NAType(), {1}])
    | st.datetimes(timezones=st.none() | st.just(datetime.UTC))
    | st.times(timezones=st.none() | st.just(datetime.UTC))
    | st.dates()
    | st.timedeltas()
    | st.uuids()
    | st.lists(st.floats(), max_size=3).map(np.array)
    | st.sampled_from([np.datetime64("2026-01-01T00:00:00.5"), np.datetime64("NaT", "D"), np.int64(3)]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.tuples(inner, inner).map(Point._make)
        | st.dictionaries(st.text(max_size=2) | st.sampled_from([Color.RED, Name("k"), 1, None]), inner, max_size=3)
        | st.dictionaries(st.text(max_size=2), inner, max_size=3).map(MappingProxyType)
    ),
    max_leaves=8,
)


def outcome(values: list[Any]) -> Any:
    """What is stored, or how it is refused."""
    try:
        return [json.loads(cell) for cell in encode_json(cells(*values))]
    except DataNotMatchException as error:
        return error.message


@settings(max_examples=400, deadline=None)
@given(st.lists(VALUES.filter(lambda value: not isinstance(value, str)), min_size=1, max_size=3))
def test_orjson_changes_nothing(values: list[Any]) -> None:
    pytest.importorskip("orjson")
    with_orjson = outcome(values)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "_orjson", lambda: None)
        assert outcome(values) == with_orjson


TEXTS = st.recursive(
    st.sampled_from(["1", "1e999", "-0.5", "NaN", "Infinity", "true", '"x"', r'"\ud800"', "01", "", " 1 ", str(2**70)]),
    lambda inner: st.lists(inner, max_size=2).map(lambda items: f"[{','.join(items)}]"),
    max_leaves=3,
)


@given(TEXTS)
def test_orjson_changes_nothing_about_json_given_as_str(text: str) -> None:
    pytest.importorskip("orjson")
    with_orjson = outcome([text])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "_orjson", lambda: None)
        alone = outcome([text])
    # What the parsers say about the fault differs.
    assert alone == with_orjson or (isinstance(alone, str) and isinstance(with_orjson, str))
