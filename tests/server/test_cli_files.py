"""Files into collections by the command line: what is refused, what is written, and how to go on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from milvusclient import MilvusClient
from tests.support.command_line import CommandLine
from tests.support.scripted import Received, ScriptedServer

pytestmark = pytest.mark.usefixtures("in_folder")
VECTOR = [1, 2, 3, 4]


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def cli(tmp_path: Path, scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.setenv("MILVUS_URI", scripted_server.uri)
    return CommandLine(tmp_path, monkeypatch)


def ids(call: Received) -> list[int]:
    (column,) = (each for each in call.message.fields_data if each.field_name == "id")
    return list(column.scalars.long_data.data)


def stored(server: ScriptedServer, rpc: str = "Insert") -> Counter[int]:
    """How often each row arrived."""
    return Counter(number for call in server.calls(rpc) for number in ids(call))


def jsonl(name: str, *numbers: object) -> Path:
    lines = [json.dumps({"id": number, "vector": VECTOR}) + "\n" for number in numbers]
    Path(name).write_text("".join(lines), encoding="utf-8")
    return Path(name)


def parquet(name: str, numbers: list[int], width: int = 4) -> Path:
    arrow, module = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    module.write_table(arrow.table({"id": numbers, "vector": [[0.5] * width] * len(numbers)}), name)
    return Path(name)


def fails_after(count: int) -> Any:
    """An answer that stops the write after some requests."""
    seen = 0

    def answer(call: Received) -> dict[str, Any]:
        nonlocal seen
        seen += 1
        if seen > count:
            return {"status": {"code": 2, "reason": "the server is down", "error_code": 1}}
        return {"insert_cnt": len(ids(call))}

    return answer


# --- several requests, and files without rows ------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["csv", "json", "jsonl", "parquet", "arrow"])
def test_each_kind_of_file_goes_in_batches(cli: CommandLine, scripted_server: ScriptedServer, kind: str) -> None:
    name = f"rows.{kind}"
    numbers = list(range(20))
    if kind == "parquet":
        parquet(name, numbers)
    elif kind == "arrow":
        arrow, ipc = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.ipc")
        table = arrow.table({"id": numbers, "vector": [[0.5] * 4] * 20})
        with ipc.new_file(name, table.schema) as writer:
            writer.write_table(table)
    elif kind == "csv":
        lines = "".join(f'{number},"{VECTOR}"\n' for number in numbers)
        Path(name).write_text(f"id,vector\n{lines}", encoding="utf-8")
    else:
        jsonl(name, *numbers)
        if kind == "json":
            rows = [json.loads(line) for line in Path(name).read_text(encoding="utf-8").splitlines()]
            Path(name).write_text(json.dumps(rows), encoding="utf-8")
    ran = cli("insert", "file", "-c", "docs", name, "--batch-rows", "6")
    assert (ran.status, ran.out, ran.err) == (0, f"Inserted 20 rows of {name} into 'docs'.\n", "")
    assert stored(scripted_server) == Counter(numbers)
    assert sorted(len(ids(call)) for call in scripted_server.calls("Insert")) == [2, 6, 6, 6]


def test_requests_have_the_size_that_was_asked_for(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    jsonl("rows.jsonl", *range(3000))
    assert cli("import", "-c", "docs", "rows.jsonl", "--batch-bytes", "10KB").status == 0
    assert stored(scripted_server) == Counter(range(3000))
    assert max(call.message.ByteSize() for call in scripted_server.calls("Insert")) < 15_000
    for given, wanted in (("none", "expected a size such as 16MB, got 'none'"), ("2GB", "at most 1GB, got '2GB'")):
        ran = cli("import", "-c", "docs", "rows.jsonl", "--batch-bytes", given)
        assert ran.status == 2
        assert wanted in ran.err


# --- refused rows ----------------------------------------------------------------------------------------------------
def test_refused_rows_go_to_a_file_are_mended_and_inserted(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    text = 'id,vector\n0,"[1, 2, 3, 4]"\nx,"[1, 2, 3, 4]"\n2,"[0.1, 2]"\n3\n4,"[1, 2, 3, 4]"\n'
    Path("rows.csv").write_text(text, encoding="utf-8")
    ran = cli("insert", "file", "-c", "docs", "rows.csv", "--rejects", "refused.jsonl")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.splitlines() == [
        "Error: rows.csv, line 3: field 'id': expected an INT64 (-9223372036854775808 to 9223372036854775807), got 'x'",
        "rows.csv, line 4: field 'vector': expected a FLOAT_VECTOR of 4 elements, got 2 elements",
        "rows.csv, line 5: 1 cells, but the header has 2 names",
        "3 rows of rows.csv were refused; they are in refused.jsonl.",
        "Inserted 2 rows of rows.csv.",
    ]
    refused = [json.loads(line) for line in Path("refused.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(each["index"], each["place"], each["row"]) for each in refused] == [
        (1, "line 3", {"id": "x", "vector": VECTOR}),
        (2, "line 4", {"id": 2, "vector": [0.1, 2]}),
        (3, "line 5", ["3"]),
    ]
    refused[0]["row"]["id"], refused[1]["row"]["vector"] = 1, VECTOR
    Path("mended.jsonl").write_text("".join(json.dumps(each) + "\n" for each in refused[:2]), encoding="utf-8")
    ran = cli("insert", "file", "-c", "docs", "mended.jsonl")
    assert (ran.status, ran.out) == (0, "Inserted 2 rows of mended.jsonl into 'docs'.\n")
    assert stored(scripted_server) == Counter([0, 1, 2, 4])


def test_a_refused_row_of_a_columnar_file_is_kept_too(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    arrow, module = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    vectors = [[0.5, 0.5, 0.5, 0.1], [0.5, 0.5, 0.5, float("nan")], [1.0] * 4]
    table = {"id": [1, 2, 3], "vector": arrow.array(vectors, arrow.list_(arrow.float32()))}
    module.write_table(arrow.table(table), "rows.parquet")
    ran = cli("insert", "file", "-c", "docs", "rows.parquet", "--on-error", "collect", "--rejects", "refused.jsonl")
    assert ran.status == 1
    assert "Error: rows.parquet, row 2: field 'vector'" in ran.err
    [refused] = [json.loads(line) for line in Path("refused.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (refused["index"], refused["place"], refused["row"]["id"]) == (1, "row 2", 2)
    assert stored(scripted_server) == Counter([1, 3])


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_is_refused_is_shown_and_refused_again_unless_it_is_mended(
    cli: CommandLine, scripted_server: ScriptedServer, word: str
) -> None:
    """As null it would not show what was wrong, and a field that may be null would take it."""
    Path("rows.jsonl").write_text(f'{{"id": 7, "vector": [0.1, {word}, 3, 4]}}\n', encoding="utf-8")
    first = cli("insert", "file", "-c", "docs", "rows.jsonl", "--rejects", "refused.jsonl")
    assert f'"row": {{"id": 7, "vector": [0.1, {word}, 3, 4]}}' in Path("refused.jsonl").read_text(encoding="utf-8")
    again = cli("insert", "file", "-c", "docs", "refused.jsonl", "--rejects", "refused2.jsonl")
    assert (first.status, again.status) == (1, 1)
    reasons = [ran.err.splitlines()[0].partition(", line 1: ")[2] for ran in (first, again)]
    assert reasons[0].startswith("field 'vector'[1]: expected")
    assert reasons[0] == reasons[1]
    text = Path("refused2.jsonl").read_text(encoding="utf-8")
    Path("mended.jsonl").write_text(text.replace(f" {word},", " 2,"), encoding="utf-8")
    assert cli("insert", "file", "-c", "docs", "mended.jsonl").status == 0
    assert stored(scripted_server) == Counter([7])


def test_the_file_with_the_rows_is_not_overwritten_by_the_refused_ones(cli: CommandLine) -> None:
    path = jsonl("rows.jsonl", 1)
    before = path.read_bytes()
    ran = cli("insert", "file", "-c", "docs", "rows.jsonl", "--rejects", "./rows.jsonl")
    assert (ran.status, "is the file with the rows; give another one" in ran.err) == (1, True)
    assert path.read_bytes() == before
    assert cli("insert", "file", "-c", "docs", "rows.jsonl", "--rejects", "nix/x").status == 1


# --- bad files -------------------------------------------------------------------------------------------------------
def test_a_wrong_width_and_a_missing_and_an_unknown_column_are_named(
    cli: CommandLine, scripted_server: ScriptedServer
) -> None:
    parquet("narrow.parquet", [1, 2], width=3)
    ran = cli("insert", "file", "-c", "docs", "narrow.parquet")
    assert ran.err.startswith("Error: narrow.parquet, row 1: field 'vector': expected a FLOAT_VECTOR of 4 elements")
    assert ran.err.endswith("Inserted 0 rows of narrow.parquet before that.\n")
    arrow, module = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    module.write_table(arrow.table({"id": [1]}), "lacking.parquet")
    assert "there is no column 'vector'" in cli("insert", "file", "-c", "docs", "lacking.parquet").err
    jsonl("unknown.jsonl")
    Path("unknown.jsonl").write_text('{"id": 1, "vector": [1, 2, 3, 4]}\n{"id": 2, "vektor": [1]}\n', encoding="utf-8")
    ran = cli("insert", "file", "-c", "docs", "unknown.jsonl")
    assert ran.err.startswith("Error: unknown.jsonl, line 2: ")
    assert "vektor" in ran.err
    assert ran.err.endswith("Inserted 1 row of unknown.jsonl before that.\n")
    assert stored(scripted_server) == Counter([1])


@pytest.mark.parametrize(("name", "text"), [("x.csv", "id,vector\n"), ("x.json", "[]"), ("x.jsonl", "")])
def test_a_file_without_rows_inserts_nothing(cli: CommandLine, name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")
    assert cli("insert", "file", "-c", "docs", name).out == f"Inserted 0 rows of {name} into 'docs'.\n"


@pytest.mark.parametrize("collect", [False, True])
def test_a_file_that_is_broken_half_way_says_what_was_written(
    cli: CommandLine, scripted_server: ScriptedServer, collect: bool
) -> None:
    Path("x.json").write_text('[{"id": 1, "vector": [1, 2, 3, 4]},\n{"id": 2, "vec', encoding="utf-8")
    words = ("--on-error", "collect") if collect else ()
    ran = cli("insert", "file", "-c", "docs", "x.json", *words)
    assert ran.status == 1
    assert ran.err.startswith("Error: x.json, behind row 1 in line 1: the file ends too early")
    assert "Inserted 1 row of x.json" in ran.err
    assert stored(scripted_server) == Counter([1])


def test_a_parquet_file_that_is_broken_half_way_says_what_was_written(
    cli: CommandLine, scripted_server: ScriptedServer
) -> None:
    arrow, module = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = arrow.table({"id": list(range(4000)), "vector": [[float(number)] * 4 for number in range(4000)]})
    module.write_table(table, "x.parquet", row_group_size=1000, compression="gzip", use_dictionary=False)
    whole = bytearray(Path("x.parquet").read_bytes())
    place = module.ParquetFile("x.parquet").metadata.row_group(2).column(0).data_page_offset + 40
    whole[place : place + 200] = b"\xff" * 200
    Path("x.parquet").write_bytes(whole)
    ran = cli("insert", "file", "-c", "docs", "x.parquet")
    assert ran.status == 1
    count = sum(stored(scripted_server).values())
    assert ran.err.startswith(f"Error: x.parquet, behind row {count}: ")
    assert ran.err.endswith(f"\nInserted {count:,} rows of x.parquet before that.\n")
    assert stored(scripted_server) == Counter(range(count)), "the rows before the fault"
    assert count >= 1000


# --- going on --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["rows.jsonl", "rows.parquet"])
def test_a_second_run_goes_on_from_the_checkpoint(cli: CommandLine, scripted_server: ScriptedServer, name: str) -> None:
    (jsonl(name, *range(20)) if name == "rows.jsonl" else parquet(name, list(range(20))))
    words = ("insert", "file", "-c", "docs", name, "--batch-size", "4", "--checkpoint", "place", "--in-flight", "1")
    scripted_server.on("Insert").reply_to(fails_after(2)).times(3)
    ran = cli(*words)
    assert ran.status == 1
    assert f"Inserted 8 rows of {name} before that.\n" in ran.err
    assert "The same command with the same --checkpoint goes on from there." in ran.err
    ran = cli(*words)
    assert (ran.status, ran.out) == (0, f"Inserted 12 rows of {name} into 'docs'; 8 were there already.\n")
    assert stored(scripted_server) == Counter([*range(20), *range(8, 12)]), "8 to 11 were refused once"
    assert cli(*words).out == f"Inserted 0 rows of {name} into 'docs'; 20 were there already.\n"


def test_a_mended_row_is_sent_and_another_file_is_refused(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    words = ("insert", "file", "-c", "docs", "rows.jsonl", "--checkpoint", "place")
    jsonl("rows.jsonl", 0, 1, 2, "x", "y", 5)
    assert "line 4" in cli(*words).err
    jsonl("rows.jsonl", 0, 1, 2, 3, 4, 5)
    assert cli(*words).status == 0
    assert stored(scripted_server) == Counter(range(6))
    jsonl("rows.jsonl", 0, 1, 2, 3, 99)
    ran = cli(*words)
    assert (ran.status, "place is the checkpoint of another source: row 4 differs" in ran.err) == (1, True)
    jsonl("rows.jsonl", 0, 1)
    assert "this one has 2 rows, and 6 were read" in cli(*words).err
    jsonl("rows.jsonl", 0, 1, 2, 3, 4, 5)
    foreign = cli("insert", "file", "-c", "other", *words[4:]).err
    assert ("checkpoint of another collection" in foreign, "goes on from there" in foreign) == (True, False)
    assert stored(scripted_server) == Counter(range(6))


def test_each_file_of_a_bulk_insert_has_a_checkpoint_of_its_own(
    cli: CommandLine, scripted_server: ScriptedServer
) -> None:
    jsonl("a.jsonl", 0, 1)
    jsonl("b.jsonl", 2, "x")
    words = ("bulk_insert", "-c", "docs", "-f", "a.jsonl", "-f", "b.jsonl", "--checkpoint", "place")
    assert "b.jsonl, line 2" in cli(*words, "--rejects", "refused").err
    assert {path.name for path in Path().iterdir()} >= {"place.1", "place.2", "refused.1", "refused.2"}
    jsonl("b.jsonl", 2, 3)
    assert cli(*words).status == 0
    assert stored(scripted_server) == Counter(range(4))


def test_ctrl_c_leaves_a_checkpoint(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    jsonl("rows.jsonl", *range(4))
    scripted_server.on("Insert").then().never_answer()
    words = ["import", "-c", "docs", "rows.jsonl", "--batch-size", "1", "--in-flight", "1", "--checkpoint", "place"]
    command = [sys.executable, "-m", "milvusclient.cli", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ran:
        try:
            scripted_server.wait_for("Insert", 2)
            os.kill(ran.pid, signal.SIGINT)
            out, err = ran.communicate(timeout=30)
        finally:
            ran.kill()
    assert (ran.returncode, out) == (1, "")
    assert err.splitlines() == [
        "Interrupted after 1 row of rows.jsonl; 1 more may have been inserted.",
        "The same command with the same --checkpoint and --on-uncertain verify looks them up, and goes on from there.",
    ]
    second = cli(*words)
    assert second.status == 1
    assert "Inserted 2 rows of rows.jsonl; 1 were there already" in second.err
    assert "1 row may or may not be inserted, as the reply was lost: line 2." in second.err
    assert "--on-uncertain verify looks them up" in second.err
    assert stored(scripted_server) == Counter(range(4))


def lose_replies(checkpoint: str, start: int, stop: int) -> None:
    """Change a checkpoint as if the replies for some rows had been lost."""
    lines = Path(checkpoint).read_text(encoding="utf-8").splitlines()
    lost = {**json.loads(lines[-1]), "uncertain": [[start, stop]]}
    Path(checkpoint).write_text("\n".join([*lines[:-1], json.dumps(lost)]) + "\n", encoding="utf-8")


@pytest.mark.lite
def test_rows_of_a_local_file_are_looked_up_after_a_restart(cli: CommandLine, lite_uri: str) -> None:
    """Each run opens the file anew, and its collections are released then; a look-up needs a loaded one."""
    jsonl("rows.jsonl", *range(4))
    with MilvusClient(lite_uri, dedicated=True) as client:
        client.create_collection("docs", dimension=4)
    words = ("insert", "file", "-c", "docs", "rows.jsonl", "--checkpoint", "place", "--uri", lite_uri)
    assert cli(*words).status == 0
    lose_replies("place", 1, 3)
    with MilvusClient(lite_uri, dedicated=True) as client:
        client.load_collection("docs")
        client.delete("docs", ids=[2])
    ran = cli(*words)
    assert (ran.status, "--checkpoint and --on-uncertain verify looks them up" in ran.err) == (1, True)
    ran = cli(*words, "--on-uncertain", "verify")
    assert (ran.status, ran.out, ran.err) == (
        0, "Inserted 2 rows of rows.jsonl into 'docs'; 2 were there already.\n", "",
    )  # fmt: skip
    found = cli("query", "-c", "docs", "--filter", "id >= 0", "--uri", lite_uri, "-o", "json").json()
    assert sorted(row["id"] for row in found) == [0, 1, 2, 3]


@pytest.mark.lite
def test_rows_without_keys_cannot_be_looked_up(cli: CommandLine, lite_uri: str) -> None:
    Path("rows.jsonl").write_text(json.dumps({"vector": VECTOR}) + "\n", encoding="utf-8")
    with MilvusClient(lite_uri, dedicated=True) as client:
        client.create_collection("docs", dimension=4, auto_id=True)
    words = ("insert", "file", "-c", "docs", "rows.jsonl", "--checkpoint", "place", "--uri", lite_uri)
    assert cli(*words).status == 0
    lose_replies("place", 0, 1)
    ran = cli(*words)
    assert (ran.status, ran.err.splitlines()[-1]) == (
        1,
        "The same command with the same --checkpoint goes on with the other rows; the server generates the keys, so "
        "that none can be looked up.",
    )


def test_a_process_that_is_killed_leaves_a_checkpoint(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    jsonl("rows.jsonl", *range(12))
    scripted_server.on("Insert").then().then().never_answer().forever()
    words = ["import", "-c", "docs", "rows.jsonl", "--batch-size", "2", "--in-flight", "2", "--checkpoint", "place"]
    command = [sys.executable, "-m", "milvusclient.cli", *words]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as ran:
        try:
            scripted_server.wait_for("Insert", 4)
        finally:
            ran.kill()
    scripted_server.forget_scripts()
    second = cli(*words)
    assert second.status == 1
    assert "4 rows may or may not be inserted, as the reply was lost: line" in second.err
    assert stored(scripted_server) == Counter(range(12)), "what was under way is not sent again"


# --- imports by the server -------------------------------------------------------------------------------------------
def test_the_server_imports_files_of_its_own_storage(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    done = {"id": 4711, "state": "ImportCompleted", "row_count": 9}
    scripted_server.on("GetImportState").then({**done, "state": "ImportStarted"}).then(done).forever()
    ran = cli("import", "-c", "docs", "--on-server", "a.parquet", "-p", "old")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == (
        "The server imported 9 rows of a.parquet into 'docs'.\n"
        "It is loaded, and may show none of them before `load -c docs -p old --refresh`.\n"
    )
    [request] = scripted_server.calls("Import")
    assert (list(request.message.files), request.message.partition_name) == (["a.parquet"], "old")
    assert not scripted_server.calls("Insert")
    ran = cli("import", "-c", "docs", "--on-server", "id.npy,vector.npy", "--no-wait")
    assert ran.out == (
        "The server imports id.npy,vector.npy into 'docs': import 4711; see it with `show import -id 4711 -c docs`.\n"
    )
    assert list(scripted_server.calls("Import")[1].message.files) == ["id.npy", "vector.npy"]


def test_rows_that_a_load_will_bring_need_no_refresh(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    scripted_server.on("GetImportState").then({"id": 4711, "state": "ImportCompleted", "row_count": 9}).forever()
    scripted_server.on("GetLoadState").then({"state": "LoadStateNotLoad"}).status(5, "permission deny")
    for _ in range(2):
        ran = cli("import", "-c", "docs", "--on-server", "a.parquet")
        assert (ran.status, ran.out, ran.err) == (0, "The server imported 9 rows of a.parquet into 'docs'.\n", "")


def test_an_import_that_fails_gives_the_reason(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    infos = [{"key": "failed_reason", "value": "no such file"}]
    scripted_server.on("GetImportState").then({"id": 4711, "state": "ImportFailed", "infos": infos}).forever()
    ran = cli("import", "-c", "docs", "--on-server", "a.parquet")
    assert ran.status == 1
    assert "no such file" in ran.err
    assert cli("import", "-c", "docs", "a.jsonl", "--no-wait").status == 2
    assert cli("import", "-c", "docs", "--on-server", "a.parquet", "--checkpoint", "place").status == 2


def test_imports_are_listed_and_shown(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    infos = [{"key": "files", "value": "a.json"}, {"key": "progress_percent", "value": "40"}]
    task = {"id": 7, "state": "ImportStarted", "row_count": 3, "infos": infos}
    scripted_server.on("ListImportTasks").then({"tasks": [task]}).forever()
    for words in (("list", "imports"), ("list", "bulk_insert_tasks", "-c", "docs", "-l", "5")):
        [row] = cli(*words, "-o", "json").json()
        assert (row["job"], row["state"], row["progress"], row["files"]) == (7, "Started", "40%", "a.json")
    assert cli("show", "import", "-id", "7", "-o", "json").json()["rows"] == 3
    assert cli("show", "bulk_insert_state", "-id", "7", "-o", "json").json()["state"] == "Started"
    assert "there is no import '8'" in cli("show", "import", "-id", "8").err


def test_import_takes_several_files(cli: CommandLine, scripted_server: ScriptedServer) -> None:
    jsonl("a.jsonl", 0, 1)
    jsonl("b.jsonl", 2, 3)
    ran = cli("import", "-c", "docs", "a.jsonl", "b.jsonl", "--checkpoint", "place")
    assert ran.out.count("Inserted 2 rows") == 2
    assert Path("place.2").exists()
    assert stored(scripted_server) == Counter(range(4))
