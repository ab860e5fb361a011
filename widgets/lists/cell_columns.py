"""Columns of a list of frozen cells: what they show of a cell, and what they sort it by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from eyegore.widgets.lists.row_order import RowOrder, SortValue, sort_value


class Keyed(Protocol):
    """A cell that is told from others by its key."""

    @property
    def key(self) -> str:
        """What tells it from others."""
        ...


C = TypeVar("C", bound=Keyed)


@dataclass(frozen=True)
class Column(Generic[C]):
    """One column; ``sample`` is a usual text, for the width. ``value`` is what to sort by, None for an empty cell.

    ``widest`` is how wide it makes itself [em]; a person may drag it wider.
    """

    name: str
    sample: str
    text: Callable[[C], str]
    value: Callable[[C], SortValue | None]
    anchor: Literal["w", "e"] = "w"
    widest: float = 15.0


def text_column(
    name: str, sample: str, text: Callable[[C], str], anchor: Literal["w", "e"] = "w", widest: float = 15.0
) -> Column[C]:
    """A column that sorts by what it shows; of a number with its unit by the number."""
    if anchor == "w":
        return Column(name, sample, text, lambda cell: sort_value(text(cell)), anchor, widest)
    return Column(name, sample, text, lambda cell: sort_value(text(cell).partition(" ")[0]), anchor, widest)


def places_of(columns: Sequence[Column[C]]) -> tuple[str, ...]:
    """Names of the columns in a tree: the first is that of the signs."""
    return ("#0", *(column.name for column in columns[1:]))


def by_column(columns: Sequence[Column[C]], usual: list[C], name: str, descending: bool) -> list[C]:
    """Cells that are in their ``usual`` order by one column, empty ones last; "" leaves them as they are."""
    value = next((column.value for column in columns if column.name == name), None)
    if value is None:
        return usual
    order = RowOrder(descending)
    order.fill((cell.key, value(cell), place) for place, cell in enumerate(usual))
    cells = {cell.key: cell for cell in usual}
    return [cells[key] for key in order]
