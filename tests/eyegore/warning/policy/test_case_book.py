"""What an alarm brings along when it goes over to the incident it comes again with."""

from __future__ import annotations

import pytest

from .policy_bench import Bench


@pytest.mark.parametrize("known", [True, False], ids=["with another alarm told before it", "by itself"])
def test_a_critical_of_which_people_heard_that_it_is_over_is_news_when_it_is_out_again(known: bool) -> None:
    bench = Bench()
    assert bench.go(60, out=["T1"]) == ["Ana: CRITICAL T1 −140.0 °C, below −133 °C"]
    assert bench.go(7200, out=[]) == ["Ana: T1 back in limits"]
    assert bench.go(20, out=["D1"] * known) == ["Ana: WARNING D1 31.00 V, above 30 V"] * known
    assert bench.go(2, out=["T1"] + ["D1"] * known) == ["Ana: CRITICAL T1 −140.0 °C, below −133 °C"]
