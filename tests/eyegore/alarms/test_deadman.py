"""A loop that stands still is told."""

from __future__ import annotations

from eyegore.alarms.deadman import LoopTimer


def test_the_loop() -> None:
    timer = LoopTimer(longest_s=10.0)
    assert timer.trouble(1e9) == ""
    assert timer.tick(100.0) is None
    assert timer.tick(110.0) is None
    assert timer.trouble(120.0) == ""
    assert timer.trouble(145.0) == "stands still for 35 s"
    assert timer.tick(150.0) == 40.0
    assert timer.trouble(151.0) == ""
