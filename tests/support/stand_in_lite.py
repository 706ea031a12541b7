"""A stand-in for Milvus Lite, so that what happens around a file takes milliseconds and can be watched."""

from __future__ import annotations

import importlib
import threading
import time

import pytest

from tests.support.scripted import ScriptedServer


class StandInLite:
    """Stands for Milvus Lite: every file is served by the scripted server."""

    def __init__(self, server: ScriptedServer) -> None:
        self.started: list[str] = []
        self.released: list[str] = []
        self.released_in: list[str] = []
        #: Seconds that a start takes.
        self.seconds = 0.0
        self._uri = server.uri

    def start_and_get_uri(self, path: str) -> str:
        self.started.append(path)
        time.sleep(self.seconds)
        return self._uri

    def release_server(self, path: str) -> None:
        self.released.append(path)
        self.released_in.append(threading.current_thread().name)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Serve files until the end of the test."""
        embedded = importlib.import_module("milvusclient.runtime.embedded")  # the package has a lazy stand-in for it
        monkeypatch.setattr(embedded, "_manager", lambda: self)
