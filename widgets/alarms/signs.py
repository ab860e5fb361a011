"""Colours and signs of the rows of the alarm list, by how an alarm stands and how bad it is."""

from __future__ import annotations

from tkinter import ttk

from eyegore.widgets.cells.alarms import AlarmCell, Standing
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.lists.row_signs import RowSigns
from eyegore.widgets.theme import Theme

TINT, STRONG = 0.18, 0.5
"""Share of the severity's colour in the background of a row that is out, and of one that blinks."""


class AlarmSigns(RowSigns[AlarmCell]):
    """The tags of ``tree``: each is a kind of row; ``lit`` is the bright phase of those that blink."""

    def __init__(self, tree: ttk.Treeview, theme: Theme) -> None:
        super().__init__(tree, theme)
        self._tags: dict[str, tuple[Standing, Status, bool]] = {}
        self.lit = True

    def paint(self) -> None:
        """Take the colours and sizes of the theme there is now."""
        super().paint()
        for tag in self._tags:
            self._paint_tag(tag)

    def tag(self, cell: AlarmCell) -> str:
        """The tag of the row of an alarm."""
        tag = f"{cell.standing.name}/{cell.severity.name}/{cell.blink}"  # no blanks: Tk takes a list
        if tag not in self._tags:
            self._tags[tag] = cell.standing, cell.severity, cell.blink
            self._paint_tag(tag)
        return tag

    def blink(self, blinking: bool) -> None:
        """Light or dim what blinks; the rows themselves are not touched. When nothing blinks all is lit."""
        self.lit = not self.lit or not blinking
        for tag, (_, _, blinks) in self._tags.items():
            if blinks:
                self._paint_tag(tag)

    def _paint_tag(self, tag: str) -> None:
        """Colours and sign of a kind of row; the sign keeps its colour where a row is selected."""
        standing, severity, blink = self._tags[tag]
        ground, ink = self._theme.colour("surface"), self._theme.colour("text")
        if standing in (Standing.UNACKNOWLEDGED, Standing.ACKNOWLEDGED):
            strong = blink and self.lit
            ground = self._theme.tint(severity, share=STRONG if strong else TINT)
        elif standing is Standing.SHELVED:
            ink = self._theme.colour("dim")
        sign = {Standing.BACK: Status.IN_LIMITS, Standing.SHELVED: Status.MUTED}.get(standing, severity)
        icon = self.icon(sign if self.lit or not blink else None)
        self._tree.tag_configure(tag, background=ground, foreground=ink, image=icon)
