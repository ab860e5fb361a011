"""The main window: menu bar, health strip, panes that can be hidden or torn off, log drawer, status line.

::

    strip
    plots  │ images
           │ ────────
           │ flags
    ─────────────────
    exposures
    ───────────────── (drawer)
    status line
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from tkinter import ttk
from typing import Any

from eyegore.widgets import keys
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.signs import icons
from eyegore.widgets.theme import Theme
from eyegore.widgets.window.log_view import StatusLine
from eyegore.widgets.window.menu_bar import SEPARATOR, MenuBar, MenuEntry, entries_from_keys
from eyegore.widgets.window.screen_fit import TITLE_BAR, first_geometry, fit
from eyegore.widgets.window.split import STEP, Split
from eyegore.widgets.window.strip_question import StripQuestion
from eyegore.widgets.window.torn_pane import Content, Pane

LEAST_SIZE = (800, 480)
_NUDGES = {
    "sash left": (False, -STEP),
    "sash right": (False, STEP),
    "sash up": (True, -STEP),
    "sash down": (True, STEP),
}
MENUS = ("File", "View", "Alarms", "Exposures", "Images", "Sync", "Help")


class MainWindow(ttk.Frame):
    """Fills ``root``; ``on_close`` is called when a person wants to leave, and may refuse by doing nothing."""

    def __init__(self, root: tk.Tk, theme: Theme, on_close: Callable[[], object]) -> None:
        super().__init__(root)
        self._window = root
        self._theme = theme
        self._icons: dict[Status, list[tk.PhotoImage]] = {}
        self._worst: Status | None = None
        self._title = "Eyegore"
        self._focused = ""
        self.panes: dict[str, Pane] = {}
        self._actions: dict[str, Callable[[], object]] = {}
        self._marks: dict[str, tk.BooleanVar] = {}
        self.own_actions: dict[str, Callable[[], object]] = {
            "fullscreen": self.toggle_fullscreen,
            "tear off": self.toggle_torn,
            "next pane": self.next_pane,
            "log": self.toggle_drawer,
            "quit": on_close,
        }
        self._fullscreen = tk.BooleanVar(self, False)
        self._drawer_shown = tk.BooleanVar(self, False)
        self._build()
        root.protocol("WM_DELETE_WINDOW", on_close)
        root.title(self._title)
        root.minsize(*LEAST_SIZE)
        root.geometry(first_geometry(self._screen()))
        for action, act in self.own_actions.items():
            keys.bind(root, action, act)
        for action, (upright, step) in _NUDGES.items():
            keys.bind(root, action, partial(self._nudge, upright, step))
        root.bind("<FocusIn>", self._focus_moved, add=True)
        self.bind("<<ThemeChanged>>", lambda event: self._mark_focus(self._focused))

    def _build(self) -> None:
        self.pack(fill="both", expand=True)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        least = 8 * self._theme.em
        self._outer = Split(self, self._theme, "vertical", 0.78, least)
        self._main = Split(self._outer, self._theme, "vertical", 0.74, least)
        self._top = Split(self._main, self._theme, "horizontal", 0.5, 2 * least)
        self._right = Split(self._top, self._theme, "vertical", 0.42, least)
        self._splits = {"outer": self._outer, "main": self._main, "top": self._top, "right": self._right}
        self._strip = ttk.Frame(self)
        self.question = StripQuestion(self._strip, self._theme)
        self._strip.grid(row=0, column=0, sticky="ew")
        self._outer.grid(row=1, column=0, sticky="nsew")
        self.drawer: tk.Widget | None = None
        self._line = StatusLine(self, self._theme, self.toggle_drawer)
        self._line.grid(row=2, column=0, sticky="ew")

    # --- what the caller puts in ---------------------------------------------------------------------------------

    def set_strip(self, build: Callable[[tk.Misc], Content]) -> Content:
        """Put the health strip on top."""
        widget = build(self._strip)
        widget.pack(fill="x", expand=True)
        return widget

    def add_pane(self, name: str, title: str, build: Callable[[Pane], Content]) -> Content:
        """Make a pane in the place of its name; returns its content, which may put its tools in ``pane.tools``."""
        parents = {"plots": self._top, "images": self._right, "flags": self._right, "exposures": self._main}
        pane = self.panes[name] = Pane(parents[name], self._theme, name, title, self._changed)
        content = pane.fill(build)
        pane.bind("<FocusIn>", self._focus_moved, add=True)  # tells of what is in the pane while it is a window
        self._marks[_pane_action(name)] = tk.BooleanVar(self, True)
        self._arrange()
        return content

    def set_drawer(self, build: Callable[[tk.Misc], Content]) -> Content:
        """Make the log drawer, closed at first."""
        drawer = self.drawer = build(self._outer)
        return drawer

    def set_menu(
        self,
        actions: Mapping[str, Callable[[], object]],
        marks: Mapping[str, tk.BooleanVar],
    ) -> None:
        """Make the menu bar of the entries of the key table whose actions are given or our own.

        ``marks`` are the variables of actions shown with a check mark. Panes are added to the menu View.
        """
        self._actions = {**self.own_actions, **actions}
        self._marks |= {"fullscreen": self._fullscreen, "log": self._drawer_shown, **marks}
        table = list(entries_from_keys())
        table.append(MenuEntry("View", SEPARATOR))
        for name, pane in self.panes.items():
            table.append(MenuEntry("View", pane.heading, _pane_action(name)))
            self._actions[_pane_action(name)] = partial(self.toggle_pane, name)
        table.append(MenuEntry("View", "Dock all panes", "dock all"))
        self._actions["dock all"] = self.dock_all
        bar = MenuBar(self._window, table, self._actions, self._marks, MENUS)
        self._window.configure(menu=bar)

    # --- state ---------------------------------------------------------------------------------------------------

    def set_state(self, worst: Status | str, title: str) -> None:
        """Let the title and the icon carry the worst state; the same again makes no call of Tk."""
        status = Status(worst)
        if (status, title) == (self._worst, self._title):
            return
        if status not in self._icons:
            self._icons[status] = icons(self._window, status)
        if status is not self._worst:
            self._window.iconphoto(False, *self._icons[status])
        self._worst, self._title = status, title
        self._window.title(f"{self._theme.glyph(status)} {title}")
        for pane in self.panes.values():
            pane.dress(title, self._icons[status])

    def say(self, text: str, status: Status | None = None) -> None:
        """Show the last line of the log."""
        self._line.say(text, status)

    # --- panes ---------------------------------------------------------------------------------------------------

    def toggle_pane(self, name: str) -> None:
        """Hide a pane, or show it again."""
        pane = self.panes[name]
        if pane.hidden:
            pane.unhide()
        else:
            pane.hide()

    def toggle_torn(self) -> None:
        """Tear off or dock the pane that has the keys."""
        if self._focused:
            self.panes[self._focused].toggle_torn()

    def dock_all(self) -> None:
        """Put all panes back into the window."""
        for pane in self.panes.values():
            pane.dock()
            if pane.hidden:
                pane.unhide()

    def next_pane(self) -> None:
        """Give the keys to the next pane."""
        names = [name for name, pane in self.panes.items() if not pane.hidden]
        if names:
            at = names.index(self._focused) + 1 if self._focused in names else 0
            self.panes[names[at % len(names)]].take_focus()

    def toggle_fullscreen(self) -> None:
        """Fill the screen, or go back."""
        full = not bool(self._window.attributes("-fullscreen"))
        self._window.attributes("-fullscreen", full)
        self._fullscreen.set(full)

    def leave_fullscreen(self) -> None:
        """Go back from the full screen, if it is."""
        if self._window.attributes("-fullscreen"):
            self.toggle_fullscreen()

    def toggle_drawer(self) -> None:
        """Open or close the log drawer."""
        self._drawer_shown.set(not self._drawer_shown.get())
        self._arrange()

    def _changed(self, pane: Pane) -> None:
        self._marks[_pane_action(pane.name)].set(not pane.hidden)
        self._arrange()
        if pane.hidden and pane.name == self._focused:
            self._mark_focus("")
            self._window.focus_set()
        if pane.torn and self._worst is not None:  # it is a window once the room has been shared out
            self.after_idle(pane.dress, self._title, self._icons[self._worst])

    def _arrange(self) -> None:
        """Share the room among what is to be seen."""
        seen = {name: pane for name, pane in self.panes.items() if not (pane.torn or pane.hidden)}
        self._right.show(*(seen[name] for name in ("images", "flags") if name in seen))
        top: list[tk.Widget] = [seen["plots"]] if "plots" in seen else []
        self._top.show(*top, *([self._right] if self._right.sides else []))
        bottom: list[tk.Widget] = [seen["exposures"]] if "exposures" in seen else []
        self._main.show(*([self._top] if self._top.sides else []), *bottom)
        open_drawer = self.drawer is not None and self._drawer_shown.get()
        self._outer.show(self._main, *([self.drawer] if open_drawer and self.drawer else []))
        self._line.set_open(open_drawer)

    def _focus_moved(self, event: tk.Event[tk.Misc]) -> None:
        path = str(event.widget)
        for name, pane in self.panes.items():
            if path.startswith(f"{pane}."):
                self._mark_focus(name)

    def _mark_focus(self, name: str) -> None:
        if name != self._focused and self._focused:
            self.panes[self._focused].mark_focus(False)
        self._focused = name
        if name:
            self.panes[name].mark_focus(True)

    def _nudge(self, upright: bool, step: float) -> None:
        """Move the sash beside the pane that has the keys."""
        pane = self.panes.get(self._focused)
        candidates = (self._right, self._main) if upright else (self._top,)
        for split in candidates:
            if len(split.sides) == 2 and (pane is None or str(pane).startswith(f"{split}.")):
                split.move(split.fraction + step)
                break

    # --- layout --------------------------------------------------------------------------------------------------

    def layout(self) -> dict[str, Any]:
        """Where everything is, JSON-able."""
        zoomed = bool(self._window.attributes("-zoomed"))
        return {
            "geometry": self._window.geometry(),
            "zoomed": zoomed,
            "sashes": {name: round(split.fraction, 4) for name, split in self._splits.items()},
            "hidden": [name for name, pane in self.panes.items() if pane.hidden],
            "torn": [name for name, pane in self.panes.items() if pane.torn],
            "windows": {name: pane.remember_geometry() for name, pane in self.panes.items()},
            "drawer": self._drawer_shown.get(),
        }

    def restore(self, layout: Mapping[str, Any]) -> None:
        """Take back what :meth:`layout` gave, as far as it fits the panes and the screen there are now."""
        geometry = fit(str(layout.get("geometry", "")), self._screen())
        if geometry:
            self._window.geometry(geometry)
        if layout.get("zoomed") is True:
            self._window.attributes("-zoomed", True)
        for name, fraction in _mapping(layout.get("sashes")).items():
            if name in self._splits and isinstance(fraction, int | float):
                self._splits[name].move(float(fraction))
        windows = _mapping(layout.get("windows"))
        for name, pane in self.panes.items():
            pane.geometry = str(windows.get(name, ""))
            if name in _names(layout.get("hidden")):
                pane.hide()
            elif name in _names(layout.get("torn")):
                pane.tear_off()
        if layout.get("drawer") is True and not self._drawer_shown.get():
            self.toggle_drawer()

    def _screen(self) -> tuple[int, int]:
        """Room for the window without its title and menu bar [pixel]."""
        bars = TITLE_BAR + round(1.8 * self._theme.line)
        return self._window.winfo_screenwidth(), self._window.winfo_screenheight() - bars


def _pane_action(name: str) -> str:
    return f"pane {name}"


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _names(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()
