"""What must hold of the policy whatever happens to the alarms, whatever people do, and whenever it is restarted."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import Phase, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from eyegore.messages.events import Action, AlarmChanged, AlarmState, Event
from eyegore.messages.warnings import Notice, Reason
from eyegore.warning.duty.roster import Duty
from eyegore.warning.policy.policy import Policy

from ...restarted import restarted
from .policy_bench import CRITICAL, START, WARNING, Bench

pytestmark = pytest.mark.slow

NAMES = ("T1", "T2", "D1", "D2", "D3", "P")
NEW = (Reason.RAISED, Reason.RISEN, Reason.AGAIN)
TOTAL = 4
STEP_S = 10
SHIFT = START + 4000
QUIET = START + 3000, START + 6000


def duty(now: float) -> Duty:
    return Duty("Ana", "Ben", SHIFT) if now < SHIFT else Duty("Ben", "Cleo", math.inf)


class Twins(Bench):
    """A bench with a second policy that is restarted before everything it is given."""

    def __init__(self) -> None:
        quiet = lambda _person, now: QUIET[0] <= now < QUIET[1]  # noqa: E731
        super().__init__(duty=duty, total=TOTAL, flood_alarms=5, quiet=quiet)
        self.twin: Policy | None = None
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
        for number in range(first, len(self.notices)):
            self.check(self.notices[number], self.notices[:number])
        self.look()

    def _restarted(self) -> Policy:
        memory = restarted(self.twin.memory()) if self.twin is not None else None
        self.twin = Policy(self.rules)
        if memory is not None:
            self.twin.restore(memory)
        return self.twin

    # --- of each message ---

    def check(self, notice: Notice, earlier: Sequence[Notice]) -> None:
        assert notice.person
        assert notice.channels
        assert notice.made == self.now < notice.expires
        assert len(notice.short) <= 306
        assert notice.short.isascii()
        theirs = [one for one in earlier if one.person == notice.person]
        if notice.reason.asks and notice.reason is not Reason.FLOOD:
            self.check_bad(notice, theirs)
        if notice.severity is WARNING:
            assert not self.rules.quiet(notice.person, self.now)
            bad = [one for one in earlier if one.reason.asks and "over" not in one.subject]
            loud = [one for one in bad if self.now - one.made < self.rules.window_s]
            assert notice.reason not in (*NEW, Reason.ESCALATED) or len(loud) < TOTAL, "more than the limit"
        if notice.reason is Reason.CLEARED:
            last = [one for one in theirs if named(one) & named(notice) and one.reason is not Reason.ACKNOWLEDGED]
            assert last, f"{notice.subject}: good news to one who knows nothing"
            assert last[-1].reason is not Reason.CLEARED, f"{notice.subject}: good news twice"

    def check_bad(self, notice: Notice, theirs: Sequence[Notice]) -> None:
        duty = self.rules.duty(self.now)
        anybody = notice.reason is Reason.ESCALATED and "there is no other backup" in notice.text
        assert notice.person in (duty.primary, duty.backup) or anybody, "who is off shift sleeps"
        if notice.reason not in (Reason.CHATTER, Reason.MORNING):
            waiting = self.states(*self.policy.parameters(notice.code)) & {AlarmState.UNACK, AlarmState.RTN_UNACK}
            assert waiting, f"{notice.subject}: somebody has answered, or it is on the shelf"
        if notice.reason is Reason.ESCALATED:
            asked = [one for one in self.notices if one.reason.asks and one.made < self.now]
            assert set().union(*map(named, asked)) & named(notice), "nobody was asked"
        if notice.reason in (Reason.REPEATED, Reason.ESCALATED):
            asking = [one for one in theirs if one.reason.asks and one.reason is not Reason.FLOOD]
            before = [one for one in asking if named(one) & named(notice)]
            since = max((one.made for one in before), default=-math.inf)
            begins = notice.person == duty.primary and since < SHIFT <= self.now
            soon = notice.reason is Reason.REPEATED and self.now - since < self.rules.repeat_s - STEP_S
            assert begins or not soon or not self.all_known(notice, since, before), (
                f"{notice.subject}: told again too soon"
            )

    def all_known(self, notice: Notice, since: float, before: Sequence[Notice]) -> bool:
        return named(notice) <= set().union(*(named(one) for one in before if one.made >= since))

    # --- of what is not told ---

    def look(self) -> None:
        """Nobody is left without a word on a critical alarm that waits, and the last word is not that it is over."""
        for alarm in self.board.alarms():
            name = alarm.parameter
            if alarm.state is not AlarmState.UNACK or alarm.severity is not CRITICAL:
                self.waiting.pop(name, None)
                continue
            since = self.waiting.setdefault(name, self.now)
            about = [one for one in self.notices if name in named(one)]
            if self.now - since > STEP_S and self.now - since > 40:
                told = [one for one in about if one.person == self.rules.duty(self.now).primary]
                assert told, f"{name}: nobody on duty knows"
                assert told[-1].reason is not Reason.CLEARED, f"{name} is out and the last word was that it is over"
            if self.now - since > self.rules.repeat_s + 3 * STEP_S + 60:
                fresh = [one for one in about if self.now - one.made <= self.rules.repeat_s + 2 * STEP_S]
                assert any(one.person == self.rules.duty(self.now).primary for one in fresh), f"{name}: silence"


def named(notice: Notice) -> set[str]:
    """The parameters a message names."""
    return {name for name in NAMES if f" {name} " in f" {notice.text} ".replace("\n", " ")}


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

    @rule(name=st.sampled_from(NAMES), turns=st.integers(2, 5), seconds=st.sampled_from([40, 100, 250]))
    def chatter(self, name: str, turns: int, seconds: int) -> None:
        before = len(self.bench.notices)
        for _ in range(turns):
            self.bench.go(seconds, out=[name], step=STEP_S)
            self.bench.go(seconds, out=[], step=STEP_S)
        about = [one for one in self.bench.notices[before:] if one.parameter == name and one.person == "Ana"]
        assert len([one for one in about if one.reason in (Reason.RAISED, Reason.CHATTER)]) <= 3

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
            good = {Reason.ACKNOWLEDGED, Reason.CLEARED, Reason.FLOOD, Reason.MORNING, Reason.CHATTER}
            assert {notice.reason for notice in later} <= good


TestWhatever = Whatever.TestCase
TestWhatever.settings = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    report_multiple_bugs=False,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
