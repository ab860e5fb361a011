"""Strip charts, nine to a page, with pages, a search by name and a range of time for all."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from tkinter import ttk

from eyegore.widgets import keys
from eyegore.widgets.cells.flags import ChartCell
from eyegore.widgets.charts.axes import RANGES, TimeWindow
from eyegore.widgets.charts.curve import ChartSource
from eyegore.widgets.charts.strip_chart import StripChart
from eyegore.widgets.theme import Theme

ACROSS = 3
DOWN = 3
PER_PAGE = ACROSS * DOWN


@dataclass(frozen=True)
class Page:
    """The parameters of one page and what they have in common."""

    title: str
    names: tuple[str, ...]


def pages_of(groups: Sequence[tuple[str, Sequence[str]]]) -> list[Page]:
    """Pages of nine, each group beginning on a page of its own; "(2)" and so on tell its further pages."""
    pages: list[Page] = []
    for title, names in groups:
        for at in range(0, len(names), PER_PAGE):
            more = f" ({at // PER_PAGE + 1})" if len(names) > PER_PAGE else ""
            pages.append(Page(title + more, tuple(names[at : at + PER_PAGE])))
    return pages


class ChartPage(ttk.Frame):
    """The pane "HK plots". ``on_plot`` gets the name of the parameter whose detail plot is asked for.

    Pages, range, zoom and search are the page's own; :meth:`show_layout`, :meth:`show_cells` and :meth:`refresh` feed
    it. ``tools`` is where they go (the header of a pane); without it they get a line of their own.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        on_plot: Callable[[str], object] = lambda name: None,
        tools: tk.Misc | None = None,
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.window = TimeWindow()
        self.pages: list[Page] = []
        self.page = 0
        self._source: ChartSource | None = None
        self._cells: Mapping[str, ChartCell] = {}
        self._make_header(self if tools is None else tools)
        self._plots = ttk.Frame(self, style="Surface.TFrame", width=480, height=300)
        self._plots.pack(fill="both", expand=True)
        self.charts = [StripChart(self._plots, theme, self.window, self._moved, on_plot) for _ in range(PER_PAGE)]
        self._plots.bind("<Configure>", lambda event: self._arrange())
        self.bind("<<ThemeChanged>>", lambda event: self._arrange())
        for widget in (self, self._plots, self._find, *self.charts):
            keys.bind(widget, "previous page", lambda: self.turn(-1))
            keys.bind(widget, "next page", lambda: self.turn(1))
            keys.bind(widget, "limits", self._toggle_limits)
        self._say_window()

    # --- from outside ------------------------------------------------------------------------------------------------

    def show_layout(self, source: ChartSource, groups: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Draw from ``source``; ``groups`` are (title, names of parameters) in the order of the pages.

        The page that shows the parameter now on the first chart stays.
        """
        here = self.pages[self.page].names[0] if self.pages else ""
        self._source = source
        self.pages = pages_of(groups)
        self.page = next((at for at, page in enumerate(self.pages) if here in page.names), 0)
        self._find.configure(values=[name for page in self.pages for name in page.names])
        self._fill()

    def show_cells(self, cells: Mapping[str, ChartCell]) -> None:
        """Titles, limits and states by name; a parameter without one is drawn bare."""
        self._cells = cells
        self._show_parameters()
        self.refresh()

    def refresh(self) -> int:
        """Draw the charts that have something new, if they are on the screen; tells how many were drawn."""
        if not self.winfo_viewable():
            return 0
        drawn = sum(chart.refresh() for chart in self.charts if chart.cell is not None)
        self._say_window()
        return drawn

    def turn(self, pages: int) -> None:
        """Turn over so many pages; from the last comes the first."""
        if self.pages:
            self.go_to(self.page + 1 + pages if 0 <= self.page + pages < len(self.pages) else (1 if pages > 0 else -1))

    def go_to(self, number: int) -> None:
        """Show the page with this number, from 1; -1 is the last."""
        if self.pages:
            self.page = len(self.pages) - 1 if number < 0 else min(max(number, 1), len(self.pages)) - 1
            self._fill()

    def find(self, text: str) -> str | None:
        """Go to the first parameter after the one in focus whose name or description has ``text`` in it.

        Its name is returned, None when there is none.
        """
        names = [name for page in self.pages for name in page.names]
        focus = next((chart.cell.name for chart in self.charts if chart.focused and chart.cell), "")
        start = names.index(focus) + 1 if focus in names else 0
        ordered = names[start:] + names[:start]
        wanted = text.casefold().strip()
        exact = [name for name in ordered if name.casefold() == wanted]
        inside = [name for name in ordered if wanted in self._words(name)]
        for name in exact or inside if wanted else []:
            self.go_to_parameter(name)
            return name
        return None

    def go_to_parameter(self, name: str) -> None:
        """Turn to the page of a parameter and put the focus, and so the frame, on its chart."""
        for at, page in enumerate(self.pages):
            if name in page.names:
                self.page = at
                self._fill()
                self.charts[page.names.index(name)].focus_set()

    def start_search(self) -> None:
        """Put the cursor into the search field."""
        self._find.focus_set()
        self._find.selection_range(0, "end")

    # --- inside ------------------------------------------------------------------------------------------------------

    def _make_header(self, parent: tk.Misc) -> None:
        header = ttk.Frame(parent, padding=(self.theme.em // 2, 2))
        header.pack(fill="x", expand=parent is not self)
        self._turner(header, "‹", -1).pack(side="left")
        self._number = ttk.Entry(header, width=3, justify="right", font=self.theme.small, takefocus=False)
        self._number.pack(side="left", padx=2)
        self._number.bind("<Return>", self._typed_number)
        self._number.bind("<KP_Enter>", self._typed_number)
        self._count = ttk.Label(header, style="SmallDim.TLabel")
        self._count.pack(side="left")
        self._turner(header, "›", 1).pack(side="left")
        self._find = ttk.Combobox(header, width=12, font=self.theme.small)
        self._find.pack(side="right")
        self._find.bind("<Return>", lambda event: self._search())
        self._find.bind("<<ComboboxSelected>>", lambda event: self._search())
        ttk.Label(header, text="find", style="SmallDim.TLabel").pack(side="right", padx=(self.theme.em // 2, 4))
        self._range = tk.StringVar(self, value=next(name for name, span in RANGES if span >= self.window.span))
        ranges = ttk.Menubutton(header, textvariable=self._range, style="Quiet.TMenubutton", width=-1)
        menu = tk.Menu(ranges, tearoff=False)
        for name, span in RANGES:
            menu.add_radiobutton(
                label=name,
                value=name,
                variable=self._range,
                command=lambda span=span: self._choose(span),  # type: ignore[misc]
            )
        ranges.configure(menu=menu)
        ranges.pack(side="right")
        self._limits = tk.BooleanVar(self, value=False)
        ttk.Checkbutton(
            header,
            text="limits",
            style="Quiet.Toolbutton",
            variable=self._limits,
            command=self._set_limits,
            takefocus=False,
        ).pack(side="right", padx=(self.theme.em // 2, 0))
        self._back = ttk.Button(header, text="back to live", style="Call.TButton", command=self._go_live)
        self._title = ttk.Label(header, style="Bold.TLabel", anchor="w", width=4)  # asks for little, gets what is left
        self._title.pack(side="left", fill="x", expand=True, padx=(self.theme.em // 2, 0))

    def _turner(self, parent: tk.Misc, sign: str, pages: int) -> ttk.Button:
        """A button that turns pages; it stays under the pointer, whatever the title of the page."""
        return ttk.Button(parent, text=sign, style="Quiet.TButton", command=lambda: self.turn(pages), takefocus=False)

    def _words(self, name: str) -> str:
        cell = self._cells.get(name)
        return f"{name} {cell.title} {cell.description}".casefold() if cell else name.casefold()

    def _typed_number(self, event: tk.Event[tk.Misc]) -> None:
        text = self._number.get().strip()
        if text.isdecimal():
            self.go_to(int(text))
            self.charts[0].focus_set()
        self._say_page()

    def _search(self) -> None:
        found = self.find(self._find.get())
        self._find.configure(style="TCombobox" if found else "Missed.TCombobox")

    def _go_live(self) -> None:
        self.window.go_live()
        self._moved()

    def _toggle_limits(self) -> None:
        self._limits.set(not self._limits.get())
        self._set_limits()

    def _set_limits(self) -> None:
        for chart in self.charts:
            chart.limits_in_view = self._limits.get()
        self._moved()

    def _choose(self, span: float) -> None:
        self.window.choose(span)
        self._moved()

    def _moved(self) -> None:
        self.refresh()

    def _fill(self) -> None:
        """Turn the charts to the page: the nine are the same on every one."""
        self._show_parameters()
        self._arrange()
        self._say_page()
        self.refresh()

    def _show_parameters(self) -> None:
        names = self.pages[self.page].names if self.pages else ()
        for at, chart in enumerate(self.charts):
            name = names[at] if at < len(names) else None
            cell = None if name is None else self._cells.get(name, ChartCell(name))
            chart.show(cell, self._source)
            chart.labelled = at < len(names) <= at + ACROSS

    def _say_page(self) -> None:
        if self.pages:
            self._title.configure(text=self.pages[self.page].title)
            self._number.delete(0, "end")
            self._number.insert(0, str(self.page + 1))
            self._count.configure(text=f"/ {len(self.pages)}")

    def _say_window(self) -> None:
        """Offer the way back from a stretch of time that does not move with the data."""
        if self.window.live is bool(self._back.winfo_manager()):
            if self.window.live:
                self._back.pack_forget()
            else:
                self._back.pack(side="right", before=self._title)

    def _arrange(self) -> None:
        for at in range(PER_PAGE):
            self._place(at)

    def _place(self, at: int) -> None:
        """All plots of a page have one height: the chart with the time axis is taller by the axis."""
        shown = len(self.pages[self.page].names) if self.pages else PER_PAGE
        if at >= shown:
            self.charts[at].place_forget()
            return
        width, height = self._plots.winfo_width(), self._plots.winfo_height()
        axis = self.charts[at].axis_height
        row, column = divmod(at, ACROSS)
        plain = max(1, (height - axis) // -(-shown // ACROSS))
        left, right = width * column // ACROSS, width * (column + 1) // ACROSS
        more = axis if self.charts[at].labelled else 0
        self.charts[at].place(x=left, y=row * plain, width=right - left, height=plain + more)
