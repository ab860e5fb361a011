"""What the alarm list shows of an alarm: columns, order, counts the text beside the pointer and the one below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import Enum
from textwrap import wrap

from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.lists import AlarmCell, Standing
from eyegore.widgets.lists.columns import Column, text_column
from eyegore.widgets.lists.scrolled import Piece

TIP_WIDTH = 76
"""Longest line of a tip [characters]."""
_RANKS = {Status.CRITICAL: 0, Status.WARNING: 1}


class Showing(Enum):
    """Which alarms the list shows; the value is the word for it."""

    ALL = "all"
    WAITING = "not acknowledged"
    SHELVED = "shelved"

    def takes(self, cell: AlarmCell) -> bool:
        """Whether an alarm is shown."""
        if self is Showing.SHELVED:
            return cell.standing is Standing.SHELVED
        return self is Showing.ALL or cell.open

    def next(self) -> Showing:
        """The one after this."""
        every = list(Showing)
        return every[(every.index(self) + 1) % len(every)]


def severity_text(cell: AlarmCell) -> str:
    """The word of the severity."""
    return cell.severity.value.upper()


def state_text(cell: AlarmCell) -> str:
    """How the alarm stands; of a shelved one until when."""
    until = f" until {cell.shelved_until}" if cell.shelved_until else ""
    return cell.standing.value + until


def name_text(cell: AlarmCell) -> str:
    """The parameter, with what the alarm is about when that is not its limits, and the mark of the first one."""
    return " · ".join(part for part in (cell.parameter, cell.kind, "first out" if cell.first_out else "") if part)


def person_text(cell: AlarmCell) -> str:
    """Who shelved or acknowledged it, and what was said about it; "earlier" where that does not hold any more."""
    person, said = cell.acknowledged_by, cell.comment
    if cell.standing is Standing.SHELVED:
        person, said = f"shelved by {cell.shelved_by}" if cell.shelved_by else "", cell.reason or cell.comment
    elif person and cell.open:
        person = f"earlier {person}"
    return " · ".join(part for part in (person, f"“{said}”" if said else "") if part)


COLUMNS: tuple[Column[AlarmCell], ...] = (
    Column("severity", "CRITICAL", severity_text, lambda cell: (0, float(_RANKS.get(cell.severity, 2)))),
    text_column("state", "unacknowledged", state_text),
    text_column("parameter", "CCD3_TEMP_T", name_text, widest=19),
    Column("since", "21:54:05", lambda cell: cell.since, lambda cell: (0, cell.began)),
    text_column("value", "−133.02 °C", lambda cell: cell.value, "e"),
    text_column("limit", "−133 … −103 °C", lambda cell: cell.limit, widest=12),
    text_column("worst", "−133.02 °C", lambda cell: cell.worst, "e"),
    text_column("acknowledged by", "acknowledged by", person_text, widest=18),
    text_column("test", "PSFLUX00", lambda cell: cell.test, widest=9),
    text_column("ObsID", "20103", lambda cell: cell.obsid, "e"),
    text_column("trend, trouble", "", lambda cell: cell.trend),
)
"""The columns from left to right, what matters most first; the last takes the room that is left."""


def usual(cell: AlarmCell) -> tuple[int, float, str]:
    """The usual order: CRITICAL ones nobody has acknowledged, then the others, newest first; shelved ones last."""
    if cell.standing is Standing.SHELVED:
        rank = 2
    else:
        rank = 0 if cell.standing is Standing.UNACKNOWLEDGED and cell.severity is Status.CRITICAL else 1
    return rank, -cell.began, cell.key


def counts_of(cells: Sequence[AlarmCell]) -> tuple[str, Status | None]:
    """The line of counts, and the status it is coloured by (None: nothing is out).

    CRITICAL and WARNING count what is out now, acknowledged or not.
    """
    out = Counter(cell.severity for cell in cells if cell.standing in (Standing.UNACKNOWLEDGED, Standing.ACKNOWLEDGED))
    standing = Counter(cell.standing for cell in cells)
    parts = [f"{out[Status.CRITICAL]} CRITICAL", f"{out[Status.WARNING]} WARNING"]
    others = (Standing.BACK, Standing.UNCHECKED, Standing.PENDING, Standing.SHELVED)
    parts += [f"{standing[one]} {one.value}" for one in others if standing[one]]
    return " · ".join(parts), next((one for one in (Status.CRITICAL, Status.WARNING) if out[one]), None)


def facts_of(cell: AlarmCell) -> list[str]:
    """What is known of one alarm, a line each, the heading first; without the comment and what to do."""
    lines = [f"{severity_text(cell)} {name_text(cell)}: {state_text(cell)}"]
    lines += [
        f"{label} {text}".lstrip()
        for label, text in (
            ("value", cell.value),
            ("limit", cell.limit),
            ("since", f"{cell.since} ({cell.age} ago)" if cell.since and cell.age else cell.since),
            ("worst", cell.worst),
            ("", cell.trend),
            ("during", " ".join(part for part in (cell.test, cell.obsid) if part)),
            ("came after", cell.after),
            ("shelved for another", cell.shelved_for),
            ("shelved by", cell.shelved_by),
            (f"{'earlier ' if cell.open else ''}acknowledged by", cell.acknowledged_by),
        )
        if text
    ]
    return lines


def tip_of(cell: AlarmCell) -> str:
    """All that is known of one alarm, a line each, and what to do."""
    said = [f"“{text}”" for text in (cell.reason, cell.comment) if text]
    todo = ["", *wrap(cell.todo, TIP_WIDTH)] if cell.todo else []
    return "\n".join([*facts_of(cell), *said, *todo])


def about(cell: AlarmCell, others: int) -> list[Piece]:
    """The facts of an alarm and what to do, for reading; ``others`` are chosen as well."""
    heading, *facts = facts_of(cell)
    also = f" (and {others} more chosen)" if others else ""
    said = [f"“{text}”" for text in (cell.reason, cell.comment) if text]
    pieces = [(f"{heading}{also}\n", "bold"), (" · ".join([*facts, *said]), "")]
    if cell.todo:
        pieces += [("\nWhat to do: ", "bold"), (cell.todo, "todo")]
    return pieces
