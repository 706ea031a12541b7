"""Build the wheel and the source distribution, and check what is in them.

    python tools/check_distribution.py FOLDER    # FOLDER receives the two files

It needs ``build`` and ``twine``. It exits with status 1 and a report when a file is missing from a distribution or does
not belong there, when the description links to what only the repository has, or when a package index would not accept
the metadata.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "milvusclient"
#: Endings of the files that a user needs; the rest of the package folder is for its developers.
WANTED = (".py", ".pyi", ".proto", ".binpb", "py.typed")


def wanted_files() -> set[str]:
    """Return the files that the package has to contain, as paths below the root of the project."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.name.endswith(WANTED) and "__pycache__" not in path.parts
    }


def wheel_problems(wheel: Path) -> list[str]:
    """Compare a wheel with the package folder; it holds the package and its metadata, nothing else."""
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
    wanted = wanted_files()
    return [f"{wheel.name} lacks {name}" for name in sorted(wanted - found)] + [
        f"{wheel.name} holds {name}, which is no part of the package" for name in sorted(found - wanted)
    ]


def sdist_problems(sdist: Path) -> list[str]:
    """Compare a source distribution with what the wheel is built from: the package, the metadata, the licence."""
    with tarfile.open(sdist) as archive:
        found = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    wanted = wanted_files() | {"pyproject.toml", "README.md", "LICENSE"}
    made = {"PKG-INFO", ".gitignore"}  # the build backend adds both
    return [f"{sdist.name} lacks {name}" for name in sorted(wanted - found)] + [
        f"{sdist.name} holds {name}, which the wheel is not built from" for name in sorted(found - wanted - made)
    ]


def metadata_problems(wheel: Path) -> list[str]:
    """Look for links of the description that lead nowhere once it stands on a page of a package index."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        text = archive.read(name).decode()
    if "\n# milvusclient\n" not in text:
        return [f"{wheel.name}: its description is not the README"]
    links = re.findall(r"\]\((?!https://)([^)]*)\)", text)
    return [f"{wheel.name}: its description links to {link}, which only the repository has" for link in links]


def main(folder: Path) -> int:
    """Build both distributions into a folder and check them."""
    subprocess.run([sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)], check=True, stdout=sys.stderr)
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    problems = wheel_problems(wheel) + sdist_problems(sdist) + metadata_problems(wheel)
    print("\n".join(problems) or f"{wheel.name} and {sdist.name} hold what they should")
    checked = subprocess.run([sys.executable, "-m", "twine", "check", "--strict", wheel, sdist], check=False)
    return 1 if problems or checked.returncode else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
