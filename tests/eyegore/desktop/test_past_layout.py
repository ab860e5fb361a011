"""The layout a past release remembered is taken up by this one."""

from __future__ import annotations

import json
import tkinter as tk
from collections.abc import Callable
from pathlib import Path

from eyegore.desktop.app import Desktop
from eyegore.desktop.layout_store import LayoutStore
from eyegore.session.settings import Session
from eyegore.simulator.simulator import SimulatedSession, Simulator

LAYOUT = Path(__file__).parents[2] / "data" / "release_0.1.0" / "window.json"


def test_windows_stand_where_they_stood(
    tmp_path: Path, root: tk.Tk, run: Callable[[Callable[[], object]], None]
) -> None:
    Simulator(tmp_path / "day", SimulatedSession(images=False, seconds=100, force=True)).append_rows(3)
    before = json.loads(LAYOUT.read_text())
    LayoutStore().save(before)
    desktop = Desktop(root, Session(tmp_path / "day", watch_disk=False))
    run(lambda: desktop.panes.charts is not None and desktop.panes.charts.pages)
    root.update()
    desktop.close()
    assert LayoutStore().load() == before
