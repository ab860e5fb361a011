"""How a command runs: where its log lines go, and how one that goes on until it is told to end hears of that."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def ended_by_signals(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C, SIGTERM and a terminal that is closed (unless that is ignored, as under nohup) set ``stop`` instead of
    tearing apart what is done. Only the main thread may ask for that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
