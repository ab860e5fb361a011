"""Columns of a list of frozen cells: what they show of a cell, and what they sort it by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from eyegore.widgets.lists.row_order import SortValue, sort_value


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
