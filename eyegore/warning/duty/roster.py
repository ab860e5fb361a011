"""Who is on duty, and who is to be left alone; pure: built from entries of the settings, asked with an instant."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_MIN = 1440
"""Minutes of a day on the clock."""
ALL_DAYS = frozenset(range(7))
_DAY = timedelta(days=1)
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


@dataclass(frozen=True)
class Duty:
    """Who is told now: names of people, "" for nobody. ``until`` [unix s] is when this may change, inf for never."""

    primary: str
    backup: str
    until: float


@dataclass(frozen=True)
class Pattern:
    """A shift that comes again: from ``begins`` to ``ends`` [minutes after midnight], of the next day if not later.

    It begins on ``days`` (0 is Monday), from the date ``since`` to the date ``until``, both included, None without end;
    of the weeks that begin with ``since`` only in each ``every``-th, from the first.
    """

    primary: str
    backup: str
    begins: int = 0
    ends: int = DAY_MIN
    days: frozenset[int] = ALL_DAYS
    every: int = 1
    since: date | None = None
    until: date | None = None

    def on(self, day: date) -> bool:
        """Whether a shift begins on this day."""
        if day.weekday() not in self.days or (self.until is not None and day > self.until):
            return False
        if self.since is None:
            return True
        return day >= self.since and (day - self.since).days // 7 % self.every == 0

    def span(self, day: date) -> tuple[datetime, datetime]:
        """From when to when, in local time, the shift lasts that begins on this day."""
        midnight = datetime.combine(day, time())
        ends = self.ends if self.ends > self.begins else self.ends + DAY_MIN
        return midnight + timedelta(minutes=self.begins), midnight + timedelta(minutes=ends)


@dataclass(frozen=True)
class Dated:
    """One shift at local times; with ``instead`` it goes before whatever else there is."""

    primary: str
    backup: str
    begins: datetime
    ends: datetime
    instead: bool = False


Entry = Pattern | Dated


@dataclass(frozen=True)
class Shift:
    """Who is on duty from ``begins`` to before ``ends`` [unix s]; ``entry`` is the place in the roster, from 0."""

    begins: float
    ends: float
    primary: str
    backup: str
    entry: int


class Roster:
    """Who is on duty at any instant, of entries in which :func:`eyegore.warning.duty.roster_faults.faults` finds none.

    Somebody always is: before the first shift those of the first, after the last those of the last.
    """

    def __init__(self, entries: Sequence[Entry], clock: WallClock) -> None:
        self.entries = tuple(entries)
        self.clock = clock
        self.people = frozenset(name for each in entries for name in (each.primary, each.backup) if name)
        first, last = first_begin(entries), last_end(entries)
        self.begins = -math.inf if first is None else clock.instant(first)
        """When the first shift begins [unix s], -inf for a pattern without beginning."""
        self.ends = math.inf if last is None else clock.instant(last)
        """When the last shift ends [unix s], inf for a pattern without end."""
        self._now: Shift | None = None

    def on_duty(self, now: float) -> Duty:
        """Those on duty at an instant [unix s]."""
        kept = self._now
        if kept is None or not kept.begins <= now < kept.ends:
            kept = self._now = self.shift_at(now)
        return Duty(kept.primary, kept.backup, kept.ends)

    def shifts(self, begins: float, ends: float) -> list[Shift]:
        """The shifts that have a part between two instants [unix s], whole, in order."""
        first = self.clock.local(begins).date() - 2 * _DAY
        last = self.clock.local(ends).date() + 2 * _DAY
        spans = [
            (self.clock.instant(start), self.clock.instant(end), place)
            for start, end, place in local_spans(self.entries, first, last)
        ]
        cuts = sorted((start, end) for start, end, place in spans if is_instead(self.entries[place]))
        found = []
        for start, end, place in spans:
            whole = [(start, end)] if is_instead(self.entries[place]) else _without(start, end, cuts)
            who = self.entries[place]
            found += [
                Shift(a, b, who.primary, who.backup, place) for a, b in whole if a < b and a < ends and b > begins
            ]
        return sorted(found, key=lambda shift: shift.begins)

    def shift_at(self, now: float) -> Shift:
        """The shift of an instant [unix s]; -inf and inf are its ends where the roster has not begun or is over."""
        if now >= self.ends:
            final = self.shifts(self.ends - 1, self.ends)[-1]
            return Shift(self.ends, math.inf, final.primary, final.backup, final.entry)
        if now < self.begins:
            first = self.shifts(self.begins, self.begins + 1)[0]
            return Shift(-math.inf, self.begins, first.primary, first.backup, first.entry)
        return next(shift for shift in self.shifts(now, now + 1) if shift.begins <= now < shift.ends)


def is_instead(entry: Entry) -> bool:
    """Whether an entry goes before others."""
    return isinstance(entry, Dated) and entry.instead


def local_spans(entries: Sequence[Entry], first: date, last: date) -> Iterator[tuple[datetime, datetime, int]]:
    """From when to when, in local time, and place of the entry: all patterns that begin in these days, all dated."""
    for place, entry in enumerate(entries):
        if isinstance(entry, Dated):
            yield entry.begins, entry.ends, place
            continue
        low = first if entry.since is None else max(first, entry.since)
        high = last if entry.until is None else min(last, entry.until)
        for number in range((high - low).days + 1):
            day = low + number * _DAY
            if entry.on(day):
                yield *entry.span(day), place


def first_begin(entries: Sequence[Entry]) -> datetime | None:
    """When the first shift begins, in local time; None if they have no beginning."""
    found = []
    for entry in entries:
        if isinstance(entry, Dated):
            found.append(entry.begins)
        elif entry.since is None:
            return None
        else:
            days = (entry.since + number * _DAY for number in range(7))
            found += [entry.span(day)[0] for day in days if entry.on(day)][:1]
    return min(found, default=None)


def last_end(entries: Sequence[Entry]) -> datetime | None:
    """When the last shift ends, in local time; None if they have no end."""
    found = []
    for entry in entries:
        if isinstance(entry, Dated):
            found.append(entry.ends)
        elif entry.until is None:
            return None
        else:
            days = (entry.until - number * _DAY for number in range(7 * entry.every))
            found += [entry.span(day)[1] for day in days if entry.on(day)][:1]
    return max(found, default=None)


def _without(begins: float, ends: float, cuts: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The parts of a span that no cut covers; ``cuts`` in order, none overlaps another."""
    parts = []
    for start, end in cuts:
        if end <= begins or start >= ends:
            continue
        if start > begins:
            parts.append((begins, start))
        begins = end
    return [*parts, (begins, ends)] if begins < ends else parts


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
    """When a person does not want to hear of what is below CRITICAL.

    Each person has hours of their own (or explicitly none), or those of the lab.
    """

    def __init__(self, lab: Sequence[QuietSpan], people: Mapping[str, Sequence[QuietSpan]], clock: WallClock) -> None:
        self._lab, self._people, self._clock = tuple(lab), dict(people), clock

    def always(self, person: str) -> bool:
        """Whether the hours of a person never end."""
        spans = self._people.get(person, self._lab)
        edges = {0, *(span.ends % DAY_MIN for span in spans)}
        return all(any(span.holds(day, minute) for span in spans) for day in range(7) for minute in edges)

    def quiet(self, person: str, now: float) -> bool:
        """Whether a person is to be left alone at an instant [unix s], by what their clock shows."""
        local = self._clock.local(now)
        minute = local.hour * 60 + local.minute
        return any(span.holds(local.weekday(), minute) for span in self._people.get(person, self._lab))
