"""Pre-alarms: before the limit or not at all, and never of a camera that goes where it is to go."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from eyegore.housekeeping.housekeeping import Rules
from eyegore.limits.table import table_for
from eyegore.messages.events import AlarmChanged, AlarmKind, CaughtUp, HkHeader, HkRows, Transition
from eyegore.session.monitor import Monitor, Tick

START = 1_000_000.0
ROW_S = 10.0
SENSORS = tuple(f"CCD{ccd}_TEMP_{half}" for ccd in "123" for half in "TB")


def ramp(begin: float, end: float, per_minute: float) -> npt.NDArray[np.float64]:
    """Temperatures [°C], a row each 10 s."""
    return np.linspace(begin, end, int(abs(end - begin) / per_minute * 60 / ROW_S))


def stay(value: float, minutes: float) -> npt.NDArray[np.float64]:
    return np.full(int(minutes * 60 / ROW_S), value)


def raised(*pieces: npt.NDArray[np.float64]) -> list[tuple[AlarmKind, str, float]]:
    """The alarms of all six sensors that read these temperatures, each with noise: kind, parameter, minutes."""
    truth = np.concatenate(pieces)
    noise = np.random.default_rng(7).normal(0, 0.02, (truth.size, len(SENSORS)))
    values = np.round(truth[:, None] + noise, 2)
    monitor = Monitor(Rules(lambda _elvis: table_for("7.5.X")), "/data")
    monitor.take(HkHeader("hk", "7.5.X", SENSORS), START)
    found: list[tuple[AlarmKind, str, float]] = []
    for at in range(0, len(values), 6):
        times = START + ROW_S * np.arange(at, min(at + 6, len(values)))
        now = float(times[-1])
        events = monitor.take(HkRows("hk", SENSORS, times, values[at : at + 6], 2, now), now)
        events += monitor.take(CaughtUp("/data") if at == 0 else Tick(), now)
        found += [
            (event.alarm.kind, event.alarm.parameter, (event.entry.time - START) / 60)
            for event in events
            if isinstance(event, AlarmChanged) and event.entry.what is Transition.RAISED
        ]
    return found


@pytest.mark.parametrize("per_minute", [0.5, 0.7, 2.0])
@pytest.mark.parametrize("way", [(20.0, -120.0), (-120.0, 21.0)], ids=["cool-down", "warm-up"])
def test_a_camera_that_cools_down_or_warms_up_raises_nothing(way: tuple[float, float], per_minute: float) -> None:
    assert raised(stay(way[0], 20), ramp(*way, per_minute), stay(way[1], 60)) == []


@pytest.mark.parametrize(("per_minute", "lead"), [(0.2, 29.0), (0.5, 19.0), (1.0, 8.0)])
def test_a_drift_is_told_once_before_the_limit_and_not_after_the_return(per_minute: float, lead: float) -> None:
    """The lead [min] is the way from the first certain line to the limit, 30 min of response at most."""
    found = raised(
        stay(-120, 60), ramp(-120, -136, per_minute), stay(-136, 20), ramp(-136, -120, 2), stay(-120, 45)
    )  # fmt: skip
    crossed = 60 + 13 / per_minute
    assert [kind for kind, name, _ in found if name == SENSORS[0]] == [AlarmKind.TREND, AlarmKind.OOL]
    told = told_of(found, AlarmKind.TREND)
    assert len(told) == len(SENSORS)
    assert lead < crossed - max(told) <= crossed - min(told) <= 31


def test_a_drift_too_fast_to_be_foretold_is_no_pre_alarm_afterwards() -> None:
    found = raised(stay(-120, 60), ramp(-120, -136, 8), stay(-136, 20), ramp(-136, -120, 0.5), stay(-120, 60))
    assert told_of(found, AlarmKind.TREND) == []
    assert len(told_of(found, AlarmKind.OOL)) == len(SENSORS)


def test_a_cool_down_that_goes_on_beyond_the_working_point_is_told_in_time() -> None:
    found = raised(stay(20, 20), ramp(20, -140, 0.7))
    leads = 20 + 153 / 0.7 - np.array(told_of(found, AlarmKind.TREND))
    assert leads.size == len(SENSORS)
    assert (leads > 14).all()


def told_of(found: Sequence[tuple[AlarmKind, str, float]], kind: AlarmKind) -> list[float]:
    return [minutes for one, _, minutes in found if one is kind]
