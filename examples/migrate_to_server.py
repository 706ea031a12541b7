"""How do I move from a .db file to a server? Every collection is copied: schema, indexes, partitions and rows.

    python examples/migrate_to_server.py ./demo.db http://localhost:19530
    python examples/migrate_to_server.py ./demo.db https://HOST --token TOKEN

The program that used the file then gets the other uri, and nothing else changes in it. Without arguments this one makes
the file ./shelf.db, and copies it to ./migrated.db. `milvusclient copy` does the same for one collection.
"""

from __future__ import annotations

import argparse

from milvusclient import BulkProgress, MilvusClient


def copy_all(source: MilvusClient, target: MilvusClient) -> bool:
    """Copy each collection that the target does not have, and return whether all copies are complete."""
    complete = True
    for name in sorted(source.list_collections()):
        if target.has_collection(name):
            print(f"{name}: is there already")
            continue
        source.load_collection(name)  # rows are read as a query reads them

        def show(progress: BulkProgress, name: str = name) -> None:
            print(f"{name}: {progress.rows:,} rows so far")

        report = source.copy_collection(name, target, with_aliases=True, progress=show)
        print(f"{name}: {report.target_rows:,} of {report.source_rows:,} rows, indexes {', '.join(report.indexes)}")
        complete = complete and report.is_complete
    return complete


def make_file(client: MilvusClient) -> None:
    """Fill a file, as a program does that was written against it; what is there already stays as it is."""
    for name, rows in (("books", 300), ("films", 200)):
        if client.has_collection(name):
            continue
        client.create_collection(name, dimension=4)
        client.insert(name, [{"id": key, "vector": [key, 1.0, 0.5, 2.0], "year": 1900 + key} for key in range(rows)])


def main() -> int:
    """Copy a file to a server."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", default="", help="the .db file")
    parser.add_argument("target", nargs="?", default="./migrated.db", help="uri of the server")
    parser.add_argument("--token", default="", help="credentials for the server, USER:PASSWORD or an API key")
    arguments = parser.parse_args()
    with (
        MilvusClient(arguments.source or "./shelf.db") as source,
        MilvusClient(arguments.target, token=arguments.token) as target,
    ):
        if not arguments.source:
            make_file(source)
        complete = copy_all(source, target)
    print("all is there" if complete else "rows are missing: look at the lines above")
    return 0 if complete else 1


if __name__ == "__main__":
    raise SystemExit(main())
