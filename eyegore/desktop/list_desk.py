"""A list that a person opens in a window of its own, and what is remembered of that window."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from typing import Any, Generic

from eyegore.widgets.lists.list_window import L, ListKind, ListWindow
from eyegore.widgets.theme import Theme


class ListDesk(Generic[L]):
    """Opens the list of a ``kind``. ``elsewhere`` are actions of the main window that work in the list, too.

    Whoever inherits fills the list while it is open.
    """

    def __init__(
        self, root: tk.Tk, theme: Theme, kind: ListKind[L], elsewhere: Mapping[str, Callable[[], object]]
    ) -> None:
        self._root, self._theme, self._kind, self._elsewhere = root, theme, kind, elsewhere
        self._window: ListWindow[L] | None = None
        self._layout: dict[str, Any] = {}

    def opened(self) -> None:
        """Tell that the list is new, with nothing in it."""

    @property
    def listed(self) -> L | None:
        """The list, while it is open."""
        return self._window.list if self._window is not None else None

    def open_list(self) -> None:
        """Open the list, or bring it to the front."""
        self._have_window().come()

    def _have_window(self) -> ListWindow[L]:
        if self._window is None:
            self._window = ListWindow(
                self._root, self._theme, self._kind, self._elsewhere, self._layout, on_close=self._closed
            )
            self.opened()
        return self._window

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
            self._have_window()
