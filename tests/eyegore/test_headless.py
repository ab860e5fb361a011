"""What the terminal shows of the copies."""

from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console

from eyegore.headless import Summary
from eyegore.sync_messages import Role, SyncState

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
