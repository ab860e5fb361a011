"""A list in a window of its own: it comes and goes by a key, and what is remembered of it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from eyegore.widgets import keys
from eyegore.widgets.lists.cell_list import CellList
from eyegore.widgets.theme import Theme
from eyegore.widgets.window.screen_fit import TITLE_BAR, fit

WIDE, HIGH = 104, 31
"""Size of the first time [em], as far as the screen has room."""

L = TypeVar("L", bound=CellList[Any])


@dataclass(frozen=True)
class ListKind(Generic[L]):
    """Which list it is: ``build`` makes it, ``action`` of the key table opens and closes its window.

    ``high`` is the height of the window the first time [em].
    """

    title: str
    action: str
    build: Callable[[tk.Misc], L]
    high: int = HIGH


class ListWindow(tk.Toplevel, Generic[L]):
    """Holds a list for the main window ``root``.

    ``elsewhere`` are actions of the key table that work in the main window and here; ``layout`` is what
    :meth:`layout` gave the last time; ``on_close`` is called with it when a person closes the window.
    """

    def __init__(
        self,
        root: tk.Tk,
        theme: Theme,
        kind: ListKind[L],
        elsewhere: Mapping[str, Callable[[], object]],
        layout: Mapping[str, Any],
        on_close: Callable[[dict[str, Any]], object],
    ) -> None:
        super().__init__(root, background=theme.colour("background"))
        self.withdraw()  # until it has its place
        self._main, self._theme, self._kind, self._on_close = root, theme, kind, on_close
        self._told = ""
        self.list = kind.build(self)
        self.list.pack(fill="both", expand=True)
        inner = layout.get("list")
        if isinstance(inner, Mapping):
            self.list.restore(inner)
        screen = self.winfo_screenwidth(), self.winfo_screenheight() - TITLE_BAR
        self.geometry(fit(str(layout.get("geometry", "")), screen) or self._first_place(screen))
        self.minsize(30 * theme.em, 18 * theme.em)
        for other, act in elsewhere.items():
            keys.bind(self, other, act)
        keys.bind(self, "find", self.list.focus_filter)
        keys.bind(self, kind.action, self.close)
        keys.bind(self, "leave", self.close)
        self.protocol("WM_DELETE_WINDOW", self.close)
        self.tell()
        self.deiconify()

    def tell(self, also: str = "") -> None:
        """Let the title say what the list says, and what it does not."""
        title = f"{self.list.heading}{also}{self._kind.title}"
        if title != self._told:
            self._told = title
            self.title(title)

    def layout(self) -> dict[str, Any]:
        """Where the window is and how the list is arranged, JSON-able."""
        return {"geometry": self.geometry(), "list": self.list.layout()}

    def come(self) -> None:
        """Come to the front, for a person who asks for it."""
        self.lift()
        self.list.tree.focus_force()  # from one of our windows to another

    def close(self) -> None:
        """Close, and give the keys back to the main window."""
        layout = self.layout()
        before = self._main.focus_lastfor() or self._main
        before.focus_force()  # from one of our windows to another: a person asked for it
        self.destroy()  # after that: of a window without the keys the window manager gives them to no other
        self._on_close(layout)
        self._main.lift()
        before.focus_force()

    def _first_place(self, screen: tuple[int, int]) -> str:
        """Along the lower edge of the main window: its flags stay in sight."""
        em, root = self._theme.em, self._main
        width, height = min(WIDE * em, screen[0]), min(self._kind.high * em, screen[1] * 6 // 10)
        x = root.winfo_rootx() + max(0, root.winfo_width() - width) // 2
        y = root.winfo_rooty() + root.winfo_height() - height - TITLE_BAR
        return fit(f"{width}x{height}+{max(0, x)}+{max(0, y)}", screen)


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
