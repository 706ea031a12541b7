"""How do I load a large Parquet file, and see its progress? Piece by piece, several requests at a time.

    python -m pip install '.[lite]' pyarrow
    python examples/load_parquet.py                        # makes words.parquet, and loads it into ./words.db
    python examples/load_parquet.py --file mine.parquet --uri http://localhost:19530

The file needs the columns id (int64), word (str) and vector (lists of numbers). Only a few pieces of it are in memory
at a time. Run it again after it was interrupted: the checkpoint skips the rows that are stored.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped] # it comes without types
import pyarrow.parquet as pq  # type: ignore[import-untyped] # it comes without types

from milvusclient import BulkProgress, DataType, MilvusClient

COLLECTION = "words"


def make_file(path: Path, rows: int = 10_000, dim: int = 32) -> None:
    """Write a file to load."""
    vectors = np.random.default_rng(3).random((rows, dim), dtype=np.float32)
    columns = {
        "id": pa.array(range(rows)),
        "word": pa.array([f"word {number}" for number in range(rows)]),
        "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), dim),
    }
    pq.write_table(pa.table(columns), path, row_group_size=2_500)


def make_collection(client: MilvusClient, dim: int) -> None:
    """Create the collection if there is none."""
    if client.has_collection(COLLECTION):
        return
    schema = client.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("word", DataType.VARCHAR, max_length=100)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
    indexes = client.prepare_index_params()
    indexes.add_index("vector", index_type="AUTOINDEX", metric_type="L2")
    client.create_collection(COLLECTION, schema=schema, index_params=indexes)


def main() -> None:
    """Load a file, and print its progress."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uri", default="./words.db", help="server or file to load into")
    parser.add_argument("--file", type=Path, default=Path("words.parquet"), help="Parquet file; made if it is missing")
    arguments = parser.parse_args()
    if not arguments.file.exists():
        make_file(arguments.file)

    with MilvusClient(arguments.uri) as client, pq.ParquetFile(arguments.file) as file:
        total = file.metadata.num_rows
        make_collection(client, len(next(file.iter_batches(1, columns=["vector"]))["vector"][0]))

        def show(progress: BulkProgress) -> None:
            print(f"{progress.rows:,} of {total:,} rows, {progress.rows / total:.0%}")

        report = client.insert_many(
            COLLECTION,
            pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches(2_500)),
            batch_rows=2_500,
            progress=show,
            checkpoint=f"{arguments.file}.checkpoint",
        )
        print(f"{report.written:,} rows written, {report.skipped:,} were there, {len(report.rejected)} refused")
        client.flush(COLLECTION)
        print(f"{COLLECTION} has {client.get_collection_stats(COLLECTION)['row_count']:,} rows")


if __name__ == "__main__":
    main()
