"""A pane of the main window, which can be torn off to a window of its own and docked back.

Tk cannot give a widget another parent; ``wm manage`` turns the very frame into a window and ``wm forget`` back again,
so that nothing in it is built anew.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import TypeVar

from eyegore.widgets.theme import Theme
from eyegore.widgets.window.screen_fit import TITLE_BAR, fit

Content = TypeVar("Content", bound=tk.Widget)
TEAR, DOCK, HIDE = "⇱", "⇲", "×"


class Pane(tk.Frame):
    """A slim header (title, ``tools`` for the content to use, tear off, hide) over one content widget.

    ``on_change`` is called when the pane was torn off, docked, shown or hidden, so that the room is shared out anew.
    """

    def __init__(
        self, parent: tk.Misc, theme: Theme, name: str, title: str, on_change: Callable[[Pane], object]
    ) -> None:
        super().__init__(parent)  # a plain frame: ttk frames cannot become windows
        self.name = name
        self.heading = title
        self.torn = False
        self.hidden = False
        self.geometry = ""
        self.content: tk.Widget | None = None
        self._theme = theme
        self._on_change = on_change
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        header = ttk.Frame(self)
        header.grid(row=0, column=0, sticky="ew", padx=(theme.em // 2, theme.em // 4))
        self._label = ttk.Label(header, text=title, font=theme.bold)
        self._label.pack(side="left", padx=(0, theme.em // 2))
        hide = ttk.Button(header, text=HIDE, style="Quiet.TButton", takefocus=False, command=self.hide)
        hide.pack(side="right")
        self._tear = ttk.Button(header, text=TEAR, style="Quiet.TButton", takefocus=False, command=self.toggle_torn)
        self._tear.pack(side="right")
        self.tools = ttk.Frame(header)
        self.tools.pack(side="left", fill="both", expand=True)

    def fill(self, build: Callable[[Pane], Content]) -> Content:
        """Make the content, a child of this pane."""
        content = self.content = build(self)
        content.grid(row=1, column=0, sticky="nsew")
        return content

    def mark_focus(self, focused: bool) -> None:
        """Show whether keys go to this pane."""
        self._label.configure(foreground=self._theme.colour("accent") if focused else "")

    def take_focus(self) -> None:
        """Let keys go to the content."""
        content = self.content
        if content is None:
            return
        takes_it = self.tk.getboolean(self.tk.call("tk::FocusOK", str(content)))
        target = content if takes_it else content.tk_focusNext()
        if target is not None and str(target).startswith(f"{self}."):
            self.winfo_toplevel().lift()
            target.focus_force()  # from one of our windows to another: a person asked for it by key

    def hide(self) -> None:
        """Take the pane off the screen, torn or not."""
        if self.torn:
            self._become_frame()
        self.hidden = True
        self._on_change(self)

    def unhide(self) -> None:
        """Bring the pane back where it belongs."""
        self.hidden = False
        self._on_change(self)

    def toggle_torn(self) -> None:
        """Tear the pane off, or dock it."""
        if self.torn:
            self.dock()
        else:
            self.tear_off()
        self.after_idle(self.take_focus)

    def tear_off(self, geometry: str = "") -> None:
        """Make the pane a window: at ``geometry``, else where it was torn off before, else where it is."""
        if self.torn:
            return
        wanted = geometry or self.geometry or self._here()
        screen = self.winfo_screenwidth(), self.winfo_screenheight() - TITLE_BAR
        main = self.winfo_toplevel()
        self.hidden, self.torn = False, True
        self._on_change(self)  # first: what lies in a paned window cannot become a window
        self._copy_keys(main)
        self._wm("manage")
        self._wm("withdraw")  # a window manager heeds the place of a window only while it is not shown
        self._wm("title", self.heading)
        self._wm("protocol", "WM_DELETE_WINDOW", self.register(self.dock))
        self._wm("minsize", 20 * self._theme.em, 10 * self._theme.em)
        self._wm("geometry", fit(wanted, screen) or fit(self._here(), screen))
        self._wm("deiconify")
        self._tear.configure(text=DOCK)

    def dock(self) -> None:
        """Put the pane back into the main window."""
        if self.torn:
            self._become_frame()
            self._on_change(self)

    def remember_geometry(self) -> str:
        """Geometry of the window the pane is or was; "" when it never was one."""
        if self.torn:
            self.geometry = str(self._wm("geometry"))
        return self.geometry

    def dress(self, title: str, images: list[tk.PhotoImage]) -> None:
        """Title and icon of the window, while the pane is one."""
        if self.torn:
            self._wm("title", f"{self.heading} — {title}")
            if images:
                self._wm("iconphoto", *images)

    def _become_frame(self) -> None:
        self.remember_geometry()
        self._wm("forget")
        self.torn = False
        self._tear.configure(text=TEAR)

    def _here(self) -> str:
        """Geometry of the pane on the screen as it lies."""
        width, height = max(self.winfo_width(), 640), max(self.winfo_height(), 400)
        return f"{width}x{height}+{max(self.winfo_rootx(), 0)}+{max(self.winfo_rooty(), 0)}"

    def _copy_keys(self, main: tk.Misc) -> None:
        """Keys of the main window work in this one too: Tk asks the window a widget is in, which is now this one."""
        for sequence in main.bind():
            if "Key" in sequence or not sequence.startswith("<"):
                self.tk.call("bind", str(self), sequence, main.bind(sequence))

    def _wm(self, what: str, *arguments: object) -> object:
        return self.tk.call("wm", what, str(self), *arguments)
