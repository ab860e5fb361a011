"""A policy behind real alarms: rows and people in, notices out, a second apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from eyegore.alarms.board import AlarmBoard, EntryContext
from eyegore.alarms.watched import Judgement
from eyegore.limits.checks import Checker
from eyegore.limits.model import LimitSet, LimitTable, Parameter, Range, Reading, Severity
from eyegore.messages.events import Action, AlarmChanged, AlarmState, Event, FlagCommand, HkRows
from eyegore.messages.warnings import Channel, Notice
from eyegore.warning.duty.roster import Duty
from eyegore.warning.policy.policy import Policy
from eyegore.warning.policy.rules import PolicyRules

from ...restarted import restarted

WARNING, CRITICAL = Severity.WARNING, Severity.CRITICAL
START = 1_000_000.0
ONCE = Reading.REGISTER
"""What is critical with its first sample."""
PARAMETERS = {
    **{
        name: Parameter(name, "degC", "", Range(-133, 35), severity_low=CRITICAL, reading=ONCE)
        for name in ("T1", "T2", "T3", "PCB_TEMP")
    },
    **{name: Parameter(name, "V", "", Range(0, 30), severity_high=WARNING) for name in ("D1", "D2", "D3")},
    "P": Parameter("P", "mbar", "", Range(0, 1, hihi=5), severity_high=WARNING, reading=ONCE),
    "QUIET": Parameter("QUIET", "V", "", Range(0, 30)),
    **{f"F{number}": Parameter(f"F{number}", "V", "", Range(0, 30), severity_high=WARNING) for number in range(12)},
}
TABLE = LimitTable("lab", "", "", PARAMETERS)
COLUMNS = tuple(PARAMETERS)
GOOD = {"P": 0.5}
OUT = {**dict.fromkeys(("T1", "T2", "T3", "PCB_TEMP"), -140.0), "P": 2.0}
RULES = PolicyRules(
    routes={WARNING: (Channel.SMS,), CRITICAL: (Channel.SMS, Channel.CALL)},
    duty=lambda _now: Duty("Ana", "Ben", math.inf),
    people=("Ana", "Ben", "Cleo"),
)


class Bench:
    """The board, the policy and the clock; ``notices`` are all there were."""

    def __init__(self, **rules: Any) -> None:
        self.rules = replace(RULES, **rules)
        self.policy = Policy(self.rules)
        self.board = AlarmBoard()
        for parameter in PARAMETERS.values():
            self.board.watch(parameter, LimitSet.SAFE, EntryContext(START))
        self._checker = Checker(TABLE, LimitSet.SAFE, COLUMNS)
        self.now = START
        self.values = {name: GOOD.get(name, 15.0) for name in COLUMNS}
        self.notices: list[Notice] = []

    def go(self, seconds: int = 1, out: Sequence[str] | None = None, step: int = 1, **values: float) -> list[str]:
        """Let time pass with these parameters out (None: as they were), and tell what was told."""
        if out is not None:
            self.values = {name: GOOD.get(name, 15.0) for name in COLUMNS} | {name: OUT.get(name, 31.0) for name in out}
        self.values |= values
        before = len(self.notices)
        for _ in range(0, seconds, step):
            self.now += step
            times, row = np.array([self.now]), np.array([[self.values[name] for name in COLUMNS]])
            beyond = self._checker.beyond(row)
            judgement = Judgement.by_one_set(self._checker.verdicts(times, row), beyond)
            rows = HkRows("hk", COLUMNS, times, row, 2, self.now)
            self.tell([*self.board.apply(rows, judgement, self.frame), *self.board.tick(self.frame)])
        return told(self.notices[before:])

    def act(self, action: Action, parameter: str, person: str = "Ana", comment: str = "", seconds: float = 60) -> None:
        command = FlagCommand(action, parameter, person, comment, self.now + seconds)
        self.tell(self.board.command(command, self.frame))

    def ack(self, *parameters: str, person: str = "Ana", comment: str = "") -> None:
        for parameter in parameters:
            self.act(Action.LOWER, parameter, person, comment)

    @property
    def frame(self) -> EntryContext:
        return EntryContext(self.now, news=START - 600)

    def tell(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, AlarmChanged):
                self.notices += self.policy.notices_for(event, self.now)
        self.notices += self.policy.tick(self.now)

    def restart(self) -> None:
        """As after kill -9: only the memory is left."""
        memory = restarted(self.policy.memory())
        self.policy = Policy(self.rules)
        self.policy.restore(memory)

    def states(self, *parameters: str) -> set[AlarmState]:
        return {alarm.state for alarm in self.board.alarms() if alarm.parameter in parameters}


def told(notices: Sequence[Notice]) -> list[str]:
    return [f"{one.person}: {one.subject.replace(f' [{one.code}]', '')}" for one in notices]
