"""Flags and strip charts in words."""

from __future__ import annotations

import pytest

from eyegore.limits.model import Expected, LimitSet, LimitTable, Parameter, Severity, Verdict
from eyegore.messages.events import Flag, FlagState
from eyegore.presenters.flags import chart_cell, flag_cell

REGISTER = Parameter("SPW_STATUS_REG", "register", "", Expected(0x2FA0), severity_high=Severity.WARNING)
TABLE = LimitTable("7.5.X", "", "", {"SPW_STATUS_REG": REGISTER})
FLAG = Flag("SPW_STATUS_REG", FlagState.RAISED, Verdict.UNEXPECTED, Severity.WARNING, 12193.0, "register", 0.0)


def test_a_register_is_told_in_hexadecimal() -> None:
    chart = chart_cell("SPW_STATUS_REG", TABLE, LimitSet.SAFE, {}, FLAG)
    assert (flag_cell(FLAG).value, chart.told(12193.0)) == ("0x2FA1", "0x2FA1")


@pytest.mark.parametrize("latched", [True, False])
def test_a_flag_that_is_over_does_not_say_that_it_was_out_of_limits(latched: bool) -> None:
    """It may have had no reading instead."""
    state = FlagState.LATCHED if latched else FlagState.NORMAL
    words = flag_cell(Flag("A", state, Verdict.IN_LIMITS, Severity.NONE, 1.0, "V", 0.0, latched=latched)).text
    assert words == ("back to normal; an alarm that is over is not lowered yet" if latched else "in limits")
