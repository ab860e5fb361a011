"""What the terminal shows of the copies and the images."""

from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console

from eyegore.commands.headless import Summary
from eyegore.limits.frame_model import ImageVerdict
from eyegore.messages.copies import Role, SyncState
from eyegore.messages.images import ImageJudged, ImageResult, ImagesWaiting

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
