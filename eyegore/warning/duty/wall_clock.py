"""The clock on the wall of a lab: local times as a roster has them, and the instants they stand for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


class WallClock:
    """Local time in one IANA zone. What is earlier on the wall is never later in truth, also when the clock is set.

    A time that comes twice stands for the first of the two; one that is left out stands for the moment at which the
    clock is set forward. So what ends and what begins at the same local time meet on any day.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def local(self, instant: float) -> datetime:
        """What the clock shows, without zone, at an instant [unix s]."""
        return datetime.fromtimestamp(instant, self.zone).replace(tzinfo=None, fold=0)

    def instant(self, local: datetime) -> float:
        """When [unix s] the clock shows a local time."""
        first = local.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        if first.astimezone(self.zone).replace(tzinfo=None) == local:
            return first.timestamp()
        return self._set_forward(local.replace(tzinfo=self.zone, fold=1).astimezone(UTC), first).timestamp()

    def _set_forward(self, before: datetime, after: datetime) -> datetime:
        """The moment in between at which the offset from UTC changes."""
        usual = before.astimezone(self.zone).utcoffset()
        while after - before > _SECOND:
            middle = before + (after - before) // (2 * _SECOND) * _SECOND
            if middle.astimezone(self.zone).utcoffset() == usual:
                before = middle
            else:
                after = middle
        return after

    def text(self, local: datetime) -> str:
        """A local time for people, e.g. ``Sat 14/Mar/2026 08:00``."""
        return local.strftime("%a %d/%b/%Y %H:%M")
