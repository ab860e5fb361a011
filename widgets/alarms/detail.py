"""What is known of the alarm that is chosen in the list: the facts, what to do, and what happened."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence

from eyegore.widgets.alarms.columns import facts_of
from eyegore.widgets.cells.alarms import AlarmCell
from eyegore.widgets.lists.two_texts import Piece, TwoTexts
from eyegore.widgets.theme import Theme

NOTHING = "No alarm is chosen: ↓ or a click chooses one, N the next that nobody has acknowledged."


class AlarmDetail(TwoTexts):
    """Two texts side by side: about the alarm, and what happened to it."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent, theme)
        self.show((), some=False)

    def show(self, chosen: Sequence[AlarmCell], some: bool = True) -> None:
        """Tell of the alarm that is chosen, or of the first of several; ``some``: there are alarms to choose from."""
        if not chosen:
            self.write([(NOTHING if some else "", "dim")], [])
            return
        cell = chosen[0]
        told = [("\n".join(cell.story), "")] if cell.story else [("nothing since Eyegore was started", "dim")]
        self.write(about(cell, len(chosen) - 1), [("What happened\n", "bold"), *told])


def about(cell: AlarmCell, others: int) -> list[Piece]:
    """The facts of an alarm and what to do, for reading; ``others`` are chosen as well."""
    heading, *facts = facts_of(cell)
    also = f" (and {others} more chosen)" if others else ""
    said = [f"“{text}”" for text in (cell.reason, cell.comment) if text]
    pieces = [(f"{heading}{also}\n", "bold"), (" · ".join([*facts, *said]), "")]
    if cell.todo:
        pieces += [("\nWhat to do: ", "bold"), (cell.todo, "todo")]
    return pieces
