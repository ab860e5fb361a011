"""The words of alarms: what is wrong, how it ends, and what to do, the same wherever it is told."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from eyegore.alarms.alarm import AlarmStep
from eyegore.alarms.words import (
    IMAGE_RESPONSES,
    INVALID_RESPONSE,
    LIMIT_RESPONSE,
    PERFORMANCE_RESPONSE,
    TIMER_RESPONSES,
    TREND_RESPONSE,
    all_back,
    response_to,
    sentence,
    subject,
    what,
)
from eyegore.limits.model import Range, Severity, Verdict, describe
from eyegore.messages.alarms import Alarm, AlarmKind, AlarmState, Transition

CCD = Range(-133.0, 35.0, -140.0)
ALARM = Alarm(
    "CCD1_TEMP_T", AlarmKind.OOL, AlarmState.UNACK, Severity.CRITICAL, active=True, value=-136.05, unit="degC",
    time=951_000_070.0, since=951_000_000.0, worst=-136.05, limit=describe(CCD, "degC"), side=Verdict.LOW,
    bounds=CCD.bounds,
)  # fmt: skip


def alarm(parameter: str, kind: AlarmKind) -> Alarm:
    return Alarm(parameter, kind, AlarmState.UNACK, Severity.WARNING, active=True, side=Verdict.STALE)


@pytest.mark.parametrize(
    ("value", "change", "said"),
    [
        (-136.05, {}, "CCD1_TEMP_T −136.1 °C, below −133 °C"),
        (-133.04, {}, "CCD1_TEMP_T −133.04 °C, below −133 °C"),
        (-141.0, {}, "CCD1_TEMP_T −141.0 °C, below −140 °C"),
        (36.5, {"side": Verdict.HIGH}, "CCD1_TEMP_T 36.5 °C, above 35 °C"),
        (-132.8, {}, "CCD1_TEMP_T −132.8 °C, was below −133 °C"),
        (math.nan, {}, "CCD1_TEMP_T no reading, was below −133 °C"),
        (-122.0, {"kind": AlarmKind.PERFORMANCE, "bounds": Range(-121, -119).bounds},
         "CCD1_TEMP_T −122.0 °C, below performance limit −121 °C"),
        (25.5, {"unit": "V", "side": Verdict.HIGH, "bounds": Range(-math.inf, math.inf).bounds,
                "limit": "OD_1_T ± 0.2 V"}, "CCD1_TEMP_T 25.50 V, above limit OD_1_T ± 0.2 V"),
        (12193.0, {"unit": "register", "side": Verdict.UNEXPECTED, "limit": "= 0x2FA0"},
         "CCD1_TEMP_T 0x2FA1, not as expected (= 0x2FA0)"),
        (-120.0, {"side": Verdict.DELTA_HIGH}, "CCD1_TEMP_T −120.0 °C, rises too fast"),
        (-136.0, {"side": Verdict.UNCHECKED}, "CCD1_TEMP_T −136.0 °C, out of limits (−133 … 35 °C, hard −140 …)"),
        (1.0, {"kind": AlarmKind.INVALID}, "CCD1_TEMP_T: no valid reading"),
    ],
)  # fmt: skip
def test_what_is_wrong_names_the_limit_that_was_crossed(value: float, change: dict[str, object], said: str) -> None:
    assert what(replace(ALARM, **change), value) == said


@pytest.mark.parametrize(
    ("parameter", "said"),
    [
        ("WARNINGS by call", "telephone calls"),
        ("WARNINGS by sms", "SMS"),
        ("WARNINGS by heartbeat", "heartbeat"),
        ("BACKUP /mnt/x", "BACKUP /mnt/x"),
    ],
)
def test_an_alarm_is_about_what_people_call_it(parameter: str, said: str) -> None:
    assert subject(alarm(parameter, AlarmKind.DEADMAN)) == said
    assert what(replace(alarm(parameter, AlarmKind.DEADMAN), limit="fails"), math.nan) == f"{said}: fails"


@pytest.mark.parametrize(
    ("alarms", "said"),
    [
        ([("A", AlarmKind.OOL)], "back in limits"),
        ([("A", AlarmKind.OOL), ("B", AlarmKind.OOL)], "back in limits"),
        ([("A", AlarmKind.PERFORMANCE)], "back in performance limits"),
        ([("A", AlarmKind.OOL), ("A", AlarmKind.PERFORMANCE)], "back in limits"),
        ([("A", AlarmKind.INVALID)], "has valid readings again"),
        ([("A", AlarmKind.INVALID), ("B", AlarmKind.INVALID)], "have valid readings again"),
        ([("A", AlarmKind.TREND)], "no longer heads for its limit"),
        ([("IMAGE CCD1 offset", AlarmKind.FRAME)], "well in the newest image"),
        ([("HK rows", AlarmKind.DEADMAN)], "arrive again"),
        ([("HK clock", AlarmKind.DEADMAN)], "goes on"),
        ([("ELVIS clock", AlarmKind.DEADMAN)], "is right again"),
        ([("DATA VOLUME", AlarmKind.DEADMAN)], "is well again"),
        ([("A", AlarmKind.OOL), ("B", AlarmKind.INVALID)], "are over"),
        ([("A", AlarmKind.OOL), ("A", AlarmKind.INVALID)], "is over"),
        ([("HK rows", AlarmKind.DEADMAN), ("IMAGES", AlarmKind.DEADMAN)], "are over"),
    ],
)
def test_only_what_was_out_of_limits_is_back_in_limits(alarms: list[tuple[str, AlarmKind]], said: str) -> None:
    assert all_back([replace(alarm(*one), limit="= 1") for one in alarms]) == said


def test_what_lost_its_limits_is_not_back_in_limits() -> None:
    gone = replace(ALARM, limit="", active=False)
    assert all_back([gone]) == all_back([gone, replace(gone, parameter="B")]) == "not checked any more"
    assert all_back([gone, replace(ALARM, parameter="B")]) == "are over"


def test_what_nobody_waits_for_any_more_has_not_come() -> None:
    assert all_back([alarm("EXPOSURES", AlarmKind.DEADMAN)]) == "no longer awaited"


@pytest.mark.parametrize(
    ("step", "change", "said"),
    [
        (Transition.RAISED, {}, "CRITICAL CCD1_TEMP_T −136.1 °C, below −133 °C, out since 19/Feb 22:40:00"),
        (Transition.RETURNED, {"value": -120.0}, "CCD1_TEMP_T −120.0 °C back in limits at 19/Feb 22:41:10"),
        (Transition.RETURNED, {"kind": AlarmKind.INVALID}, "CCD1_TEMP_T has valid readings again at 19/Feb 22:41:10"),
        (Transition.ACKNOWLEDGED, {}, "CCD1_TEMP_T acknowledged by ana: at it"),
        (Transition.PENDING, {}, ""),
    ],
)
def test_a_line_of_the_log(step: Transition, change: dict[str, object], said: str) -> None:
    person = ("ana", "at it") if step is Transition.ACKNOWLEDGED else ()
    assert sentence(AlarmStep(step, AlarmState.NORMAL, AlarmState.UNACK, replace(ALARM, **change), *person)) == said


@pytest.mark.parametrize(
    ("parameter", "kind", "part"),
    [
        ("HK rows", AlarmKind.DEADMAN, TIMER_RESPONSES["HK rows"]),
        ("EXPOSURES", AlarmKind.DEADMAN, TIMER_RESPONSES["EXPOSURES"]),
        ("IMAGES", AlarmKind.DEADMAN, TIMER_RESPONSES["IMAGES"]),
        ("DATA VOLUME", AlarmKind.DEADMAN, TIMER_RESPONSES["DATA VOLUME"]),
        ("VOLUME OF nas", AlarmKind.DEADMAN, "Make room there"),
        ("BACKUP /mnt/backup", AlarmKind.DEADMAN, "copies (F3)"),
        ("BROADCAST campaign", AlarmKind.DEADMAN, "copies (F3)"),
        ("WARNINGS by SMS", AlarmKind.DEADMAN, "eyegore warnings test"),
        ("IMAGE CCD1 read noise", AlarmKind.FRAME, IMAGE_RESPONSES["read noise"]),
        ("IMAGE CCD1 whatever", AlarmKind.FRAME, "Look at the image"),
        ("CCD2_TEMP_B", AlarmKind.INVALID, INVALID_RESPONSE),
        ("CCD2_TEMP_B", AlarmKind.TREND, TREND_RESPONSE),
        ("CCD2_OD_T", AlarmKind.OOL, LIMIT_RESPONSE),
        ("CCD2_OD_T", AlarmKind.PERFORMANCE, PERFORMANCE_RESPONSE),
    ],
)
def test_every_alarm_tells_what_to_do(parameter: str, kind: AlarmKind, part: str) -> None:
    assert part in response_to(alarm(parameter, kind))


@pytest.mark.parametrize("kind", [AlarmKind.OOL, AlarmKind.TREND])
def test_what_the_table_of_limits_says_comes_first(kind: AlarmKind) -> None:
    assert response_to(alarm("CCD2_TEMP_B", kind), "call Ben") == "call Ben"


@pytest.mark.parametrize("kind", [AlarmKind.INVALID, AlarmKind.PERFORMANCE])
def test_what_is_to_do_about_a_limit_is_not_for_what_crossed_none_of_it(kind: AlarmKind) -> None:
    assert response_to(alarm("CCD2_TEMP_B", kind), "stop the cooling") != "stop the cooling"
