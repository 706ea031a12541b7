"""What all tests share: async tests without a plugin, servers, and a check that nothing of ours is left running."""

from __future__ import annotations

import asyncio
import inspect
import os

# Before grpc is imported: it reads these once. Proxy variables would send even loopback connections to a proxy, and
# gRPC's own log would tell of every connection that a test cuts on purpose.
for _name in ("http_proxy", "https_proxy", "all_proxy", "grpc_proxy"):
    os.environ.pop(_name, None)
    os.environ.pop(_name.upper(), None)
for _name in ("MILVUS_URI", "MILVUS_TOKEN", "MILVUS_DB_NAME", "MILVUS_CONN_ALIAS"):
    os.environ.pop(_name, None)
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
# The workers share the cores: threads for each core in each of them, of numpy and of the index library of Milvus Lite,
# spend a quarter of the time on waiting for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import contextlib  # noqa: E402
import importlib.util  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable, Generator, Iterator  # noqa: E402
from contextlib import AbstractContextManager  # noqa: E402
from pathlib import Path  # noqa: E402

import pytest  # noqa: E402

from tests.support import collecting, leftovers, servers  # noqa: E402
from tests.support.certificates import Certificates, make_certificates  # noqa: E402
from tests.support.order import spread  # noqa: E402
from tests.support.scripted import ScriptedServer  # noqa: E402
from tests.support.servers import Config, Database, HeldMilvus, Milvus  # noqa: E402


# --- how tests run ---------------------------------------------------------------------------------------------------
def pytest_addoption(parser: pytest.Parser) -> None:
    """An option for ourselves: the recorded calls can be run by another module's clients."""
    parser.addoption(
        "--wire-module",
        default="milvusclient",
        help="module whose MilvusClient the recorded calls are compared with (the reference itself proves the tests)",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run ``async def`` tests, each in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist, which may be missing
def pytest_xdist_auto_num_workers() -> int:
    """``-n auto`` is three workers for each core, as many tests wait for servers; 16 at most."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(3 * cores, 16)


def pytest_configure(config: pytest.Config) -> None:
    """Workers get few tests at a time, so that none has many long ones before it while the others are done.

    A shell without job control starts what runs in the background with Ctrl-C ignored, and programs that tests start
    and interrupt would inherit that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with contextlib.suppress(ImportError):
        from hypothesis import settings

        settings.register_profile("patient", settings(), deadline=None)  # by default an example may take 0.2 s
        settings.load_profile("patient")
    if getattr(config.option, "maxschedchunk", 0) is None:
        config.option.maxschedchunk = 4
    collecting.allow_bytecode()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Collect quickly."""
    if worker := getattr(session.config, "workerinput", None):
        modules = sorted(Path(__file__).parent.glob("**/test_*.py"))
        collecting.rewrite_share(session.config, modules, int(worker["workerid"][2:]), worker["workercount"])
    with collecting.without_garbage_collection():
        return (yield)


#: Tests with one of these spend most of their time waiting; those that take longest come first.
WAITING = ("exclusive_server", "slow", "soak", "real_server")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In parallel runs, tests that wait are spread over those that compute: else they would wait side by side.

    So are the tests with the embedded server, each of which takes as long as ten others.
    """
    if hasattr(config, "workerinput"):
        waits = {item: [item.get_closest_marker(name) is None for name in WAITING] for item in items}
        waiting = sorted((item for item in items if not all(waits[item])), key=waits.__getitem__)
        computing = [item for item in items if all(waits[item])]
        embedded = [item for item in computing if item.get_closest_marker("lite")]
        others = [item for item in computing if not item.get_closest_marker("lite")]
        items[:] = spread(waiting, spread(embedded, others))


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """Neither threads nor child processes of ours outlive the tests."""
    before = leftovers.threads()
    yield
    left = leftovers.wait_for_none(before)
    if left:
        pytest.fail(f"left running at the end of the tests: {', '.join(left)}", pytrace=False)


# --- servers ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def lite_uri(tmp_path: Path) -> str:
    """The path of a fresh database file for the embedded server."""
    if importlib.util.find_spec("milvus_lite") is None:
        pytest.skip("the embedded server (package milvus-lite) is not installed")
    return str(tmp_path / "x.db")


@pytest.fixture
def scripted_server() -> Iterator[ScriptedServer]:
    """A server that does what the test tells it, behind a TCP proxy that counts connections."""
    with ScriptedServer() as server:
        yield server


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates of servers and clients, good ones and bad ones."""
    folder = tmp_path_factory.mktemp("certificates")
    for directory in (folder, folder.parent, folder.parent.parent):  # the real server may run as another user
        directory.chmod(directory.stat().st_mode | 0o055)
    return make_certificates(folder)


@pytest.fixture(scope="session")
def _shared_milvus() -> Iterator[HeldMilvus]:
    shared = servers.shared_milvus()
    yield shared
    shared.release()


@pytest.fixture
def milvus_235(_shared_milvus: HeldMilvus) -> Milvus:
    """The real Milvus 2.3.5 with default settings, shared by all workers; use ``milvus_database`` with it."""
    if reason := servers.why_no_milvus():
        pytest.skip(reason)
    return _shared_milvus.acquire()


@pytest.fixture(scope="session")
def _worker_database(_shared_milvus: HeldMilvus) -> Iterator[Database]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = Database(f"tests_{worker}_{os.getpid()}")
    yield database
    if _shared_milvus.held is not None:
        database.drop(_shared_milvus.held)


@pytest.fixture
def milvus_database(milvus_235: Milvus, _worker_database: Database) -> Iterator[str]:
    """The name of this worker's own database on the real server; the collections of each test are dropped after it."""
    _worker_database.create(milvus_235)
    yield _worker_database.name
    _worker_database.clear(milvus_235)


@pytest.fixture
def start_milvus() -> Callable[[Config], AbstractContextManager[Milvus]]:
    """``with start_milvus({"authorization_enabled": True}) as milvus``: a real server with settings of its own.

    For tests marked ``exclusive_server``.
    """
    if reason := servers.why_no_milvus():
        pytest.skip(reason)
    return servers.start_milvus


@pytest.fixture(autouse=True)
def _no_schema_is_remembered() -> Iterator[None]:
    """Servers of two tests may have the same port, one after the other; what is known of the first is dropped."""
    yield
    cache = sys.modules.get("milvusclient.runtime.schema_cache")
    if cache is not None:
        for entries in (cache._schemas, cache._writes, cache._found_schemas, cache._found_writes):
            entries.clear()
