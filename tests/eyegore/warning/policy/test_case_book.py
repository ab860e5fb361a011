"""What an alarm brings along when it goes over to the incident it comes again with."""

from __future__ import annotations

import pytest

from eyegore.messages.warnings import Reason

from .policy_bench import WARNING, Bench


@pytest.mark.parametrize("known", [True, False], ids=["with another alarm told before it", "by itself"])
def test_a_critical_of_which_people_heard_that_it_is_over_is_news_when_it_is_out_again(known: bool) -> None:
    bench = Bench()
    assert bench.go(60, out=["T1"]) == ["Ana: CRITICAL T1 −140.0 °C, below −133 °C"]
    assert bench.go(7200, out=[]) == ["Ana: T1 back in limits"]
    assert bench.go(20, out=["D1"] * known) == ["Ana: WARNING D1 31.00 V, above 30 V"] * known
    assert bench.go(2, out=["T1"] + ["D1"] * known) == ["Ana: CRITICAL T1 −140.0 °C, below −133 °C"]


def test_a_channel_that_fails_is_no_part_of_the_incident_it_fails_to_tell() -> None:
    """What is over is over, though the channel still fails; and the channel is not what it began with."""
    bench = Bench()
    timer = bench.board.timer(
        "WARNINGS by sms", WARNING, "sms does not get out", bench.now - 60, bench.now, bench.frame
    )
    bench.tell(timer)
    bench.go(3, out=["T1"])
    bench.go(6, out=["T1", "T2"])
    told = bench.go(700, out=[])
    assert any("T1" in line and "back in limits" in line for line in told)
    assert [notice.parameter for notice in bench.notices if notice.parameter == "WARNINGS by sms"] != []
    assert not any("began with WARNINGS" in notice.text or "began with SMS" in notice.text for notice in bench.notices)


def test_what_was_acknowledged_and_is_out_on_the_other_side_is_told_as_that() -> None:
    bench = Bench()
    bench.go(3, out=["T1"])
    bench.ack("T1")
    told = bench.go(10, T1=40.0)
    assert [notice.reason for notice in bench.notices if notice.short.startswith("CRITICAL")][-1] is Reason.CROSSED
    assert told[-1].startswith("Ana: CRITICAL out on the other side now: T1 40.0 °C, above ")
