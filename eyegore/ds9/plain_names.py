"""Names that DS9 can read, and a private folder for what is made for it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

PLAIN = re.compile(r"[\w ./+=,@:-]*", re.ASCII)
"""Paths that DS9 takes as they are, within braces."""

_LONGEST_BASE = 40  # a socket path holds 107 bytes; ours adds about 60


def private_folder() -> Path:
    """A new folder, mode 0700, whose path DS9 can read and is short enough to hold a socket."""
    base = tempfile.gettempdir()
    if len(os.fsencode(base)) > _LONGEST_BASE or not PLAIN.fullmatch(base):
        base = "/tmp"
    return Path(tempfile.mkdtemp(prefix="eyegore-ds9-", dir=base))


class PlainNames:
    """Names that DS9 can read for files whose own names it cannot: symbolic links in a private folder.

    Brackets, braces, quotes, semicolons and backslashes mean something to DS9 or to Tcl; one of them crashes it.
    """

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._links: dict[Path, Path] = {}

    def of(self, path: Path) -> str:
        """The path, absolute, or a link to it."""
        path = path.absolute()
        if PLAIN.fullmatch(str(path)):
            return str(path)
        if self._folder is None or not self._folder.is_dir():
            self._folder = private_folder()
            self._links.clear()
        if path not in self._links:
            # a folder of its own per link: two names may differ only in what is replaced
            link = self._folder / str(len(self._links)) / re.sub(r"[^\w.+-]", "_", path.name, flags=re.ASCII)
            link.parent.mkdir()
            link.symlink_to(path)
            self._links[path] = link
        return str(self._links[path])

    def remove(self) -> None:
        """Remove the links; DS9 keeps what it has opened."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
