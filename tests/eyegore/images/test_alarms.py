from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from eyegore.images.alarms import NO_BLOCK
from eyegore.limits.frame_model import ImageVerdict, worst
from eyegore.messages.events import (
    AlarmChanged,
    AlarmKind,
    AlarmState,
    Event,
    ImageJudged,
    ImagesWaiting,
    Said,
    SourceEvent,
    SourceKind,
)
from eyegore.messages.images import ImageCheck, ImageProblem, ImageResult
from eyegore.session.monitor import Monitor
from eyegore.session.service import rules_for
from eyegore.session.settings import Session

NOW = 1_552_600_000.0
RULES = rules_for(Session(Path("/nowhere")))
GOOD, BAD, UNKNOWN = 1.2, 1.7, math.nan


@pytest.fixture
def monitor() -> Monitor:
    return Monitor(RULES)


def noise(quadrant: str, value: float) -> ImageCheck:
    judged_as = ImageVerdict.PASS if value < 1.44 else ImageVerdict.WARNING
    verdict = ImageVerdict.NOT_CHECKED if math.isnan(value) else judged_as
    return ImageCheck("std_pre", quadrant, value, 0.86, 1.44, verdict, "ADU")


def judged(obsid: int, *checks: ImageCheck, ccd: int = 2, news: bool = True) -> ImageJudged:
    verdict = worst(check.verdict for check in checks)
    return ImageJudged(ImageResult(f"/d/{obsid}.fits", obsid, ccd, verdict, checks=checks), news, NOW)


def alarms(events: list[Event]) -> list[tuple[str, AlarmState]]:
    return [(event.alarm.parameter, event.alarm.state) for event in events if isinstance(event, AlarmChanged)]


def test_a_read_noise_out_of_limits_is_an_alarm_and_told(monitor: Monitor) -> None:
    events = monitor.take(judged(100, noise("E", BAD), noise("F", BAD), noise("G", GOOD)), NOW)
    assert alarms(events) == [("IMAGE CCD2 read noise", AlarmState.UNACK)]
    (change,) = (event for event in events if isinstance(event, AlarmChanged))
    assert change.alarm.kind is AlarmKind.FRAME
    words = "std_pre of E is 1.7 ADU, above 1.44; std_pre of F is 1.7 ADU, above 1.44"
    assert change.alarm.limit == f"{words} (ObsID 100)"
    assert [event.text for event in events if isinstance(event, Said)] == [f"ObsID 100 CCD2 WARNING: {words}"]


@pytest.mark.parametrize(("block", "expected"), [("", []), ("BORN", [("IMAGE CCD2 offset", AlarmState.UNACK)])])
def test_an_offset_is_an_alarm_only_where_the_block_is_told(
    monitor: Monitor, block: str, expected: list[tuple[str, AlarmState]]
) -> None:
    check = ImageCheck("offset_pre", "E", 2940.0, 2750.0, 2850.0, ImageVerdict.WARNING, "ADU")
    first, second = (judged(obsid, check) for obsid in (100, 101))
    events = [
        event
        for one in (first, second)
        for event in monitor.take(replace(one, result=replace(one.result, block=block)), NOW)
    ]
    assert alarms(events) == expected
    texts = [event.text for event in events if isinstance(event, Said)]
    assert (texts == [NO_BLOCK]) is not bool(block)


def test_the_next_good_image_of_that_ccd_lets_go_of_it_and_no_other(monitor: Monitor) -> None:
    monitor.take(judged(100, noise("E", BAD)), NOW)
    assert alarms(monitor.take(judged(101, noise("E", GOOD), ccd=1), NOW + 80)) == []
    assert alarms(monitor.take(judged(101, noise("E", GOOD)), NOW + 80)) == [
        ("IMAGE CCD2 read noise", AlarmState.RTN_UNACK)
    ]


def test_what_could_not_be_computed_lets_go_of_nothing(monitor: Monitor) -> None:
    monitor.take(judged(100, noise("E", BAD)), NOW)
    assert alarms(monitor.take(judged(101, noise("E", UNKNOWN)), NOW + 80)) == []


def test_one_bad_quadrant_is_enough_to_keep_it(monitor: Monitor) -> None:
    monitor.take(judged(100, noise("E", BAD)), NOW)
    assert alarms(monitor.take(judged(101, noise("E", GOOD), noise("F", BAD)), NOW + 80)) == []


def test_images_that_were_there_at_the_start_are_no_news(monitor: Monitor) -> None:
    old = judged(100, noise("E", BAD), news=False)
    assert monitor.take(old, NOW) == [old]


def test_an_older_image_judged_late_changes_no_alarm(monitor: Monitor) -> None:
    monitor.take(judged(101, noise("E", GOOD)), NOW)
    assert alarms(monitor.take(judged(100, noise("E", BAD)), NOW + 1)) == []


@pytest.mark.parametrize(
    ("problem", "expected"),
    [(ImageProblem.TRUNCATED, [("IMAGE CCD1 file", AlarmState.UNACK)]), (ImageProblem.VANISHED, [])],
)
def test_an_image_that_is_no_image_is_an_alarm_one_that_is_gone_is_not(
    monitor: Monitor, problem: ImageProblem, expected: list[tuple[str, AlarmState]]
) -> None:
    result = ImageResult("/d/1.fits", 1, 1, problem.verdict, problem=problem, explanation="it has 5 bytes")
    events = monitor.take(ImageJudged(result, True, NOW), NOW)
    assert alarms(events) == expected
    assert [event.text for event in events if isinstance(event, Said)] == [
        f"ObsID 1 CCD1 {problem.verdict.value}: {problem.value}: it has 5 bytes"
    ]


def test_an_alarm_outlives_a_restart_and_ends_with_the_next_good_image(monitor: Monitor) -> None:
    monitor.take(judged(100, noise("E", BAD)), NOW)
    again = Monitor(RULES)
    again.restore(monitor.memory())
    assert alarms(again.take(judged(101, noise("E", GOOD)), NOW + 80)) == [
        ("IMAGE CCD2 read noise", AlarmState.RTN_UNACK)
    ]


@pytest.mark.parametrize(("obsid", "modified"), [(99_999, NOW), (101, NOW + 365 * 86_400)])
def test_an_image_with_a_number_or_a_date_far_ahead_hides_none_after_it(
    monitor: Monitor, obsid: int, modified: float
) -> None:
    monitor.take(replace(judged(obsid, noise("E", GOOD)), modified=modified), NOW)
    events = monitor.take(replace(judged(102, noise("E", BAD)), modified=NOW + 60), NOW + 60)
    assert alarms(events) == [("IMAGE CCD2 read noise", AlarmState.UNACK)]


def test_how_many_wait_is_passed_on(monitor: Monitor) -> None:
    waiting = ImagesWaiting(3)
    assert monitor.take(waiting, NOW) == [waiting]


def test_an_image_that_is_judged_again_is_not_said_again(monitor: Monitor) -> None:
    def said(one: ImageJudged) -> int:
        return sum(isinstance(event, Said) for event in monitor.take(one, NOW))

    assert [said(judged(100, noise("E", BAD))) for _ in range(2)] == [1, 0]
    assert said(judged(100, noise("E", BAD), ccd=3)) == 1
    assert said(judged(101, noise("E", BAD))) == 1


def test_in_another_folder_obsids_begin_anew(monitor: Monitor) -> None:
    monitor.take(judged(100, noise("E", GOOD)), NOW)
    monitor.take(SourceEvent(SourceKind.SWITCHED, "/other", "another"), NOW)
    assert alarms(monitor.take(judged(7, noise("E", BAD)), NOW)) == [("IMAGE CCD2 read noise", AlarmState.UNACK)]
