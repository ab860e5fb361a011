"""The panes of the main window: which there are in which mode, and how they are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eyegore.images.pixels.display import ColourMap, Stretch, palette
from eyegore.widgets.charts.chart_page import ChartPage
from eyegore.widgets.flags.panel import FlagActions, FlagPanel
from eyegore.widgets.images.panel import ImageHands, ImagePanel
from eyegore.widgets.theme import Theme
from eyegore.widgets.tree.table import RowTable
from eyegore.widgets.window.health_strip import HealthStrip
from eyegore.widgets.window.log_view import LogView
from eyegore.widgets.window.main_window import MainWindow
from eyegore.widgets.window.torn_pane import Pane

if TYPE_CHECKING:
    from eyegore.desktop.images.desk import ImageDesk


@dataclass(frozen=True)
class Hands:
    """What the panes call when a person does something."""

    lower: Callable[[str], object]
    mute: Callable[[str], object]
    plot: Callable[[str], object]
    reset_all: Callable[[], object]
    help: Callable[[], object]
    open_rows: Callable[[list[str]], object]
    open_shown: Callable[[], object]
    pictures: Callable[[], ImageDesk | None]
    copies: Callable[[], object]
    look: Callable[[int], object]


class Panes:
    """The views of one window. ``charts`` and ``images`` are None in blind and lite mode, ``table`` in lite mode."""

    def __init__(self, window: MainWindow, theme: Theme, hands: Hands, *, blind: bool, lite: bool) -> None:
        self.window = window
        self.charts: ChartPage | None = None
        self.images: ImagePanel | None = None
        self.table: RowTable | None = None
        self.page = 1
        self.strip = window.set_strip(lambda parent: HealthStrip(parent, theme, {"copies": hands.copies}))
        if not (blind or lite):
            self.charts = window.add_pane(
                "plots", "HK plots", lambda pane: ChartPage(pane, theme, hands.plot, tools=pane.tools)
            )
            self.images = window.add_pane("images", "Images", lambda pane: _images(pane, theme, hands))
        self.flags = window.add_pane("flags", "OOL flags", lambda pane: _flags(pane, theme, hands))
        if not lite:
            self.table = window.add_pane(
                "exposures", "Exposures", lambda pane: RowTable(pane, theme, on_open=hands.open_rows, tools=pane.tools)
            )
        self.log = window.set_drawer(lambda parent: LogView(parent, theme))

    def actions(self) -> dict[str, Callable[[], object]]:
        """What the menus can ask of the panes there are."""
        actions: dict[str, Callable[[], object]] = {"next raised": self.flags.board.next_raised}
        charts, table = self.charts, self.table
        if charts is not None:
            actions |= {"previous page": lambda: charts.turn(-1), "next page": lambda: charts.turn(1)}
        if self.images is not None:
            actions |= self.images.actions()
        if table is not None:
            actions |= {"follow": table.following.toggle}
        return actions

    def clear(self) -> None:
        """Forget what is shown, for another session: what was known of one folder says nothing of the next."""
        self.flags.show(())
        if self.charts is not None:
            from eyegore.series.history import HkHistory

            self.charts.show_layout(HkHistory(()), ())
        if self.images is not None:
            self.images.clear()
        if self.table is not None:
            self.table.clear()

    def layout(self) -> dict[str, Any]:
        """What the panes remember, JSON-able."""
        layout: dict[str, Any] = {}
        if self.charts is not None:
            layout["page"] = self.charts.page + 1
        if self.images is not None:
            layout["stretch"] = self.images.stretch.get()
            layout["images"] = self.images.layout()
        if self.table is not None:
            layout["table"] = self.table.layout()
        return layout

    def restore(self, layout: Mapping[str, Any]) -> None:
        """Take back what :meth:`layout` gave, as far as it is usable."""
        stretch, table = layout.get("stretch"), layout.get("table")
        if self.images is not None and stretch in [one.value for one in Stretch]:
            self.images.stretch.set(stretch)
        if self.images is not None and isinstance(images := layout.get("images"), dict):
            self.images.restore(images)
        if self.table is not None and isinstance(table, dict):
            self.table.restore(table)
        page = layout.get("page")
        self.page = page if isinstance(page, int) else 1

    def stretch(self) -> Stretch:
        """The stretch chosen for the images."""
        return Stretch(self.images.stretch.get()) if self.images is not None else Stretch.EQUALISED

    def find(self) -> None:
        """Put the cursor into the search field of the pane that has the keys, else of the plots."""
        focus = str(self.window.focus_get() or "")
        table, charts = self.table, self.charts
        if table is not None and (charts is None or focus.startswith(str(self.window.panes["exposures"]))):
            table.focus_filter()
        elif charts is not None:
            charts.start_search()


def _images(pane: Pane, theme: Theme, hands: Hands) -> ImagePanel:
    def asked(act: Callable[[ImageDesk], object]) -> object:
        desk = hands.pictures()
        return act(desk) if desk is not None else None

    return ImagePanel(
        pane,
        theme,
        ImageHands(
            stretch=lambda _name: asked(lambda desk: desk.request()),
            display=hands.open_shown,
            sized=lambda _box: asked(lambda desk: desk.request()),
            step=lambda where: asked(lambda desk: desk.step(where)),
            look=hands.look,
            tip=lambda ccd, letter: str(asked(lambda desk: desk.tip(ccd, letter)) or ""),
        ),
        tools=pane.tools,
        stretches=[stretch.value for stretch in Stretch],
        palettes={colours.value: palette(colours) for colours in ColourMap},
    )


def _flags(pane: Pane, theme: Theme, hands: Hands) -> FlagPanel:
    actions = FlagActions(
        lower=hands.lower, mute=hands.mute, plot=hands.plot, reset_all=hands.reset_all, help=hands.help
    )
    return FlagPanel(pane, theme, actions, tools=pane.tools)
