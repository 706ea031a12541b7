"""How does a web service search? All requests share one client, and a caller who leaves ends the search.

    python -m pip install '.[lite]' fastapi uvicorn
    python examples/fastapi_service.py                       # a file; or set MILVUS_URI and MILVUS_TOKEN
    curl 'http://127.0.0.1:8000/search?x=0.9&y=0.1'
    curl http://127.0.0.1:8000/health

The client is made when the service starts and closed when it ends. A search whose caller has hung up is cancelled, on
the server, too. What Milvus cannot do now is a 503 with Retry-After, what the caller got wrong is a 4xx.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import TypeVar

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from milvusclient import AsyncMilvusClient, DeadlineExceededError, ErrorCode, MilvusException, ParamError
from milvusclient.exceptions import CollectionNotExistException

COLLECTION = "service"
COLORS = {"red": [1.0, 0.0], "green": [0.0, 1.0], "olive": [0.5, 0.5]}

log = logging.getLogger("service")
T = TypeVar("T")


class CallerGoneError(Exception):
    """The caller hung up before the answer was there."""


async def while_connected(request: Request, call: Awaitable[T]) -> T:
    """Await a call, and cancel it when the caller hangs up: FastAPI alone would go on with it.

    Raises:
        CallerGoneError: the caller hung up.
    """

    async def hung_up() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    working, watching = asyncio.ensure_future(call), asyncio.create_task(hung_up())
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise CallerGoneError
        return working.result()
    finally:
        working.cancel()
        watching.cancel()
        await asyncio.gather(working, watching, return_exceptions=True)


def status_of(error: MilvusException) -> int:
    """Return the HTTP status that says the same as an error of Milvus."""
    if isinstance(error, ParamError) or error.is_input_error:
        return 400
    if isinstance(error, CollectionNotExistException):
        return 404
    if error.code == ErrorCode.RATE_LIMIT:
        return 429
    if isinstance(error, DeadlineExceededError):
        return 504
    return 503


async def failed(request: Request, error: Exception) -> JSONResponse:
    """Answer for a call of Milvus that failed: the log gets all of it, the caller only what he or she can change."""
    if not isinstance(error, MilvusException):
        raise error  # FastAPI calls this for no other
    status = status_of(error)
    log.warning("%s: %s", request.url.path, error)
    detail = error.message if status == 400 else "the search service cannot answer now"
    return JSONResponse({"detail": detail}, status, {"Retry-After": "1"} if status in {429, 503} else {})


async def gone(request: Request, error: Exception) -> JSONResponse:
    """Log that the caller is gone; this answer is not sent."""
    del error
    log.warning("%s: cancelled, the caller hung up", request.url.path)
    return JSONResponse({}, 499)


def create_app(uri: str, timeout: float = 5) -> FastAPI:
    """Return the service for a server or a file, whose searches take at most some seconds."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, AsyncMilvusClient]]:
        del app
        async with AsyncMilvusClient(uri, timeout=10) as client:
            if not await client.has_collection(COLLECTION):
                await client.create_collection(COLLECTION, dimension=2)
                rows = [
                    {"id": key, "vector": vector, "name": name} for key, (name, vector) in enumerate(COLORS.items())
                ]
                await client.insert(COLLECTION, rows)
            yield {"client": client}  # Starlette hands it to each request as its state

    app = FastAPI(lifespan=lifespan)
    app.add_exception_handler(MilvusException, failed)
    app.add_exception_handler(CallerGoneError, gone)

    @app.get("/search")
    async def search(request: Request, x: float, y: float, limit: int = 2) -> list[dict[str, object]]:
        client: AsyncMilvusClient = request.state.client
        found = await while_connected(
            request, client.search(COLLECTION, [[x, y]], limit=limit, output_fields=["name"], timeout=timeout)
        )
        return [{"name": hit["entity"]["name"], "score": hit["distance"]} for hit in found[0]]

    @app.get("/health")
    async def health(request: Request) -> JSONResponse:
        client: AsyncMilvusClient = request.state.client
        answer = await client.check_health(timeout=2)
        return JSONResponse({"healthy": bool(answer), "reasons": list(answer.reasons)}, 200 if answer else 503)

    return app


def main() -> None:
    """Serve until it is interrupted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uri", default=os.environ.get("MILVUS_URI", "./service.db"), help="server or file to search")
    parser.add_argument("--port", type=int, default=8000, help="port of the service; 0 means a free one")
    parser.add_argument("--timeout", type=float, default=5, help="seconds for a search")
    arguments = parser.parse_args()
    uvicorn.run(create_app(arguments.uri, arguments.timeout), port=arguments.port)


if __name__ == "__main__":
    main()
