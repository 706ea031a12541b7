"""Hits and results: dicts and lists with more on top."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from milvusclient.models.collection import CollectionInfo, FieldInfo, StructFieldInfo
from milvusclient.models.results import Hit, Hits, QueryResult, SearchResult, hit_class
from milvusclient.schema.enums import DataType

KEYED = hit_class("pk")
HIT = KEYED({"pk": 7, "distance": 0.5, "entity": {"title": "a", "id": 3, "score_": 1}})


def test_a_hit_is_a_dict_that_reads_by_attribute() -> None:
    assert HIT == {"pk": 7, "distance": 0.5, "entity": {"title": "a", "id": 3, "score_": 1}}
    assert list(HIT) == ["pk", "distance", "entity"]
    assert (HIT.id, HIT.pk, HIT.distance, HIT.score) == (7, 7, 0.5, 0.5)
    assert (HIT["title"], HIT.title, HIT.get("title")) == ("a", "a", "a")
    assert (HIT["id"], HIT.get("id"), HIT.get("no"), HIT.get("no", 5)) == (3, 3, None, 5)
    assert HIT.fields == HIT["entity"]
    assert HIT.highlight is None
    assert HIT.to_dict() == dict(HIT)
    assert isinstance(HIT, Hit)
    with pytest.raises(KeyError):
        HIT["no"]
    with pytest.raises(AttributeError, match="this hit has no field 'no'; it has distance, entity, id"):
        _ = HIT.no


def test_the_primary_key_is_read_by_its_name_and_as_id() -> None:
    hit = KEYED({"pk": 7, "distance": 0.5, "entity": {}})
    assert (hit["id"], hit.get("id"), hit.id) == (7, 7, 7)
    assert hit_class("") is hit_class("id") is Hit
    with pytest.raises(KeyError):
        Hit({})["id"]
    with pytest.raises(KeyError):
        KEYED({})["id"]


def test_an_entity_has_the_fields_and_the_attributes_of_its_hit() -> None:
    entity = HIT.entity
    assert entity == HIT["entity"]
    assert (entity["title"], entity.title, entity.get("title")) == ("a", "a", "a")
    assert (entity["pk"], entity.pk, entity.get("pk"), entity.id, entity.distance) == (7, 7, 7, 7, 0.5)
    assert entity.get("no", 1) == 1
    assert entity.to_dict() == HIT
    assert sorted(entity.keys()) == ["id", "score_", "title"]
    with pytest.raises(AttributeError, match="has no field 'no'"):
        _ = entity.no
    assert pickle.loads(pickle.dumps(entity)) == entity


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, lambda hit: pickle.loads(pickle.dumps(hit))])
def test_hits_can_be_copied_and_pickled(make: object) -> None:
    assert callable(make)
    again = make(HIT)
    assert again == HIT
    assert again.id == 7
    assert type(again) is KEYED
    assert json.loads(json.dumps(again)) == HIT


def test_results_are_lists() -> None:
    rows = QueryResult([{"id": 1}], extra={"cost": 2})
    assert rows == [{"id": 1}]
    assert rows.extra == {"cost": 2}
    rows.materialize()
    assert QueryResult().extra == {}
    hits = Hits([HIT])
    assert (hits.ids, hits.distances) == ([7], [0.5])
    hits.materialize()
    found = SearchResult([hits], extra={"cost": 1}, recalls=[0.5], session_ts=3)
    assert found[0][0] is HIT
    assert (found.extra, found.recalls, found.agg_buckets, found.session_ts) == ({"cost": 1}, [0.5], [], 3)
    assert (found.iterator_token, found.iterator_last_bound) == ("", 0.0)
    found.materialize()
    assert json.loads(json.dumps(found)) == found
    again = pickle.loads(pickle.dumps(found))
    assert again == found
    assert again.extra == {"cost": 1}
    assert copy.deepcopy(rows).extra == {"cost": 2}


def test_collection_info() -> None:
    key = FieldInfo("id", data_type=DataType.INT64, is_primary=True)
    vector = FieldInfo("v", data_type=DataType.FLOAT_VECTOR, dim=2)
    sub = FieldInfo("e", data_type=DataType._ARRAY_OF_VECTOR, element_type=DataType.FLOAT_VECTOR, dim=2)
    info = CollectionInfo("c", fields=(key, vector), struct_fields=(StructFieldInfo("s", fields=(sub,)),))
    assert info.primary_field is key
    assert info.vector_fields == (vector,)
    assert info.field("v") is vector
    assert info.field("no") is None
    assert info.struct_field("s") is info.struct_fields[0]
    assert info.struct_field("v") is None
    assert (info.anns_field("v"), info.anns_field("s[e]")) == (vector, sub)
    assert (info.anns_field("s[no]"), info.anns_field("no[e]"), info.anns_field("no")) == (None, None, None)
    assert CollectionInfo("c").primary_field is None
    assert FieldInfo("x", nullable=True).may_be_missing
    assert FieldInfo("x", has_default=True).may_be_missing
    assert not key.may_be_missing
