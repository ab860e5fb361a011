"""Which rows of which file the alarms have judged, so that a restart judges none twice and misses none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eyegore.messages import FloatArray


@dataclass
class _Place:
    """``rows`` have been judged, the last of them stamped ``time`` [lab s]; ``seen`` have come since the start."""

    rows: int = 0
    time: float = float("nan")
    seen: int = 0


class JudgedRows:
    """Counts the rows of each file; after a restart the files are read again from their beginning."""

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}

    def begin(self, path: str) -> None:
        """The file is read from its beginning; when rows of it had come before, it is another file now."""
        place = self._places.setdefault(path, _Place())
        if place.seen:
            self._places[path] = _Place()

    def take(self, path: str, times: FloatArray) -> int:
        """Take the times [lab s] of the next rows; returns how many of them were judged before."""
        place = self._places.setdefault(path, _Place())
        known = min(max(place.rows - place.seen, 0), times.size)
        last = place.rows - place.seen - 1
        if 0 <= last < times.size and times[last] != place.time:
            known = 0  # other content than was judged: all that follows is new
        place.seen += times.size
        if place.seen >= place.rows or known == 0:
            place.rows, place.time = max(place.seen, 0), float(times[-1])
        return known

    def memory(self) -> dict[str, Any]:
        """What must survive a restart, JSON-able."""
        return {path: [place.rows, place.time] for path, place in self._places.items() if place.rows}

    def restore(self, memory: Mapping[str, Any]) -> None:
        """Take back what :meth:`memory` gave."""
        self._places = {path: _Place(int(rows), float(time)) for path, (rows, time) in memory.items()}
