"""The copies in the window: their segment of the health strip, and the list of targets and files."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Mapping
from typing import Any

from eyegore.messages.copies import CopyProgress, SyncState, VolumeSpace
from eyegore.presenters.copies import copy_cell, file_cells
from eyegore.presenters.copy_book import CopyBook
from eyegore.presenters.copy_strip import backup_cells
from eyegore.widgets.cells.copies import FileCell
from eyegore.widgets.cells.flags import HealthCell
from eyegore.widgets.copies.copy_list import CopyList
from eyegore.widgets.lists.list_window import ListWindow
from eyegore.widgets.theme import Theme

TITLE = "Copies — Eyegore"
HIGH = 40
"""Height of the window the first time [em]."""


class CopyDesk:
    """Shows what a :class:`CopyBook` knows. ``look`` is called to look at all copies now.

    ``elsewhere`` are actions of the main window that work in the list, too; ``clock`` gives the unix time [s].
    """

    def __init__(
        self,
        root: tk.Tk,
        theme: Theme,
        elsewhere: Mapping[str, Callable[[], object]],
        look: Callable[[], object],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._root, self._theme, self._elsewhere, self._look, self._clock = root, theme, elsewhere, look, clock
        self.book = CopyBook()
        self._files: dict[str, tuple[SyncState, tuple[FileCell, ...]]] = {}
        self._window: ListWindow[CopyList] | None = None
        self._layout: dict[str, Any] = {}

    def begin(self, book: CopyBook) -> None:
        """Show another book, for another session."""
        self.book = book
        self._files.clear()
        self.flush()

    def take(self, news: SyncState | CopyProgress | VolumeSpace) -> None:
        """Note how a target stands; nothing is drawn yet."""
        self.book.take(news)

    def flush(self) -> None:
        """Show what is known now, if the list is open; rows that are as before make no call of Tk."""
        if self._window is None:
            return
        now, book = self._clock(), self.book
        self._window.list.show([
            copy_cell(
                target,
                book.states.get(target.name),
                book.progress.get(target.name),
                book.volumes,
                now,
                self._files_of(book.states.get(target.name)),
            )
            for target in book.targets
        ])  # fmt: skip
        self._window.tell()

    def _files_of(self, state: SyncState | None) -> tuple[FileCell, ...]:
        """The cells of a state, made once: many may wait."""
        if state is None:
            return ()
        known = self._files.get(state.target)
        if known is None or known[0] is not state:
            before = {cell.key: cell for cell in known[1]} if known else {}
            cells = [before[new.key] if before.get(new.key) == new else new for new in file_cells(state)]
            same = known is not None and len(cells) == len(known[1]) and all(map(_is, cells, known[1]))
            known = state, known[1] if same and known is not None else tuple(cells)
            self._files[state.target] = known
        return known[1]

    def strip_cells(self, now: float) -> list[HealthCell]:
        """The segments of the health strip at ``now`` [unix s]."""
        return backup_cells(self.book, now)

    @property
    def listed(self) -> CopyList | None:
        """The list, while it is open."""
        return self._window.list if self._window is not None else None

    # --- the window --------------------------------------------------------------------------------------------------

    def open_list(self) -> None:
        """Open the list, or bring it to the front."""
        if self._window is None:
            self._window = self._make_window()
            self.flush()
        self._window.come()

    def _make_window(self) -> ListWindow[CopyList]:
        return ListWindow(
            self._root,
            self._theme,
            TITLE,
            lambda window: CopyList(window, self._theme, self._look),
            action="copies",
            elsewhere=self._elsewhere,
            layout=self._layout,
            on_close=self._closed,
            high=HIGH,
        )

    def _closed(self, layout: dict[str, Any]) -> None:
        self._layout, self._window = layout, None

    def layout(self) -> dict[str, Any]:
        """What the list remembers, JSON-able."""
        layout = self._layout if self._window is None else self._window.layout()
        return {**layout, "open": self._window is not None}

    def restore(self, layout: object) -> None:
        """Take back what :meth:`layout` gave; the list opens if it was open, and takes no keys."""
        self._layout = dict(layout) if isinstance(layout, Mapping) else {}
        if self._layout.get("open") is True:
            self._window = self._make_window()


def _is(one: object, other: object) -> bool:
    return one is other
