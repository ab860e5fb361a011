"""The history windows of a session: opened, kept up to date and closed together."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from eyegore.desktop.history.painter import HistoryPainter
from eyegore.desktop.history.trend_source import AXES, ImageTrendSource
from eyegore.widgets import keys
from eyegore.widgets.charts.axes import CLOCK
from eyegore.widgets.theme import Theme

if TYPE_CHECKING:  # the windows are imported when one is wanted: the first window comes first
    from eyegore.desktop.history.export import Export
    from eyegore.desktop.history.window import HistorySource, HistoryWindow

TRENDS = "trends of the images"
"""Name of their window; no parameter is called so."""


class HistoryDesk:
    """One window for each parameter it was asked for, and one for none; ``post`` runs something on the Tk thread.

    ``elsewhere`` are the actions of the key table that work in these windows too.
    """

    def __init__(
        self,
        root: tk.Tk,
        theme: Theme,
        post: Callable[[Callable[[], object]], object],
        elsewhere: Mapping[str, Callable[[], object]],
    ) -> None:
        self._root, self._theme, self._post, self._elsewhere = root, theme, post, elsewhere
        self._painter = HistoryPainter()
        self._exports: list[Export] = []
        self._size: tuple[int, int] | None = None
        self._against = CLOCK.name
        self.windows: dict[str, HistoryWindow] = {}

    def open(self, source: HistorySource | None, folder: str, name: str = "") -> None:
        """Open the window of one parameter, or bring it to the front; without a name an empty one."""
        if self._come(name) or source is None or source.history is None:
            return
        from eyegore.desktop.history.window import HistoryWindow

        names = [name] if name else []
        self._place(name, HistoryWindow(self._root, self._theme, source, self._painter, self._post, folder, names))

    def open_trends(self, source: ImageTrendSource | None, folder: str) -> None:
        """Open the window with the trends of the images, or bring it to the front."""
        if self._come(TRENDS) or source is None:
            return
        from eyegore.desktop.history.image_trend_window import ImageTrendWindow

        window = ImageTrendWindow(self._root, self._theme, source, self._painter, self._post, folder)
        window.draw_against(self._against)
        self._place(TRENDS, window)

    def _come(self, name: str) -> bool:
        """Bring a window to the front; whether there is one."""
        known = self.windows.get(name)
        if known is None:
            return False
        known.deiconify()
        known.lift()
        known.view.focus_force()  # from one of our windows to another: a person asked for it
        return True

    def _place(self, name: str, window: HistoryWindow) -> None:
        width, height = self._size or (72 * self._theme.em, 38 * self._theme.em)
        width, height = min(width, self._root.winfo_screenwidth()), min(height, self._root.winfo_screenheight())
        window.geometry(f"{width}x{height}")
        self.windows[name] = window
        for action, act in self._elsewhere.items():
            keys.bind(window, action, act)
        window.bind("<Destroy>", lambda event: self._gone(name, window) if event.widget is window else None, add=True)
        window.bind("<Configure>", lambda event: self._sized(event) if event.widget is window else None, add=True)

    def refresh(self) -> None:
        """Draw what is new."""
        for window in self.windows.values():
            window.refresh()

    def clear(self) -> None:
        """Close all windows, for another session."""
        for window in list(self.windows.values()):
            window.destroy()

    def warm(self) -> None:
        """Import what the windows draw with, on its thread, so that the first window is drawn at once."""
        self._painter.start()

    def layout(self) -> dict[str, Any]:
        """What is remembered, JSON-able."""
        trends = self.windows.get(TRENDS)
        layout: dict[str, Any] = {"trends against": trends.abscissa.name if trends is not None else self._against}
        if self._size is not None:
            layout["history"] = list(self._size)
        return layout

    def restore(self, layout: Mapping[str, Any]) -> None:
        """Take back what :meth:`layout` gave, as far as it is usable."""
        match layout.get("history"):
            case [int(width), int(height)] if width >= 200 and height >= 150:
                self._size = (width, height)
        if (against := layout.get("trends against")) in AXES:
            self._against = str(against)

    def stop(self, timeout: float) -> bool:
        """End the threads; False when one has not ended after ``timeout`` [s]."""
        written = [window.saver.export for window in self.windows.values()]
        exports = [*self._exports, *(export for export in written if export is not None)]
        ended = [export.stop(timeout) for export in exports]
        return self._painter.stop(timeout) and all(ended)

    def _sized(self, event: tk.Event[tk.Misc]) -> None:
        self._size = (event.width, event.height)

    def _gone(self, name: str, window: HistoryWindow) -> None:
        self.windows.pop(name, None)
        if name == TRENDS:
            self._against = window.abscissa.name
        if window.saver.export is not None:
            self._exports = [*(export for export in self._exports if export.alive), window.saver.export]
