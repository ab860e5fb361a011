"""A field to find a parameter in by typing a part of its name or description."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from eyegore.widgets.cells.flags import ChartCell
from eyegore.widgets.theme import Theme

MOST_ROWS = 12


class ParameterPicker(ttk.Frame):
    """Typing narrows the list below; Up and Down choose, Return or a click takes, Escape leaves.

    ``chosen`` is called with the name; ``left`` when the field is left without a choice.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        chosen: Callable[[str], object],
        left: Callable[[], object],
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self._chosen, self._left = chosen, left
        self._cells: tuple[ChartCell, ...] = ()
        self.offered: list[str] = []
        self.text = tk.StringVar(self)
        ttk.Label(self, text="add", style="SmallDim.TLabel").pack(side="left", padx=(0, 4))
        self.entry = ttk.Entry(self, textvariable=self.text, width=18, font=theme.small)
        self.entry.pack(side="left")
        self._drop: tk.Toplevel | None = None
        self._list: tk.Listbox | None = None
        self.text.trace_add("write", lambda *_: self._narrow())
        for sequence, act in (
            ("<Return>", self._take),
            ("<KP_Enter>", self._take),
            ("<Escape>", self._leave),
            ("<Up>", lambda: self._move(-1)),
            ("<Down>", lambda: self._move(1)),
        ):
            self.entry.bind(sequence, lambda event, act=act: self._done(act))  # type: ignore[misc]
        self.entry.bind("<FocusIn>", lambda event: self._narrow())
        self.entry.bind("<Button-1>", lambda event: self.after_idle(self._narrow))
        self.entry.bind("<FocusOut>", lambda event: self.close())
        self.bind("<Destroy>", lambda event: self.close() if event.widget is self else None)

    def offer(self, cells: Sequence[ChartCell]) -> None:
        """The parameters there are to choose from."""
        self._cells = tuple(cells)
        if self._list is not None:
            self._narrow()

    def start(self) -> None:
        """Put the cursor into the field and open the list."""
        self.entry.focus_force()  # also where its window has only just been opened
        self.entry.selection_range(0, "end")
        self._narrow()

    def close(self) -> None:
        """Close the list."""
        drop, self._drop, self._list = self._drop, None, None
        if drop is not None:
            drop.destroy()

    @property
    def row(self) -> int:
        """The chosen row of the list, -1 for none."""
        chosen = self._list.curselection() if self._list is not None else ()  # type: ignore[no-untyped-call]
        return int(chosen[0]) if chosen else -1

    def _done(self, act: Callable[[], object]) -> str:
        act()
        return "break"

    def _narrow(self) -> None:
        """Those that have every typed word in them, names that begin so first."""
        words = self.text.get().casefold().split()
        found = [cell for cell in self._cells if all(word in _words(cell) for word in words)]
        first = words[0] if words else ""
        found.sort(key=lambda cell: (not cell.name.casefold().startswith(first), first not in cell.name.casefold()))
        self.offered = [cell.name for cell in found]
        shown = self._opened()
        shown.delete(0, "end")
        for cell in found:
            shown.insert("end", f" {cell.name}   {cell.unit}   {cell.description}"[:70])
        shown.configure(height=max(1, min(MOST_ROWS, len(found))))
        if found:
            shown.selection_set(0)
        else:
            shown.insert("end", " no parameter has that in it")
        self.entry.configure(style="TEntry")
        if self._drop is not None:
            self._drop.update_idletasks()
            self._drop.geometry(f"+{self.entry.winfo_rootx()}+{self.entry.winfo_rooty() + self.entry.winfo_height()}")

    def _opened(self) -> tk.Listbox:
        if self._list is not None:
            return self._list
        self._drop = drop = tk.Toplevel(self, background=self.theme.colour("line"))
        drop.overrideredirect(True)
        self._list = tk.Listbox(
            drop, width=58, font=self.theme.small, takefocus=False, exportselection=False, activestyle="none",
            highlightthickness=0,
        )  # fmt: skip
        self._list.pack(padx=1, pady=1)
        self._list.bind("<Button-1>", self._clicked)
        drop.geometry(f"+{self.entry.winfo_rootx()}+{self.entry.winfo_rooty() + self.entry.winfo_height()}")
        return self._list

    def _move(self, by: int) -> None:
        if self._list is None:
            self._narrow()
            return
        row = min(max(self.row + by, 0), max(0, len(self.offered) - 1))
        self._list.selection_clear(0, "end")
        self._list.selection_set(row)
        self._list.see(row)

    def _clicked(self, event: tk.Event[tk.Listbox]) -> str:
        """Take the row at once: Tk would give the list the keys first, and the field would close it."""
        event.widget.selection_clear(0, "end")
        event.widget.selection_set(f"@{event.x},{event.y}")
        self._take()
        return "break"

    def _take(self) -> None:
        row = self.row
        if not 0 <= row < len(self.offered):
            self.bell()
            return
        name = self.offered[row]
        self.text.set("")
        self._chosen(name)
        self._leave()

    def _leave(self) -> None:
        self.close()
        self._left()


def _words(cell: ChartCell) -> str:
    return f"{cell.name} {cell.description} {cell.unit}".casefold()
