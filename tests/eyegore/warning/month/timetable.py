"""When everything happens: incidents laid one after the other through days and nights, and the moments to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from eyegore.messages.events import Action, FlagCommand

from .expectation import second_of_day
from .incidents import Chance, Incident
from .lab import Message, Moment
from .rows import offset

Maker = Callable[[float, Chance], Incident]
BREAKFAST, SUPPER = 8 * 3600 + 2700, 21 * 3600 + 1800
RESET = 8 * 3600 + 1800
"""Second of the day at which somebody comes in and lowers all that is left."""
BLOCK_S = 1800.0
"""Rows of quiet hours come in blocks of so many seconds."""
LOOKS = (0, 5, 30, 7 * 3600, 7 * 3600 + 5, 7 * 3600 + 30, 8 * 3600, 8 * 3600 + 5, 8 * 3600 + 30, RESET, RESET + 5,
         16 * 3600, 16 * 3600 + 5, 16 * 3600 + 30)  # fmt: skip
"""Seconds of each day at which something may have to be told by the clock."""


@dataclass(frozen=True)
class Wish:
    """``count`` incidents of a kind: by "day", at "night", or "any" time; or one at each of ``times`` [unix s]."""

    maker: Maker
    count: int = 0
    when: str = "any"
    times: tuple[float, ...] = ()


def laid_out(begin: float, end: float, wishes: Sequence[Wish], calm_s: float, seed: int) -> list[Incident]:
    """Incidents from ``begin`` to ``end`` [unix s], in order, and ``calm_s`` [s] of quiet after each."""
    chance = Chance(seed)
    fixed = [wish.maker(time, chance) for wish in wishes for time in wish.times]
    queue = [(wish.maker, wish.when) for wish in wishes for _ in range(wish.count)]
    Random(seed).shuffle(queue)
    found = list(fixed)
    time = begin
    while queue:
        assert time < end, f"{len(queue)} incidents do not fit"
        for place, (maker, when) in enumerate(queue):
            if not _fits(when, time):
                continue
            before = dict(chance.turns)
            one = maker(time, chance)
            if _free(one, found, when, calm_s):
                found.append(one)
                del queue[place]
                time = one.end + calm_s
                break
            chance.turns = before
        else:
            time += 600
    return sorted(found, key=lambda one: one.begin)


def _fits(when: str, time: float) -> bool:
    second = second_of_day(time)
    day = BREAKFAST <= second < SUPPER
    if when == "shift":
        return second >= 23 * 3600 or 15 * 3600 <= second < 15.5 * 3600
    return when == "any" or (when == "day") is day


def _free(one: Incident, others: Sequence[Incident], when: str, calm_s: float) -> bool:
    first, last = second_of_day(one.begin - 900), second_of_day(one.end + 900)
    over_reset = first < RESET < last or last < first < RESET or (last < first and last > RESET)
    late = when == "day" and (last > SUPPER or last < first)
    clash = any(one.begin - calm_s < other.end and other.begin < one.end + calm_s for other in others)
    return not (over_reset or late or clash)


def moments(
    begin: float, end: float, incidents: Sequence[Incident], answers: Callable[[float], list[Message]]
) -> Iterator[Moment]:
    """Rows in small pieces where something happens, in long ones where nothing does; and what people answer."""
    spans = sorted(span for one in incidents for span in one.close)
    silent = [span for one in incidents for span in one.silent]
    planned: list[tuple[float, Message]] = sorted(
        (message for one in incidents for message in one.messages), key=lambda found: found[0]
    )
    stops = sorted({
        *(edge for span in spans for edge in span[:2]), *(time for time, _ in planned), *_looks(begin, end),
        *(time for one in incidents for kill in one.kills for time in (kill.time, kill.time + kill.down_s)),
        *(edge for one in incidents if one.outage for edge in one.outage[:2]),
    })  # fmt: skip
    time, place = begin, 0
    while time < end:
        steps = [step for first, last, step in _about(spans, time) if first <= time < last]
        step = min(steps, default=BLOCK_S)
        place += sum(1 for stop in stops[place : place + 500] if stop <= time)
        nearest = stops[place] if place < len(stops) else end
        new = min(time + step, nearest, end)
        pace = 1.0 if step <= 10 else 10.0
        rows = np.arange(np.ceil(time / pace) * pace, new, pace)
        for first, last in silent:
            rows = rows[(rows < first) | (rows >= last)]
        messages = [message for when, message in planned if time < when <= new]
        if second_of_day(new) == RESET:
            messages.append(FlagCommand(Action.RESET_ALL, "", "Ana"))
        yield Moment(new, rows, [*messages, *answers(new)])
        time = new


def _about(spans: Sequence[tuple[float, float, float]], time: float) -> Iterator[tuple[float, float, float]]:
    return (span for span in spans if span[0] <= time)


def _looks(begin: float, end: float) -> Iterator[float]:
    midnight = begin - second_of_day(begin)
    while midnight < end:
        for look in LOOKS:
            time = midnight + look
            time += offset(midnight) - offset(time)  # the clocks may be set
            if begin < time < end:
                yield time
        noon = midnight + 129_600
        midnight = noon - second_of_day(noon)


def counted(incidents: Sequence[Incident]) -> Mapping[str, int]:
    """How many there are of each kind."""
    kinds = [one.kind.value for one in incidents]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}
