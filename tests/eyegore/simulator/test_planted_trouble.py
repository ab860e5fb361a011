"""Planted trouble is in the files, where it says it is."""

import math
from pathlib import Path

import pytest

from eyegore.simulator.simulator import SimulatedSession, Simulator
from eyegore.simulator.trouble import GARBAGE

from ..planted_excursion import excursion

START = 1552593600.0
MASTER = "HK_14-03-19_ROE1_01.txt"
LOG = "EXP_LOG_140319.txt"


def simulate(folder: Path, *plants: str, **options: object) -> Simulator:
    given = {"start": START, "images": False, "seconds": 1200, "tests": ("BIAS01",), "plants": plants} | options
    simulator = Simulator(folder, SimulatedSession(**given))  # type: ignore[arg-type]
    simulator.write_at_once()
    return simulator


def cells(path: Path, column: str) -> list[str]:
    table = [line.split("\t") for line in path.read_text("latin-1").splitlines()]
    return [row[table[0].index(column)] for row in table[1:]]


def test_a_dip_is_one_smooth_excursion(tmp_path: Path) -> None:
    (planted,) = simulate(tmp_path, "CCD2_TEMP_B:dip:-136@20:05+120").planted
    values = [float(cell) for cell in cells(tmp_path / MASTER, "CCD2_TEMP_B")]
    assert (planted.first, planted.last, planted.samples, planted.worst) == (START + 300, START + 419, 120, -136.0)
    assert values[300:420] == list(planted.values)
    assert min(values) == -136.0
    out = [second for second, value in enumerate(values) if value < -133]
    assert out == list(range(out[0], out[-1] + 1))
    part = excursion(planted, -133, 35)
    assert part is not None
    assert (part.first, part.last, part.samples) == (START + out[0], START + out[-1], len(out))
    assert max(abs(value + 120) for second, value in enumerate(values) if not 300 <= second < 420) < 0.2


@pytest.mark.parametrize(
    ("plant", "column", "expected"),
    [
        ("RPSU_TEMP1:spike:41.5@100", "RPSU_TEMP1", ["41.50"]),
        ("COMM_RD_T:step:26@100+5", "COMM_RD_T", ["26.00"] * 5),
        ("hkTmErr:step:1@100+2", "hkTmErr", ["1"] * 2),
        ("SPW_STATUS_REG:spike:12193@100", "SPW_STATUS_REG", ["12193"]),
        ("CCD1_TEMP_T:nan@100+3", "CCD1_TEMP_T", ["nan"] * 3),
        ("CCD1_TEMP_T:text@100+3", "CCD1_TEMP_T", ["ERR"] * 3),
        ("hkRamErr:nan@100+3", "hkRamErr", ["nan"] * 3),
    ],
)
def test_planted_cells(tmp_path: Path, plant: str, column: str, expected: list[str]) -> None:
    (planted,) = simulate(tmp_path, plant).planted
    simulate(tmp_path / "healthy")
    there, healthy = cells(tmp_path / MASTER, column), cells(tmp_path / "healthy" / MASTER, column)
    end = 100 + len(expected)
    assert there[100:end] == expected
    assert there[:100] + there[end:] == healthy[:100] + healthy[end:]
    assert (planted.first, planted.last, planted.samples) == (START + 100, START + end - 1, len(expected))
    assert math.isnan(planted.worst) == (expected[0] in ("nan", "ERR"))


def test_a_register_planted_in_6_3_0_is_hexadecimal(tmp_path: Path) -> None:
    simulate(tmp_path, "SPW_STATUS_REG:spike:12193@100", elvis="6.3.0")
    assert cells(tmp_path / MASTER, "SPW_STATUS_REG")[99:102] == ["2FA0", "2FA1", "2FA0"]


def test_a_stuck_parameter_repeats_its_value(tmp_path: Path) -> None:
    (planted,) = simulate(tmp_path, "VID_PCB_TEMP_T:stuck@100+200").planted
    values = cells(tmp_path / MASTER, "VID_PCB_TEMP_T")
    assert set(values[100:300]) == {f"{planted.worst:.2f}"}
    assert len(set(values[:100])) > 5


def test_a_stuck_clock_repeats_its_stamp_and_jumps(tmp_path: Path) -> None:
    (planted,) = simulate(tmp_path, "clock:stuck@100+60").planted
    stamps = cells(tmp_path / MASTER, "TimeStamp")
    assert set(stamps[100:160]) == {"14-03-19_20:01:40"}
    assert stamps[160] == "14-03-19_20:02:40"
    assert planted.samples == 60


def test_elvis_stops_and_comes_back(tmp_path: Path) -> None:
    (planted,) = simulate(tmp_path, "elvis:stop@130+300").planted
    stamps = cells(tmp_path / MASTER, "TimeStamp")
    assert len(stamps) == 900
    assert stamps[129:131] == ["14-03-19_20:02:09", "14-03-19_20:07:10"]
    assert planted.samples == 300
    dates = cells(tmp_path / LOG, "date")[::3]
    assert dates[:3] == ["140319D200005T", "140319D200139T", "140319D200710T"]
    assert len(cells(tmp_path / "HK_20104_140319D200139T_ROE1.txt", "TimeStamp")) < 73


def test_elvis_stops_for_good(tmp_path: Path) -> None:
    simulator = Simulator(tmp_path, SimulatedSession(start=START, images=False, plants=["elvis:stop@50"]))
    simulator.append_rows(500)
    assert len(cells(tmp_path / MASTER, "TimeStamp")) == 50
    assert simulator.planted[0].first == START + 50


def test_garbage_lines(tmp_path: Path) -> None:
    hk, log = simulate(tmp_path, "hk:garbage@100", "log:garbage@20:03").planted
    lines = (tmp_path / MASTER).read_text("latin-1").split("\n")
    assert lines.index(GARBAGE) == 102
    assert hk.first == START + 100
    lines = (tmp_path / LOG).read_text("latin-1").split("\n")
    at = lines.index(GARBAGE)
    assert lines[at - 1].split("\t")[:3:2] == [str(log.obsid), "CCD3"]
    assert (log.obsid, log.first) == (20105, START + 193)


def test_an_incomplete_triplet(tmp_path: Path) -> None:
    (planted,) = simulate(tmp_path, "log:incomplete:2").planted
    obsids, ccds = cells(tmp_path / LOG, "ObsID"), cells(tmp_path / LOG, "CCD")
    assert (planted.ccd, obsids.count(str(planted.obsid))) == (2, 2)
    assert [ccd for obsid, ccd in zip(obsids, ccds, strict=True) if obsid == str(planted.obsid)] == ["CCD1", "CCD3"]
    assert obsids.count("20103") == 3 or planted.obsid == 20103


@pytest.mark.parametrize("version", ["5.7.09", "5.8.X"])
def test_where_hk_comes_during_exposures_only_trouble_is_put_there(tmp_path: Path, version: str) -> None:
    dip, _ = simulate(tmp_path, "HK_temp_bottom_CCD2:dip:-136", "hk:garbage", elvis=version).planted
    assert dip.samples > 50
    assert dip.worst == -136.0
    texts = [path.read_text("latin-1") for path in tmp_path.glob("HK_*")]
    assert sum("-136.00" in text for text in texts) == 1
    assert sum(GARBAGE in text for text in texts) == 1


def test_a_plant_nobody_can_see_says_so(tmp_path: Path) -> None:
    stop, nan = simulate(tmp_path, "elvis:stop@100+100", "CCD1_TEMP_T:nan@120+10").planted
    assert stop.samples == 100
    assert (nan.samples, math.isnan(nan.first)) == (0, True)
