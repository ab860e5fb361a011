"""When a person does not want to hear of what is below CRITICAL. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eyegore.warning.duty.roster import ALL_DAYS, WallClock


@dataclass(frozen=True)
class QuietSpan:
    """Quiet from ``begins`` to ``ends`` [minutes after midnight], of the next day if not later; begins on ``days``."""

    begins: int
    ends: int
    days: frozenset[int] = ALL_DAYS

    def holds(self, weekday: int, minute: int) -> bool:
        """Whether it is quiet at this minute after midnight; Monday is 0."""
        if self.begins < self.ends:
            return weekday in self.days and self.begins <= minute < self.ends
        late = weekday in self.days and minute >= self.begins
        return late or ((weekday - 1) % 7 in self.days and minute < self.ends)


class QuietHours:
    """Those of each person who has some of their own (or explicitly none), and of the lab for all others."""

    def __init__(self, lab: Sequence[QuietSpan], people: Mapping[str, Sequence[QuietSpan]], clock: WallClock) -> None:
        self._lab, self._people, self._clock = tuple(lab), dict(people), clock

    def quiet(self, person: str, now: float) -> bool:
        """Whether a person is to be left alone at an instant [unix s], by what their clock shows."""
        local = self._clock.local(now)
        minute = local.hour * 60 + local.minute
        return any(span.holds(local.weekday(), minute) for span in self._people.get(person, self._lab))
