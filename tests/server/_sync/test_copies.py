"""Copies of collections: within a server, from and to files, and resumed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from milvusclient import (
    MilvusClient,
    CollectionSchema,
    DataType,
    FieldSchema,
    Function,
    FunctionType,
    IndexParams,
    MilvusException,
    ParamError,
)
from milvusclient.models.bulk import BulkProgress
from tests.server.both import LITE, Server, by_id, flat

SCHEMA = CollectionSchema(
    [
        FieldSchema("id", DataType.INT64, is_primary=True),
        FieldSchema("vector", DataType.FLOAT_VECTOR, dim=2),
        FieldSchema("tags", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=9, max_length=20),
        FieldSchema("note", DataType.JSON),
    ],
    "the source",
    enable_dynamic_field=True,
)
ROWS = [{"id": n, "vector": [n / 2, 0.5], "tags": ["a"] * (n % 3), "note": {"n": n}, "year": n} for n in range(50)]


def fill(client: MilvusClient) -> None:
    client.create_collection("c", schema=SCHEMA, index_params=flat(), consistency_level="Strong")
    client.create_partition("c", "old")
    client.insert("c", ROWS[:30])
    client.insert("c", ROWS[30:], partition_name="old")


def test_a_collection_is_copied_with_everything(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        fill(client)
        report = client.copy_collection("c", target_name="copy")
        assert (report.written, report.skipped, report.source_rows, report.target_rows) == (50, 0, 50, 50)
        assert report.is_complete
        assert (sorted(report.partitions), report.indexes) == (["_default", "old"], ("vector",))
        original, copy = client.describe_collection("c"), client.describe_collection("copy")
        for key in ("fields", "enable_dynamic_field", "description", "consistency_level", "num_shards"):
            assert copy[key] == original[key], key
        assert by_id(client.query("copy", "id >= 0", ["*"])) == by_id(ROWS)
        assert len(client.query("copy", "id >= 0", ["id"], partition_names=["old"])) == 20
        ours, theirs = [{**(client.describe_index(name, "vector") or {})} for name in ("c", "copy")]
        for described in (ours, theirs):  # servers count the rows of an index a moment later
            del described["total_rows"], described["indexed_rows"], described["pending_index_rows"], described["state"]
        assert ours == theirs


def test_some_rows_are_copied(server: Server) -> None:
    seen: list[BulkProgress] = []
    with MilvusClient(server.uri) as client:
        fill(client)
        report = client.copy_collection("c", target_name="copy", filter="id < 10", progress=seen.append)
        assert (report.written, report.source_rows, report.target_rows) == (10, 10, 10)
        assert seen


def test_a_file_is_copied_into_another(tmp_path: Path) -> None:
    with (
        MilvusClient(str(tmp_path / "a.db")) as source,
        MilvusClient(str(tmp_path / "b.db")) as target,
    ):
        fill(source)
        assert (source.copy_collection("c", target)).is_complete
        assert by_id(target.query("c", "id >= 0", ["*"])) == by_id(ROWS)


@pytest.mark.parametrize(
    ("index_type", "built_with"),
    [("HNSW", {"M": "16", "efConstruction": "200"}), ("IVF_FLAT", {"nlist": "128"}), ("IVF_SQ8", {"nlist": "128"})],
)
def test_a_file_is_copied_to_a_server_that_wants_to_know_more_than_the_file_tells(
    server: Server, tmp_path: Path, index_type: str, built_with: dict[str, str]
) -> None:
    server.skip_on(LITE, "wants to know no more")
    indexes = IndexParams()
    indexes.add_index("vector", index_type, metric_type="L2", params={"M": 8, "efConstruction": 9, "nlist": 7})
    with MilvusClient(str(tmp_path / "a.db")) as source, MilvusClient(server.uri) as target:
        source.create_collection("c", schema=SCHEMA, index_params=indexes)
        source.insert("c", ROWS)
        assert (source.copy_collection("c", target)).is_complete
        assert by_id(target.query("c", "id >= 0", ["*"], consistency_level="Strong")) == by_id(ROWS)
        described = target.describe_index("c", "vector")
        assert described is not None
        assert {"index_type": index_type, "metric_type": "L2", **built_with}.items() <= {**described}.items()
        tags = (target.describe_collection("c"))["fields"][2]
        assert tags["params"] == {"max_capacity": 9, "max_length": 65535}


def test_a_copy_continues_where_it_ended(server: Server, tmp_path: Path) -> None:
    checkpoint = str(tmp_path / "copy")

    def fail(progress: BulkProgress) -> None:
        if progress.rows:
            raise RuntimeError("interrupted")

    with MilvusClient(server.uri) as client:
        fill(client)
        with pytest.raises(RuntimeError, match="interrupted"):
            client.copy_collection("c", target_name="copy", checkpoint=checkpoint, progress=fail)
        with pytest.raises(ParamError, match=r"collection 'copy' exists, and has \d+ rows; drop it"):
            client.copy_collection("c", target_name="copy")
        report = client.copy_collection("c", target_name="copy", checkpoint=checkpoint)
        assert report.is_complete
        assert report.written + report.skipped == 50
        assert report.skipped > 0
        again = client.copy_collection("c", target_name="copy", checkpoint=checkpoint)
        assert (again.written, again.skipped, again.is_complete) == (0, 50, True)


def test_copies_that_cannot_be_made_are_refused(server: Server, tmp_path: Path) -> None:
    with MilvusClient(server.uri) as client:
        fill(client)
        with pytest.raises(ParamError, match="cannot be copied onto itself"):
            client.copy_collection("c")
        with pytest.raises(MilvusException):
            client.copy_collection("missing", target_name="copy")
        assert not client.has_collection("copy")
        client.create_collection("other", dimension=4)
        checkpoint = tmp_path / "other"
        (tmp_path / "other.old").write_text("", encoding="utf-8")
        wanted = "field 'vector' is not that of 'c': it is FLOAT_VECTOR(4), and not FLOAT_VECTOR(2); drop it"
        for place in (str(checkpoint), None):
            with pytest.raises(ParamError, match=re.escape(f"collection 'other' exists, but its {wanted}")):
                client.copy_collection("c", target_name="other", checkpoint=place)
        client.create_alias("c", "nickname")
        with pytest.raises(ParamError, match="the copy cannot have the aliases of 'c' in the same database"):
            client.copy_collection("c", target_name="copy", with_aliases=True)
        assert not client.has_collection("copy")


def test_a_copy_that_is_refused_creates_nothing(server: Server, tmp_path: Path) -> None:
    place = tmp_path / "place"
    with MilvusClient(server.uri) as client:
        fill(client)
        with pytest.raises(MilvusException):
            client.copy_collection("c", target_name="copy", filter="id =")
        with pytest.raises(ParamError, match="the folder of .* does not exist"):
            client.copy_collection("c", target_name="copy", checkpoint=tmp_path / "nix" / "place")
        client.copy_collection("c", target_name="first", checkpoint=place)
        wanted = (
            "is the checkpoint of another collection, or of one that was dropped: there is no collection 'copy'; give"
        )
        with pytest.raises(ParamError, match=re.escape(wanted)):
            client.copy_collection("c", target_name="copy", checkpoint=place)
        client.create_collection("there", schema=SCHEMA)
        with pytest.raises(
            ParamError, match="is the checkpoint of another collection, or collection 'there' was created"
        ):
            client.copy_collection("c", target_name="there", checkpoint=place)
        assert (client.list_indexes("there"), client.list_partitions("there")) == ([], ["_default"])
        client.release_collection("c")
        with pytest.raises(MilvusException, match="load"):
            client.copy_collection("c", target_name="copy")
        assert sorted(client.list_collections()) == ["c", "first", "there"]


def test_an_empty_target_with_the_same_fields_is_filled(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        fill(client)
        client.create_collection("copy", schema=SCHEMA)
        report = client.copy_collection("c", target_name="copy")
        assert (report.written, report.target_rows) == (50, 50)
        assert client.list_indexes("copy") == ["vector"]
        assert len(client.query("copy", "id >= 0", ["id"], partition_names=["old"])) == 20


def test_one_timeout_is_for_all_of_a_copy(server: Server) -> None:
    with MilvusClient(server.uri) as client:
        fill(client)
        with pytest.raises(MilvusException):
            client.copy_collection("c", target_name="copy", timeout=1e-4)


def test_aliases_defaults_and_generated_keys_are_copied(tmp_path: Path) -> None:
    schema = CollectionSchema(
        [
            FieldSchema("id", DataType.INT64, is_primary=True, auto_id=True),
            FieldSchema("vector", DataType.FLOAT_VECTOR, dim=2),
            FieldSchema("genre", DataType.VARCHAR, max_length=20, is_partition_key=True),
            FieldSchema("stock", DataType.INT32, nullable=True),
            FieldSchema("shelf", DataType.VARCHAR, max_length=20, default_value="a"),
        ]
    )
    rows = [{"vector": [n, 1.0], "genre": f"g{n % 5}", "stock": n if n % 2 else None} for n in range(20)]
    with (
        MilvusClient(str(tmp_path / "a.db")) as source,
        MilvusClient(str(tmp_path / "b.db")) as target,
    ):
        source.create_collection("c", schema=schema, index_params=flat(), num_partitions=4)
        source.insert("c", rows)
        source.create_alias("c", "nickname")
        report = source.copy_collection("c", target, with_aliases=True)
        assert (report.written, report.target_rows, report.aliases) == (20, 20, ("nickname",))
        fields = ["vector", "genre", "stock", "shelf"]
        found = [each.query("nickname", "genre != ''", fields, limit=50) for each in (source, target)]
        for page in found:
            for row in page:
                row.pop("id", None)
        assert sorted(found[0], key=str) == sorted(found[1], key=str)
        assert {row["shelf"] for row in found[1]} == {"a"}
        original, copy = source.describe_collection("c"), target.describe_collection("c")
        assert copy["fields"] == original["fields"]
        again = source.copy_collection("c", target, "c2", with_aliases=False)
        assert again.target_rows == 20


def test_sparse_vectors_functions_and_several_indexes_are_copied(tmp_path: Path) -> None:
    schema = CollectionSchema(
        [
            FieldSchema("id", DataType.INT64, is_primary=True),
            FieldSchema("text", DataType.VARCHAR, max_length=200, enable_analyzer=True, enable_match=True),
            FieldSchema("words", DataType.SPARSE_FLOAT_VECTOR),
            FieldSchema("weights", DataType.SPARSE_FLOAT_VECTOR),
            FieldSchema("vector", DataType.FLOAT_VECTOR, dim=2, mmap_enabled=True),
            FieldSchema("other", DataType.FLOAT_VECTOR, dim=4),
            FieldSchema("moment", DataType.TIMESTAMPTZ),
            FieldSchema("place", DataType.GEOMETRY),
        ],
        functions=[Function("bm25", FunctionType.BM25, ["text"], ["words"])],
    )
    index = IndexParams()
    index.add_index("words", "SPARSE_INVERTED_INDEX", metric_type="BM25", params={"bm25_k1": 1.3, "bm25_b": 0.6})
    index.add_index("weights", "SPARSE_INVERTED_INDEX", metric_type="IP", params={"drop_ratio_build": 0.2})
    index.add_index("vector", "HNSW", metric_type="L2", params={"M": 8, "efConstruction": 64})
    index.add_index("other", "FLAT", "exact", metric_type="COSINE")
    rows = [
        {
            "id": number, "text": f"a book about {number}", "weights": {number: 0.5, number + 7: 1.0},
            "vector": [number, 1.0], "other": [1.0, 2.0, 3.0, number],
            "moment": f"2024-01-{number + 1:02}T00:00:00Z", "place": f"POINT ({number} 1)",
        }
        for number in range(20)
    ]  # fmt: skip
    with (
        MilvusClient(str(tmp_path / "a.db"), vectors_as="numpy") as source,
        MilvusClient(str(tmp_path / "b.db")) as target,
    ):
        properties = {"collection.ttl.seconds": "86400", "mmap.enabled": "true"}
        source.create_collection("c", schema=schema, index_params=index, properties=properties)
        source.insert("c", rows)
        assert (source.copy_collection("c", target)).is_complete
        original, copy = source.describe_collection("c"), target.describe_collection("c")
        for key in ("fields", "functions", "properties"):
            assert copy[key] == original[key], key
        for name in source.list_indexes("c"):
            assert target.describe_index("c", name) == source.describe_index("c", name)
        assert target.list_indexes("c") == source.list_indexes("c")
        found = [each.query("c", "id >= 0", ["*"], vectors_as="list") for each in (source, target)]
        assert by_id(found[1]) == by_id(found[0])
        (hits,) = target.search("c", ["17"], anns_field="words", limit=1)
        assert hits.ids == [17]
