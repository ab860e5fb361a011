"""Where Eyegore keeps what it remembers between sessions, and how the file of a folder is called there."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

SUFFIX = ".sqlite"


def state_dir(state: Path | None) -> Path:
    """The folder of ``--state DIR``; where it is not given, the user's own."""
    import platformdirs

    return (state or Path(platformdirs.user_state_dir("eyegore", appauthor=False))).expanduser().absolute()


def kept_path(below: Path, folder: str, also: str = "") -> Path:
    """The file about a folder (and about ``also``): its name, to be recognised, and a hash, to be the only one."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", os.path.basename(folder))[:60].strip("._") or "folder"
    whole = "\0".join((folder, also)) if also else folder
    return below / f"{name}-{hashlib.sha256(os.fsencode(whole)).hexdigest()[:10]}{SUFFIX}"
