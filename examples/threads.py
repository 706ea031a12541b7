"""One client for many threads.

    python examples/threads.py                          # the embedded server, in ./threads.db
    python examples/threads.py http://localhost:19530   # a server

A client needs no lock and no pool around it: give it to every thread. Making a client in each thread is as good, as
they share the connection. One connection carries many calls at the same time.
"""

from __future__ import annotations

import argparse
import random
import time
from concurrent.futures import ThreadPoolExecutor

from milvusclient import MilvusClient

COLLECTION = "threads"
DIMENSION = 8
QUERIES = 64


def main(uri: str) -> None:
    """Search with one thread, then with more."""
    dice = random.Random(1)
    points = [[dice.gauss(0, 1) for _ in range(DIMENSION)] for _ in range(500)]
    with MilvusClient(uri) as client:
        if client.has_collection(COLLECTION):
            client.drop_collection(COLLECTION)
        client.create_collection(COLLECTION, dimension=DIMENSION)
        client.insert(COLLECTION, [{"id": number, "vector": point} for number, point in enumerate(points)])

        def nearest(number: int) -> int:
            found = client.search(COLLECTION, data=[points[number]], limit=1)
            return int(found[0][0]["id"])

        for workers in (1, 4, 16):
            started = time.perf_counter()
            with ThreadPoolExecutor(workers) as pool:
                answers = list(pool.map(nearest, range(QUERIES)))
            seconds = time.perf_counter() - started
            # Each point is the nearest to itself, so it shows if an answer ever reached the wrong thread.
            right = sum(answer == number for number, answer in enumerate(answers))
            print(f"{workers:2} threads: {right} of {QUERIES} right, {QUERIES / seconds:,.0f} searches per second")

        print(f"all of it over one connection: {client.connection_info().calls} calls")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("uri", nargs="?", default="./threads.db", help="server or file to use")
    main(parser.parse_args().uri)
