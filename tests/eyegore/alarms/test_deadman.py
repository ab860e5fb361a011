"""A loop that stands still is told."""

from __future__ import annotations

from eyegore.alarms import deadman
from eyegore.alarms.deadman import LoopTimer
from eyegore.limits.model import Severity


def test_the_loop() -> None:
    timer = LoopTimer(longest_s=10.0)
    assert not timer.condition(1e9).active
    assert timer.tick(100.0) is None
    assert timer.tick(110.0) is None
    assert not timer.condition(120.0).active
    found = timer.condition(145.0)
    assert found == deadman.Condition("EYEGORE", True, 110.0, "stands still for 35 s", Severity.CRITICAL)
    assert timer.tick(150.0) == 40.0
    assert not timer.condition(151.0).active
