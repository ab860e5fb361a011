"""Colours and signs of the rows of the alarm list, by how an alarm stands and how bad it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.lists import AlarmCell, Standing
from eyegore.widgets.lists.row_signs import RowSigns

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
        sign = {Standing.BACK: Status.IN_LIMITS, Standing.SHELVED: Status.MUTED}.get(standing, severity)
        icon = self.icon(sign if self.lit or not cell.blink else None)
        return {"background": ground, "foreground": ink, "image": icon}
