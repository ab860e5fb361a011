"""When an exposure was taken: against the plan of the simulator, which works it out by itself."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from eyegore.campaign.timing import before_exposure, read_out
from eyegore.elvis.dialect import DIALECTS
from eyegore.exposures.interval import interval_of
from eyegore.feeds.ingest import read_folder
from eyegore.messages.events import Exposure, ExposureRows
from eyegore.simulator.simulator import SimulatedSession, Simulator

COLUMNS = ("toi_fl", "toi_ro", "toi_ch", "toi_tp", "chinj", "v_tpump", "v_tp_cnt", "dwell_v", "s_tpump", "s_tp_cnt",
           "dwell_s", "vstart", "vend")  # fmt: skip
PLAIN = dict(zip(COLUMNS, ("143", "1000", "500", "1000", *"00000000", "2086"), strict=True))
FLUSH_S = 2066 * 4 * 143e-6
READ_S = 71.821


def row(exptime: float = 10.0, time: float = 1000.0, **cells: str) -> Exposure:
    found = {name: cell for name, cell in {**PLAIN, **cells}.items() if cell != "-"}
    return Exposure(1, "CCD1", "BIAS01", time, exptime, tuple(found), tuple(found.values()))


def test_from_the_date_of_the_log_to_the_last_line() -> None:
    found = interval_of(row())
    assert found.start == 1000.0
    assert found.opened == pytest.approx(1000 + FLUSH_S)
    assert found.end == pytest.approx(1000 + FLUSH_S + 10 + READ_S, abs=0.001)
    assert found.whole
    assert not found.assumed


@pytest.mark.parametrize(
    ("cells", "more"),
    [
        ({"chinj": "1"}, 2066 * 4 * 500e-6),
        ({"v_tpump": "1", "v_tp_cnt": "5000", "dwell_v": "100"}, 5000 * (4e-3 + 1e-4)),
        ({"s_tpump": "1", "s_tp_cnt": "2", "dwell_s": "10"}, 2086 * 2 * (28.6e-6 + 10e-6)),
        ({"vend": "100"}, (100 - 2086) * (4e-3 + 2128 * 14.3e-6)),
        ({"toi_ro": "2000"}, 2086 * 4e-3),
    ],
)
def test_what_takes_longer(cells: dict[str, str], more: float) -> None:
    assert interval_of(row(**cells)).end - interval_of(row()).end == pytest.approx(more, abs=1e-6)


@pytest.mark.parametrize("gone", [name for name in COLUMNS if name not in ("vstart",)])
def test_what_the_log_does_not_tell_is_never_shorter_and_is_said(gone: str) -> None:
    used = {"chinj": "1", "v_tpump": "1", "v_tp_cnt": "10", "s_tpump": "1", "s_tp_cnt": "1"}
    for cell in ("-", "", "?", "nan", "-5"):
        found = interval_of(row(**{**used, gone: cell}))
        assert len(found.assumed) == 1, (cell, found)
        if gone not in ("v_tpump", "s_tpump"):  # nothing tells what else would have been done
            assert found.end >= interval_of(row(**used)).end - 1e-6


@pytest.mark.parametrize("exptime", [math.nan, -1.0, 1e9, math.inf])
def test_without_an_exposure_time_it_is_not_the_whole_exposure(exptime: float) -> None:
    found = interval_of(row(exptime))
    assert not found.whole
    assert "no exposure time" in found.assumed
    assert found.end == pytest.approx(1000 + FLUSH_S + READ_S, abs=0.001)


@pytest.mark.parametrize("elvis", DIALECTS)
def test_as_the_session_was_planned(elvis: str, tmp_path: Path) -> None:
    """Columns of every version, milliseconds of the old ones among them."""
    tests = ("BIAS01", "PTC01", "CHINJ01", "TP01", "TP02")
    columns = [column for test in tests for column in _first_columns(test, tmp_path / test, elvis)]
    assert len(columns) > 20


def _first_columns(test: str, folder: Path, elvis: str) -> list[float]:
    simulator = Simulator(
        folder, SimulatedSession(elvis=elvis, tests=[test], repeat=True, exposures=6, images=False, start=1.55e9)
    )
    simulator.write_at_once()
    plan = {planned.obsid: planned for planned in simulator.plan.exposures}
    found = []
    for message in read_folder(folder, images=False):
        for exposure in message.rows if isinstance(message, ExposureRows) else ():
            planned = plan[exposure.obsid]
            interval = interval_of(exposure)
            assert interval.start == planned.time
            settings = planned.settings
            taken = before_exposure(settings) + float(settings["exptime"]) + read_out(settings)
            # Logs of the 5.7 line count lines from 1 and do not tell toi_ch; all old ones round what pumping takes.
            slack = 0.01 if elvis[0] == "7" else 0.5
            assumed = 2066 * 4 * 1000e-6 if interval.assumed else 0.0
            length = interval.end - interval.start
            assert taken - slack <= length <= taken + slack + assumed, (test, exposure.obsid)
            assert set(interval.assumed) <= ({"no toi_ch, 1000 assumed"} if elvis.startswith("5") else set())
            found.append(interval.end)
    return found
