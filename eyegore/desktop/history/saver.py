"""The line below a history: what was said last, and the file that is being written, which can be cancelled."""

from __future__ import annotations

import tkinter as tk
import weakref
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tkinter import filedialog, ttk

from eyegore.desktop.history.export import Export, Table, csv_count, csv_parts, proposed_name
from eyegore.desktop.history.painter import Painted
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.theme import Theme


class HistorySaver(ttk.Frame):
    """Writes one file at a time, named after ``folder``; never into the folders that ``monitored`` tells."""

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        folder: str,
        monitored: Callable[[], Sequence[Path]],
        post: Callable[[Callable[[], object]], object],
    ) -> None:
        super().__init__(parent, padding=(theme.em // 2, theme.em // 5))
        self._theme, self._folder, self._monitored, self._post = theme, folder, monitored, post
        self._place = str(Path.home())
        self.export: Export | None = None
        self._line = ttk.Label(self, anchor="w", style="Dim.TLabel")
        self._line.pack(side="left", fill="x", expand=True)
        self._cancel = ttk.Button(self, text="Cancel", style="Quiet.TButton", command=self.cancel)
        self._bar = ttk.Progressbar(self, length=12 * theme.em, maximum=1.0)

    @property
    def text(self) -> str:
        """What was said last."""
        return str(self._line["text"])

    def say(self, text: str, status: Status | None = None) -> None:
        """Say a line; with a status its sign and colour."""
        sign = f"{self._theme.glyph(status)} " if status is not None else ""
        self._line.configure(text=sign + text, foreground=self._theme.colour(status or "dim"))

    def ask(self, names: Sequence[str], begin: str, suffix: str, kind: str) -> Path | None:
        """Where the file shall be; None when the person changed their mind, or another is being written."""
        if self.export is not None:
            self.say("a file is being written: wait for it, or cancel it", Status.WARNING)
            return None
        chosen = filedialog.asksaveasfilename(
            parent=self,
            initialdir=self._place,
            initialfile=proposed_name(self._folder, names, begin, suffix),
            defaultextension=suffix,
            filetypes=[(kind, f"*{suffix}")],
            title=f"Export as {kind}",
        )
        if not chosen:
            return None
        self._place = str(Path(chosen).parent)
        return Path(chosen)

    def save_table(self, names: Sequence[str], begin: str, make: Callable[[], Table]) -> None:
        """Ask where, then make the table and write it."""
        target = self.ask(names, begin, ".csv", "CSV table")
        if target is None:
            return
        table = make()
        self._begin(target, csv_parts(table), csv_count(table))

    def save_picture(self, painted: Painted, target: Path) -> None:
        """Write a picture that was drawn."""
        if not self.winfo_exists():
            return
        if painted.problem:
            self.say(painted.problem, Status.CRITICAL)
        else:
            self._begin(target, iter([painted.png]), 1)

    def cancel(self) -> None:
        """Leave the file that is being written."""
        if self.export is not None:
            self.export.stop()

    def _begin(self, target: Path, parts: Iterator[bytes], count: int) -> None:
        self.say(f"writing {target}")
        self._bar.configure(value=0.0)
        self._cancel.pack(side="right")
        self._bar.pack(side="right", padx=self._theme.em // 2)
        here, post = weakref.ref(self), self._post  # a thread must not be the last to hold a widget
        self.export = Export(
            target,
            self._monitored(),
            parts,
            count,
            lambda share: post(lambda: _tell(here, lambda saver: saver.progressed(share))),
            lambda text, well: post(lambda: _tell(here, lambda saver: saver.ended(text, well))),
        )

    def progressed(self, share: float) -> None:
        """Show how much is written."""
        if self.winfo_exists():
            self._bar.configure(value=share)

    def ended(self, text: str, well: bool) -> None:
        """Say how it went."""
        self.export = None
        if self.winfo_exists():
            self._bar.pack_forget()
            self._cancel.pack_forget()
            self.say(text, None if well else Status.WARNING)


def _tell(saver: weakref.ref[HistorySaver], act: Callable[[HistorySaver], object]) -> None:
    found = saver()
    if found is not None:
        act(found)
