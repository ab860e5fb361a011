"""Where documents go: never into a folder that is read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from eyegore.basics.errors import SettingsError
from eyegore.basics.files import make_folder, refuse_inside
from eyegore.elvis.day_folder import folder_date


def day_name(folder: Path) -> str:
    """What documents of a folder are called by: its own name, in letters that any file system and mail takes."""
    name = folder.resolve().name
    if folder_date(name) == folder_date(name):
        return name
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("._") or "folder"


def output_folder(given: Path | None, usual: str, sources: Iterable[Path]) -> Path:
    """The folder to write into, made where it is missing; ``usual`` is its name here where none is ``given``.

    Raises
    ------
    SettingsError
        When it lies in one of the folders that are read.
    WriteError
        When it cannot be made.
    """
    try:
        folder = (given or Path(usual)).expanduser().absolute()
    except (OSError, RuntimeError) as why:
        raise SettingsError(f"{given or usual} is no folder to write into: {why}") from why
    refuse_inside(folder, sources, "give another folder with -o, or change to one")
    make_folder(folder)
    return folder
