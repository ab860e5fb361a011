"""The window hangs; the warnings go out."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from pathlib import Path

from eyegore.desktop.app import Desktop
from eyegore.session.settings import Session
from eyegore.simulator.simulator import SimulatedSession, Simulator

from ..warning.channels.mail_servers import Mailbox
from ..warning.channels.twilio_server import TwilioServer

WaitUntil = Callable[..., None]


def test_a_window_that_hangs_holds_up_no_warning(
    tmp_path: Path,
    root: tk.Tk,
    warning_settings: Path,
    mailbox: Mailbox,
    twilio_server: TwilioServer,
    wait_until: WaitUntil,
) -> None:
    """This test is the thread of Tk; from when the desktop stands it does not turn its event loop once."""
    elvis = Simulator(
        tmp_path / "day",
        SimulatedSession(images=False, seconds=100_000, force=True, plants=["CCD2_TEMP_B:step:-136@30+1000"]),
    )
    elvis.append_rows(25)
    session = Session(tmp_path / "day", watch_disk=False, state=tmp_path / "state", warnings=warning_settings)
    desktop = Desktop(root, session)
    try:
        service = desktop.service
        assert service is not None
        wait_until(lambda: service.monitor.hk.rows == 25)
        elvis.append_rows(10)
        wait_until(lambda: twilio_server.messages and mailbox.mails)
    finally:
        desktop.close()
