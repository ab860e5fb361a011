"""A month of a lab with 240 incidents and 24 kills: people are told what the rules promise, and nothing else.

Two fortnights, each with a night in which the clocks are set; two days of it are in the suite, the whole of it with
``EYEGORE_MONTH=1``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from . import kinds as trouble
from .incidents import Incident
from .judge import Incidents, Judge, by_kind
from .lab import lab_in
from .people import People
from .rows import ZONE, Camera, wall
from .timetable import Wish, counted, laid_out, moments

WHOLE = bool(os.environ.get("EYEGORE_MONTH"))
DAY_S = 86_400.0


def fortnight(day: str, last: str, changes: tuple[float, ...]) -> list[Incident]:
    """The incidents of two weeks."""
    wishes = [
        Wish(trouble.critical, 14), Wish(trouble.warning, 8, "day"), Wish(trouble.warning, 5, "night"),
        Wish(trouble.many, 5), Wish(trouble.subsystems, 4), Wish(trouble.flips, 3), Wish(trouble.unread, 4),
        Wish(trouble.ramp, 4), Wish(trouble.spike, 8), Wish(trouble.chatter, 4), Wish(trouble.register, 3, "day"),
        Wish(trouble.flood, 2, "day"), Wish(trouble.stopped, 4), Wish(trouble.frozen, 2, "day"),
        Wish(trouble.wrong_clock, 4, "day"), Wish(trouble.clock_change, times=changes), Wish(trouble.disk, 2, "day"),
        Wish(trouble.no_images, 3, "day"), Wish(trouble.script_ends, 10), Wish(trouble.cycle, 1),
        Wish(trouble.stuck, 2, "day"), Wish(trouble.outage, 3), Wish(trouble.at_start, 3), Wish(trouble.killed, 10),
        Wish(trouble.shelved, 3), Wish(trouble.nobody, 4, "shift"), Wish(trouble.lasting, 2),
        Wish(trouble.rising, 3, "day"),
    ]  # fmt: skip
    return laid_out(wall(day, "09:00"), wall(last, "22:00"), wishes, 7500.0, seed=int(day[5:7]))


SPRING = (wall("2027-03-28", "03:00") - 1200, wall("2027-03-28", "04:20"))
AUTUMN = (wall("2026-10-25", "03:00") - 1200, wall("2026-10-25", "02:50", second_time=True))


def days() -> list[Incident]:
    """Two days with one of a kind each, and the night in spring in which the clocks are set."""
    wishes = [
        Wish(trouble.clock_change, times=SPRING[:1]), Wish(trouble.critical, 1), Wish(trouble.many, 1),
        Wish(trouble.subsystems, 1), Wish(trouble.flips, 1), Wish(trouble.spike, 1), Wish(trouble.stopped, 1),
        Wish(trouble.script_ends, 1), Wish(trouble.killed, 2), Wish(trouble.outage, 1),
        Wish(trouble.warning, 1, "night"), Wish(trouble.nobody, 1, "shift"),
    ]  # fmt: skip
    return laid_out(wall("2027-03-27", "09:00"), wall("2027-03-29", "09:00"), wishes, 2700.0, seed=2)


@dataclass(frozen=True)
class Stretch:
    """Some days: how they are called, their first and last moment [unix s], and what goes wrong."""

    name: str
    begin: float
    end: float
    incidents: Sequence[Incident]


def stretches() -> list[Stretch]:
    if not WHOLE:
        return [Stretch("two days", wall("2027-03-27", "08:00"), wall("2027-03-29", "09:00"), days())]
    spring = fortnight("2027-03-20", "2027-04-04", SPRING)
    autumn = fortnight("2026-10-17", "2026-11-01", AUTUMN)
    return [
        Stretch("spring", wall("2027-03-20", "08:00"), wall("2027-04-05", "09:00"), spring),
        Stretch("autumn", wall("2026-10-17", "08:00"), wall("2026-11-02", "09:00"), autumn),
    ]


@pytest.fixture
def lab_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock on the wall of the lab."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TZ", ZONE)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("stretch", stretches(), ids=lambda one: one.name)
def test_people_are_told_what_the_rules_promise_and_nothing_else(
    stretch: Stretch, tmp_path: Path, lab_time: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    incidents = stretch.incidents
    kills = [kill for one in incidents for kill in one.kills]
    outages = [one.outage for one in incidents if one.outage is not None]
    effects = [effect for one in incidents for effect in one.effects]
    camera = Camera(effects, [fault for one in incidents for fault in one.clock], seed=7)
    lab = lab_in(tmp_path, stretch.begin, camera, monkeypatch, kills, outages)
    people = People(lab.provider.told, Incidents(incidents).concerned)
    lab.run(moments(stretch.begin, stretch.end, incidents, people.answers))
    assert len(lab.starts) == 1 + len(kills)
    faults = Judge(incidents, kills, lab.provider.told, people.given).faults()
    if report := os.environ.get("EYEGORE_MONTH_REPORT"):
        text = "\n".join([*(f"{n} {kind}" for kind, n in counted(incidents).items()), *map(str, faults), ""])
        Path(f"{report}.{stretch.name.replace(' ', '-')}").write_text(text, encoding="utf-8")
    assert lab.waiting() == []
    assert not faults, f"{len(faults)} faults in {len(incidents)} incidents\n{by_kind(faults)}"
