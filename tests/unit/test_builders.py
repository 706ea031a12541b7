"""What a client offers for building schemas and index parameters."""

from __future__ import annotations

import inspect
import re

import pytest

from milvusclient.exceptions import AutoIDException, ParamError
from milvusclient.schema.builders import SchemaBuilders
from milvusclient.schema.collection import CollectionSchema
from milvusclient.schema.enums import DataType
from milvusclient.schema.fields import FieldSchema
from milvusclient.schema.structs import StructFieldSchema


def test_a_schema_starts_empty_and_unchecked() -> None:
    schema = SchemaBuilders.create_schema(enable_dynamic_field=True, description="d", primary_field="id")
    assert len(schema.fields) == 0
    assert (schema.enable_dynamic_field, schema.description) == (True, "d")
    schema.add_field("id", DataType.INT64)
    assert schema.fields[0].is_primary
    with pytest.raises(AutoIDException):
        SchemaBuilders.create_schema(auto_id="x")  # type: ignore[arg-type]


def test_a_field_is_made_with_every_option() -> None:
    assert SchemaBuilders.create_field_schema("t", DataType.VARCHAR, "d", max_length=9) == FieldSchema(
        "t", DataType.VARCHAR, "d", max_length=9
    )


def test_a_struct_starts_empty() -> None:
    struct = SchemaBuilders.create_struct_field_schema()
    assert struct.to_dict() == {"name": "", "description": "", "fields": []}
    assert SchemaBuilders.create_struct_field_schema(nullable=True, description="d").nullable


def test_index_parameters_start_empty_or_with_one_index() -> None:
    assert SchemaBuilders.prepare_index_params() == []
    (index,) = SchemaBuilders.prepare_index_params("v", index_type="HNSW", metric_type="L2", params={"M": 8})
    assert index.to_dict() == {"field_name": "v", "index_type": "HNSW", "index_name": "", "metric_type": "L2", "M": 8}
    with pytest.raises(ParamError, match="field_name"):
        SchemaBuilders.prepare_index_params(5)  # type: ignore[arg-type]


def described(value: object) -> dict[str, str]:
    """What the section Args says of each parameter."""
    (section,) = re.findall(r"^Args:\n(.*?)\n\n", inspect.getdoc(value) or "", flags=re.DOTALL | re.MULTILINE)
    parts = re.findall(r"^    (\w+): (.*(?:\n     +.*)*)", section, flags=re.MULTILINE)
    return {name: " ".join(sentence.split()) for name, sentence in parts}


@pytest.mark.parametrize(
    ("value", "same_as"),
    [
        (SchemaBuilders.create_field_schema, FieldSchema),
        (CollectionSchema.add_field, FieldSchema),
        (StructFieldSchema.add_field, FieldSchema),
        (SchemaBuilders.create_schema, CollectionSchema),
        (SchemaBuilders.create_struct_field_schema, StructFieldSchema),
    ],
    ids=lambda value: value.__qualname__,
)
def test_a_parameter_has_the_same_description_everywhere(value: object, same_as: object) -> None:
    wanted = described(same_as)
    different = {name: text for name, text in described(value).items() if name in wanted and text != wanted[name]}
    assert wanted
    assert different == {}
