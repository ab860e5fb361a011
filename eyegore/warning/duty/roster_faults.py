"""What is wrong with a roster: when nobody is on duty, and when two shifts want to be. Pure.

Looked for in local time, where patterns come again exactly; a clock that is set neither opens nor closes a gap, because
an end and a beginning at the same local time are the same instant.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from eyegore.warning.duty.roster import Dated, Entry, Pattern, first_begin, is_instead, last_end, local_spans

_DAY = timedelta(days=1)
_SPILL = 2 * _DAY
"""A shift that begins so long before a day cannot reach into it."""
Span = tuple[datetime, datetime, int]


@dataclass(frozen=True)
class Fault:
    """From ``begins`` to ``ends`` (local time) nobody is on duty, or the shifts of two ``entries`` (from 0) are.

    ``again`` has the days of the week (0 is Monday) on which the same is so later.
    """

    begins: datetime
    ends: datetime
    entries: tuple[int, ...] = ()
    again: tuple[int, ...] = ()


def faults(entries: Sequence[Entry], around: date) -> list[Fault]:
    """Every gap and every overlap, the first where one comes again; ``around`` is where to look in an endless pattern.

    Shifts that stand in for others (``instead``) may overlap those, but not each other. Time before the first shift and
    after the last is no gap.
    """
    first, last = first_begin(entries), last_end(entries)
    low, high = _days(entries, around)
    spans = sorted(local_spans(entries, low - _SPILL, high + _SPILL))
    found = list(_overlaps([each for each in spans if not is_instead(entries[each[2]])]))
    found += _overlaps([each for each in spans if is_instead(entries[each[2]])])
    begins = first or datetime.combine(low, datetime.min.time())
    found += _gaps(spans, begins, last or datetime.combine(high, datetime.min.time()))
    return _once(sorted(found, key=lambda fault: (fault.begins, fault.entries)))


def _days(entries: Sequence[Entry], around: date) -> tuple[date, date]:
    """Days between which all that can happen happens: one period of the patterns before and after all dates.

    Without dates a period from ``around`` on, so that what is named is to come.
    """
    dates: list[date] = []
    for each in entries:
        known = (each.begins.date(), each.ends.date()) if isinstance(each, Dated) else (each.since, each.until)
        dates += [day for day in known if day is not None]
    weeks = math.lcm(*(each.every for each in entries if isinstance(each, Pattern)))
    low = min(dates) - weeks * 7 * _DAY if dates else around + _SPILL
    return low, max(dates, default=low) + (weeks * 7 + 1) * _DAY


def _overlaps(spans: Sequence[Span]) -> Iterator[Fault]:
    """Each pair of spans that share some time; ``spans`` in order of their beginnings."""
    lasting: list[Span] = []
    for begins, ends, place in spans:
        lasting = [other for other in lasting if other[1] > begins]
        for _, end, other in lasting:
            yield Fault(begins, min(end, ends), tuple(sorted((other, place))))
        lasting.append((begins, ends, place))


def _gaps(spans: Sequence[Span], begins: datetime, ends: datetime) -> Iterator[Fault]:
    reached = begins
    for start, end, _ in spans:
        if start > reached and reached < ends:
            yield Fault(reached, min(start, ends))
        reached = max(reached, end)
    if reached < ends:
        yield Fault(reached, ends)


def _once(found: Sequence[Fault]) -> list[Fault]:
    """The first of those that come again at the same time of the day."""
    alike: dict[tuple[object, ...], list[Fault]] = {}
    for each in found:
        alike.setdefault((each.begins.time(), each.ends - each.begins, each.entries), []).append(each)
    return [
        replace(first, again=tuple(sorted({each.begins.weekday() for each in later})))
        for first, *later in alike.values()
    ]
