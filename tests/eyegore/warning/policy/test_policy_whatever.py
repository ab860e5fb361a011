"""What must hold of the policy whatever happens to the alarms, whatever people do, and whenever it is restarted."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from eyegore.messages.events import Action, AlarmChanged, AlarmState, Event
from eyegore.messages.warnings import Notice, Reason
from eyegore.warning.policy.policy import Policy

from ...restarted import restarted
from .policy_bench import CRITICAL, START, WARNING, Bench

pytestmark = pytest.mark.slow

NAMES = ("T1", "T2", "D1", "D2", "D3", "P")
BAD = (Reason.RAISED, Reason.RISEN, Reason.ESCALATED, Reason.AGAIN)
TOTAL = 4
STEP_S = 10


class Twins(Bench):
    """A bench with a second policy that is restarted before everything it is given."""

    def __init__(self) -> None:
        quiet = START + 3000, START + 6000
        super().__init__(total=TOTAL, flood_alarms=6, quiet=lambda _person, now: quiet[0] <= now < quiet[1])
        self.twin: Policy | None = None
        self.checked = 0
        self.waiting: dict[str, float] = {}

    def tell(self, events: Sequence[Event]) -> None:
        first = len(self.notices)
        super().tell(events)
        again: list[Notice] = []
        for event in events:
            if isinstance(event, AlarmChanged):
                again += self._restarted().notices_for(event, self.now)
        again += self._restarted().tick(self.now)
        assert again == self.notices[first:]
        for notice in self.notices[first:]:
            self.check(notice)
        self.look()

    def _restarted(self) -> Policy:
        memory = restarted(self.twin.memory()) if self.twin is not None else None
        self.twin = Policy(self.rules)
        if memory is not None:
            self.twin.restore(memory)
        return self.twin

    def check(self, notice: Notice) -> None:
        """What must hold of every message."""
        assert notice.person
        assert notice.channels
        assert notice.made == self.now < notice.expires
        assert len(notice.short) <= 160
        assert notice.short.isascii()
        parameters = self.policy.parameters(notice.code)
        if notice.reason in BAD:
            assert parameters, "what can be answered has a code"
            waiting = self.states(*parameters) & {AlarmState.UNACK, AlarmState.RTN_UNACK}
            assert waiting, f"{notice.subject}: somebody has answered, or it is on the shelf"
        within = [one for one in self.notices if self.now - one.made < self.rules.window_s]
        if notice.severity is not CRITICAL or notice.reason not in BAD:
            earlier = within[: within.index(notice)]
            assert len(earlier) < TOTAL, f"{notice.subject}: more than the limit"
        else:
            self.check_kind(notice)
        if notice.severity is WARNING and notice.reason in BAD:
            assert not self.rules.quiet(notice.person, self.now)

    def check_kind(self, notice: Notice) -> None:
        """A critical message beyond the limit has something its reader has not been told of within the window."""
        earlier = [one for one in self.notices if one is not notice and self.now - one.made < self.rules.window_s]
        if len(earlier) >= TOTAL + self.critical_firsts(earlier):
            known = {name for one in earlier if one.person == notice.person for name in criticals(one)}
            assert criticals(notice) - known

    def critical_firsts(self, notices: Sequence[Notice]) -> int:
        return sum(one.severity is CRITICAL for one in notices)

    def look(self) -> None:
        """Nobody is left without a word on a critical alarm that waits."""
        for alarm in self.board.alarms():
            name = alarm.parameter
            if alarm.state is not AlarmState.UNACK or alarm.severity is not CRITICAL:
                self.waiting.pop(name, None)
                continue
            since = self.waiting.setdefault(name, self.now)
            if self.now - since > self.rules.escalate_after_s + STEP_S:
                window = self.now - max(self.rules.window_s, self.now - since) - self.rules.escalate_after_s
                assert any(name in criticals(one) for one in self.notices if one.made >= window), name


def criticals(notice: Notice) -> set[str]:
    if notice.reason not in (*BAD, Reason.FLOOD):
        return set()
    return {name for name in NAMES if f"CRITICAL {name} " in notice.text}


class Whatever(RuleBasedStateMachine):
    """Parameters go out and come back, people act, time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = Twins()

    @rule(out=st.sets(st.sampled_from(NAMES)), seconds=st.integers(1, 12))
    def rows(self, out: set[str], seconds: int) -> None:
        self.bench.go(seconds, out=sorted(out))

    @rule(out=st.sets(st.sampled_from(NAMES)), seconds=st.sampled_from([30, 45, 605, 1800]))
    def long(self, out: set[str], seconds: int) -> None:
        self.bench.go(seconds, out=sorted(out), step=STEP_S)

    @rule()
    def graver(self) -> None:
        self.bench.go(2, P=9.0)

    @rule(names=st.sets(st.sampled_from(NAMES), min_size=1), person=st.sampled_from(["Ana", "Ben"]))
    def answer(self, names: set[str], person: str) -> None:
        self.bench.ack(*sorted(names), person=person)

    @rule(name=st.sampled_from(NAMES), seconds=st.sampled_from([20, 900]))
    def shelve(self, name: str, seconds: int) -> None:
        self.bench.act(Action.SHELVE, name, seconds=seconds)

    @rule(name=st.sampled_from(NAMES))
    def unshelve(self, name: str) -> None:
        self.bench.act(Action.UNSHELVE, name)

    @invariant()
    def nothing_is_told_twice(self) -> None:
        keys = [notice.key for notice in self.bench.notices]
        assert len(set(keys)) == len(keys)

    @invariant()
    def after_all_is_answered_nobody_hears_more_than_that_it_is_over(self) -> None:
        states = self.bench.states(*NAMES)
        if not states & {AlarmState.UNACK, AlarmState.RTN_UNACK}:
            probe = Policy(self.bench.rules)
            probe.restore(restarted(self.bench.policy.memory()))
            later = [notice for wait in (1, 700, 8000) for notice in probe.tick(self.bench.now + wait)]
            assert {notice.reason for notice in later} <= {Reason.ACKNOWLEDGED, Reason.CLEARED, Reason.FLOOD}


TestWhatever = Whatever.TestCase
TestWhatever.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
