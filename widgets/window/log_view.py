"""The last lines of the log, with a filter by level, and the last of all at the bottom of the window."""

from __future__ import annotations

import logging
import tkinter as tk
from collections import deque
from collections.abc import Callable, Iterable
from tkinter import ttk

from eyegore.widgets import keys
from eyegore.widgets.calls import Later
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.lists import LogCell
from eyegore.widgets.theme import Theme

KEPT = 2000
"""Lines kept."""
LEVELS = {"everything": logging.NOTSET, "warnings and worse": logging.WARNING, "errors only": logging.ERROR}
_ALWAYS = "line"


class LogView(ttk.Frame):
    """Read-only text of at most ``kept`` lines."""

    def __init__(self, parent: tk.Misc, theme: Theme, kept: int = KEPT) -> None:
        super().__init__(parent, style="Surface.TFrame")
        self._theme = theme
        self._later = Later(self)
        self._following = True
        self._lines: deque[LogCell] = deque(maxlen=kept)
        self.shown_level = tk.StringVar(self, next(iter(LEVELS)))
        self._build_tools()
        self.text = tk.Text(
            self,
            height=6,
            wrap="word",
            state="disabled",
            cursor="arrow",
            font=theme.small,
            padx=theme.em // 2,
            undo=False,
        )
        bar = ttk.Scrollbar(self, orient="vertical", command=self._scrolled)
        self.text.configure(yscrollcommand=bar.set)
        bar.pack(side="right", fill="y")
        self.text.pack(side="left", fill="both", expand=True)
        self.text.bind("<Control-a>", self._select_all)
        self.text.bind("<Control-c>", lambda event: self.copy())
        self.text.bind("<Button-1>", lambda event: self.text.focus_set())
        for sequence in ("<Button-4>", "<Button-5>", "<MouseWheel>", "<Key>", "<B1-Motion>"):
            self.text.bind(sequence, lambda event: self._later.when_idle("moved", self._moved), add=True)
        for sequence in ("<Map>", "<Configure>"):
            self.text.bind(sequence, lambda event: self._later.when_idle("follow", self._follow))
        self.text.bind("<<ThemeChanged>>", lambda event: self._paint())
        self._paint()

    def _build_tools(self) -> None:
        em = self._theme.em
        line = ttk.Frame(self)
        line.pack(side="top", fill="x", padx=(em // 2, em // 3))
        ttk.Label(line, text="Log", font=self._theme.bold).pack(side="left", padx=(0, em))
        chooser = ttk.Menubutton(line, textvariable=self.shown_level, style="Quiet.TMenubutton", width=-1)
        menu = tk.Menu(chooser, tearoff=False)
        for name in LEVELS:
            menu.add_radiobutton(label=name, variable=self.shown_level, value=name, command=self._filter)
        chooser["menu"] = menu
        chooser.pack(side="left")
        ttk.Button(line, text="copy", style="Quiet.TButton", command=self.copy).pack(side="right")

    def append(self, lines: Iterable[LogCell]) -> None:
        """Add lines at the end; the oldest go when there are too many. The view follows only from the very end."""
        new = list(lines)[-(self._lines.maxlen or 0) :]
        if not new:
            return
        self._following = not self.text.winfo_viewable() or self.text.yview()[1] >= 0.9999
        self.text.configure(state="normal")
        gone = max(0, len(self._lines) + len(new) - (self._lines.maxlen or 0))
        if gone:
            self.text.delete("1.0", f"{gone + 1}.0")  # what is in view stays there
        self._lines.extend(new)
        for line in new:
            sign = line.status or _sign(line.level)
            mark = self._theme.glyph(sign) if sign else ""
            level = _level_tag(line.level)
            self.text.insert(
                "end",
                f"{line.time}\t", (_ALWAYS, level, "time"),
                mark, (_ALWAYS, level, sign.value if sign else "time"),
                "\t" + line.text.replace("\n", " ") + "\n", (_ALWAYS, level),
            )  # fmt: skip
        self.text.configure(state="disabled")
        self._follow()

    def _follow(self) -> None:
        if self._following:
            self.text.see("end")

    def _scrolled(self, *where: str) -> None:
        self.text.yview(*where)
        self._moved()

    def _moved(self) -> None:
        """A person has scrolled: from the very end the view follows, from elsewhere it stays."""
        self._following = self.text.yview()[1] >= 0.9999

    def lines(self) -> list[LogCell]:
        """The lines that pass the filter."""
        least = LEVELS[self.shown_level.get()]
        return [line for line in self._lines if line.level >= least]

    def copy(self) -> str:
        """Copy what is selected, else all lines that pass the filter."""
        if self.text.tag_ranges("sel"):
            text = self.text.get("sel.first", "sel.last")
        else:
            text = "\n".join(f"{line.time}  {line.text}" for line in self.lines())
        self.clipboard_clear()
        self.clipboard_append(text)
        return "break"

    def _filter(self) -> None:
        least = LEVELS[self.shown_level.get()]
        for level in (logging.INFO, logging.WARNING, logging.ERROR):
            self.text.tag_configure(_level_tag(level), elide=level < least)
        self._following = True
        self._follow()

    def _select_all(self, event: tk.Event[tk.Misc]) -> str:
        self.text.tag_add("sel", "1.0", "end-1c")
        return "break"

    def _paint(self) -> None:
        stamp = self._theme.measure("00:00:00  ", self._theme.small)
        sign = self._theme.measure("◆◆", self._theme.small)
        self.text.configure(tabs=(stamp, stamp + sign))
        self.text.tag_configure(_ALWAYS, lmargin2=stamp + sign)
        self.text.tag_configure("time", foreground=self._theme.colour("dim"))
        for status in Status:
            self.text.tag_configure(status.value, foreground=self._theme.colour(status))
        self._later.when_idle("follow", self._follow)


def _level_tag(level: int) -> str:
    steps = [step for step in (logging.ERROR, logging.WARNING) if level >= step]
    return f"level {(steps or [logging.INFO])[0]}"


def _sign(level: int) -> Status | None:
    if level >= logging.ERROR:
        return Status.CRITICAL
    return Status.WARNING if level >= logging.WARNING else None


class StatusLine(ttk.Frame):
    """One line of text, cut at the right when there is no room for it."""

    def __init__(self, parent: tk.Misc, theme: Theme, on_log: Callable[[], object]) -> None:
        super().__init__(parent)
        self._theme = theme
        half = theme.em // 2
        self._button = ttk.Button(self, style="Quiet.TButton", command=on_log, takefocus=False)
        self._button.pack(side="right", padx=half // 2)
        self._glyph = ttk.Label(self)
        self._glyph.pack(side="left", padx=(half, half // 2))
        self._text = ttk.Label(self, anchor="w", width=10)  # asks for little, gets all there is
        self._text.pack(side="left", fill="x", expand=True)
        self.set_open(False)

    def say(self, text: str, status: Status | None) -> None:
        """Show one line; a status puts its sign in front."""
        line = " ".join(text.split())
        self._text.configure(text=line)
        if status is None:
            self._glyph.configure(text="")
        else:
            self._glyph.configure(text=self._theme.glyph(status), foreground=self._theme.colour(status))

    def set_open(self, is_open: bool) -> None:
        """Let the button show which way the log goes."""
        self._button.configure(text=f"log {'▾' if is_open else '▴'}  {keys.accelerator('log')}")
