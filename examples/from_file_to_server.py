"""One program for a file, a server, a cluster and a managed service: only the uri differs.

    python examples/from_file_to_server.py                               # a file, on the embedded server
    python examples/from_file_to_server.py http://localhost:19530        # a Milvus standalone, or a cluster's proxy
    python examples/from_file_to_server.py https://HOST TOKEN            # a managed service, or your own with TLS

Without arguments it looks at the environment variable MILVUS_URI first, and at MILVUS_TOKEN for the credentials.
"""

from __future__ import annotations

import argparse
import os

from milvusclient import MilvusClient

COLLECTION = "from_file_to_server"


def main(uri: str, token: str) -> None:
    """Store three words, and find the one that is nearest to a vector."""
    uri = uri or os.environ.get("MILVUS_URI", "./demo.db")
    token = token or os.environ.get("MILVUS_TOKEN", "")
    with MilvusClient(uri, token=token) as client:
        print(f"{uri}: {client.get_server_version()}")
        if client.has_collection(COLLECTION):
            client.drop_collection(COLLECTION)
        client.create_collection(COLLECTION, dimension=3, consistency_level="Strong")
        rows = [
            {"id": 1, "vector": [1.0, 0.0, 0.0], "word": "red"},
            {"id": 2, "vector": [0.0, 1.0, 0.0], "word": "green"},
            {"id": 3, "vector": [0.0, 0.0, 1.0], "word": "blue"},
        ]
        client.insert(COLLECTION, rows)
        found = client.search(COLLECTION, data=[[0.1, 0.9, 0.2]], limit=1, output_fields=["word"])
        print(f"nearest: {found[0][0]['entity']['word']}")
        client.drop_collection(COLLECTION)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("uri", nargs="?", default="", help="server or file to use")
    parser.add_argument("token", nargs="?", default="", help="credentials: USER:PASSWORD, or an API key")
    arguments = parser.parse_args()
    main(arguments.uri, arguments.token)
