"""Many searches at once with asyncio.

    python examples/async_client.py                          # the embedded server, in ./async.db
    python examples/async_client.py http://localhost:19530   # a server

``AsyncMilvusClient`` has the methods of ``MilvusClient``, to be awaited. It may be made anywhere, also before the event
loop runs. It connects at its first call, and its connection belongs to the loop that runs then.
"""

from __future__ import annotations

import argparse
import asyncio

from milvusclient import AsyncMilvusClient

COLLECTION = "cities"
CITIES = {"Oslo": (59.9, 10.8), "Rome": (41.9, 12.5), "Lima": (-12.0, -77.0), "Tokyo": (35.7, 139.7)}


async def nearest(client: AsyncMilvusClient, place: tuple[float, float]) -> str:
    """Return the name of the city that is nearest on the map."""
    found = await client.search(COLLECTION, data=[list(place)], limit=1, output_fields=["name"])
    return str(found[0][0]["entity"]["name"])


async def main(uri: str) -> None:
    """Store a few places, then ask for all neighbours at the same time."""
    async with AsyncMilvusClient(uri) as client:
        if await client.has_collection(COLLECTION):
            await client.drop_collection(COLLECTION)
        await client.create_collection(COLLECTION, dimension=2, metric_type="L2")
        rows = [{"id": n, "vector": list(place), "name": name} for n, (name, place) in enumerate(CITIES.items())]
        print(f"inserted {(await client.insert(COLLECTION, rows))['insert_count']} cities")

        places = {"Naples": (40.9, 14.3), "Bergen": (60.4, 5.3), "Osaka": (34.7, 135.5), "Cusco": (-13.5, -72.0)}
        names = await asyncio.gather(*(nearest(client, place) for place in places.values()))
        for place, name in zip(places, names, strict=True):
            print(f"{place} is nearest to {name}")

        # One deadline for all of it, whatever it does: the calls that are under way end when it passes.
        async with asyncio.timeout(10):
            rows = await client.query(COLLECTION, filter="id >= 0", output_fields=["count(*)"])
        print(f"{rows[0]['count(*)']} rows in {COLLECTION}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("uri", nargs="?", default="./async.db", help="server or file to use")
    asyncio.run(main(parser.parse_args().uri))
