"""The prose of the package says plainly what it means: no riddles in docstrings, messages, help and comments."""

from __future__ import annotations

import ast

import pytest

from tests.unit.plain_english import PACKAGE, Prose, prose, riddles, sources

#: Modules and rooms whose prose is still to be brought over.
TO_BE_BROUGHT_OVER: tuple[str, ...] = (
    "_async/client.py",
    "cli/__init__.py",
    "cli/app.py",
    "cli/commands/bulk.py",
    "cli/commands/collections.py",
    "cli/commands/convert.py",
    "cli/commands/entities.py",
    "cli/commands/indexes.py",
    "cli/commands/queries.py",
    "cli/commands/roles.py",
    "cli/data/files.py",
    "cli/data/json_rows.py",
    "cli/data/values.py",
    "cli/diagnosis/advice.py",
    "cli/diagnosis/probes.py",
    "cli/framework/__init__.py",
    "cli/framework/colors.py",
    "cli/framework/command.py",
    "cli/framework/completion.py",
    "cli/framework/connection_file.py",
    "cli/framework/live_names.py",
    "cli/framework/output.py",
    "cli/framework/progress.py",
    "cli/framework/secrets.py",
    "cli/framework/session.py",
    "client/__init__.py",
    "client/abstract.py",
    "client/constants.py",
    "client/embedding_list.py",
    "client/iterator.py",
    "client/search_aggregation.py",
    "client/search_iterator.py",
    "client/search_result.py",
    "client/types.py",
    "client/utils.py",
    "codec/dynamic.py",
    "codec/json_text.py",
    "codec/read/builders.py",
    "codec/read/columns.py",
    "codec/read/numpy_views.py",
    "codec/read/packed_floats.py",
    "codec/read/preview.py",
    "codec/read/results.py",
    "codec/read/table.py",
    "codec/sparse.py",
    "codec/write/arrays.py",
    "codec/write/cells.py",
    "codec/write/embedding_list.py",
    "codec/write/filter_params.py",
    "codec/write/nonfinite.py",
    "codec/write/query_vectors.py",
    "codec/write/rows.py",
    "codec/write/scalars.py",
    "codec/write/single_vector.py",
    "codec/write/structs.py",
    "codec/write/vectors.py",
    "display.py",
    "exceptions.py",
    "function_chain/__init__.py",
    "function_chain/chain.py",
    "milvus_client/__init__.py",
    "milvus_client/async_milvus_client.py",
    "milvus_client/async_optimize_task.py",
    "milvus_client/index.py",
    "milvus_client/milvus_client.py",
    "milvus_client/optimize_task.py",
    "models/__init__.py",
    "models/analysis.py",
    "models/collection.py",
    "models/columns.py",
    "models/connection.py",
    "models/descriptions.py",
    "models/health.py",
    "models/infos.py",
    "models/jobs.py",
    "models/mutations.py",
    "models/results.py",
    "notebook/cells.py",
    "notebook/tables.py",
    "notebook/views.py",
    "operations/__init__.py",
    "orm/__init__.py",
    "orm/collection.py",
    "orm/connections.py",
    "orm/constants.py",
    "orm/iterator.py",
    "orm/schema.py",
    "orm/types.py",
    "prometheus.py",
    "registry.py",
    "rest_health.py",
    "rpc.py",
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
