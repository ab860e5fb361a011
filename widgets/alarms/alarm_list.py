"""The alarms that are not normal, as a table: what is wrong, since when, how bad, and who has seen it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterable, Mapping
from typing import Any

from eyegore.widgets import keys
from eyegore.widgets.alarms.actions import AlarmActions, AlarmBar, AlarmMenu
from eyegore.widgets.alarms.columns import COLUMNS, Showing, about, counts_of, tip_of, usual
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.lists import AlarmCell, Standing
from eyegore.widgets.lists.cell_list import CellList
from eyegore.widgets.lists.row_signs import RowSigns
from eyegore.widgets.lists.scrolled import TwoTexts
from eyegore.widgets.theme import Theme

TINT, STRONG = 0.18, 0.5
"""Share of the severity's colour in the background of a row that is out, and of one that blinks."""


class AlarmSigns(RowSigns[AlarmCell]):
    """``lit`` is the bright phase of those that blink."""

    lit = True

    def kind(self, cell: AlarmCell) -> str:
        """Alarms that stand alike and are as bad look alike."""
        return f"{cell.standing.name}/{cell.severity.name}/{cell.blink}"

    def blink(self, blinking: bool) -> None:
        """Light or dim what blinks; the rows themselves are not touched. When nothing blinks all is lit."""
        self.lit = not self.lit or not blinking
        for kind, cell in self._kinds.items():
            if cell.blink:
                self._tree.tag_configure(kind, **self.look(cell))

    def look(self, cell: AlarmCell) -> Mapping[str, Any]:
        """Colours and sign of an alarm; the sign keeps its colour where a row is selected."""
        standing, severity = cell.standing, cell.severity
        ground, ink = self._theme.colour("surface"), self._theme.colour("text")
        if standing in (Standing.UNACKNOWLEDGED, Standing.ACKNOWLEDGED):
            ground = self._theme.tint(severity, share=STRONG if cell.blink and self.lit else TINT)
        elif standing is Standing.SHELVED:
            ink = self._theme.colour("dim")
        quiet = {Standing.BACK: Status.IN_LIMITS, Standing.SHELVED: Status.MUTED, Standing.UNCHECKED: Status.UNCHECKED}
        sign = quiet.get(standing, severity)
        icon = self.icon(sign if self.lit or not cell.blink else None)
        return {"background": ground, "foreground": ink, "image": icon}


BLINK_MS = 600
NOTHING = "No alarm is chosen: ↓ or a click chooses one, N the next that nobody has acknowledged."


class AlarmList(CellList[AlarmCell]):
    """Below the table stand what can be done and what is known of the alarm that is chosen."""

    _signs: AlarmSigns

    def __init__(self, parent: tk.Misc, theme: Theme, actions: AlarmActions | None = None) -> None:
        super().__init__(parent, theme, "Alarms.Treeview", COLUMNS, AlarmSigns, tip=tip_of, usual=usual)
        actions = actions or AlarmActions()
        self._known = False
        self.showing = Showing.ALL
        self._shows = self.add_tool("show alarms", self.show_next, "show")
        self.detail = TwoTexts(self, theme)
        self.below(self.detail)
        self.bar = AlarmBar(self, theme, lambda action: self._menu.act(action), actions.silence)
        self.below(self.bar, theme.em // 4)
        self._menu = AlarmMenu(self.tree, self.names, actions, self.selected, self.sort_next)
        keys.bind(self.tree, "next alarm", lambda: self.choose_next(lambda cell: cell.open))
        keys.bind(self.tree, "show alarms", self.show_next)
        self.ready()
        self.chosen([])
        self._say_showing()

    def show(self, cells: Iterable[AlarmCell], known: bool = False) -> None:
        """Show exactly these alarms; ``known`` tells that every parameter was judged, so that none means none."""
        given = tuple(cells)
        if given == self._given and known == self._known:
            return
        self._known = known
        self.fill(given)
        if any(cell.blink for cell in given):
            self._later.after("blink", BLINK_MS, self._blink)

    def _blink(self) -> None:
        blinking = any(cell.blink for cell in self._given)
        self._signs.blink(blinking)
        if blinking:
            self._later.after("blink", BLINK_MS, self._blink)

    @property
    def lit(self) -> bool:
        """Whether what blinks is in its bright phase."""
        return self._signs.lit

    # --- what the list says of alarms --------------------------------------------------------------------------------

    def summary(self) -> tuple[str, Status | None]:
        """Counts of what is out, shelved and so on."""
        if not self._given:
            return "no alarm" if self._known else "", None
        return counts_of(self._given)

    def nothing(self) -> str:
        """Why there are no rows."""
        if not self._given:
            return "no alarm: what is checked is in limits" if self._known else "nothing known yet"
        if self.filter_text.get():
            return "no alarm matches the filter"
        return "no alarm" if self.showing is Showing.ALL else f"no alarm that is {self.showing.value}"

    def takes(self, cell: AlarmCell) -> bool:
        """Whether an alarm is shown."""
        return self.showing.takes(cell)

    def chosen(self, cells: list[AlarmCell]) -> None:
        """Tell of the alarms that are selected, and offer what can be done to them."""
        self.bar.show(cells)
        if not cells:
            self.detail.write([(NOTHING if self._order else "", "dim")], [])
            return
        story = cells[0].story
        told = [("\n".join(story), "")] if story else [("nothing since Eyegore was started", "dim")]
        self.detail.write(about(cells[0], len(cells) - 1), [("What happened\n", "bold"), *told])

    # --- hands -------------------------------------------------------------------------------------------------------

    def show_next(self) -> None:
        """Show all alarms; then those nobody has acknowledged; then the shelved ones."""
        self.showing = self.showing.next()
        self._say_showing()
        self.arrange()
        self.chosen(self.selected())

    def _say_showing(self) -> None:
        self._shows.configure(
            text=f"show: {self.showing.value} ({keys.accelerator('show alarms')})",
            style="Quiet.TButton" if self.showing is Showing.ALL else "Call.TButton",
        )
