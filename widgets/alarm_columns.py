"""What the alarm list shows of an alarm: columns, order, counts and the text beside the pointer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from eyegore.widgets.alarm_cells import AlarmCell, Standing
from eyegore.widgets.cells import Status
from eyegore.widgets.row_order import SortValue, sort_value

_RANKS = {Status.CRITICAL: 0, Status.WARNING: 1}


@dataclass(frozen=True)
class AlarmColumn:
    """One column; ``sample`` is a usual text, for the width. ``value`` is what to sort by, None for an empty cell."""

    name: str
    sample: str
    text: Callable[[AlarmCell], str]
    value: Callable[[AlarmCell], SortValue | None]
    anchor: Literal["w", "e"] = "w"


def _column(name: str, sample: str, text: Callable[[AlarmCell], str], anchor: Literal["w", "e"] = "w") -> AlarmColumn:
    """A column that sorts by what it shows; of a number with its unit by the number."""
    if anchor == "w":
        return AlarmColumn(name, sample, text, lambda cell: sort_value(text(cell)), anchor)
    return AlarmColumn(name, sample, text, lambda cell: sort_value(text(cell).partition(" ")[0]), anchor)


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
    """Who acknowledged it, and what was said about it."""
    return " · ".join(part for part in (cell.acknowledged_by, f"“{cell.comment}”" if cell.comment else "") if part)


COLUMNS = (
    AlarmColumn("severity", "CRITICAL", severity_text, lambda cell: (0, float(_RANKS.get(cell.severity, 2)))),
    _column("state", "unacknowledged", state_text),
    _column("parameter", "CCD3_TEMP_T", name_text),
    _column("value", "−133.02 °C", lambda cell: cell.value, "e"),
    _column("limit", "−133 … −103 °C", lambda cell: cell.limit),
    AlarmColumn("since", "14/Mar 21:54:05", lambda cell: cell.since, lambda cell: (0, cell.began)),
    _column("worst", "−133.02 °C", lambda cell: cell.worst, "e"),
    _column("trend", "", lambda cell: cell.trend),
    _column("test", "BIAS01", lambda cell: cell.test),
    _column("ObsID", "20103", lambda cell: cell.obsid, "e"),
    _column("acknowledged by", "acknowledged by", person_text),
)
"""The columns from left to right; the last takes the room that is left."""

NAMES = tuple(column.name for column in COLUMNS)


def texts_of(cell: AlarmCell) -> tuple[str, ...]:
    """The texts of the columns."""
    return tuple(column.text(cell) for column in COLUMNS)


def in_order(cells: Iterable[AlarmCell], column: str = "", descending: bool = False) -> list[AlarmCell]:
    """Cells sorted by a column, empty ones last; equals, and all when ``column`` is "", in the usual order.

    The usual order: CRITICAL ones nobody has acknowledged, then the others, newest first; what is shelved last.
    """
    usual = sorted(cells, key=_usual)
    if not column:
        return usual
    value = COLUMNS[NAMES.index(column)].value
    valued = [(found, cell) for cell in usual if (found := value(cell)) is not None]
    valued.sort(key=lambda pair: pair[0], reverse=descending)
    return [cell for _, cell in valued] + [cell for cell in usual if value(cell) is None]


def _usual(cell: AlarmCell) -> tuple[int, float, str]:
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
    others = (Standing.BACK, Standing.PENDING, Standing.SHELVED)
    parts += [f"{standing[one]} {one.value}" for one in others if standing[one]]
    return " · ".join(parts), next((one for one in (Status.CRITICAL, Status.WARNING) if out[one]), None)


def tip_of(cell: AlarmCell) -> str:
    """All that is known of one alarm, a line each."""
    lines = [f"{severity_text(cell)} {name_text(cell)}: {state_text(cell)}"]
    lines += [
        f"{label} {text}"
        for label, text in (
            ("value", cell.value),
            ("limit", cell.limit),
            ("since", cell.since),
            ("worst", cell.worst),
            ("trend", cell.trend),
            ("during", " ".join(part for part in (cell.test, cell.obsid) if part)),
            ("came after", cell.after),
            ("shelved for another", cell.shelved_for),
            ("acknowledged by", cell.acknowledged_by),
        )
        if text
    ]
    return "\n".join([*lines, f"“{cell.comment}”"] if cell.comment else lines)
