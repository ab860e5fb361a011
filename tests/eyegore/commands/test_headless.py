"""What the terminal shows of the copies and the images."""

from __future__ import annotations

import io
import signal
import threading
from dataclasses import replace
from typing import cast

import pytest
from rich.console import Console

from eyegore.commands import headless
from eyegore.commands.headless import Summary
from eyegore.limits.frame_model import ImageVerdict
from eyegore.limits.model import Severity, Verdict
from eyegore.messages.copies import Role, SyncState
from eyegore.messages.events import Flag, FlagChanged, FlagState
from eyegore.messages.images import ImageJudged, ImageResult, ImagesWaiting
from eyegore.session.service import Service

WELL = SyncState("/mnt/b", Role.BACKUP, 12, 12, 0.0, 1000.0, succeeded=880.0)
WAITS = replace(WELL, target="gate", role=Role.BROADCAST, verified=9, lag_bytes=73_000_000, lag_s=700.0)


def test_a_line_for_each_copy_tells_how_it_stands() -> None:
    summary = Summary()
    for state in (WELL, WAITS, replace(WAITS, problem="no route: check the network")):
        summary.take(state)
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(summary.drawing())
    lines = console.export_text().splitlines()
    assert "backup /mnt/b  12/12 files verified  all was there 2 min ago" in [line.strip() for line in lines]
    (gate,) = [line for line in lines if line.startswith("broadcast gate")]
    assert "9/12 files verified  73 MB wait, the oldest for 12 min" in gate
    assert "FAILS: no route: check the network" in gate


def test_a_flag_is_shown_with_its_value_as_people_read_it() -> None:
    summary = Summary()
    for name, value, unit in (("SPW", 12193.0, "register"), ("CCD", -136.05, "degC")):
        flag = Flag(name, FlagState.RAISED, Verdict.UNEXPECTED, Severity.WARNING, value, unit, 0.0)
        summary.take(FlagChanged(flag))
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(summary.drawing())
    text = console.export_text()
    assert "0x2FA1" in text
    assert "−136.05 °C" in text


def test_a_line_tells_how_the_images_stand() -> None:
    def shown() -> str:
        console = Console(width=160, record=True, file=io.StringIO())
        console.print(summary.drawing())
        return console.export_text()

    summary = Summary()
    assert "images:" not in shown()
    verdicts = (ImageVerdict.FAIL, ImageVerdict.WARNING, ImageVerdict.PASS)
    for ccd, verdict in enumerate(verdicts, start=1):
        summary.take(ImageJudged(ImageResult("", 7, ccd, verdict), True, 0.0))
    summary.take(ImagesWaiting(12))
    assert "images: 3 judged, 1 to retake, 1 to look at, 12 wait\n" in shown().replace("  ", "").replace(" \n", "\n")
    summary.take(ImageJudged(ImageResult("", 7, 1, ImageVerdict.PASS), True, 0.0))
    summary.take(ImagesWaiting(0))
    assert "images: 3 judged, 0 to retake, 1 to look at\n" in shown().replace("  ", "").replace(" \n", "\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_a_session_in_order(number: signal.Signals) -> None:
    class Signalled:
        """A session that is told to end as soon as it has begun."""

        def start(self) -> None:
            signal.raise_signal(number)

        def stop(self) -> bool:
            return True

    stop = threading.Event()
    before = signal.signal(number, signal.SIG_DFL)  # it may be ignored here, as under nohup
    try:
        assert headless.run(cast(Service, Signalled()), stop) == 0
    finally:
        signal.signal(number, before)
    assert stop.is_set()
