"""Results print the same text with pymilvus and with milvusclient.pymilvus in its place, on Milvus Lite."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.processes import run_program

pytestmark = pytest.mark.lite

#: Columns of different kinds in an unusual order, more rows than are printed, and a look at whatever calls return.
PROGRAM = """\
from pymilvus import AnnSearchRequest, Collection, DataType, MilvusClient, RRFRanker, WeightedRanker, connections

def show(label, value):
    print(label, type(value).__name__, "|", str(value), "|", repr(value), "|", f"{value}")

client = MilvusClient("./a.db")
schema = client.create_schema(enable_dynamic_field=True)
schema.add_field("key", DataType.INT64, is_primary=True)
schema.add_field("facts", DataType.JSON)
schema.add_field("vector", DataType.FLOAT_VECTOR, dim=16)
schema.add_field("title", DataType.VARCHAR, max_length=100)
schema.add_field("tags", DataType.ARRAY, element_type=DataType.INT64, max_capacity=4)
schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
schema.add_field("pages", DataType.INT32)
indexes = client.prepare_index_params()
indexes.add_index("vector", index_type="FLAT", metric_type="L2")
indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
client.create_collection("books", schema=schema, index_params=indexes, consistency_level="Strong")

def row(key):
    return {"key": key, "title": f"b{key}", "facts": {"n": key, "l": [None, True]}, "tags": [key], "pages": key,
            "vector": [key / 4] * 16, "sparse": {key: 1.0, key + 3: 0.5}, "color": "red"}

show("insert", client.insert("books", [row(key) for key in range(12)]))
show("insert one", client.insert("books", row(100)))
show("upsert", client.upsert("books", [row(0), row(1)]))
print("delete", client.delete("books", ids=[100]), repr(client.delete("books", ids=[101])))
print("delete by filter", client.delete("books", filter="key > 10"))
rows = client.query("books", "key >= 0", output_fields=["title"])
for label, value in {"query": rows, "row": rows[0], "some": rows[:2], "extra": rows.extra}.items():
    show(label, value)
show("get", client.get("books", [1, 2]))
show("everything", client.get("books", [1], output_fields=["*"]))
show("nothing", client.query("books", "key > 1000"))
show("count", client.query("books", "", output_fields=["count(*)"]))
for fields in (None, ["title", "facts", "tags"], ["*"], ["color", "vector", "pages"]):
    found = client.search("books", [[0.1] * 16, [2.0] * 16], anns_field="vector", limit=2, output_fields=fields)
    hit = found[0][0]
    for label, value in {
        "search": found, "hits": found[0], "hit": hit, "entity": hit.entity, "entity of entity": hit.entity.entity,
        "item": hit["entity"], "fields": hit.fields, "dict": hit.to_dict(), "dict of entity": hit.entity.to_dict(),
        "extra": found.extra, "recalls": found.recalls, "first": found[0][:1], "highlight": hit.highlight,
        "read": (hit.id, hit.pk, hit.distance, hit.score, hit.get("title"), hit.entity.get("title")),
        "read from entity": (hit.entity.id, hit.entity.distance, hit.entity.get("key"), hit.entity.get("no")),
        "equal": (hit.entity == hit, "key" in hit.entity, sorted(hit.entity), len(hit.entity)),
    }.items():
        show(label, value)
    print([hits.ids for hits in found], [list(hits.distances) for hits in found])
many = client.search("books", [[0.1] * 16] * 11, anns_field="vector", limit=11, output_fields=["vector", "title"])
show("many", many)
show("many hits", many[0])
show("none", client.search("books", [[0.1] * 16], anns_field="vector", filter="key > 1000"))
requests = [
    AnnSearchRequest([[0.3] * 16], "vector", {"metric_type": "L2"}, 3),
    AnnSearchRequest([{3: 1.0}], "sparse", {"metric_type": "IP"}, 3),
]
for ranker in (RRFRanker(), RRFRanker(5), WeightedRanker(0.4, 0.6), WeightedRanker(1, 0, norm_score=False)):
    print(type(ranker), type(ranker).__module__, type(ranker).__qualname__, ranker, ranker.dict())
    show("hybrid", client.hybrid_search("books", requests, ranker, 3, output_fields=["title", "facts"]))
pages = client.query_iterator("books", batch_size=3, filter="key >= 0", output_fields=["title"])
show("page", pages.next())
pages.close()
pages = client.search_iterator("books", [[0.1] * 16], 3, limit=4, anns_field="vector", output_fields=["title"])
page = pages.next()
print(type(page).__name__, page, page.ids(), page.distances(), page[0], len(page), page[:2])
pages.close()
client.close()

connections.connect("default", uri="./a.db")
books = Collection("books")
books.load()
for label, value in {
    "orm insert": books.insert([row(200), row(201)]), "orm upsert": books.upsert([row(200)]),
    "orm delete": books.delete("key == 200"),
}.items():
    print(label, value, repr(value))
    print(value.primary_keys, value.succ_count, value.err_count, value.succ_index, value.err_index, value.cost)
found = books.search([[0.1] * 16], "vector", {"metric_type": "L2"}, 2, output_fields=["title"])
show("orm search", found)
show("orm entity", found[0][0].entity)
show("orm query", books.query("key < 3", output_fields=["title"]))
show("orm hybrid", books.hybrid_search(requests, RRFRanker(), 2))
show("orm empty", books.hybrid_search([], RRFRanker(), 2))
show("collection", books)
show("schema", books.schema)
show("field", books.schema.fields[0])
connections.disconnect("default")
"""


def printed(folder: Path, *how: str, program: str = PROGRAM) -> list[str]:
    """The lines that a program prints, with the paths of classes as pymilvus has them."""
    folder.mkdir()
    (folder / "program.py").write_text(program, encoding="utf-8")
    done = run_program(*how, "program.py", cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.replace("milvusclient.pymilvus.", "pymilvus.").splitlines()


def test_results_print_as_the_reference_clients_do(tmp_path: Path) -> None:
    pytest.importorskip("pymilvus")
    theirs = printed(tmp_path / "theirs")
    ours = printed(tmp_path / "ours", "-m", "milvusclient.pymilvus")
    assert len(theirs) > 100
    assert ours == theirs


#: Rankers by both of their paths, and pickles of them: those of this process, and those that pymilvus wrote.
RANKERS = """\
import pathlib
import pickle
import pymilvus
from pymilvus.client import abstract

assert abstract.RRFRanker is pymilvus.RRFRanker and abstract.WeightedRanker is pymilvus.WeightedRanker
rankers = [pymilvus.RRFRanker(7), pymilvus.WeightedRanker(0.25, 1, norm_score=False)]
file = pathlib.Path("../rankers.pickle")
if not file.exists():
    file.write_bytes(pickle.dumps(rankers))
for ranker in [*rankers, *pickle.loads(pickle.dumps(rankers)), *pickle.loads(file.read_bytes())]:
    path = f"{ranker.__class__.__module__}.{ranker.__class__.__qualname__}"
    print(path, type(ranker), isinstance(ranker, abstract.BaseRanker), ranker, ranker.dict())
print([base.__name__ for base in abstract.RRFRanker.__mro__ if base.__module__ == abstract.__name__])
"""


def test_rankers_have_the_paths_of_the_reference_client_and_its_pickles_can_be_read(tmp_path: Path) -> None:
    pytest.importorskip("pymilvus")
    theirs = printed(tmp_path / "theirs", program=RANKERS)
    ours = printed(tmp_path / "ours", "-m", "milvusclient.pymilvus", program=RANKERS)
    assert len(theirs) == 7
    assert ours == theirs
