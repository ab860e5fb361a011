"""A volume that fills up or does not answer is told."""

from __future__ import annotations

import math

import pytest

from eyegore.limits.model import Severity
from eyegore.session.space.timer import SpaceTimer

NAN = math.nan
T0 = 1552521600.0


@pytest.mark.parametrize(
    ("free", "hours", "severity"),
    [
        (500e9, NAN, Severity.NONE),
        (500e9, 6.1, Severity.NONE),
        (500e9, 5.9, Severity.WARNING),
        (500e9, 0.9, Severity.CRITICAL),
        (19e9, NAN, Severity.WARNING),
        (1e9, 40.0, Severity.CRITICAL),
        (NAN, NAN, Severity.WARNING),
    ],
)
def test_space(free: float, hours: float, severity: Severity) -> None:
    timer = SpaceTimer("DATA VOLUME")
    found = timer.look(T0, free, hours, "text")
    assert (found.active, found.severity) == (severity > Severity.NONE, severity)
    assert found.text == ("text" if found.active else "")


def test_space_keeps_its_beginning_and_does_not_chatter() -> None:
    timer = SpaceTimer("DATA VOLUME")
    told = [timer.look(T0 + place, 500e9, hours, "") for place, hours in enumerate((7, 5.9, 6.1, 6.5, 0.9, 1.05, 1.2))]
    names = [one.severity.name for one in told]
    assert names == ["NONE", "WARNING", "WARNING", "WARNING", "CRITICAL", "CRITICAL", "WARNING"]
    assert [one.since for one in told[1:]] == [T0 + 1] * 6
    assert not timer.look(T0 + 9, 500e9, 6.7, "").active


def test_a_volume_that_hangs_stays_as_bad_as_it_was() -> None:
    timer = SpaceTimer("DATA VOLUME")
    timer.look(T0, 1e9, NAN, "little")
    assert timer.look(T0 + 30, NAN, NAN, "hangs").severity is Severity.CRITICAL
