"""Which rows of which file have been judged, so that neither a restart nor a second reading judges one twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from eyegore.messages.events import FloatArray

NAN = float("nan")


class Judged(NamedTuple):
    """What survives a restart of one file: its first ``rows`` are judged, stamped ``first`` to ``last`` [lab s]."""

    rows: int
    first: float
    last: float


@dataclass
class _Place:
    """``rows`` of the file have been judged, stamped from ``first`` to ``last`` [lab s].

    ``seen`` have come in this reading of the file, ``read`` in the longest one since the start.
    """

    rows: int = 0
    first: float = NAN
    last: float = NAN
    seen: int = 0
    read: int = 0


class JudgedRows:
    """Counts the rows of each file: it is read again from its beginning after a restart, or when it was cut short.

    A file whose first row is stamped otherwise than before is another file, and all of it is new.
    """

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}

    def begin(self, path: str) -> None:
        """The file is read from its beginning."""
        self._places.setdefault(path, _Place()).seen = 0

    def advance(self, path: str, times: FloatArray) -> tuple[int, int]:
        """Go on by the next rows, at least one, of these times [lab s].

        Returns how many of them, from the first, were judged before, and how many were also read since the start.
        """
        place = self._places.setdefault(path, _Place())
        last = place.rows - place.seen - 1
        other_begin = place.seen == 0 and place.rows and times[0] != place.first
        other_end = 0 <= last < times.size and times[last] != place.last
        if other_begin or other_end:
            place.rows, place.read = place.seen, min(place.read, place.seen)
        if place.seen == 0:
            place.first = float(times[0])
        judged = min(max(place.rows - place.seen, 0), times.size)
        again = min(max(place.read - place.seen, 0), times.size)
        place.seen += times.size
        place.read = max(place.read, place.seen)
        if place.seen >= place.rows:
            place.rows, place.last = place.seen, float(times[-1])
        return judged, again

    def memory(self) -> dict[str, Judged]:
        """What must survive a restart, by file."""
        return {path: Judged(one.rows, one.first, one.last) for path, one in self._places.items() if one.rows}

    def restore(self, memory: Mapping[str, Judged]) -> None:
        """Take back what :meth:`memory` gave."""
        self._places = {path: _Place(*judged) for path, judged in memory.items()}
