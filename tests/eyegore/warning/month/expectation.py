"""What the rules of the alarms promise for what goes wrong, written from the rules alone.

Who is told, by when, with what words; who must not be told. Rule numbers are those of the rules of the alarms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eyegore.limits.model import Severity

from .death import Kill
from .incidents import CRITICAL, Incident, Kind, Out
from .kinds import PATHS
from .rows import offset

PEOPLE = ("ana", "ben", "cleo")
QUIET_FROM, QUIET_TO = 22 * 3600, 7 * 3600
AT_ONCE_S = 10.0
"""A CRITICAL is told within so long of the sample that counts [s]."""
SOON_S = 60.0
"""Another alarm is told within so long [s], outside quiet hours."""
TOGETHER_S = 45.0
"""What is of the same subsystem and incident may be told together so long after its first [s] (14: within 30 s)."""
REPEAT_S = 1800.0
"""An unanswered CRITICAL is repeated so often [s] (15 a)."""
BACKUP_S = 600.0
"""Nobody acknowledged for so long: the backup is told [s] (15)."""
AGAIN_S = 3600.0
"""Acknowledged and out for so long: it is told again [s] (11)."""
CHATTER = 3
"""Messages an hour of a parameter that chatters, to one person by one channel (14)."""
FLOOD = 6
"""Messages an hour of a flood: a summary every 10 min (14)."""


def second_of_day(time: float) -> float:
    return (time + offset(time)) % 86_400


def quiet(time: float) -> bool:
    second = second_of_day(time)
    return second >= QUIET_FROM or second < QUIET_TO


def duty(time: float) -> tuple[str, str]:
    """Who is on duty, and the backup."""
    shift = int((second_of_day(time) // 28_800 + 2) % 3)  # 0-8 cleo, 8-16 ana, 16-24 ben
    return PEOPLE[shift], PEOPLE[(shift + 1) % 3]


def morning(time: float) -> float:
    """The end of the quiet hours a time lies in."""
    second = second_of_day(time)
    guess = time + (QUIET_TO - second if second < QUIET_TO else 86_400 - second + QUIET_TO)
    return guess + offset(time) - offset(guess)  # the clocks may be set meanwhile


@dataclass(frozen=True)
class Due:
    """Somebody on duty is told of ``name`` from ``after`` to ``by`` [unix s], as ``severity`` (NONE: whatever)."""

    name: str
    severity: Severity
    after: float
    by: float
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Promise:
    """``never`` are words no message about it holds; ``unsaid`` names of which there is no bad news at all.

    ``most`` is how many messages an hour one person gets by one channel, None where that is not limited beyond once
    per reason. ``once`` tells that each reason is told once per person until somebody answers. ``lasts`` is until when
    a CRITICAL goes unanswered [unix s], and repeats are due. ``good``: those told hear that it is over.
    """

    due: tuple[Due, ...] = ()
    never: tuple[str, ...] = ()
    unsaid: frozenset[str] = frozenset()
    most: int | None = None
    once: bool = True
    lasts: float = 0.0
    good: bool = True


def promise(incident: Incident, kills: Sequence[Kill]) -> Promise:
    """What the rules promise for an incident, while the program may be killed."""
    match incident.kind:
        case Kind.SPIKE | Kind.SCRIPT_ENDS | Kind.CYCLE:
            return Promise(unsaid=incident.names)  # 6: one sample is nothing; 12, 19: nothing is missing, nothing fails
        case Kind.STUCK:
            (name,) = incident.names  # 6: a value that no longer changes is a WARNING
            return Promise((_within(name, Severity.WARNING, incident.begin, 7200.0),))
        case Kind.FROZEN:  # 12, 19: told with its true cause
            named = Due("", Severity.NONE, incident.begin + 30, incident.begin + 120, ("clock",))
            return Promise((named,), never=("no HK row",), good=False)
        case Kind.WRONG_CLOCK:  # 13: a WARNING of its own, and rows are judged
            named = Due("", Severity.WARNING, incident.begin, incident.begin + 300, ("clock",))
            return Promise((named, *_outs(incident, kills)), never=("no HK row", "CRITICAL HK"))
        case Kind.STOPPED:  # 12, 19
            told = [_due(one, kills, ("no HK row",)) for one in incident.outs]
            return Promise(tuple(told), never=("stands still", "stamped"))
        case Kind.DISK:  # 12: before it is full
            return Promise((Due("DATA VOLUME", CRITICAL, incident.begin, incident.outs[0].counts),))
        case Kind.NO_IMAGES:
            return Promise((_within("IMAGES", Severity.WARNING, incident.outs[0].begin, 1800.0),))
        case Kind.AT_START:  # 13: told once, however old
            told = [_due(one, kills, ("already out when watching began",)) for one in incident.outs]
            return Promise(tuple(told))
        case Kind.OUTAGE:
            return _outage(incident)
        case Kind.CHATTER:  # 14
            return Promise(_outs(incident, kills), most=CHATTER, once=False, good=False)
        case Kind.FLOOD:  # 14: summarised; what is CRITICAL is told at once
            grave = [_due(one, kills) for one in incident.outs if one.severity is CRITICAL]
            return Promise(tuple(grave), most=FLOOD, once=False, good=False)
        case Kind.SUBSYSTEMS:  # 14: another subsystem is told at once all the same
            return Promise(tuple(_due(one, kills) for one in incident.outs))
        case Kind.REGISTER:
            return Promise(tuple(_due(one, kills, ("2FA1",)) for one in incident.outs))
        case Kind.RISING:
            return Promise(_outs(incident, kills), never=("SHELVE 15",))
        case Kind.LASTING:  # 11
            (one,) = incident.outs
            answered = one.counts + 180
            again = Due(one.name, CRITICAL, answered + AGAIN_S - 120, answered + AGAIN_S + 180)
            return Promise((_due(one, kills), again))
        case Kind.SHELVED:  # 10: no word while it is shelved, and one when the shelf runs out
            (one,) = incident.outs
            over = one.counts + 120 + 900
            return Promise((_due(one, kills), Due(one.name, CRITICAL, over - 60, over + 120)))
        case Kind.NOBODY:  # 15 a
            return Promise(_outs(incident, kills), lasts=incident.end)
        case _:
            return Promise(_outs(incident, kills))


def _outs(incident: Incident, kills: Sequence[Kill]) -> tuple[Due, ...]:
    """The first is told at once; what else belongs to the same incident may be told with it or together after it."""
    found = [_due(one, kills) for one in incident.outs]
    first, rest = found[0], found[1:]
    if incident.kind is Kind.RISING:
        return (first, *rest)
    return (first, *(Due(one.name, one.severity, one.after, one.by + TOGETHER_S) for one in rest))


def _due(one: Out, kills: Sequence[Kill], says: tuple[str, ...] = ()) -> Due:
    if one.severity is not CRITICAL:
        return _within(one.name, one.severity, one.counts, SOON_S, says)
    begin = one.counts
    for kill in kills:  # a program that is down tells when it is up again
        if kill.time <= begin + AT_ONCE_S and kill.time + kill.down_s >= begin - 1:
            begin = max(begin, kill.time + kill.down_s) + AT_ONCE_S
    return Due(one.name, one.severity, one.begin - 1, begin + AT_ONCE_S, says)


def _within(name: str, severity: Severity, begin: float, within_s: float, says: tuple[str, ...] = ()) -> Due:
    """Not CRITICAL: in quiet hours it waits for their end, over or not (15 c, 16)."""
    by = begin + within_s
    if quiet(begin) or quiet(by):
        return Due(name, severity, begin - 1, morning(begin) + SOON_S, says)
    return Due(name, severity, begin - 1, by, says)


def _outage(incident: Incident) -> Promise:
    """15 d: another kind of channel at once; after it only what is still true, one message of it."""
    assert incident.outage is not None
    (one,) = incident.outs
    _, over, channels = incident.outage
    by = over + 300.0 if len(channels) > 1 else one.counts + AT_ONCE_S
    return Promise((Due(one.name, CRITICAL, one.counts - 1, by),), unsaid=incident.names - PATHS)
