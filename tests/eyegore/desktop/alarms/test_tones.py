"""When tones are due, on a clock of the test's own."""

from __future__ import annotations

import math

import pytest

from eyegore.desktop.alarms.tones import GAP_S, REPEAT_S, TonePlan
from eyegore.limits.model import Severity

C, W, NONE = Severity.CRITICAL, Severity.WARNING, Severity.NONE


def heard(plan: TonePlan, end: float, start: float = 0.0) -> list[tuple[float, Severity]]:
    """What sounds from ``start`` to ``end`` [s]."""
    tones = []
    now = max(start, plan.due())
    while now <= end:
        tones.append((now, plan.next_tone(now)))
        now = max(now, plan.due())
    return tones


def test_nothing_sounds_without_alarms() -> None:
    plan = TonePlan()
    assert plan.due() == math.inf
    assert plan.next_tone(0) is NONE
    plan.update({"a": NONE})
    assert plan.next_tone(0) is NONE


def test_warning_sounds_once() -> None:
    plan = TonePlan()
    plan.update({"a": W})
    plan.update({"a": W})
    assert heard(plan, 1000) == [(0, W)]


def test_critical_sounds_until_acknowledged() -> None:
    plan = TonePlan()
    plan.update({"a": C, "b": W})
    assert heard(plan, 2 * REPEAT_S) == [(0, C), (REPEAT_S, C), (2 * REPEAT_S, C)]
    plan.update({"b": W})
    assert heard(plan, 1000, 50) == []


def test_a_rise_and_a_return_sound_again() -> None:
    plan = TonePlan()
    plan.update({"a": W})
    assert plan.next_tone(0) is W
    plan.update({"a": C})
    assert plan.next_tone(10) is C
    plan.update({})
    plan.update({"a": W})
    assert plan.next_tone(20) is W


def test_a_rise_sounds_at_once_beside_an_old_critical() -> None:
    plan = TonePlan()
    plan.update({"a": C, "b": W})
    assert plan.next_tone(0) is C
    plan.update({"a": C, "b": C})
    assert plan.next_tone(REPEAT_S / 2) is C


def test_a_warning_beside_an_old_critical_has_its_own_tone() -> None:
    plan = TonePlan()
    plan.update({"a": C})
    assert plan.next_tone(0) is C
    plan.update({"a": C, "b": W})
    assert plan.next_tone(5) is W
    assert plan.due() == REPEAT_S


def test_a_flood_is_one_tone_and_not_a_concert() -> None:
    plan = TonePlan()
    tones = []
    for second in range(10):
        plan.update({str(number): W for number in range(20 * second + 1)})
        tones.append(plan.next_tone(second / 2))
    assert [tone for tone in tones if tone] == [W] * (1 + int(4.5 / GAP_S))


@pytest.mark.parametrize(("severity", "after"), [(W, [(600, W)]), (C, [(600, C), (600 + REPEAT_S, C)])])
def test_silence_puts_off_and_forgets_nothing(severity: Severity, after: list[tuple[float, Severity]]) -> None:
    plan = TonePlan()
    plan.silence(600, 0)
    plan.update({"a": severity})
    assert plan.next_tone(599) is NONE
    assert heard(plan, 600 + REPEAT_S) == after


def test_what_was_acknowledged_in_silence_stays_silent() -> None:
    plan = TonePlan()
    plan.silence(600, 0)
    plan.update({"a": C})
    plan.update({})
    assert plan.due() == math.inf


def test_a_silence_can_be_ended() -> None:
    plan = TonePlan()
    plan.silence(600, 0)
    plan.update({"a": W})
    plan.silence(0, 10)
    assert plan.next_tone(10) is W
