"""What the measurements share: a temporary folder, simulated sessions in it, a screen."""

from __future__ import annotations

import calendar
import contextlib
import shutil
import time
import tkinter as tk
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks.display import display
from eyegore.elvis.day_folder import FileKind, in_order, parse_name
from eyegore.simulator.simulator import SimulatedSession, Simulator
from eyegore.widgets import theme

DAY = 86_400
THREE_DAYS = 260_000
ELVIS = "7.5.X"


@dataclass
class Workshop:
    """Lives for one run. Sessions are of ELVIS 7.5.X, without images, and end at the present time."""

    folder: Path
    stack: contextlib.ExitStack
    notes: dict[str, Any] = field(default_factory=dict)
    """What one measurement found and another reports."""
    _count: int = 0

    def new_folder(self, name: str) -> Path:
        """A name for a folder nobody else has; it is not made."""
        self._count += 1
        return self.folder / f"{self._count:02d}_{name}"

    def session(self, rows: int, more: int = 0) -> tuple[Path, Simulator]:
        """A day folder with ``rows`` seconds of a session, and what can add ``more`` to it."""
        folder = self.new_folder("session")
        now = calendar.timegm(time.localtime())
        simulator = Simulator(
            folder, SimulatedSession(elvis=ELVIS, images=False, start=now - rows, seconds=rows + more, seed=rows)
        )
        simulator.append_rows(rows)
        return folder, simulator

    @cached_property
    def hk_lines(self) -> list[bytes]:
        """Header and 260 000 rows of HK."""
        folder, _ = self.session(THREE_DAYS)
        lines: list[bytes] = []
        files = [file for path in folder.iterdir() if (file := parse_name(path.name)) is not None]
        for master in in_order(file for file in files if file.kind is FileKind.MASTER_HK):
            lines += (folder / master.name).read_bytes().splitlines(keepends=True)[bool(lines) :]
        shutil.rmtree(folder)
        return lines

    def hk_file(self, rows: int) -> Path:
        """A fresh HK file of so many rows."""
        path = self.new_folder("hk") / time.strftime("HK_%d-%m-%y_ROE1_01.txt")
        path.parent.mkdir()
        path.write_bytes(b"".join(self.hk_lines[: rows + 1]))
        return path

    @cached_property
    def screen(self) -> str:
        """The display all windows are on."""
        return self.stack.enter_context(display())

    @contextlib.contextmanager
    def root(self, width: int = 1366, height: int = 740) -> Iterator[tuple[tk.Tk, theme.Theme]]:
        """A mapped window with the theme of Eyegore."""
        assert self.screen
        root = tk.Tk(className="Eyegore")
        try:
            root.geometry(f"{width}x{height}+0+0")
            root.update()
            yield root, theme.apply(root, False)
        finally:
            root.destroy()


def drawn(root: tk.Misc) -> None:
    """Wait until what is waiting to be drawn has been drawn, by Tk and by the display server."""
    root.update_idletasks()
    root.winfo_pointerx()  # a round trip: the server answers in order
