"""Where Eyegore keeps its files between sessions, and how the file about a folder is called."""

from __future__ import annotations

import os
import re
from pathlib import Path

SUFFIX = ".sqlite"


def state_dir(state: Path | None) -> Path:
    """The folder of ``--state DIR``; where it is not given, the user's own."""
    import platformdirs

    return (state or Path(platformdirs.user_state_dir("eyegore", appauthor=False))).expanduser().absolute()


def config_path(file: str) -> Path:
    """A file in the configuration folder of the user."""
    import platformdirs

    return Path(platformdirs.user_config_dir("eyegore", appauthor=False)) / file


def kept_path(below: Path, folder: str, also: str = "") -> Path:
    """The file about a folder (and about ``also``): its name, to be recognised, and a hash, to be the only one."""
    import hashlib

    name = re.sub(r"[^A-Za-z0-9._-]+", "_", os.path.basename(folder))[:60].strip("._") or "folder"
    whole = "\0".join((folder, also)) if also else folder
    return below / f"{name}-{hashlib.sha256(os.fsencode(whole)).hexdigest()[:10]}{SUFFIX}"
