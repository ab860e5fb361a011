"""One flag: raised, latched, acknowledged, muted, stale."""

from __future__ import annotations

import math

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from eyegore.alarms.flags import OolFlag, Sighting
from eyegore.limits.model import Parameter, Range, Severity, Verdict
from eyegore.messages import FlagState

PARAMETER = Parameter(
    "CCD2_TEMP_B",
    "degC",
    "",
    safe=Range(-133, 35),
    severity_low=Severity.CRITICAL,
    severity_high=Severity.WARNING,
)
GOOD, LOW, HIGH, NONE = Verdict.IN_LIMITS, Verdict.LOW, Verdict.HIGH, Verdict.INVALID


def sample(verdict: Verdict, value: float = -120.0, time: float = 0.0) -> Sighting:
    return Sighting(verdict, time, time, value, value)


def flag_after(*steps: Verdict | str) -> OolFlag:
    flag = OolFlag(PARAMETER, "−133 … 35 °C")
    for time, step in enumerate(steps):
        if isinstance(step, Verdict):
            flag.see(sample(step, time=float(time)))
        else:
            getattr(flag, step)()
    return flag


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ((), FlagState.NO_DATA),
        ((GOOD,), FlagState.NORMAL),
        ((NONE,), FlagState.INVALID),
        ((Verdict.UNCHECKED,), FlagState.UNCHECKED),
        ((LOW,), FlagState.RAISED),
        ((LOW, GOOD), FlagState.LATCHED),
        ((LOW, GOOD, "lower"), FlagState.NORMAL),
        ((LOW, "lower"), FlagState.ACKNOWLEDGED),
        ((LOW, "lower", LOW, LOW), FlagState.ACKNOWLEDGED),
        ((LOW, "lower", GOOD), FlagState.NORMAL),
        ((LOW, "lower", GOOD, LOW), FlagState.RAISED),
        ((LOW, GOOD, LOW), FlagState.RAISED),
        ((HIGH, "lower", LOW), FlagState.RAISED),
        ((LOW, "lower", HIGH), FlagState.RAISED),
        ((LOW, NONE), FlagState.RAISED),
        ((LOW, "lower", NONE), FlagState.ACKNOWLEDGED),
        ((LOW, GOOD, NONE), FlagState.INVALID),
        ((LOW, GOOD, NONE, GOOD), FlagState.LATCHED),
        ((GOOD, "grow_stale"), FlagState.STALE),
        ((GOOD, "grow_stale", GOOD), FlagState.NORMAL),
        ((LOW, "grow_stale"), FlagState.RAISED),
        (("grow_stale",), FlagState.NO_DATA),
        (("mute", LOW), FlagState.MUTED),
        (("mute", LOW, "lower"), FlagState.MUTED),
        (("mute", LOW, "unmute"), FlagState.RAISED),
        (("mute", LOW, GOOD, "unmute"), FlagState.LATCHED),
        ((LOW, "lower", "mute", "unmute"), FlagState.RAISED),
        ((GOOD, "mute", "unmute"), FlagState.NORMAL),
        ((LOW, "mute", GOOD, LOW, "grow_stale", "mute"), FlagState.MUTED),
    ],
)
def test_state(steps: tuple[Verdict | str, ...], state: FlagState) -> None:
    assert flag_after(*steps).view().state is state


def test_a_raised_flag_remembers_since_and_worst() -> None:
    flag = OolFlag(PARAMETER)
    flag.see(sample(GOOD, -120, 0))
    for time, value in enumerate((-134.0, -136.0, -133.5), start=10):
        flag.see(sample(LOW, value, time))
    view = flag.view()
    assert (view.since, view.worst, view.value, view.severity) == (10, -136.0, -133.5, Severity.CRITICAL)
    flag.see(sample(GOOD, -130, 20))
    assert (flag.view().since, flag.view().worst, flag.view().latched) == (10, -136.0, True)


def test_lowering_a_lasting_violation_does_not_raise_it_each_sample() -> None:
    flag = flag_after(LOW, "lower")
    assert [flag.see(sample(LOW, time=10.0 + tick)) for tick in range(5)] == [""] * 5


def test_each_excursion_is_told_once() -> None:
    flag = OolFlag(PARAMETER)
    told = [flag.see(sample(verdict, time=float(time))) for time, verdict in enumerate((GOOD, LOW, LOW, GOOD, LOW))]
    assert told == ["valid", "raised", "", "returned", "raised"]


def test_a_recalled_excursion_latches() -> None:
    flag = OolFlag(PARAMETER)
    flag.see(sample(GOOD, time=100.0))
    assert flag.recall(Sighting(LOW, 10, 20, -134, -136)) == "latched"
    assert flag.recall(Sighting(GOOD, 21, 99, -120, math.nan)) == ""
    view = flag.view()
    assert (view.state, view.since, view.worst, view.value) == (FlagState.LATCHED, 10, -136, -120.0)


def test_an_excursion_found_by_its_end_gets_its_true_start() -> None:
    flag = OolFlag(PARAMETER)
    assert flag.see(sample(LOW, -135.0, 100.0)) == "raised"
    assert flag.recall(Sighting(LOW, 40, 100, -135, -137)) == ""
    assert flag.see(sample(LOW, -135.0, 101.0)) == ""
    assert (flag.view().since, flag.view().worst) == (40, -137)


class FlagMachine(RuleBasedStateMachine):
    """Whatever happens in whatever order, the promises hold."""

    def __init__(self) -> None:
        super().__init__()
        self.flag = OolFlag(PARAMETER)
        self.time = 0.0
        self.muted = False
        self.told: list[str] = []

    @rule(verdict=st.sampled_from([GOOD, LOW, HIGH, NONE, Verdict.UNCHECKED]))
    def sample(self, verdict: Verdict) -> None:
        before = self.flag.view()
        self.time += 1
        what = self.flag.see(sample(verdict, time=self.time))
        after = self.flag.view()
        if verdict in (NONE, Verdict.UNCHECKED) and before.state in (FlagState.RAISED, FlagState.ACKNOWLEDGED):
            assert after.state is before.state, "no data cleared an alarm"
        if what == "raised":
            assert verdict.out
        if verdict.out and not self.muted:
            assert after.state in (FlagState.RAISED, FlagState.ACKNOWLEDGED), "a violation is hidden"

    @rule()
    def stale(self) -> None:
        before = self.flag.view().state
        self.flag.grow_stale()
        if before in (FlagState.RAISED, FlagState.ACKNOWLEDGED):
            assert self.flag.view().state is before

    @rule()
    def lower(self) -> None:
        self.flag.lower()
        if not self.muted:
            assert self.flag.view().state is not FlagState.RAISED
            assert not self.flag.view().latched

    @rule()
    def mute(self) -> None:
        self.flag.mute()
        self.muted = True

    @rule()
    def unmute(self) -> None:
        self.flag.unmute()
        self.muted = False

    @invariant()
    def muted_stays_muted(self) -> None:
        assert (self.flag.view().state is FlagState.MUTED) == self.muted

    @invariant()
    def green_only_when_known_and_in_limits(self) -> None:
        view = self.flag.view()
        if view.state in (FlagState.NORMAL, FlagState.LATCHED):
            assert view.live is GOOD


TestFlagMachine = FlagMachine.TestCase
