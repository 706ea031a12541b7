"""Write the files that a server imports: Parquet, and JSON rows."""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from milvusclient import exceptions
from milvusclient._proto import milvus_pb2, schema_pb2
from milvusclient.checks import given, require_path
from milvusclient.codec.import_columns import arrow_batch, json_rows
from milvusclient.codec.write.request import Assembled, Column
from milvusclient.codec.write.rows import encode_rows
from milvusclient.codec.write.tables import encode_table
from milvusclient.exceptions import MilvusException, ParamError
from milvusclient.operations import bulk, describing, schemas
from milvusclient.schema.collection import CollectionSchema

if TYPE_CHECKING:
    from milvusclient.codec.write.tables import Table
    from milvusclient.models.collection import CollectionInfo
    from milvusclient.operations.mutations import ArrowTable

__all__ = ["write_json", "write_parquet"]

#: Bytes of a piece that is encoded at once.
_PIECE_BYTES: Final = 4 << 20
#: Bytes of a row group, which an importer reads as a whole.
_GROUP_BYTES: Final = 16 << 20
_MOST_ROWS: Final = 1 << 16
#: Rows of the first piece at most, which shows how large they are.
_FIRST_ROWS: Final = 256

#: The columns of some rows, the number of the rows, and the index of the first one.
_Piece = tuple[list[schema_pb2.FieldData], int, int]


def write_parquet(
    path: str | os.PathLike[str],
    schema: CollectionSchema | Mapping[str, Any],
    rows: Iterable[object] | Mapping[str, object] | ArrowTable,
) -> int:
    """Write rows to a Parquet file that a server imports; see :meth:`MilvusClient.import_files`.

    Rows are checked as those of an insert are, and written in row groups, so that any number of them takes little
    memory. The file appears when it is complete; a program that crashes leaves none.

    Args:
        path: path of the file, whose name ends with ``.parquet``. A file of this name is replaced.
        schema: the schema of the collection, or what ``describe_collection`` returns.
        rows: an iterable of rows: dicts, dataclasses, pydantic or attrs objects; a mapping of columns, each a list or
            an array with a value for each row; or a table with the Arrow C stream interface.

    Returns:
        The number of rows.

    Raises:
        ParamError: pyarrow is not installed, an argument is invalid, or there are no rows.
        DataNotMatchException: a row does not fit the schema; the message names the row.
        OSError: the file cannot be written.

    Example:
        >>> from milvusclient import DataType, MilvusClient, write_parquet
        >>> schema = MilvusClient.create_schema()
        >>> _ = schema.add_field("id", DataType.INT64, is_primary=True)
        >>> _ = schema.add_field("vector", DataType.FLOAT_VECTOR, dim=2)
        >>> write_parquet("books.parquet", schema, [{"id": 1, "vector": [0.1, 0.2]}])
        1
    """
    pyarrow, parquet = _import_pyarrow()
    collection = _collection_info(schema)
    with _new_file(path, ".parquet") as file:
        return _write_groups(file, _pieces(rows, collection), collection, pyarrow, parquet)


def write_json(
    path: str | os.PathLike[str],
    schema: CollectionSchema | Mapping[str, Any],
    rows: Iterable[object] | Mapping[str, object] | ArrowTable,
) -> int:
    """Write rows to a JSON file that a server imports; as :func:`write_parquet` does, and without pyarrow.

    Args:
        path: path of the file, whose name ends with ``.json``. A file of this name is replaced.
        schema: the schema of the collection, or what ``describe_collection`` returns.
        rows: an iterable of rows: dicts, dataclasses, pydantic or attrs objects; a mapping of columns, each a list or
            an array with a value for each row; or a table with the Arrow C stream interface.

    Returns:
        The number of rows.

    Raises:
        ParamError: an argument is invalid, or there are no rows.
        DataNotMatchException: a row does not fit the schema, or has a number without a form in JSON, such as NaN; the
            message names the row.
        OSError: the file cannot be written.

    Example:
        >>> from milvusclient import DataType, MilvusClient, write_json
        >>> schema = MilvusClient.create_schema()
        >>> _ = schema.add_field("id", DataType.INT64, is_primary=True)
        >>> _ = schema.add_field("vector", DataType.FLOAT_VECTOR, dim=2)
        >>> write_json("books.json", schema, [{"id": 1, "vector": [0.1, 0.2]}])
        1
    """
    collection = _collection_info(schema)
    written = 0
    with _new_file(path, ".json") as file:
        for columns, count, first_row in _pieces(rows, collection):
            file.write(b",\n" if written else b'{"rows": [\n')
            file.write(b",\n".join(json_rows(columns, collection, count, first_row)))
            written += count
        file.write(b"\n]}\n")
    return written


def _import_pyarrow() -> tuple[Any, Any]:
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise ParamError(
            message="write_parquet() needs pyarrow, which is not installed; run: pip install 'milvusclient[arrow]', "
            "or use write_json()"
        ) from None


def _collection_info(schema: CollectionSchema | Mapping[str, Any]) -> CollectionInfo:
    built: object = schema
    if isinstance(schema, Mapping) and "fields" in schema:
        built = CollectionSchema.construct_from_dict(schema)
    if not isinstance(built, CollectionSchema):
        raise ParamError(
            message=f"schema must be a CollectionSchema or a result of describe_collection(), got {given(schema)}"
        )
    built.verify()
    encoded = schemas.encode_schema("", built)
    return describing.parse_collection_info(milvus_pb2.DescribeCollectionResponse(schema=encoded))


@contextlib.contextmanager
def _new_file(path: str | os.PathLike[str], suffix: str) -> Iterator[IO[bytes]]:
    """Open a file that gets its name when the block ends without an error, and vanishes otherwise."""
    target = Path(require_path("path", path))
    if target.suffix.lower() != suffix:
        raise ParamError(
            message=f"path must end with {suffix!r}, by which a server knows the format, got {str(path)!r}"
        )
    if not target.parent.is_dir():
        raise ParamError(message=f"path: there is no folder {str(target.parent)!r}")
    draft = target.with_name(f".{target.name}.{os.getpid()}-{os.urandom(4).hex()}.part")
    # A file of the module tempfile could be read by this user only, and the server may run as another one.
    with open(draft, "xb") as file:
        try:
            yield file
        except BaseException:
            file.close()
            draft.unlink(missing_ok=True)
            raise
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)


# --- pieces ----------------------------------------------------------------------------------------------------------
def _pieces(rows: object, collection: CollectionInfo) -> Iterator[_Piece]:
    """Encode rows as columns, some rows at a time.

    Raises:
        ParamError: there are no rows.
    """
    tables = bulk.tables_of(rows)
    if tables is None:
        bulk.check_iterable(rows)
        if not isinstance(rows, Iterable):
            raise exceptions.TypeError(
                message=f"rows must be an iterable, got the async iterable {given(rows)}; collect its rows first"
            )
    found = False
    for piece in _row_pieces(rows, collection) if tables is None else _table_pieces(tables, collection):
        found = True
        yield piece
    if not found:
        raise ParamError(message="rows has no rows; a server refuses to import an empty file, so none was written")


def _row_pieces(rows: Any, collection: CollectionInfo) -> Iterator[_Piece]:
    source = iter(rows)
    count = max(1, min(_FIRST_ROWS, _PIECE_BYTES // bulk.row_bytes(collection)))
    first_row = 0
    while some := _read_rows(source, count, first_row):
        try:
            columns, size = _encode(encode_rows(some, collection), len(some))
        except MilvusException as error:
            position = bulk.position_of(error, some)
            raise error if position is None else bulk.moved(error, first_row + position) from None
        yield columns, len(some), first_row
        first_row += len(some)
        # Strings and JSON may be larger or smaller than the schema lets expect.
        count = max(1, min(_MOST_ROWS, 2 * count, len(some) * _PIECE_BYTES // size))


def _read_rows(source: Iterator[object], count: int, first_row: int) -> list[Any]:
    some = []
    for value in islice(source, count):
        try:
            some.append(bulk.as_row(value))
        except MilvusException as error:
            raise type(error)(message=f"row {first_row + len(some)}: {error.message}") from None
    return [row if type(row) is dict else dict(row) for row in some]


def _table_pieces(tables: Iterable[Table], collection: CollectionInfo) -> Iterator[_Piece]:
    for table in tables:
        step = max(1, min(_MOST_ROWS, table.num_rows * _PIECE_BYTES // max(1, table.size())))
        for start in range(0, table.num_rows, step):
            part = table.slice(start, min(step, table.num_rows - start))
            columns, _ = _encode(encode_table(part, collection), len(part))
            yield columns, len(part), part.first_row


def _encode(columns: list[Column], count: int) -> tuple[list[schema_pb2.FieldData], int]:
    """Return the columns of an insert, and its size. Whether vectors are finite shows only when they are together."""
    request = Assembled(milvus_pb2.InsertRequest(num_rows=count), columns)
    return list(request.message().fields_data), len(request.SerializeToString())


# --- Parquet ---------------------------------------------------------------------------------------------------------
def _write_groups(
    file: IO[bytes], pieces: Iterator[_Piece], collection: CollectionInfo, pyarrow: Any, parquet: Any
) -> int:
    written, size = 0, 0
    group: list[Any] = []
    writer = None
    try:
        for columns, count, first_row in pieces:
            batch = arrow_batch(pyarrow, columns, collection, count)
            if writer is None:
                writer = parquet.ParquetWriter(file, batch.schema)
            elif batch.schema != writer.schema:
                raise ParamError(
                    message=f"the rows from row {first_row} on have the fields {', '.join(batch.schema.names)}, those "
                    f"before {', '.join(writer.schema.names)}; all rows of a file must have the same"
                )
            group.append(batch)
            written += count
            size += batch.nbytes
            if size >= _GROUP_BYTES:
                _write_group(writer, group, pyarrow)
                group, size = [], 0
        if group:
            _write_group(writer, group, pyarrow)
    finally:
        if writer is not None:
            writer.close()
    return written


def _write_group(writer: Any, batches: list[Any], pyarrow: Any) -> None:
    table = pyarrow.Table.from_batches(batches)
    writer.write_table(table, row_group_size=table.num_rows)
