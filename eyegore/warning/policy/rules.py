"""What the policy of warnings goes by: who can be told how, and how much is too much; all frozen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from eyegore.alarms.alarm import CHATTER_S, CHATTER_TURNS, FLOOD_ALARMS, FLOOD_S, TOGETHER_S
from eyegore.limits.model import Severity
from eyegore.messages.alarms import Alarm
from eyegore.messages.warnings import Channel
from eyegore.warning.duty.roster import Duty


@dataclass(frozen=True)
class Circumstances:
    """What is going on around an alarm when somebody is told of it.

    ``test`` and ``obsid`` are those of the newest exposure ("" and None where there is none). ``trend`` [unit/min] and
    the newest ``value`` [unit], of ``time`` [lab s], are NaN where they are not known; ``old``: no value comes any
    more. ``response`` is what the limit table says to do. ``unit`` and ``name`` are those of the parameter, the name
    in plain words. ``text`` is the newest of an alarm in words.
    """

    test: str = ""
    obsid: int | None = None
    trend: float = float("nan")
    value: float = float("nan")
    response: str = ""
    unit: str = ""
    name: str = ""
    time: float = float("nan")
    old: bool = False
    text: str = ""


@dataclass(frozen=True)
class Answering:
    """How a person can answer: by ``mail``, by ``text`` message to ``number``; neither: in the window only."""

    mail: bool = True
    text: bool = True
    number: str = ""


@dataclass(frozen=True)
class PolicyRules:
    """Who is told, how, and how often.

    Parameters
    ----------
    routes
        Channels by severity; a severity without channels tells nobody, on purpose.
    duty, quiet
        Who is on duty at a unix time [s], and whether it is a quiet hour of a person then.
    people
        Everybody on the roster: those who are told when nobody on duty can be.
    reach
        Channels a person has an address for.
    answering
        How a person can answer; nobody is asked to answer where no answer is read.
    circumstances
        What is going on around an alarm.
    lab_offset_s
        Added to unix time to get lab seconds [s].
    escalate_after_s, repeat_s
        How long an alarm waits for an answer before the backup is told, and how long a critical one does before those
        on duty are told again, and again [s].
    per_parameter, total, window_s
        Messages to one person about one parameter, and messages in all, within ``window_s`` [s]. Those that ring or
        buzz (SMS, calls) and those that do not are counted apart. What is critical, and good news, is not held back.
    expires_s
        How long a message may take to be delivered before it is of no use [s].
    flood_alarms, flood_s, flood_every_s
        Alarms of more parameters than this within so long are a flood; its summary is renewed this often at most [s].
    chatter_turns, chatter_s
        An alarm that goes out and back so often within so long chatters; it does until it has not for so long [s].
    hold_critical_s, hold_s, together_s
        How long a message waits for other alarms of the same row, if it is critical and if not, and how long what else
        belongs to the incident is collected for a second one [s].
    warning_every_s
        What is not critical waits for so long after the last message that was not [s].
    over_s, brief_s
        That it is over is told when it has been for so long, and so long after it went out [s]: what is out for a
        moment is often out again. When it was out more than once within the hour, it is told after ``chatter_s``.
    lab, note
        The name of the lab, before every subject; and a line at the end of every mail, e.g. its phone number.
    """

    routes: Mapping[Severity, tuple[Channel, ...]]
    duty: Callable[[float], Duty]
    quiet: Callable[[str, float], bool] = lambda _person, _now: False
    people: Collection[str] = ()
    reach: Callable[[str], tuple[Channel, ...]] = lambda _person: tuple(Channel)
    answering: Callable[[str], Answering] = lambda _person: Answering()
    circumstances: Callable[[Alarm], Circumstances] = lambda _alarm: Circumstances()
    lab_offset_s: Callable[[float], float] = lambda _now: 0.0
    escalate_after_s: float = 600.0
    repeat_s: float = 1800.0
    per_parameter: int = 6
    total: int = 30
    window_s: float = 3600.0
    expires_s: float = 4 * 3600.0
    flood_alarms: int = FLOOD_ALARMS
    flood_s: float = FLOOD_S
    flood_every_s: float = 600.0
    chatter_turns: int = CHATTER_TURNS
    chatter_s: float = CHATTER_S
    hold_critical_s: float = 0.05
    hold_s: float = 5.0
    together_s: float = TOGETHER_S
    warning_every_s: float = 60.0
    over_s: float = 30.0
    brief_s: float = 300.0
    lab: str = ""
    note: str = ""
