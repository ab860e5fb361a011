"""A night of failures, chattering and floods tells people what was written down beforehand, line by line.

Second by second: rows, people, the real alarms and the policy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from eyegore.alarms.board import AlarmBoard, EntryContext
from eyegore.alarms.watched import Judgement
from eyegore.limits.checks import Checker
from eyegore.limits.model import LimitSet, LimitTable, Parameter, Range, Reading, Severity
from eyegore.messages.events import Action, AlarmChanged, Event, FlagCommand, HkRows, Transition
from eyegore.messages.warnings import Channel, Notice
from eyegore.warning.duty.roster import Duty
from eyegore.warning.policy.policy import Policy
from eyegore.warning.policy.rules import PolicyRules

from ...restarted import restarted

pytestmark = pytest.mark.slow

EXPECTED = Path(__file__).parents[3] / "data" / "policy_night.txt"
MIDNIGHT = datetime(1980, 2, 22, tzinfo=UTC).timestamp()
BEGIN, END = MIDNIGHT - 2 * 3600, MIDNIGHT + 8 * 3600


def at(clock: str) -> float:
    """Unix time [s] of a time of this night."""
    hours, minutes, seconds = map(int, clock.split(":"))
    return MIDNIGHT + (hours - 24 * (hours > 12)) * 3600 + minutes * 60 + seconds


def clock(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%H:%M:%S")


def _drain(name: str, low: Severity = Severity.WARNING) -> Parameter:
    return Parameter(name, "V", "", Range(0, 30), severity_low=low, severity_high=Severity.WARNING)


WARNING, CRITICAL = Severity.WARNING, Severity.CRITICAL
PARAMETERS = [
    *(_drain(f"D{number}") for number in range(1, 10)),
    *(_drain(f"F{number}", CRITICAL if number in (5, 12) else WARNING) for number in range(1, 15)),
    *(
        Parameter(f"T{n}", "degC", "", Range(-133, 35), severity_low=CRITICAL, reading=Reading.REGISTER)
        for n in range(1, 5)
    ),
    Parameter(
        "P", "mbar", "", Range(0, 1, hihi=5), severity_low=WARNING, severity_high=WARNING, reading=Reading.REGISTER
    ),
]
COLUMNS = tuple(one.name for one in PARAMETERS)
TABLE = LimitTable("lab", "", "", {one.name: one for one in PARAMETERS})

OUT = [
    ("22:05:00", "22:07:00", "D1", 31),
    ("22:10:00", "22:10:02", "D2", 31),
    ("22:15:00", "22:20:00", "T1", -136),
    ("22:25:00", "22:45:00", "T2", -140),
    ("22:46:00", "22:50:00", "T1", -137),
    ("22:46:00", "22:50:00", "D3", 31),
    ("22:46:00", "22:50:00", "D4", 31),
    ("22:46:10", "22:50:00", "T3", -139),
    *((clock(at("22:55:00") + 20 * n), clock(at("22:55:10") + 20 * n), "D1", 31) for n in range(6)),
    ("22:58:00", "23:01:00", "P", 2),
    ("23:01:00", "23:08:00", "P", 9),
    ("23:10:00", "23:30:00", "D5", 31),
    ("23:15:00", "07:30:00", "D6", 31),
    ("23:20:00", "23:20:01", "T1", -136),
    *((clock(at("23:30:00") + 120 * n), clock(at("23:31:00") + 120 * n), "T2", -140) for n in range(10)),
    ("00:10:00", "00:20:00", "T3", -139),
    ("01:00:00", "02:30:00", "T1", -136),
    ("01:00:00", "01:10:00", "T4", -140),
    ("01:00:00", "01:10:00", "P", 9),
    *(
        (
            clock(at("02:40:00") + 20 * (n - 1)),
            "07:30:00" if n == 3 else "02:50:00",
            f"F{n}",
            -1 if n in (5, 12) else 31,
        )
        for n in range(1, 15)
    ),
    ("03:30:00", "04:00:00", "T4", -140),
    ("04:10:00", "04:10:02", "D8", 31),
    ("04:20:00", "05:40:00", "T2", -140),
    ("06:30:00", "06:31:00", "T1", float("nan")),
    *(
        ("07:10:00", "07:20:00", name, 31)
        for name in ("D1", "D2", "D3", "D4", "D5", "D7", "D8", "D9", "F1", "F2", "F4", "F7")
    ),
]
"""From when to when which parameter has which value."""


def _ack(person: str, *names: str) -> list[FlagCommand]:
    return [FlagCommand(Action.LOWER, name, person) for name in names]


def _shelve(person: str, name: str, until: str) -> list[FlagCommand]:
    return [FlagCommand(Action.SHELVE, name, person, "known", at(until))]


PEOPLE = {
    "22:16:00": _ack("Ana", "T1"),
    "22:37:00": _ack("Ben", "T2"),
    "22:47:00": _ack("Ana", "T1", "T3", "D3", "D4"),
    "00:09:00": _shelve("Ana", "T3", "01:09:00"),
    "01:02:00": _ack("Ana", "T1", "T4", "P"),
    "02:03:00": _ack("Ben", "T1"),
    "04:21:00": _shelve("Ben", "T2", "05:21:00"),
    "05:22:00": _ack("Ben", "T2"),
    "07:12:00": [FlagCommand(Action.RESET_ALL, "", "Ben")],
}
"""What people do."""


HANDOVER, BED, BREAKFAST = at("02:00:00"), at("23:00:00"), at("07:00:00")


def duty(now: float) -> Duty:
    return Duty("Ana", "Ben", HANDOVER) if now < HANDOVER else Duty("Ben", "Cleo", float("inf"))


RULES = PolicyRules(
    routes={WARNING: (Channel.SMS,), CRITICAL: (Channel.SMS, Channel.CALL)},
    duty=duty,
    quiet=lambda _person, now: BED <= now < BREAKFAST,
    people=("Ana", "Ben", "Cleo"),
    total=20,
)


RESTARTS_S = 61
"""How often the restarted policy forgets all but its memory when nothing happens [s]."""


@dataclass
class Night:
    """The board and two policies that hear the same of it: one that goes on, and one that is started again and again,
    after every second in which it heard or told something, and every ``RESTARTS_S``. :meth:`pass_by` goes through it.
    """

    board: AlarmBoard = field(default_factory=AlarmBoard)
    policy: Policy = field(default_factory=lambda: Policy(RULES))
    restarted: Policy = field(default_factory=lambda: Policy(RULES))
    told: list[Notice] = field(default_factory=list)
    told_by_restarted: list[Notice] = field(default_factory=list)
    raised: int = 0
    restarts: int = 0

    def pass_by(self) -> None:
        times = np.arange(BEGIN, END)
        values = np.tile([0.5 if name == "P" else 15.0 for name in COLUMNS], (times.size, 1))
        for first, last, name, value in OUT:
            values[(times >= at(first)) & (times < at(last)), COLUMNS.index(name)] = value
        checker = Checker(TABLE, LimitSet.SAFE, COLUMNS)
        codes, beyond = checker.verdicts(times, values), checker.beyond(values)
        for parameter in PARAMETERS:
            self.board.watch(parameter, LimitSet.SAFE, EntryContext(BEGIN))
        commands = {at(when): acts for when, acts in PEOPLE.items()}
        silent, heard = at("06:00:00"), at("06:01:00")
        for row, now in enumerate(times.tolist()):
            part = slice(row, row + 1)
            rows = HkRows("hk", COLUMNS, times[part], values[part], 2, now)
            frame = EntryContext(now, news=BEGIN - 600)
            judgement = Judgement.by_one_set(codes[part], None if beyond is None else beyond[part])
            events = self.board.apply(rows, judgement, frame)
            for command in commands.get(now, ()):
                events += self.board.command(command, frame)
            if now == silent:
                events += self.board.timer("HK rows", CRITICAL, "no row for 60 s", now - 60, now, frame)
            if now == heard:
                events += self.board.timer_well("HK rows", now, frame)
            self._tell([*events, *self.board.tick(frame)], now)

    def _tell(self, events: list[Event], now: float) -> None:
        heard = [event for event in events if isinstance(event, AlarmChanged)]
        self.raised += sum(event.entry.what is Transition.RAISED for event in heard)
        self.told += _notices(self.policy, heard, now)
        again = _notices(self.restarted, heard, now)
        self.told_by_restarted += again
        if heard or again or now % RESTARTS_S == 0:
            memory = restarted(self.restarted.memory())
            self.restarted = Policy(RULES)
            self.restarted.restore(memory)
            self.restarts += 1


def _notices(policy: Policy, heard: list[AlarmChanged], now: float) -> list[Notice]:
    return [notice for event in heard for notice in policy.notices_for(event, now)] + policy.tick(now)


@pytest.fixture(scope="module")
def night() -> Night:
    whole = Night()
    whole.pass_by()
    return whole


def lines(notices: list[Notice]) -> list[str]:
    codes: dict[str, str] = {}
    found = []
    for notice in notices:
        code = codes.setdefault(notice.code, f"#{len(codes) + 1}") if notice.code else ""
        subject = notice.subject.replace(f"[{notice.code}]", f"[{code}]")
        withheld = re.search(r"^(\d+) messages were withheld", notice.text, re.MULTILINE)
        channels = ",".join(channel.value for channel in notice.channels)
        more = f" +{withheld[1]} withheld" if withheld else ""
        found.append(f"{clock(notice.made)} {notice.person} {channels} {subject}{more}")
    return found


def test_the_night_is_told_as_it_was_written_down(night: Night) -> None:
    text = EXPECTED.read_text(encoding="utf-8")
    assert lines(night.told) == [line for line in text.splitlines() if line and not line.startswith("#")]


def test_it_was_a_night_of_more_than_30_alarms(night: Night) -> None:
    assert night.raised > 30


def test_there_are_no_more_text_messages_within_any_hour_than_the_limit(night: Night) -> None:
    times = [notice.made for notice in night.told if Channel.SMS in notice.channels]
    assert max(sum(begin <= time < begin + RULES.window_s for time in times) for begin in times) <= RULES.total


def test_nothing_is_told_twice(night: Night) -> None:
    keys = [notice.key for notice in night.told]
    assert len(set(keys)) == len(keys)


def test_a_night_of_restarts_is_told_the_same(night: Night) -> None:
    assert night.restarts > 500
    assert night.told_by_restarted == night.told
