"""Cells of a table that change after their rows came: a slice of them at a time, however many there are."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping

from eyegore.widgets.calls import Later

SLICE_S = 0.012
"""Time of one slice of filling or changing a table [s]: far below what a person feels."""
PAUSE_MS = 4
"""Time between slices, in which the window redraws and answers [ms]."""

TextsOf = Callable[[str], Mapping[str, str]]
"""From the key of a row to texts by column."""


class RowChanges:
    """``change`` is called with a row and its texts by column, of the later rows when Tk has had its turn.

    ``finish`` is called after each slice.
    """

    def __init__(
        self, later: Later, change: Callable[[str, Mapping[str, str]], object], finish: Callable[[], object]
    ) -> None:
        self._later, self._change, self._finish = later, change, finish
        self._waiting: dict[str, TextsOf] = {}

    def add(self, rows: Iterable[str], texts_of: TextsOf) -> None:
        """Let these rows have the texts that they have when it is their turn."""
        turn_comes = bool(self._waiting)
        self._waiting.update(dict.fromkeys(rows, texts_of))
        if not turn_comes:
            self._some()

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()

    def _some(self) -> None:
        end = time.monotonic() + SLICE_S
        while self._waiting and time.monotonic() < end:
            key, texts_of = self._waiting.popitem()  # the newest first: they are looked at
            self._change(key, texts_of(key))
        self._finish()
        if self._waiting:
            self._later.after("changes", PAUSE_MS, self._some)
