"""A real browser without a window: what a page looks like, and what has become of it once its scripts have run."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from tests.support.patience import HANG

__all__ = ["Seen", "browse", "find_browser"]

#: It has nobody to ask and nothing to fetch. Without a sandbox it also runs as root and in containers.
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-crash-reporter", "--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND",
    "--hide-scrollbars", "--force-device-scale-factor=1", "--force-color-profile=srgb",
)  # fmt: skip
#: As long as the page is given, in its own time, for images to fail and for timers to go off.
_PAGE_TIME = "--virtual-time-budget=3000"
_PATIENCE = HANG


def find_browser() -> str | None:
    """The path of a Chromium, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass(frozen=True)
class Seen:
    """A page after its scripts have run.

    Attributes:
        title: its title.
        elements: the names of all its elements.
        body: the HTML of its body.
        screenshot: the path of its picture, a PNG.
    """

    title: str
    elements: frozenset[str]
    body: str
    screenshot: Path


def browse(browser: str, page: Path, width: int = 800, height: int = 600) -> Seen:
    """Show a page, with an empty profile in a folder beside it.

    Args:
        browser: of :func:`find_browser`.
        page: the file.
        width: of the window and its picture.
        height: of the window and its picture.
    """
    home = page.parent / f"{page.stem}-home"
    home.mkdir()
    screenshot = page.with_suffix(".png")
    command = [
        browser, *_FLAGS, _PAGE_TIME, f"--user-data-dir={home / 'profile'}", f"--window-size={width},{height}",
        f"--screenshot={screenshot}", "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment |= {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, start_new_session=True
    ) as process:
        try:
            output, errors = process.communicate(timeout=_PATIENCE)
        finally:
            _end(process)
    assert process.returncode == 0, errors.decode(errors="replace")
    document = _Document()
    document.feed(output.decode())
    document.close()
    body = output.decode().partition("<body")[2].partition(">")[2].rpartition("</body>")[0]
    return Seen(document.title, frozenset(document.elements), body, screenshot)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what the browser has started too: it is all in one group."""
    with contextlib.suppress(ProcessLookupError):  # as it should be
        os.killpg(process.pid, signal.SIGKILL)


class _Document(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[str] = set()
        self.title = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self.elements.add(tag)
        self._in_title = tag == "title"

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
            self._in_title = False
