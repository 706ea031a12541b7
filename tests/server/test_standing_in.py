"""``import pymilvus`` means milvusclient.pymilvus: by install(), and by ``python -m milvusclient.pymilvus``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.processes import run_program

WITHOUT = pytest.mark.parametrize("without", [(), ("pymilvus", "pandas", "dotenv")], ids=["installed", "absent"])

#: What a hostile neighbour does with the names of a package.
NEIGHBOUR = """\
import importlib.metadata
import pickle
import sys
{first}
import pymilvus
import pymilvus.orm.collection as c
from pymilvus import *
from pymilvus.client.types import LoadState
from pymilvus.grpc_gen import milvus_pb2_grpc, schema_pb2
import milvusclient

assert c.Collection is Collection is pymilvus.Collection
assert pymilvus.DataType is milvusclient.DataType
assert isinstance(milvusclient.FieldSchema("a", 5), pymilvus.FieldSchema)
assert pickle.loads(pickle.dumps(FieldSchema("a", 5))) == FieldSchema("a", 5)
assert list(schema_pb2.FloatArray(data=[1, 2]).data) == [1, 2]
assert issubclass(type("S", (milvus_pb2_grpc.MilvusServiceServicer,), {{}}), object)
print(pymilvus.__version__, importlib.metadata.version("pymilvus"), LoadState.Loaded.name, pymilvus.__name__)
print(__name__, sys.argv[1:], [name for name in ("pandas", "dotenv") if name in sys.modules])
"""
INSTALL = "import milvusclient.pymilvus; milvusclient.pymilvus.install(); milvusclient.pymilvus.install()"


def script(folder: Path, text: str, name: str = "program.py") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return name


@WITHOUT
def test_installed_by_the_program(tmp_path: Path, without: tuple[str, ...]) -> None:
    name = script(tmp_path, NEIGHBOUR.format(first=INSTALL))
    done = run_program("-W", "error", name, "a", cwd=tmp_path, without=without)
    assert done.stdout.splitlines() == ["3.0.2 3.0.2 Loaded milvusclient.pymilvus", "__main__ ['a'] []"], done.stderr


@WITHOUT
@pytest.mark.parametrize("how", [("program.py",), ("-m", "program")], ids=["script", "module"])
def test_started_by_the_command(tmp_path: Path, without: tuple[str, ...], how: tuple[str, ...]) -> None:
    script(tmp_path, NEIGHBOUR.format(first="") + "raise SystemExit(7)\n")
    done = run_program("-m", "milvusclient.pymilvus", *how, "a", "-b", cwd=tmp_path, without=without)
    assert done.stdout.splitlines()[1:] == ["__main__ ['a', '-b'] []"], done.stderr
    assert done.returncode == 7


def test_a_script_finds_its_neighbours_and_its_data(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    script(inner, "VALUE = 1\n", "neighbour.py")
    script(inner, "import os, neighbour; print(neighbour.VALUE, os.path.basename(__file__), __spec__)\n")
    done = run_program("-m", "milvusclient.pymilvus", "inner/program.py", cwd=tmp_path)
    assert done.stdout == "1 program.py None\n", done.stderr


def test_an_error_of_the_program_is_its_own(tmp_path: Path) -> None:
    name = script(tmp_path, "import pymilvus\npymilvus.MilvusException(message='a')\nraise ValueError('mine')\n")
    done = run_program("-m", "milvusclient.pymilvus", name, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.rstrip().endswith("ValueError: mine")


def test_threads_outlive_the_last_line(tmp_path: Path) -> None:
    text = (
        "import threading, time\nVALUE = 'still here'\n"
        "def late():\n    time.sleep(0.3)\n    print(VALUE)\n"
        "threading.Thread(target=late).start()\n"
    )
    done = run_program("-m", "milvusclient.pymilvus", script(tmp_path, text), cwd=tmp_path)
    assert done.stdout == "still here\n", done.stderr


def test_a_child_that_multiprocessing_spawns_imports_the_stand_in_too(tmp_path: Path) -> None:
    text = INSTALL + (
        "\nimport multiprocessing\nimport pymilvus\n"
        "def work(_):\n    return pymilvus.__name__\n"
        "if __name__ == '__main__':\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n        print(pool.map(work, [0]))\n"
    )
    done = run_program(script(tmp_path, text), cwd=tmp_path)
    assert done.stdout == "['milvusclient.pymilvus']\n", done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nope.py",), "cannot open 'nope.py': there is no such file; give the path of a script, or -m MODULE"),
        (("-m", "nope"), "there is no module 'nope'"),
        (("-m", "nope.inner"), "there is no module 'nope.inner': No module named 'nope'"),
        (("-m",), "usage: "),
        (("-x",), "usage: "),
        ((), "usage: "),
    ],
)
def test_what_cannot_be_run_is_said(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run_program("-m", "milvusclient.pymilvus", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_help_is_shown(tmp_path: Path) -> None:
    done = run_program("-m", "milvusclient.pymilvus", "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("usage: python -m milvusclient.pymilvus SCRIPT")


def test_it_is_too_late_when_pymilvus_is_loaded(tmp_path: Path) -> None:
    pytest.importorskip("pymilvus")
    done = run_program("-c", f"import pymilvus; {INSTALL}", cwd=tmp_path)
    assert done.returncode == 1
    assert "ImportError: pymilvus is loaded already, from " in done.stderr
    assert "before anything imports pymilvus" in done.stderr


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("nope", "stands in for pymilvus 3.0.2 and has no such module"),
        ("orm.nope", "stands in for pymilvus 3.0.2 and has no such module"),
        ("model", "pip install pymilvus-model"),
        ("bulk_writer", "has no bulk_writer"),
        ("bulk_writer.constants", "has no bulk_writer"),
    ],
)
def test_a_module_that_is_not_there_is_said(tmp_path: Path, module: str, said: str) -> None:
    done = run_program("-c", f"{INSTALL}\nimport pymilvus.{module}", cwd=tmp_path)
    assert "ModuleNotFoundError: " in done.stderr
    assert said in done.stderr


def test_a_model_comes_from_its_own_package(tmp_path: Path) -> None:
    folder = tmp_path / "pymilvus" / "model"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("from pymilvus.model.dense import NAME\n", encoding="utf-8")
    (folder / "dense.py").write_text("from pymilvus import DataType\nNAME = 'dense'\n", encoding="utf-8")
    code = f"{INSTALL}\nimport pymilvus, pymilvus.model\nprint(pymilvus.model.NAME, pymilvus.__name__)"
    done = run_program("-c", code, cwd=tmp_path)
    assert done.stdout == "dense milvusclient.pymilvus\n", done.stderr


#: A handler of logs, a .env and an embedded file.
OPENING = """\
import logging, os, sys
{first}
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
log = logging.getLogger("mine")
log.addHandler(handler)
before = list(logging.root.handlers)
from {module} import MilvusClient
with MilvusClient("./a.db") as client:
    client.create_collection("c", dimension=2)
    client.insert("c", [{{"id": 1, "vector": [1.0, 0.0]}}, {{"id": 2, "vector": [0.0, 1.0]}}])
    print(client.search("c", [[1.0, 0.1]], limit=1)[0][0]["id"], client.describe_index("c", "vector")["state"])
    print(client.query("c", "id > 0", ["vector"])[1]["vector"])
log.warning("still heard")
print(handler in log.handlers, logging.root.handlers == before, "SECRET_OF_DOTENV" in os.environ)
loaded = [sys.modules[name].__name__ for name in ("pymilvus", "dotenv", "pandas") if name in sys.modules]
print([name for name in loaded if name != "milvusclient.pymilvus" and not (name == "pandas" and {has_pandas})])
"""


@pytest.mark.lite
@WITHOUT
@pytest.mark.parametrize("module", ["milvusclient", "milvusclient.pymilvus", "pymilvus"])
def test_opening_a_file_has_no_side_effect(tmp_path: Path, without: tuple[str, ...], module: str) -> None:
    (tmp_path / ".env").write_text("SECRET_OF_DOTENV=1\n", encoding="utf-8")
    # Milvus Lite's storage, pyarrow, loads pandas where it is installed, once there are rows.
    text = OPENING.format(first=INSTALL if module == "pymilvus" else "", module=module, has_pandas=not without)
    done = run_program(script(tmp_path, text), cwd=tmp_path, without=without)
    assert done.stdout.splitlines() == [
        "1 Finished",
        "[0.0, 1.0]",
        "mine: still heard",
        "True True False",
        "[]",
    ], done.stderr


@pytest.mark.lite
def test_the_reference_client_and_ours_serve_files_in_one_process(tmp_path: Path) -> None:
    pytest.importorskip("pymilvus")
    text = (
        "import milvusclient\nours = milvusclient.MilvusClient('./a.db')\n"
        "import pymilvus\ntheirs = pymilvus.MilvusClient('./b.db')\n"
        "for client in (ours, theirs):\n"
        "    client.create_collection('c', dimension=2)\n"
        "    client.insert('c', [{'id': 1, 'vector': [1.0, 0.5]}])\n"
        "    print(client.search('c', [[1.0, 0.5]])[0][0]['id'], client.describe_index('c', 'vector')['state'])\n"
        "print(type(pymilvus.grpc_gen.schema_pb2.FloatArray(data=[1])).__module__)\n"
    )
    done = run_program(script(tmp_path, text), cwd=tmp_path)
    assert done.stdout.splitlines()[:2] == ["1 Finished", "1 Finished"], done.stderr
    assert done.stdout.splitlines()[2] == "schema_pb2"
