"""``python -m milvusclient.pymilvus SCRIPT [ARGS]``: run a program whose ``import pymilvus`` means this package."""

from __future__ import annotations

import os
import runpy
import sys
import tokenize
from types import ModuleType

from milvusclient.pymilvus.standing_in import install

_USAGE = """\
usage: python -m milvusclient.pymilvus SCRIPT [ARGS ...]
       python -m milvusclient.pymilvus -m MODULE [ARGS ...]

Run a program as python does, with milvusclient in the place of pymilvus.
"""


def main() -> None:
    """Run what the command line names; its exit status is that of the process."""
    args = sys.argv[1:]
    if args[:1] in (["-h"], ["--help"]):
        sys.stdout.write(_USAGE)
        return
    if not args or args == ["-m"] or (args[0].startswith("-") and args[0] != "-m"):
        sys.stderr.write(_USAGE)
        raise SystemExit(2)
    install()
    if args[0] == "-m":
        _run_module(args[1], args[2:])
    else:
        _run_script(args[0], args[1:])


def _run_module(name: str, args: list[str]) -> None:
    try:
        found = _exists(name)
    except ModuleNotFoundError as error:
        found, reason = False, f": {error}"
    else:
        reason = ""
    if not found:
        _fail(f"there is no module {name!r}{reason}; it is looked for as an import statement in this folder would")
    sys.argv = [name, *args]
    runpy.run_module(name, run_name="__main__", alter_sys=True)


def _exists(name: str) -> bool:
    """Return whether there is a module of this name."""
    from importlib.util import find_spec

    return find_spec(name) is not None


def _run_script(path: str, args: list[str]) -> None:
    if not os.path.exists(path):
        _fail(f"cannot open {path!r}: there is no such file; give the path of a script, or -m MODULE")
    sys.argv = [path, *args]
    if not sys.flags.safe_path:
        # Where python puts the folder of a script; so far it is the current folder, as for -m.
        sys.path[0] = os.path.dirname(os.path.realpath(path))
    if os.path.isdir(path) or not path.endswith((".py", ".pyw")):
        runpy.run_path(path, run_name="__main__")  # folders, archives and compiled files, too
        return
    with tokenize.open(path) as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    # Not by runpy, which takes the module down at the end: threads of the program may outlive its last line.
    program = ModuleType("__main__")
    program.__dict__.update(__file__=path, __builtins__=__builtins__)
    sys.modules["__main__"] = program
    exec(code, program.__dict__)  # noqa: S102 - running the program is what this command is for


def _fail(message: str) -> None:
    sys.stderr.write(f"python -m milvusclient.pymilvus: {message}\n")
    raise SystemExit(2)


if __name__ == "__main__":
    main()
