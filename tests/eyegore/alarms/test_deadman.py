"""A loop that stands still is told."""

from __future__ import annotations

import math

from eyegore.alarms.deadman import ElvisClock, LoopTimer


def test_the_loop() -> None:
    timer = LoopTimer(longest_s=10.0)
    assert timer.trouble(1e9) == ""
    assert timer.tick(100.0) is None
    assert timer.tick(110.0) is None
    assert timer.trouble(120.0) == ""
    assert timer.trouble(145.0) == "stands still for 35 s"
    assert timer.tick(150.0) == 40.0
    assert timer.trouble(151.0) == ""


def test_a_clock_that_is_a_minute_off_does_not_chatter() -> None:
    clock = ElvisClock()
    told = []
    for second, offset in enumerate([61.0] * 100 + [59.0, 61.0] * 200 + [49.0]):
        clock.arrived(1000.0 + second + offset, 1000.0 + second, 1000.0 + second)
        one = clock.condition()
        told.append("off" if one.active else "right" if one.known else "")
    assert told[:91] == [""] * 91
    assert told[91:100] == ["off"] * 9
    assert "right" not in told[:-1]
    assert told[-1] == "right"


def test_what_is_remembered_of_a_clock_does_not_change_with_each_row() -> None:
    clock = ElvisClock()
    assert math.isnan(clock.minutes)
    for jitter in (-0.9, 0.0, 0.9):
        clock.arrived(1000.0 - 720.0 + jitter, 1000.0, 1000.0)
        assert clock.minutes == -720.0
