"""The window that looks at one CCD closely: zoom, pixels, statistics, profiles, comparison with another frame."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from functools import partial
from tkinter import ttk

from eyegore.desktop.images.choices import ImageChoices
from eyegore.desktop.images.comparison import Comparison
from eyegore.desktop.images.desk import ImageDesk
from eyegore.desktop.images.eye import CcdLook, ImageEye, Seen, Thumb, compared_words, reading_words, statistics_words
from eyegore.desktop.images.thumb_album import ThumbAlbum
from eyegore.images.pixels.display import ColourMap, Stretch, palette
from eyegore.messages.exposures import CCDS
from eyegore.presenters.images import awaited_cell, edges, verdict_cell
from eyegore.widgets import keys
from eyegore.widgets.images.frame_canvas import FrameCanvas
from eyegore.widgets.images.panel import STEPS
from eyegore.widgets.images.profile_plot import ProfilePlot
from eyegore.widgets.images.thumb_strip import ThumbStrip
from eyegore.widgets.theme import Theme
from eyegore.widgets.window.screen_fit import TITLE_BAR, fit

BLINK_MS = 700
"""Time that each of two frames is seen."""
WIDE, HIGH = 78, 52
"""Size of the first time [em], as far as the screen has room."""
FAR = 0.25
"""Share of the window that a key moves the frame by."""


class ImageWindow(tk.Toplevel):
    """Shows a CCD of the ObsID that ``desk`` shows; stepping here steps there, too. ``eye`` looks at the frames."""

    def __init__(
        self,
        root: tk.Tk,
        theme: Theme,
        desk: ImageDesk,
        choices: ImageChoices,
        eye: ImageEye,
        geometry: str,
        elsewhere: Mapping[str, Callable[[], object]],
        on_close: Callable[[str], object],
    ) -> None:
        super().__init__(root, background=theme.colour("background"))
        self.withdraw()  # until it has its place
        self._main, self._theme, self._eye, self._on_close = root, theme, eye, on_close
        self.desk = desk
        self.ccd, self.how, self.stretch = choices.ccd, choices.how, choices.stretch
        self.colours, self.profiles, self.outlined = choices.colours, choices.profiles, choices.outlined
        self.reference: int | None = None
        """ObsID that was chosen to compare with; None for the one before."""
        self._blink_job = ""
        self._blinked = False
        self._asked: CcdLook | None = None
        self.seen: Seen | None = None
        self._verdict: tuple[object, ...] = ()
        self._album = ThumbAlbum(eye)
        self._build()
        self.canvas.set_palette(palette(ColourMap(self.colours.get())))
        self.canvas.outlined = self.outlined.get()
        screen = self.winfo_screenwidth(), self.winfo_screenheight() - TITLE_BAR
        size = f"{min(WIDE * theme.em, screen[0])}x{min(HIGH * theme.em, screen[1])}+0+0"
        self.geometry(fit(geometry, screen) or fit(size, screen) or size)
        self.minsize(30 * theme.em, 24 * theme.em)
        self._bind_keys(elsewhere)
        self.protocol("WM_DELETE_WINDOW", self.close)
        self._arrange_profiles()
        self.refresh()
        self.deiconify()

    # --- parts -------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        theme = self._theme
        bar = ttk.Frame(self)
        bar.pack(fill="x", padx=theme.em // 3)
        self.verdict = tk.Label(bar, font=theme.bold, padx=theme.em // 2, borderwidth=0)
        self.verdict.pack(side="left", padx=(0, theme.em // 2))
        self.heading = ttk.Label(bar, anchor="w", width=10)
        self.heading.pack(side="left", fill="x", expand=True)
        self._choices(bar, self.stretch, self._look_menu).pack(side="right")
        self._choices(bar, self.how, self._how_menu).pack(side="right")
        for ccd in reversed(CCDS):
            one = ttk.Radiobutton(
                bar, text=f"CCD{ccd}", value=ccd, variable=self.ccd, style="Quiet.Toolbutton", takefocus=False
            )
            one.configure(command=self.refresh)
            one.pack(side="right")
        self.strip = ThumbStrip(self, theme, self.desk_show)
        self.strip.bind("<Configure>", lambda event: self._show_thumbs())
        self.strip.pack(side="bottom", fill="x")
        lines = ttk.Frame(self)
        lines.pack(side="bottom", fill="x", padx=theme.em // 2)
        self.reading = ttk.Label(lines, anchor="w", width=10)
        self.statistics = ttk.Label(lines, anchor="w", width=10, style="Dim.TLabel")
        for label in (self.reading, self.statistics):
            label.pack(fill="x")
        body = ttk.Frame(self)
        body.pack(fill="both", expand=True)
        body.columnconfigure(0, weight=1)
        body.rowconfigure(0, weight=1)
        self.canvas = FrameCanvas(body, theme, self.look)
        self.canvas.grid(row=0, column=0, sticky="nsew")
        self.across = ProfilePlot(body, theme, upright=False)
        self.down = ProfilePlot(body, theme, upright=True)

    def _choices(self, bar: ttk.Frame, variable: tk.StringVar, build: Callable[[tk.Menu], object]) -> ttk.Menubutton:
        chooser = ttk.Menubutton(bar, textvariable=variable, style="Quiet.TMenubutton", width=-1)
        menu = tk.Menu(chooser, tearoff=False)
        build(menu)
        chooser["menu"] = menu
        return chooser

    def _look_menu(self, menu: tk.Menu) -> None:
        for stretch in Stretch:
            menu.add_radiobutton(label=stretch.value, variable=self.stretch, value=stretch.value, command=self.look)
        menu.add_separator()
        for colours in ColourMap:
            menu.add_radiobutton(label=colours.value, variable=self.colours, value=colours.value, command=self._colour)
        menu.add_separator()
        menu.add_checkbutton(label="boundaries", variable=self.outlined, command=self._outline)
        menu.add_checkbutton(label="profiles", variable=self.profiles, command=self._arrange_profiles)

    def _how_menu(self, menu: tk.Menu) -> None:
        for how in Comparison:
            menu.add_radiobutton(label=how.value, variable=self.how, value=how.value, command=self.refresh)
        menu.add_separator()
        menu.add_command(label="take as reference", command=self.take_reference)
        menu.add_command(label="reference: the ObsID before", command=lambda: self.take_reference(before=True))

    def _bind_keys(self, elsewhere: Mapping[str, Callable[[], object]]) -> None:
        canvas = self.canvas
        actions: dict[str, Callable[[], object]] = {
            **elsewhere,
            **{f"{where} image": partial(self._step, where) for where in STEPS},
            "stretch": lambda: self._next(self.stretch, [one.value for one in Stretch], self.look),
            "colours": lambda: self._next(self.colours, [one.value for one in ColourMap], self._colour),
            "boundaries": lambda: self._toggle(self.outlined, self._outline),
            "leave": self.close,
            "zoom image in": lambda: canvas.zoom(1),
            "zoom image out": lambda: canvas.zoom(-1),
            "whole image": canvas.fit,
            "true pixels": canvas.one_to_one,
            "profiles": lambda: self._toggle(self.profiles, self._arrange_profiles),
            "statistics in sight": canvas.whole_box,
            "blink": self.blink,
            "difference": lambda: self._compare(Comparison.DIFFERENCE),
            "ratio": lambda: self._compare(Comparison.RATIO),
            "take reference": self.take_reference,
        }
        for ccd in CCDS:
            actions[f"look at CCD{ccd}"] = partial(self.choose, ccd)
        for side, right, up in (("left", -1, 0), ("right", 1, 0), ("up", 0, 1), ("down", 0, -1)):
            actions[f"cursor {side}"] = partial(canvas.point, right, up)
            actions[f"look {side}"] = partial(canvas.shift, right * FAR, -up * FAR)
        for action, act in actions.items():
            keys.bind(self, action, act)

    # --- what is asked for -------------------------------------------------------------------------------------------

    @property
    def obsid(self) -> int | None:
        """The ObsID that is seen; while two blink, one and the other."""
        shown = self.desk.shown
        if shown is not None and self._blinked:
            return self.desk.before(shown, self.ccd.get())
        return shown

    @property
    def other(self) -> int | None:
        """The ObsID that is compared with: the reference, else the one before."""
        if self.reference is not None:
            return self.reference
        return self.desk.before(self.desk.shown, self.ccd.get()) if self.desk.shown is not None else None

    def refresh(self) -> None:
        """Show what the desk shows now: another ObsID, a verdict that came. What is as before costs nothing."""
        desk, ccd, obsid = self.desk, self.ccd.get(), self.obsid
        result = desk.result(obsid, ccd) if obsid is not None else None
        there = obsid is not None and ccd in desk.paths(obsid)
        told = obsid, ccd, id(result), there, self.how.get(), self.other, desk.newest
        if told != self._verdict:
            self._verdict = told
            cell = verdict_cell(ccd, result) if result is not None else awaited_cell(ccd)
            theme = self._theme
            self.verdict.configure(
                text=f"{theme.glyph(cell.status)} {cell.words}" if there else "",
                background=theme.colour(cell.status) if there else theme.colour("background"),
                foreground=theme.ink(cell.status),
            )
            title = desk.title(obsid) if obsid is not None else "no image yet"
            how = Comparison(self.how.get())
            self.heading.configure(text=f"CCD{ccd} · {title}{compared_words(how, self.other)}")
            self.title(f"CCD{ccd} · {title} — Eyegore")
        self.look()
        self._show_thumbs()

    def look(self) -> None:
        """Ask for what is to be seen now, if it is not what was asked for."""
        obsid, ccd = self.obsid, self.ccd.get()
        path = self.desk.paths(obsid).get(ccd) if obsid is not None else None
        if path is None:
            self._asked = None
            self.canvas.tell("no image yet" if obsid is None else f"ObsID {obsid} has no image of CCD{ccd}")
            return
        how = Comparison(self.how.get())
        other = ""
        if how is not Comparison.NONE:
            other = self.desk.paths(self.other).get(ccd, "") if self.other is not None else ""
            if not other:
                self._asked = None
                self.canvas.tell(f"there is no ObsID to make the {how.value} with: take a reference (T)")
                return
        canvas = self.canvas
        wanted = CcdLook(
            path,
            canvas.room,
            canvas.view,
            Stretch(self.stretch.get()),
            how,
            other,
            canvas.cursor,
            canvas.box,
            self.profiles.get(),
        )
        if wanted != self._asked and canvas.room != (1, 1):
            self._asked = wanted
            self._eye.look(wanted)

    def show_answer(self, answer: Seen | Thumb) -> None:
        """Show an answer of the eye."""
        if isinstance(answer, Thumb):
            self._album.keep(answer)
            self._show_thumbs()
            return
        if answer.look.path != (self._asked.path if self._asked else ""):
            return
        self.seen = answer
        if answer.problem or answer.view is None:
            self.canvas.tell(answer.problem)
            self._asked = None if answer.problem else self._asked
            return
        if answer.grey is not None:
            self.canvas.set_edges(edges(answer.view.columns, answer.view.rows))
            self.canvas.show(answer.view, answer.grey)
        unit = "" if answer.look.how is Comparison.RATIO else " ADU"
        scale = self.canvas.view.words if self.canvas.view else ""
        self._say(self.reading, reading_words(answer.reading, unit, scale))
        self._say(self.statistics, statistics_words(answer.statistics, answer.look.box, unit))
        self._show_profiles(answer)

    def _say(self, label: ttk.Label, text: str) -> None:
        if str(label["text"]) != text:
            label.configure(text=text)

    def _show_profiles(self, seen: Seen) -> None:
        view = seen.view
        if view is None or seen.row is None or seen.column is None:
            self.across.clear()
            self.down.clear()
            return
        first, _, _, upper = view.seen()
        step = max(view.scale, 1.0)
        start_x, start_y = (first - view.left) * view.scale, (view.tall - upper - view.top) * view.scale
        self.across.show(seen.row.low.tolist(), seen.row.high.tolist(), start_x, step)
        self.down.show(seen.column.low.tolist(), seen.column.high.tolist(), start_y, step)

    def _show_thumbs(self) -> None:
        cells = self._album.cells(self.desk, self.ccd.get(), self.strip.room, self.strip.side)
        self.strip.show(cells, self.obsid)

    # --- choices -----------------------------------------------------------------------------------------------------

    def choose(self, ccd: int) -> None:
        """Show another CCD of the same ObsID."""
        self.ccd.set(ccd)
        self.refresh()

    def desk_show(self, obsid: int) -> None:
        """Go to an ObsID."""
        self._still()
        self.desk.go_to(obsid)
        self.refresh()

    def _step(self, where: str) -> None:
        self._still()
        self.desk.step(where)
        self.refresh()

    def take_reference(self, before: bool = False) -> None:
        """Compare with the ObsID that is shown now from now on, or with the one ``before`` each."""
        self.reference = None if before else self.desk.shown
        self.refresh()

    def _compare(self, how: Comparison) -> None:
        """Show a comparison; again: the image itself."""
        self.how.set(Comparison.NONE.value if self.how.get() == how.value else how.value)
        self._still()
        self.refresh()

    def blink(self) -> None:
        """Show the frame before and this one in turn, or end that."""
        if self._blink_job:
            self._still()
            self.refresh()
        else:
            self.how.set(Comparison.NONE.value)
            self._turn()

    def _turn(self) -> None:
        self._blink_job = self.after(BLINK_MS, self._turn)
        self._blinked = not self._blinked
        self.refresh()

    def _still(self) -> None:
        if self._blink_job:
            self.after_cancel(self._blink_job)
        self._blink_job, self._blinked = "", False

    def _colour(self) -> None:
        self.canvas.set_palette(palette(ColourMap(self.colours.get())))

    def _outline(self) -> None:
        self.canvas.outlined = self.outlined.get()
        self.canvas.lay_out()

    def _arrange_profiles(self) -> None:
        if self.profiles.get():
            self.across.grid(row=1, column=0, sticky="ew")
            self.down.grid(row=0, column=1, sticky="ns")
        else:
            self.across.grid_remove()
            self.down.grid_remove()
        self.look()

    def _toggle(self, variable: tk.BooleanVar, act: Callable[[], object]) -> None:
        variable.set(not variable.get())
        act()

    def _next(self, variable: tk.StringVar, values: list[str], act: Callable[[], object]) -> None:
        variable.set(values[(values.index(variable.get()) + 1) % len(values)])
        act()

    # --- end ---------------------------------------------------------------------------------------------------------

    def come(self) -> None:
        """Come to the front, for a person who asks for it."""
        self.lift()
        self.canvas.focus_force()  # from one of our windows to another

    def close(self) -> None:
        """Close, and give the keys back to the main window."""
        geometry = self.geometry()
        self._still()
        self.destroy()
        self._on_close(geometry)
        before = self._main.focus_lastfor() or self._main
        before.focus_force()  # from one of our windows to another: a person asked for it
