"""Bloom filters and roaring bitmaps: byte for byte what servers read, and the members that are refused."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest

from milvusclient.exceptions import ParamError
from milvusclient.schema.filters.bloom import BloomFilterBuilder, build_bloom_filter
from milvusclient.schema.filters.roaring import RoaringBitmapBuilder, build_roaring_bitmap


def digest(data: bytes) -> tuple[int, str]:
    return len(data), hashlib.sha256(data).hexdigest()[:16]


def runs(count: int, length: int) -> list[int]:
    return [run * (length + 1) + offset for run in range(count) for offset in range(length)]


def test_bytes_of_bloom_filters() -> None:
    assert build_bloom_filter([1, 2, 3]).hex() == (
        "4d4246310100010003000000000000007b14ae47e17a743f0100000001000000"
        "0000180804000402020400020000260040004004000002884000002020090000"
    )
    assert build_bloom_filter(["a", "b"]).hex() == (
        "4d4246310100010002000000000000007b14ae47e17a743f0100000002000000"
        "0080040000000208030000000010000100000220400000010000800800200080"
    )
    assert digest(build_bloom_filter([-1, -5, 2**63 - 1, -(2**63)])) == (64, "613ed08861adbef4")
    assert digest(build_bloom_filter(list(range(1000)), 1e-4)) == (4128, "679f0e9046f78611")
    texts = ["é", "日本語", "x" * 100, "y" * 31, "z" * 32, ""]
    assert digest(build_bloom_filter(texts)) == (64, "ee2f60393a6d0c98")


def test_a_bloom_filter_in_batches() -> None:
    builder = BloomFilterBuilder(100)
    assert (builder.num_blocks, builder.domains) == (8, 0)
    assert builder.add_int64_batch([1, 2]).domains == 1
    assert builder.add_string_batch(["a"]).domains == 3
    assert digest(builder.build()) == (288, "696fa16e0675daca")
    assert digest(builder.add_int64_batch(iter([7])).build()) == (288, "c2665f9605e1bafe")


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ([], (40, "97fbfcbbddd4e5bd")),
        ([3, 1, 2, 2], (66, "79f5a691426be20f")),
        (range(10000), (59, "865a9c9b84623049")),
        (range(0, 200000, 3), (26922, "a0250c89273f32e7")),
        ([0, 1, 2, 3, 5], (70, "b96eef82b138fed2")),
        (runs(2055, 5), (8275, "bd6b72f437f5383c")),
        (runs(2056, 5), (8252, "787a8199d4e81081")),
        (runs(3, 3), (67, "bf5c89db3cc86f92")),
        (range(0, 8192, 2), (8252, "e97975949af1e0fb")),
        (range(0, 8194, 2), (8252, "922a8dc498e17ed4")),
        ([high * 65536 + low for high in range(5) for low in range(4)], (119, "b6dc8891c4a61a51")),
        ([-1, 5, 2**63 - 1, -(2**63)], (128, "6eeea5c6ed9d4d32")),
        ([high << 32 for high in range(3000)], (66040, "47ac58dbf0db44bb")),
        (
            [*range(5000), *range(10**6, 10**6 + 50000, 7), 2**40, 2**40 + 5, *range(2**33, 2**33 + 9000, 2)],
            (16901, "d08d2c0d303f55f3"),
        ),
    ],
)
def test_bytes_of_roaring_bitmaps(members: Any, expected: tuple[int, str]) -> None:
    assert digest(build_roaring_bitmap(members)) == expected
    assert digest(RoaringBitmapBuilder().add_int64_batch(iter(members)).build()) == expected


def test_arrays_and_sets_are_members_too() -> None:
    assert build_roaring_bitmap(np.arange(5)) == build_roaring_bitmap({0, 1, 2, 3, 4})  # type: ignore[arg-type]  # duck
    assert build_bloom_filter(np.arange(5)) == build_bloom_filter([0, 1, 2, 3, 4])  # type: ignore[arg-type]  # duck


@pytest.mark.parametrize(
    "members", [[True], [1.5], [2**63], [1, "a"], ["a", 1], "ab", None, [b"a"], [None], ["\ud800"], (m for m in [1])]
)
def test_members_that_are_refused(members: Any) -> None:
    with pytest.raises(ParamError, match=r"member"):
        build_bloom_filter(members)
    with pytest.raises(ParamError, match=r"member"):
        build_roaring_bitmap(members)


def test_a_refused_batch_adds_nothing() -> None:
    bitmap = RoaringBitmapBuilder().add_int64_batch([1])
    with pytest.raises(ParamError, match="member 1"):
        bitmap.add_int64_batch([2, "x"])  # type: ignore[list-item]  # the point of the test
    assert bitmap.cardinality == 1
    bloom = BloomFilterBuilder(3)
    with pytest.raises(ParamError, match="member 1"):
        bloom.add_string_batch(["a", 5])  # type: ignore[list-item]  # the point of the test
    assert bloom.domains == 0


def test_a_bitmap_that_servers_would_refuse() -> None:
    with pytest.raises(ParamError, match="300000 different upper halves, servers accept 262144"):
        build_roaring_bitmap([high << 32 for high in range(300_000)])


@pytest.mark.parametrize(
    ("n", "fpr"), [(-1, 0.01), ("x", 0.01), (True, 0.01), (2**64, 0.01), (1, 0), (1, 0.1), (1, "x")]
)
def test_an_invalid_size_or_rate_of_a_bloom_filter_is_refused(n: Any, fpr: Any) -> None:
    with pytest.raises(ParamError):
        BloomFilterBuilder(n, fpr)


def test_an_error_rate_that_is_not_a_number() -> None:
    with pytest.raises(ParamError, match="fpr must be from"):
        BloomFilterBuilder(1, float("nan"))
