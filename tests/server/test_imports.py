"""Imports by the real server, from its local storage: files of all types, written by write_parquet and write_json.

An import takes the server seven seconds, however small the file, so all of them run side by side.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from milvusclient import CollectionSchema, DataType, MilvusClient, write_json, write_parquet
from milvusclient.exceptions import MilvusException
from tests.support.command_line import CommandLine
from tests.support.milvus_holder import ROOT
from tests.support.patience import HANG
from tests.support.servers import Milvus

pytestmark = pytest.mark.real_server

Row = dict[str, Any]
NUMBERS = {
    "i8": DataType.INT8, "i16": DataType.INT16, "i32": DataType.INT32, "i64": DataType.INT64, "b": DataType.BOOL,
    "f": DataType.FLOAT, "d": DataType.DOUBLE,
}  # fmt: skip


@dataclass
class Case:
    """One import: the schema beside the key and the rows; what a query returns, if that is something else."""

    schema: CollectionSchema
    rows: Any
    found: list[Row]
    suffix: str = "parquet"
    partition: str = ""
    metric: str = "L2"


def schema_of(*, dynamic: bool = False, auto_id: bool = False) -> CollectionSchema:
    schema = MilvusClient.create_schema(enable_dynamic_field=dynamic)
    schema.add_field("id", DataType.INT64, is_primary=True, auto_id=auto_id)
    return schema


def vector(number: float) -> list[float]:
    return list(struct.unpack("2f", struct.pack("2f", number / 3, 0.5)))


def all_types(suffix: str) -> Case:
    schema = schema_of(dynamic=True)
    for name, data_type in NUMBERS.items():
        schema.add_field(name, data_type)
        # Elements of DOUBLE arrays in JSON are stored by this server as float32.
        schema.add_field(f"{name}s", DataType.ARRAY, element_type=data_type, max_capacity=9)
    schema.add_field("s", DataType.VARCHAR, max_length=50)
    schema.add_field("ss", DataType.ARRAY, element_type=DataType.VARCHAR, max_length=50, max_capacity=9)
    schema.add_field("j", DataType.JSON)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=2)
    third = 0.5 if suffix == "json" else 1 / 3
    json_values = [{"a": [1, None], "n": 2**60}, [1, "x"], 5, True, {}, 0.5, []]
    rows: list[Row] = [
        {
            "id": row, "i8": -128 + row, "i16": 32767 - row, "i32": -(2**31) + row, "i64": 2**63 - 1 - row,
            "b": row % 2 == 0, "f": row / 4, "d": row / 3, "s": f'é"{row}', "j": json_values[row],
            "i8s": [-1] * (row % 3), "i16s": [300] * row, "i32s": [2**31 - 1], "i64s": [2**60, row],
            "bs": [True, False], "fs": [0.5] * row, "ds": [third], "ss": ["é", ""], "v": vector(row),
            "color": "red", "nested": {"x": [row]},
        }
        for row in range(7)
    ]  # fmt: skip
    return Case(schema, rows, rows, suffix)


def binary_vectors() -> Case:
    schema = schema_of()
    schema.add_field("v", DataType.BINARY_VECTOR, dim=16)
    rows = [{"id": row, "v": bytes([row, 255])} for row in range(5)]
    return Case(schema, rows, [{"id": row["id"], "v": [row["v"]]} for row in rows], metric="HAMMING")


def automatic_keys() -> Case:
    schema = schema_of(auto_id=True)
    schema.add_field("n", DataType.INT64)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=2)
    rows = [{"n": row, "v": vector(row)} for row in range(5)]
    return Case(schema, iter(rows), rows, partition="p")


def partition_key_in_columns() -> Case:
    """Columns, keys of strings, a partition key, and many row groups."""
    schema = MilvusClient.create_schema()
    schema.add_field("id", DataType.VARCHAR, max_length=9, is_primary=True)
    schema.add_field("k", DataType.INT64, is_partition_key=True)
    schema.add_field("v", DataType.FLOAT_VECTOR, dim=2)
    rows = [{"id": f"é{row}", "k": row % 3, "v": vector(row)} for row in range(5_000)]
    columns = {name: [row[name] for row in rows] for name in ("id", "k", "v")}
    return Case(schema, columns, rows)


@pytest.fixture
def client(milvus_235: Milvus, milvus_database: str) -> Iterator[MilvusClient]:
    # Of its own, because the command line closes the connection that it shares.
    with MilvusClient(f"{milvus_235.uri}/{milvus_database}", dedicated=True) as client:
        yield client


def create(client: MilvusClient, name: str, case: Case) -> None:
    index = client.prepare_index_params()
    index.add_index("v", index_type="BIN_FLAT" if case.metric == "HAMMING" else "FLAT", metric_type=case.metric)
    client.create_collection(name, schema=case.schema, index_params=index, consistency_level="Strong")
    if case.partition:
        client.create_partition(name, case.partition)


@pytest.mark.slow
def test_files_of_all_types_are_imported_and_others_say_why_not(
    milvus_235: Milvus, client: MilvusClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, milvus_database: str
) -> None:
    pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr("milvusclient.import_writer._GROUP_BYTES", 1 << 14)
    monkeypatch.setattr("milvusclient.import_writer._PIECE_BYTES", 1 << 13)
    cases = {
        "all": all_types("parquet"),
        "all_in_json": all_types("json"),
        "by_command": binary_vectors(),
        "automatic": automatic_keys(),
        "partition_key": partition_key_in_columns(),
    }
    wrong = ROOT / milvus_235.instance / f"{client.alias[-4:]}-wrong.json"
    wrong.write_text('{"rows": [{"n": 1}]}')
    jobs, by_command = {}, ""
    for name, case in cases.items():
        create(client, name, case)
        file = ROOT / milvus_235.instance / f"{client.alias[-4:]}-{name}.{case.suffix}"
        write = write_json if case.suffix == "json" else write_parquet
        assert write(file, client.describe_collection(name), case.rows) == len(case.found)
        if name == "by_command":
            by_command = file.name
        else:
            jobs[name] = client.import_files(name, [file.name], case.partition, timeout=HANG)
    without_vector = client.import_files("automatic", [wrong.name], timeout=HANG)
    with pytest.raises(MilvusException, match="no-such-file.json"):
        client.import_files("automatic", ["no-such-file.json"], timeout=HANG).wait(timeout=HANG)
    import_by_command(CommandLine(tmp_path, monkeypatch), f"{milvus_235.uri}/{milvus_database}", by_command)
    for name, job in jobs.items():
        (done,) = job.wait(timeout=HANG)
        assert (name, done.state, done.rows, done.progress) == (name, "Completed", len(cases[name].found), 100)
        assert (job.state, job.progress, done.collection_name) == ("Completed", 100, name)
    with pytest.raises(MilvusException, match=r"import \d+ of .*wrong.json failed: .*'v'"):
        without_vector.wait(timeout=HANG)
    assert without_vector.state in ("Failed", "FailedAndCleaned")
    assert {job.job_ids[0] for job in jobs.values()} <= {state.job_id for state in client.list_imports()}
    for name, case in cases.items():
        client.refresh_load(name, timeout=HANG)
        partitions = [case.partition] if case.partition else None
        key = "n" if name == "automatic" else "id"
        found = client.query(name, "", ["*"], partition_names=partitions, limit=10_000)
        if name == "automatic":
            assert all(isinstance(row.pop("id"), int) for row in found)
        assert sorted(found, key=lambda row: str(row[key])) == sorted(case.found, key=lambda row: str(row[key]))


def import_by_command(cli: CommandLine, uri: str, file: str) -> None:
    """Import a file by the command line, which waits for the end, and look at that import."""
    ran = cli("import", "-c", "by_command", "--on-server", file, "--uri", uri, "--quiet", "-o", "json")
    assert (ran.status, ran.err) == (0, "")
    found = ran.json()
    assert found["rows"] == 5
    (job,) = found["job_ids"]
    ran = cli("show", "import", "-id", str(job), "--uri", uri, "-o", "json")
    assert (ran.json()["state"], ran.json()["rows"], ran.json()["collection"]) == ("Completed", 5, "by_command")
    assert job in [row["job"] for row in cli("list", "imports", "--uri", uri, "-o", "json").json()]
