"""Zooming and panning in time by wheel, mouse and keys, and by buttons for how much of the newest is shown."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import Protocol

from eyegore.widgets import keys
from eyegore.widgets.charts.axes import TimeWindow
from eyegore.widgets.charts.curve import ChartSource, Scale
from eyegore.widgets.theme import Theme

ZOOM = 1.25
PAN_SHARE = 0.2
DRAG_PIXELS = 4
"""A press that moves less is a click."""


class TimeView(Protocol):
    """What is zoomed: a widget that draws the samples of ``source`` in a :class:`TimeWindow`."""

    window: TimeWindow
    source: ChartSource | None

    @property
    def shown(self) -> Scale | None:
        """What is drawn now, None while there is nothing."""


class TimeGestures:
    """The hands on one chart; ``changed`` is called after the window was moved."""

    def __init__(self, widget: tk.Misc, view: TimeView, changed: Callable[[], object]) -> None:
        self._widget = widget
        self._view = view
        self._changed = changed
        self._held_x: int | None = None
        self.dragging = False
        widget.bind("<Button-4>", lambda event: self._zoom(1 / ZOOM, event.x))
        widget.bind("<Button-5>", lambda event: self._zoom(ZOOM, event.x))
        widget.bind("<MouseWheel>", lambda event: self._zoom(1 / ZOOM if event.delta > 0 else ZOOM, event.x))
        widget.bind("<ButtonPress-1>", self._pressed)
        widget.bind("<B1-Motion>", self._dragged)
        widget.bind("<ButtonRelease-1>", self._released)
        widget.bind("<Double-Button-1>", lambda event: self._live())
        keys.bind(widget, "live", self._live)
        keys.bind(widget, "zoom in", lambda: self._zoom(1 / ZOOM, None))
        keys.bind(widget, "zoom out", lambda: self._zoom(ZOOM, None))
        keys.bind(widget, "earlier", lambda: self._pan(-PAN_SHARE))
        keys.bind(widget, "later", lambda: self._pan(PAN_SHARE))

    def _zoom(self, factor: float, x: int | None) -> None:
        """About the time under the pointer; by key about the newest time shown."""
        scale, source = self._view.shown, self._view.source
        if scale is not None and source is not None:
            at = scale.t1 if x is None else scale.time(min(max(x, scale.left), scale.right))
            self._view.window.zoom(factor, at, *source.span)
            self._changed()

    def _pan(self, share: float) -> None:
        scale, source = self._view.shown, self._view.source
        if scale is not None and source is not None:
            self._view.window.pan(share * (scale.t1 - scale.t0), *source.span)
            self._changed()

    def _live(self) -> None:
        self._view.window.go_live()
        self._changed()

    def _pressed(self, event: tk.Event[tk.Misc]) -> None:
        self._widget.focus_set()
        self._held_x, self.dragging = event.x, False

    def _dragged(self, event: tk.Event[tk.Misc]) -> None:
        scale = self._view.shown
        if self._held_x is None or scale is None:
            return
        moved = event.x - self._held_x
        if self.dragging or abs(moved) >= DRAG_PIXELS:
            self.dragging = True
            self._held_x = event.x
            self._pan(-moved / (scale.right - scale.left))

    def _released(self, event: tk.Event[tk.Misc]) -> None:
        self._held_x, self.dragging = None, False


class RangeButtons(ttk.Frame):
    """``choose`` is called with the stretch chosen, ``go_live`` when what is newest shall be shown again."""

    def __init__(
        self, parent: tk.Misc, theme: Theme, choose: Callable[[float], object], go_live: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self._theme, self._choose = theme, choose
        self._chosen = tk.StringVar(self)
        self._ranges: Sequence[tuple[str, float]] = ()
        self._buttons: list[ttk.Radiobutton] = []
        self._back = ttk.Button(self, text="back to live", style="Call.TButton", command=go_live)

    def offer(self, ranges: Sequence[tuple[str, float]]) -> None:
        """Show a button for each range: its words, and its stretch (inf for everything)."""
        for button in self._buttons:
            button.destroy()
        self._back.pack_forget()
        self._ranges, self._buttons = ranges, []
        for name, span in reversed(ranges):
            button = ttk.Radiobutton(
                self,
                text=name,
                value=name,
                variable=self._chosen,
                style="Quiet.Toolbutton",
                command=lambda span=span: self._choose(span),  # type: ignore[misc]
            )
            button.pack(side="right")
            self._buttons.append(button)

    def say(self, window: TimeWindow) -> None:
        """Mark the range of a window that follows; offer the way back from a stretch that does not."""
        chosen = next(name for name, one in self._ranges if one >= window.span) if window.live else ""
        if self._chosen.get() != chosen:
            self._chosen.set(chosen)
        if window.live is bool(self._back.winfo_manager()):
            if window.live:
                self._back.pack_forget()
            else:
                self._back.pack(side="right", padx=(0, self._theme.em // 2))
