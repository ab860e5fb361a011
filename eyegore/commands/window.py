"""The window, opened only where there is a display and a tkinter."""

from __future__ import annotations

import os
import sys

from eyegore.basics.errors import SettingsError
from eyegore.commands.log_lines import set_up_logging
from eyegore.session.settings import Session


def open_desktop(session: Session | None, *, dark: bool | None, file_tag: str | None = None) -> int:
    """Run the desktop until it is closed; without a session it asks for a folder."""
    if sys.platform != "darwin" and not os.environ.get("DISPLAY"):
        raise SettingsError("no display (DISPLAY is not set): log in with ssh -X, or use --headless")
    try:
        from eyegore.desktop.app import run_desktop
    except ImportError as why:
        if why.name not in ("tkinter", "_tkinter"):
            raise
        raise SettingsError("this Python has no tkinter: apt-get install python3-tk, or use --headless") from why
    set_up_logging(console=True, file_tag=file_tag)
    return run_desktop(session, dark=dark)
