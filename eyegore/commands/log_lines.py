"""Where log lines go: standard error, a file here, or both."""

from __future__ import annotations

import logging
from datetime import datetime

from eyegore.basics.errors import SettingsError


def set_up_logging(*, console: bool, file_tag: str | None) -> None:
    """Log lines to standard error, and to ``Eyegore_<date>[_TAG].log`` here when ``file_tag`` is given."""
    handlers: list[logging.Handler] = []
    if console:
        handlers.append(logging.StreamHandler())
    if file_tag is not None:
        tag = "".join(sign if sign.isalnum() or sign in "-." else "-" for sign in file_tag)
        name = f"Eyegore_{datetime.now():%Y%m%d_%H%M%S}{'_' + tag if tag else ''}.log"
        try:
            handlers.append(logging.FileHandler(name, encoding="utf-8"))
        except OSError as why:
            raise SettingsError(f"the log file cannot be written here: {why}") from why
    root = logging.getLogger("eyegore")
    root.setLevel(logging.INFO)
    root.handlers[:] = handlers or [logging.NullHandler()]
    for handler in handlers:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%Y-%m-%d %H:%M:%S"))
