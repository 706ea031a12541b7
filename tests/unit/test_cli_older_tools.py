"""The commands of Milvus's older tools: each is known, with the options that it had there."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from milvusclient.cli.framework.groups import root
from tests.support.command_line import CommandLine

#: The commands of milvus_cli 1.2.1, as they are typed there, and their options.
RECENT = {
    "connect": "-uri -t --token -tls --tlsmode -cert --save-as",
    "disconnect": "",
    "list connections": "",
    "list connection_history": "",
    "delete connection_history": "-uri",
    "help": "",
    "version": "",
    "server_version": "",
    "clear": "",
    "exit": "",
    "history": "",
    "set output": "",
    "show output": "",
    "create database": "-db",
    "list databases": "",
    "use database": "-db",
    "show database": "-db",
    "alter database": "-db",
    "delete database": "-db -y --yes",
    "create collection": "--schema-file",
    "list collections": "",
    "show collection": "-c",
    "load collection": "-c",
    "release collection": "-c",
    "rename collection": "-old -new",
    "delete collection": "-c -y --yes",
    "truncate": "-c -y",
    "flush": "-c -t",
    "flush_all": "-t",
    "compact": "-c -t",
    "show loading_progress": "-c",
    "show load_state": "-c -p",
    "show flush_state": "-c",
    "show collection_stats": "-c",
    "show replicas": "-c",
    "show query_segment_info": "-c",
    "show compaction_state": "-id",
    "show compaction_plans": "-c -id",
    "alter collection_properties": "-c",
    "alter collection_field": "-c -f",
    "delete collection_properties": "-c -k",
    "create partition": "-c -p -d",
    "list partitions": "-c",
    "show partition": "-c -p",
    "load partition": "-c -p",
    "release partition": "-c -p",
    "delete partition": "-c -p",
    "show partition_stats": "-c -p",
    "create index": "-c -f -in -t -m --param",
    "list indexes": "-c",
    "show index": "-c -in",
    "show index_progress": "-c -in",
    "wait_for_index": "-c -in -t",
    "delete index": "-c -in -y",
    "insert file": "-c -p -t",
    "upsert file": "-c -p -t",
    "insert row": "",
    "upsert row": "",
    "query": "-c -e",
    "get": "",
    "search": "-c -f -v -l",
    "hybrid_search": "",
    "query_iterator": "",
    "search_iterator": "",
    "delete entities": "-c -p -e -y",
    "delete ids": "-c -p",
    "bulk_insert": "-c -p -f",
    "show bulk_insert_state": "-id",
    "list bulk_insert_tasks": "-l -c",
    "create alias": "-c -a -A",
    "list aliases": "-c",
    "show alias": "-a",
    "delete alias": "-a",
    "create user": "-u -p",
    "list users": "",
    "show user": "-u",
    "update password": "-u",
    "delete user": "-u -y",
    "create role": "-r",
    "delete role": "-r",
    "show role": "-r",
    "list roles": "",
    "grant role": "-r -u",
    "revoke role": "-r -u",
    "grant privilege": "",
    "revoke privilege": "",
    "list grants": "-r -o -t",
    "create privilege_group": "-n",
    "delete privilege_group": "-n",
    "list privilege_groups": "",
    "grant privilege_group": "-n -p",
    "revoke privilege_group": "-n -p",
    "create resource_group": "-n",
    "show resource_group": "-n",
    "delete resource_group": "-n",
    "update resource_group": "-n",
    "list resource_groups": "",
    "transfer replica": "",
}
#: Those of its ancestor, which had connections by alias.
OLD = {
    "connect": "-h -p -a -D",
    "show connection": "-a --all",
    "describe collection": "-c",
    "describe partition": "-c -p",
    "describe index": "-c",
    "create collection": "-c -f -p -a -d",
    "create index": "",
    "query": "",
    "search": "",
    "calc distance": "",
    "import": "-c -p -t",
    "list collections": "-t -l",
    "load": "-c -p",
    "release": "-c -p",
    "load_balance": "-s -d -ss -t",
    "show index_progress": "-c",
    "show loading_progress": "-c",
    "show query_segment": "-c",
    "calc mkts_from_hybridts": "-h -m",
    "calc mkts_from_unixtime": "-e -m",
    "calc hybridts_to_unixtime": "-h",
}
#: What no server or no client can do any more: the command says so, and what to do instead.
GONE = {
    "load_balance": "transfer replica",
    "calc distance": "search",
}


def known(line: str) -> click.Command:
    """The command that a line names, without a noun that says nothing new."""
    found: click.Command = root
    for word in line.split():
        if isinstance(found, click.Group):
            inner = found.get_command(click.Context(found), word)
            assert inner is not None, f"{line}: there is no {word!r}"
            found = inner
        else:
            assert word in getattr(found, "nouns", ()), f"{line}: it does not take {word!r}"
    assert not isinstance(found, click.Group), line
    return found


@pytest.mark.parametrize(
    ("line", "options"),
    [*RECENT.items(), *OLD.items()],
    ids=[*(f"1.2.1: {line}" for line in RECENT), *(f"old: {line}" for line in OLD)],
)
def test_a_command_of_an_older_tool_is_known(
    line: str, options: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = CommandLine(tmp_path, monkeypatch)(*line.split(), "--help")
    assert (ran.status, ran.err) == (0, "")
    command = known(line)
    if line in GONE:
        assert command.context_settings["ignore_unknown_options"]
        return
    offered = {text for each in command.params for text in (*each.opts, *each.secondary_opts)}
    assert offered >= set(options.split())


@pytest.mark.parametrize(("line", "wanted"), GONE.items(), ids=GONE)
def test_a_command_that_is_gone_says_what_to_do(
    line: str, wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {**RECENT, **OLD}[line].split()
    ran = CommandLine(tmp_path, monkeypatch)(*line.split(), *(word for each in options for word in (each, "1")))
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert wanted in ran.err


#: What an older tool asked for when it was not given, and the option that is named where nobody can be asked.
MISSING = {
    "create collection": "--collection-name",
    "create collection -c docs": "--dimension",
    "create index": "--collection-name",
    "create index -c docs": "--field",
    "alter database -db lib": "--property",
    "alter collection_properties -c docs": "--property",
    "alter collection_field -c docs -f title": "--param",
    "query -c docs": "--expr",
    "get -c docs": "--ids",
    "search -c docs": "--vector",
    "hybrid_search -c docs": "--request",
    "search_iterator -c docs": "--vector",
    "delete entities -c docs": "--expr",
    "delete ids -c docs": "--ids",
    "grant privilege -r r": "--privilege",
    "revoke privilege -r r": "--privilege",
    "transfer replica": "--source",
    "update resource_group -n g": "--requests",
    "calc mkts_from_hybridts": "--hybridts",
    "calc mkts_from_unixtime": "--epoch",
    "calc hybridts_to_unixtime": "--hybridts",
    "delete connection_history": "--uri",
    "use database": "--db-name",
}


@pytest.mark.parametrize(("line", "option"), MISSING.items(), ids=MISSING)
def test_a_missing_option_is_named_in_a_pipe(
    line: str, option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = CommandLine(tmp_path, monkeypatch)("--uri", "127.0.0.1:1", *line.split())
    assert (ran.status, ran.out) == (2, "")
    assert option in ran.err


def test_timestamps_are_converted_as_words_and_as_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli = CommandLine(tmp_path, monkeypatch)
    for line in ("mkts_from_hybridts 434324324324233 -m 1000", "mkts_from_hybridts -h 434324324324233 -m 1000"):
        assert cli("calc", *line.split()).out == "434324586468233\n"
    assert cli("calc", "mkts_from_unixtime", "-e", "1.5", "-o", "json").json() == {"hybridts": 393216000}
    assert cli("calc", "hybridts_to_unixtime", typed="434324324324233\n").out == "1656815.812\n"
    assert cli("calc", "hybridts_to_unixtime", "x").status == 1
