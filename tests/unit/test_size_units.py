"""Sizes with a unit."""

from __future__ import annotations

import pytest

from milvusclient.exceptions import ParamError
from milvusclient.operations.size_units import megabytes


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        ("512MB", 512),
        ("1GB", 1024),
        ("1.2gb", 1228),
        (" 2 Tb ", 2 << 20),
        ("1PB", 1 << 30),
        ("1048576", 1),
        ("1048576B", 1),
        ("2048 kb", 2),
        (1 << 20, 1),
        (1.5e7, 14),
    ],
)
def test_a_size_is_a_number_of_megabytes(size: object, wanted: int) -> None:
    assert megabytes("target_size", size) == wanted


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ("abc", "target_size must be a size such as '512MB', '1.5GB'"),
        ("-5MB", "target_size must be a size"),
        ("", "target_size must be a size"),
        ("5 parsec", "target_size has the unknown unit 'parsec'; use B, KB, MB, GB, TB or PB"),
        ("5kb", "target_size must be at least 1 MB"),
        (5, "target_size must be at least 1 MB"),
        ("99999999999999999999PB", "at most 9223372036854775807 MB"),
        (True, "target_size must be a size such as '512MB', got True"),
        (None, "target_size must be a size such as '512MB', got None"),
        (float("nan"), "target_size must be a size"),
        (float("inf"), "target_size must be a size"),
    ],
)
def test_an_invalid_size_is_refused(size: object, message: str) -> None:
    with pytest.raises(ParamError, match=message):
        megabytes("target_size", size)
