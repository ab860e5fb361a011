"""Tells systemd that the service lives (``WatchdogSec=`` of its unit); silent where systemd does not ask for it."""

from __future__ import annotations

import contextlib
import os
import socket


def tell_alive() -> None:
    """Send ``WATCHDOG=1`` to the supervisor that started us, if it is one (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address or "WATCHDOG_USEC" not in os.environ:
        return
    if address.startswith("@"):  # an abstract socket
        address = f"\0{address[1:]}"
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notify:
        notify.settimeout(1.0)
        notify.sendto(b"WATCHDOG=1", address)
