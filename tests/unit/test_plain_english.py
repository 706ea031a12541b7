"""The prose of the package says plainly what it means: no riddles in docstrings, messages, help and comments."""

from __future__ import annotations

import ast

import pytest

from tests.unit.plain_english import PACKAGE, Prose, prose, riddles, sources

#: Modules and rooms whose prose is still to be brought over.
TO_BE_BROUGHT_OVER: tuple[str, ...] = (
    "cli/__init__.py",
    "cli/commands/bulk.py",
    "cli/commands/reading.py",
    "cli/commands/search.py",
    "cli/data/singles.py",
    "cli/data/values.py",
    "cli/diagnosis/advice.py",
    "cli/diagnosis/probes.py",
    "cli/framework/__init__.py",
    "cli/framework/completion.py",
    "cli/framework/connection_file.py",
    "cli/framework/json_values.py",
    "cli/framework/live_names.py",
    "cli/framework/output.py",
    "cli/framework/secrets.py",
    "cli/framework/session.py",
    "cli/framework/tables.py",
    "codec/json_text.py",
    "codec/read/preview.py",
    "codec/read/results.py",
    "codec/write/embedding_list.py",
    "codec/write/nonfinite.py",
    "codec/write/query_vectors.py",
    "display.py",
    "models/__init__.py",
    "models/collection.py",
    "models/descriptions.py",
    "models/health.py",
    "models/results.py",
    "notebook/cells.py",
    "operations/__init__.py",
    "pymilvus/_names.py",
    "pymilvus/client/_access_types.py",
    "pymilvus/client/_handler.py",
    "pymilvus/client/_job_types.py",
    "pymilvus/client/_presented.py",
    "pymilvus/client/asynch.py",
    "pymilvus/client/field_ops.py",
    "pymilvus/decorators.py",
    "pymilvus/milvus_client/_builders.py",
    "pymilvus/orm/_calls.py",
    "pymilvus/orm/_reading.py",
    "pymilvus/orm/collection.py",
    "pymilvus/orm/connections.py",
    "pymilvus/orm/mutation.py",
    "pymilvus/orm/partition.py",
    "pymilvus/orm/types.py",
    "pymilvus/orm/utility.py",
    "pymilvus/standing_in.py",
    "pymilvus/tolerance.py",
    "schema/__init__.py",
    "schema/aggregation.py",
    "schema/collection.py",
    "schema/enums.py",
    "schema/fields.py",
    "schema/functions.py",
    "schema/states.py",
    "schema/structs.py",
)


def test_no_riddles() -> None:
    faults = [
        fault
        for path in sources()
        if not path.relative_to(PACKAGE).as_posix().startswith(TO_BE_BROUGHT_OVER)
        for piece in prose(path)
        for fault in riddles(piece)
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "text",
    [
        "the value is no list",
        "ParamError: an argument cannot be.",
        "auto_id=True cannot be with external_source",
        "whoever opened it",
        "nobody waits",
        "the properties by name, as text.",
        "The end of a name.",
        "which rows come into question",
        "wants a INT64",
    ],
)
def test_riddles_are_found(text: str) -> None:
    assert list(riddles(Prose("here:1", text)))


@pytest.mark.parametrize(
    "text",
    [
        "there is no such index",
        "the connection is no longer open",
        "cannot be encoded in UTF-8",
        "the text of a message",
        "full-text search",
    ],
)
def test_plain_english_is_left_alone(text: str) -> None:
    assert not list(riddles(Prose("here:1", text)))


def test_docstrings_begin_with_what_they_describe() -> None:
    assert list(riddles(Prose("here:1", "Whether there is.", is_docstring=True)))
    assert list(riddles(Prose("here:1", "How far it is.", is_docstring=True)))
    assert not list(riddles(Prose("here:1", "Return whether the partition exists.", is_docstring=True)))


def test_docstrings_strings_and_comments_are_read() -> None:
    path = PACKAGE / "checks.py"
    pieces = list(prose(path))
    module = ast.parse(path.read_text(encoding="utf-8"))
    docstring = ast.get_docstring(module)
    assert docstring is not None
    assert pieces[0] == Prose("milvusclient/checks.py:1", " ".join(docstring.split()), is_docstring=True)
    assert any(piece.text.startswith("the usual case pays") for piece in pieces), "a comment"
    assert any(" must be True or False, got " in f" {piece.text} " for piece in pieces), "a message"
