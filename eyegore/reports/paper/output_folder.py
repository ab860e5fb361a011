"""Where documents go: never into a folder that is read, and each file whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from eyegore.basics.errors import SettingsError
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
        When it lies in one of the folders that are read, or cannot be made.
    """
    try:
        folder = (given or Path(usual)).expanduser().absolute()
    except (OSError, RuntimeError) as why:
        raise SettingsError(f"{given or usual} is no folder to write into: {why}") from why
    for source in sources:
        if any(_same(part, source) for part in (folder.resolve(), *folder.resolve().parents)):
            raise SettingsError(
                f"{folder} lies in {source}, where nothing is written: give another folder with -o, or change to one"
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as why:
        raise cannot_write(folder, why) from why
    return folder


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are one folder, by whatever names or mounts they are reached."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return one == other.resolve()


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Have ``write`` make a file beside ``path`` and put it in its place; SettingsError when that fails."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(draft)
        os.replace(draft, path)
    except OSError as why:
        raise cannot_write(path, why) from why
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all."""
    write_whole(path, lambda draft: draft.write_text(text, encoding="utf-8"))


def cannot_write(path: Path, why: OSError) -> SettingsError:
    """What to tell when the disk is full, or nothing may be written there."""
    return SettingsError(f"{path} cannot be written: {why.strerror or why}")
