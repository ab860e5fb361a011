"""The words of alarms: every one tells what to do, wherever it is told."""

from __future__ import annotations

import pytest

from eyegore.alarms.words import IMAGE_RESPONSES, TIMER_RESPONSES, response_to
from eyegore.limits.model import Severity
from eyegore.messages.alarms import Alarm, AlarmKind, AlarmState


def alarm(parameter: str, kind: AlarmKind) -> Alarm:
    return Alarm(parameter, kind, AlarmState.UNACK, Severity.WARNING, active=True)


@pytest.mark.parametrize(
    ("parameter", "kind", "part"),
    [
        ("HK rows", AlarmKind.DEADMAN, TIMER_RESPONSES["HK rows"]),
        ("EXPOSURES", AlarmKind.DEADMAN, TIMER_RESPONSES["EXPOSURES"]),
        ("IMAGES", AlarmKind.DEADMAN, TIMER_RESPONSES["IMAGES"]),
        ("DATA VOLUME", AlarmKind.DEADMAN, TIMER_RESPONSES["DATA VOLUME"]),
        ("VOLUME OF nas", AlarmKind.DEADMAN, "Make room there"),
        ("BACKUP /mnt/backup", AlarmKind.DEADMAN, "list of copies"),
        ("BROADCAST campaign", AlarmKind.DEADMAN, "list of copies"),
        ("WARNINGS by SMS", AlarmKind.DEADMAN, "eyegore warnings test"),
        ("IMAGE CCD1 read noise", AlarmKind.FRAME, IMAGE_RESPONSES["read noise"]),
        ("IMAGE CCD1 whatever", AlarmKind.FRAME, "Look at the image"),
        ("CCD2_TEMP_B", AlarmKind.INVALID, "Nothing is known of this parameter"),
        ("CCD2_TEMP_B", AlarmKind.TREND, "not reached yet"),
    ],
)
def test_alarms_without_a_limit_tell_what_to_do(parameter: str, kind: AlarmKind, part: str) -> None:
    assert part in response_to(alarm(parameter, kind))


@pytest.mark.parametrize("kind", [AlarmKind.OOL, AlarmKind.PERFORMANCE, AlarmKind.INVALID, AlarmKind.TREND])
def test_what_the_table_of_limits_says_comes_first(kind: AlarmKind) -> None:
    assert response_to(alarm("CCD2_TEMP_B", kind), "call Ben") == "call Ben"
