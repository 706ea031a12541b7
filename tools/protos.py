"""Write everything in ``milvusclient/_proto`` that follows from the facts of the protocol.

The facts are ``milvusclient/_proto/protocol.tsv``: one message, field, enum value or method per row. From them come

* ``*.proto``: our own description of the messages, in packages ``milvusclient.proto.*`` and without extensions, so
  that it never collides with another package that registers Milvus messages (names never cross the wire);
* ``milvus.binpb``: all of them compiled, which is what the client loads;
* ``*_pb2.py`` and ``*_pb2.pyi``: tiny modules that make classes on demand, and their types;
* ``milvus_calls.py``: the calls of the service, for serving them.

Usage: ``python tools/protos.py`` writes, ``python tools/protos.py --check`` compares and fails if anything differs.
Needs grpcio-tools and mypy-protobuf, at the versions of the development extra: both leave traces in what they write.
"""

from __future__ import annotations

import argparse
import csv
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FACTS = ROOT / "milvusclient" / "_proto" / "protocol.tsv"
FOLDER = Path("milvusclient") / "_proto"

#: Package of the facts and ours; the family (common, schema, ...) follows.
THEIRS = "milvus.proto."
OURS = "milvusclient.proto."
SERVICE = "milvus.proto.milvus.MilvusService"
#: Types that no call mentions, because they travel serialized in bytes fields or as names in text fields.
HIDDEN = ("schema.ClusteringInfo", "common.LoadPriority", "common.PlaceholderGroup", "common.PlaceholderType")
#: Repeated float and double fields that hold vectors or scores. Elsewhere a conversion per element costs nothing.
PACKED_AS_BYTES = frozenset({"schema.FloatArray.data", "schema.DoubleArray.data", "schema.SearchResultData.scores"})

_HEADER = """\
// Messages of the Milvus protocol, family "{family}".
// Written by tools/protos.py from the facts in milvusclient/_proto/protocol.tsv; change those and run it again.

syntax = "proto3";

package {package};
"""
_PACKED_COMMENT = "// Packed {type} values, little-endian: the same bytes on the wire, no conversion per element."
_MODULE = '''\
"""Messages and enums of {family}.proto, made on first access. Written by tools/protos.py."""

from milvusclient._proto._pool import lazy_module

__getattr__, __dir__ = lazy_module("{family}", globals())
'''
_CALLS = '''\
"""Every call of the service: name, request, reply, which sides stream. Written by tools/protos.py."""

from __future__ import annotations

__all__ = ["CALLS", "SERVICE"]

SERVICE = "{service}"

#: Request and reply are named with the file that describes them, such as ``common.Status``.
CALLS: tuple[tuple[str, str, str, bool, bool], ...] = (
{rows})
'''
_NAMED_TYPE = re.compile(re.escape(THEIRS) + r"[\w.]+")
_MAP = re.compile(r"map<(\w+),(?:\w+:)?([\w.]+)>")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message; ``type`` is a scalar's name, a type's full name or ``map<key,value>``."""

    name: str
    number: int
    type: str
    label: str
    oneof: str
    optional: bool


@dataclass(slots=True)
class Facts:
    """The rows we need. Types go by the name below ``milvus.proto.``, such as ``schema.FieldSchema``."""

    messages: dict[str, list[Field]] = field(default_factory=dict)
    enums: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    calls: set[str] = field(default_factory=set)
    service: list[tuple[str, str, str, bool, bool]] = field(default_factory=list)


def short(name: str) -> str:
    """Strip the package that all facts share."""
    return name.removeprefix(THEIRS)


def read_facts(path: Path) -> Facts:
    """Read the table of facts."""
    facts = Facts()
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        kind, parent, name = row["kind"], short(row["parent"]), short(row["name"])
        if kind == "message":
            facts.messages[name] = []
        elif kind == "enum":
            facts.enums[name] = []
        elif kind == "method" and row["parent"] == SERVICE:
            request, reply = short(row["request_type"]), short(row["response_type"])
            facts.calls |= {request, reply}
            streams = (row["client_streaming"] == "1", row["server_streaming"] == "1")
            facts.service.append((name, request, reply, *streams))
    for row in rows:
        parent, name = short(row["parent"]), row["name"]
        if row["kind"] == "field":
            type_ = row["type"] if row["label"] == "map" else short(row["type_name"]) or row["type"]
            optional = row["proto3_optional"] == "1"
            made = Field(name, int(row["number"]), type_, row["label"], row["oneof"], optional)
            facts.messages[parent].append(made)
        elif row["kind"] == "enum_value":
            facts.enums[parent].append((name, int(row["number"])))
    return facts


def named_types(type_: str) -> Iterator[str]:
    """Yield the messages and enums that a field's type mentions."""
    if "." in type_:
        in_map = _MAP.fullmatch(type_)
        yield from (short(name) for name in (_NAMED_TYPE.findall(type_) if in_map else [type_]))


def reachable(facts: Facts) -> set[str]:
    """Return every type that a call may carry, the parents of nested ones included."""
    found: set[str] = set()
    todo = [*facts.calls, *HIDDEN]
    while todo:
        name = todo.pop()
        if name in found:
            continue
        if name not in facts.messages and name not in facts.enums:
            raise SystemExit(f"{FACTS.name} mentions {name} but does not describe it")
        found.add(name)
        parent = name.rpartition(".")[0]
        if parent in facts.messages:
            todo.append(parent)
        for one in facts.messages.get(name, ()):
            todo.extend(named_types(one.type))
    return found


def family_of(name: str) -> str:
    """Return the file that a type belongs to."""
    return name.partition(".")[0]


class ProtoWriter:
    """Writes the .proto file of one family.

    Args:
        facts: the protocol.
        wanted: the types to declare; others are left out.
        family: the file to write, such as ``"schema"``.
    """

    def __init__(self, facts: Facts, wanted: set[str], family: str) -> None:
        self._facts = facts
        self._family = family
        self._wanted = {name for name in wanted if family_of(name) == family}

    def text(self) -> str:
        """Return the whole file."""
        parts = [_HEADER.format(family=self._family, package=OURS + self._family)]
        imports = [f'import "{FOLDER.as_posix()}/{other}.proto";\n' for other in self._imports()]
        if imports:
            parts.append("".join(imports))
        parts += ["\n".join(self._enum(name)) + "\n" for name in self._children(self._family, self._facts.enums)]
        parts += ["\n".join(self._message(name)) + "\n" for name in self._children(self._family, self._facts.messages)]
        return "\n".join(parts)

    def _imports(self) -> list[str]:
        mentioned = {
            family_of(type_)
            for name in self._wanted
            for one in self._facts.messages.get(name, ())
            for type_ in named_types(one.type)
        }
        return sorted(mentioned - {self._family})

    def _children(self, parent: str, names: Iterable[str]) -> list[str]:
        return sorted(name for name in names if name in self._wanted and name.rpartition(".")[0] == parent)

    def _enum(self, name: str) -> list[str]:
        values = self._facts.enums[name]
        lines = [f"  {value} = {number};" for value, number in values]
        if max(Counter(number for _, number in values).values()) > 1:
            lines.insert(0, "  option allow_alias = true;")
        return [f"enum {name.rpartition('.')[2]} {{", *lines, "}"]

    def _message(self, name: str) -> list[str]:
        lines: list[str] = []
        for child in self._children(name, self._facts.enums):
            lines += self._enum(child)
        for child in self._children(name, self._facts.messages):
            lines += self._message(child)
        members: dict[str, list[Field]] = defaultdict(list)
        for one in self._facts.messages[name]:
            members[one.oneof or f"={one.name}"].append(one)  # '=': cannot be the name of a oneof
        for group, fields in members.items():
            body = [line for one in fields for line in self._field(name, one)]
            if group.startswith("="):
                lines += body
            else:
                lines += [f"oneof {group} {{", *(f"  {line}" for line in body), "}"]
        return [f"message {name.rpartition('.')[2]} {{", *(f"  {line}" for line in lines), "}"]

    def _field(self, message: str, one: Field) -> list[str]:
        type_ = self._type(one.type)
        comment = []
        if f"{message}.{one.name}" in PACKED_AS_BYTES:
            if one.label != "repeated" or type_ not in ("float", "double"):
                raise SystemExit(f"{message}.{one.name} cannot be declared as packed bytes: it is {one.label} {type_}")
            comment = [_PACKED_COMMENT.format(type=type_)]
            type_ = "bytes"
        label = "repeated " if one.label == "repeated" else "optional " if one.optional else ""
        return [*comment, f"{label}{type_} {one.name} = {one.number};"]

    def _type(self, type_: str) -> str:
        in_map = _MAP.fullmatch(type_)
        if in_map:
            return f"map<{in_map[1]}, {self._type(short(in_map[2]))}>"
        return type_.removeprefix(f"{self._family}.")


def generate(root: Path) -> None:
    """Write all files below ``root``, which may be the project or an empty folder."""
    facts = read_facts(FACTS)
    wanted = reachable(facts)
    families = sorted({family_of(name) for name in wanted})
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    for family in families:
        (root / FOLDER / f"{family}.proto").write_text(ProtoWriter(facts, wanted, family).text(), encoding="utf-8")
        (root / FOLDER / f"{family}_pb2.py").write_text(_MODULE.format(family=family), encoding="utf-8")
    rows = "".join(
        f'    ("{name}", "{request}", "{reply}", {a}, {b}),\n' for name, request, reply, a, b in facts.service
    )
    (root / FOLDER / "milvus_calls.py").write_text(_CALLS.format(service=SERVICE, rows=rows), encoding="utf-8")
    compile_protos(root, [(FOLDER / f"{family}.proto").as_posix() for family in families])


def compile_protos(root: Path, files: list[str]) -> None:
    """Compile ``.proto`` files, given relative to ``root``, to one descriptor set and to stubs."""
    plugin = shutil.which("protoc-gen-mypy", path=sysconfig.get_path("scripts")) or shutil.which("protoc-gen-mypy")
    if plugin is None:
        raise SystemExit("protoc-gen-mypy is missing: pip install mypy-protobuf")
    command = [sys.executable, "-m", "grpc_tools.protoc", "--proto_path=.", f"--plugin=protoc-gen-mypy={plugin}"]
    outputs = [f"--descriptor_set_out={(FOLDER / 'milvus.binpb').as_posix()}", "--mypy_out=quiet:."]
    subprocess.run([*command, *outputs, *files], cwd=root, check=True)


def generated_files(root: Path) -> dict[str, bytes]:
    """Return the contents of all files that only this tool may write."""
    patterns = ("*.proto", "*.binpb", "*_pb2.py", "*.pyi", "milvus_calls.py")
    return {path.name: path.read_bytes() for pattern in patterns for path in sorted((root / FOLDER).glob(pattern))}


def differences(wanted: dict[str, bytes], present: dict[str, bytes]) -> list[str]:
    """Say, one line per file, where ``present`` is not ``wanted``."""
    missing = [f"{name}: missing" for name in wanted.keys() - present.keys()]
    orphans = [f"{name}: orphan, nothing generates it" for name in present.keys() - wanted.keys()]
    changed = [f"{name}: differs" for name in wanted.keys() & present.keys() if wanted[name] != present[name]]
    return sorted(missing + orphans + changed)


def main() -> int:
    """Run the tool; the result is the exit status."""
    parser = argparse.ArgumentParser(description="Write milvusclient/_proto from the facts of the protocol.")
    parser.add_argument("--check", action="store_true", help="change nothing, fail if a file is not up to date")
    if not parser.parse_args().check:
        generate(ROOT)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        generate(Path(scratch))
        problems = differences(generated_files(Path(scratch)), generated_files(ROOT))
    for problem in problems:
        print(f"{FOLDER.as_posix()}/{problem}. Run python tools/protos.py", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
