"""The copies in the window: their segment of the health strip, and the list of targets and files."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from eyegore.basics.records import same
from eyegore.messages.copies import CopyProgress, SyncState, VolumeSpace
from eyegore.presenters.copies import backup_cells, copy_cell, file_cells
from eyegore.presenters.copy_book import CopyBook
from eyegore.widgets.cells.flags import HealthCell
from eyegore.widgets.cells.lists import FileCell
from eyegore.widgets.lists.list_window import ListDesk, ListKind
from eyegore.widgets.theme import Theme

if TYPE_CHECKING:  # imported when the list is wanted: the first window comes first
    from eyegore.widgets.copies.copy_list import CopyList

TITLE = "Copies — Eyegore"
HIGH = 40
"""Height of the window the first time [em]."""


class CopyDesk(ListDesk["CopyList"]):
    """Shows what a :class:`CopyBook` knows. ``look`` looks at all copies now, ``clock`` gives the unix time [s]."""

    def __init__(
        self,
        root: tk.Tk,
        theme: Theme,
        elsewhere: Mapping[str, Callable[[], object]],
        look: Callable[[], object],
        clock: Callable[[], float] = time.time,
    ) -> None:

        def build(window: tk.Misc) -> CopyList:
            from eyegore.widgets.copies.copy_list import CopyList

            return CopyList(window, theme, look)

        super().__init__(root, theme, ListKind(TITLE, "copies", build, HIGH), elsewhere)
        self._clock = clock
        self.book = CopyBook()
        self._files: dict[str, tuple[SyncState, tuple[FileCell, ...]]] = {}

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

    def opened(self) -> None:
        """Fill the list, which is new."""
        self.flush()

    def _files_of(self, state: SyncState | None) -> tuple[FileCell, ...]:
        """The cells of a state, made once: many may wait."""
        if state is None:
            return ()
        known = self._files.get(state.target)
        if known is None or known[0] is not state:
            before = {cell.key: cell for cell in known[1]} if known else {}
            cells = [before[new.key] if same(before.get(new.key), new) else new for new in file_cells(state)]
            unchanged = known is not None and len(cells) == len(known[1]) and all(map(_is, cells, known[1]))
            known = state, known[1] if unchanged and known is not None else tuple(cells)
            self._files[state.target] = known
        return known[1]

    def strip_cells(self, now: float) -> list[HealthCell]:
        """The segments of the health strip at ``now`` [unix s]."""
        return backup_cells(self.book, now)


def _is(one: object, other: object) -> bool:
    return one is other
