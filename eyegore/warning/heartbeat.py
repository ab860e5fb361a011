"""Tells other machines that Eyegore lives and judges: a file touched, a URL fetched; silence is the warning.

The beat stops when Eyegore dies, and also when it lives and does not judge: a dead-man's handle that a hanging program
holds down would be worth nothing.
"""

from __future__ import annotations

import contextlib
import http.client
import logging
import os
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eyegore.basics.files import WriteError, whole_file
from eyegore.basics.worker import Worker

if TYPE_CHECKING:
    from pydantic import SecretStr

log = logging.getLogger(__name__)

PERIOD_S = 30.0
TIMEOUT_S = 10.0


class Heartbeat(Worker):
    """Beats every ``period_s`` [s] on the thread "heartbeat", as long as all is well; systemd hears it where it asks.

    Parameters
    ----------
    well
        Says why Eyegore does not judge, "" when it does; called on this thread. When it raises, nothing is well.
    say
        Called on this thread with one line when a beat begins to fail or works again; must return at once.
    file
        Written whole with each beat (readable for all): the unix time [s], the computer and the process.
    url
        Fetched with each beat. A secret: who knows it can beat in our place.
    """

    def __init__(
        self,
        well: Callable[[], str],
        say: Callable[[str], None],
        *,
        file: Path | None = None,
        url: SecretStr | None = None,
        period_s: float = PERIOD_S,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        super().__init__("heartbeat")
        self._well = well
        self._say = say
        self._file = file
        self._url = url
        self._period_s = period_s
        self._timeout_s = timeout_s
        self._trouble: dict[str, str] = {}
        self._beaten = False

    @property
    def problem(self) -> str | None:
        """Why other machines do not hear us, "" when they do, None before the first beat; callable from any thread."""
        found = "; ".join(text for text in list(self._trouble.values()) if text)
        return found if found or self._beaten else None

    def _work(self) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            self.beat()
            self._stopping.wait(max(0.0, began + self._period_s - time.monotonic()))

    def _died(self, why: Exception) -> None:
        self._say("the heartbeat ended on an error: other machines will take Eyegore for dead (see the log)")

    def beat(self) -> None:
        """Beat once where all is well; does not raise for what other machines or disks do."""
        why = self._condition()
        self._tell("Eyegore", f"no heartbeat: {why}" if why else "", "Eyegore judges again: the heartbeat goes on")
        if why:
            return
        tell_alive()
        if self._file is not None:
            self._tell("file", touch(self._file), "the heartbeat file is written again")
        if self._url is not None and not self._stopping.is_set():
            self._tell("url", fetch(self._url, self._timeout_s), "the heartbeat's URL answers again")
        self._beaten = True

    def _condition(self) -> str:
        try:
            return self._well()
        except Exception as why:
            log.exception("Eyegore could not be asked whether it judges")
            return f"Eyegore cannot be asked whether it judges ({type(why).__name__})"

    def _tell(self, what: str, trouble: str, again: str) -> None:
        before = self._trouble.get(what, "")
        self._trouble[what] = trouble
        if bool(trouble) != bool(before):
            self._say(trouble or again)


def tell_alive() -> None:
    """Send ``WATCHDOG=1`` to the supervisor that started us, if it asks for it (sd_notify(3), ``WatchdogSec=``)."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address or "WATCHDOG_USEC" not in os.environ:
        return
    if address.startswith("@"):  # an abstract socket
        address = f"\0{address[1:]}"
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notify:
        notify.settimeout(1.0)
        notify.sendto(b"WATCHDOG=1", address)


def touch(file: Path) -> str:
    """Write a heartbeat file whole, readable for all; returns a problem, "" when it was written."""
    try:
        with whole_file(file) as beat:
            beat.write(f"{time.time():.6f} {socket.gethostname()} {os.getpid()}\n".encode())
            os.fchmod(beat.fileno(), 0o644)
    except WriteError as why:
        return f"the heartbeat file {why}"
    return ""


def fetch(url: SecretStr, timeout_s: float) -> str:
    """Fetch a heartbeat's URL; returns a problem, which names the computer only, "" when it answered well."""
    where = "the heartbeat's URL"
    try:
        parts = urlsplit(url.get_secret_value())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return f"{where} is no http or https address"
        where = f"the heartbeat's URL at {parts.hostname}"
        with urllib.request.urlopen(url.get_secret_value(), timeout=timeout_s):  # what it answers is of no interest
            return ""
    except urllib.error.HTTPError as why:
        with why:
            return f"{where} answered {why.code}"
    except urllib.error.URLError as why:
        return f"{where} cannot be reached: {_reason(why.reason)}"
    except OSError as why:
        return f"{where} cannot be reached: {_reason(why)}"
    except (ValueError, http.client.HTTPException) as why:  # their texts may hold the address
        return f"{where} cannot be fetched ({type(why).__name__})"


def _reason(why: object) -> str:
    if isinstance(why, TimeoutError):
        return "no answer in time"
    return (why.strerror if isinstance(why, OSError) else None) or type(why).__name__
