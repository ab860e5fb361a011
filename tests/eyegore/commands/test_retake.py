"""``eyegore retake`` on simulated nights, against a plain loop over the files as they are on disk."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from eyegore.campaign.timing import PlannedExposure, before_exposure, read_out
from eyegore.cli import main
from eyegore.limits.model import Range
from eyegore.limits.table import table_for
from eyegore.simulator.simulator import SimulatedSession, Simulator

START = 1_552_599_000.0  # 2019-03-14T21:30:00
STAMP = "%d-%m-%y_%H:%M:%S"


def night(folder: Path, *plants: str, start: float = START, seconds: int = 9000, **more: Any) -> Simulator:
    simulator = Simulator(folder, SimulatedSession(start=start, seconds=seconds, images=False, plants=plants, **more))
    simulator.write_at_once()
    return simulator


def retake(capsys: pytest.CaptureFixture[str], folder: Path, *options: str) -> tuple[int, dict[str, Any]]:
    code = main(["retake", str(folder), "--json", "--no-images", *options])
    printed = capsys.readouterr()
    assert printed.err == ""
    report: dict[str, Any] = json.loads(printed.out)
    assert report["exit"] == code
    return code, report


def named(report: dict[str, Any]) -> dict[int, str]:
    return {one["obsid"]: one["verdict"] for one in report["retake"]}


def looped(folder: Path, exposures: list[PlannedExposure]) -> dict[int, set[str]]:
    """What was out of limits while each exposure was taken, from the cells of the files, row by row."""
    table = table_for("7.5.X")
    assert table is not None
    rows: list[tuple[float, set[str]]] = []
    for path in sorted(
        folder.glob("HK_??-??-??_ROE1_??.txt"), key=lambda path: path.name.split("_")[1].split("-")[::-1]
    ):
        for row in csv.DictReader(io.StringIO(path.read_text(encoding="latin-1")), delimiter="\t"):
            stamp = datetime.strptime(f"{row['TimeStamp']}+0000", f"{STAMP}%z").timestamp()
            out = set()
            for name, parameter in table.parameters.items():
                if (
                    isinstance(parameter.safe, Range)
                    and not parameter.safe.low <= float(row[name]) <= parameter.safe.high
                ):
                    out.add(name)
            rows.append((stamp, out))
    found: dict[int, set[str]] = {}
    for each in exposures:
        taken = before_exposure(each.settings) + float(each.settings["exptime"]) + read_out(each.settings)
        start, end = each.time, each.time + taken
        for place in range(1, len(rows) - 1):
            if rows[place - 1][0] < end and rows[place + 1][0] > start:
                found.setdefault(each.obsid, set()).update(rows[place][1])
    return {obsid: names for obsid, names in found.items() if names}


def test_a_night_with_five_excursions_names_exactly_the_exposures_they_touch(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "14_Mar_19"
    simulator = night(
        folder,
        "CCD2_TEMP_B:step:-136@600+120",  # over the transfer between two exposures
        "RPSU_28V_PRI_I:spike:0.7@1500",
        "FPGA_5VREF_V:step:5.25@6162+14",  # between two exposures
        "CCD1_TEMP_T:step:-140@5982+1",  # exactly at the start of one
        "RPSU_VCLK_V:step:40@8990+20",  # over midnight
        seconds=9500,
    )
    code, report = retake(capsys, folder)
    oracle = looped(folder, simulator.plan.whole())
    assert oracle == {
        20109: {"CCD2_TEMP_B"},
        20110: {"CCD2_TEMP_B"},
        20118: {"RPSU_28V_PRI_I"},
        20164: {"CCD1_TEMP_T"},
        20195: {"RPSU_VCLK_V"},
    }
    assert {one["obsid"]: {why["parameter"] for why in one["reasons"]} for one in report["retake"]} == oracle
    assert set(named(report).values()) == {"COMPROMISED"}
    assert report["unknown"] == []
    assert report["clean"] == report["exposures"] - 5
    assert code == 1
    concerned = {
        one["obsid"]: [ccd for ccd, word in one["ccds"].items() if word != "CLEAN"] for one in report["retake"]
    }
    assert concerned[20109] == ["CCD2"]
    assert concerned[20164] == ["CCD1"]
    assert concerned[20118] == ["CCD1", "CCD2", "CCD3"]
    (reason,) = next(one["reasons"] for one in report["retake"] if one["obsid"] == 20195)
    assert (reason["first"], reason["last"]) == ("2019-03-14T23:59:50", "2019-03-15T00:00:09")
    assert (reason["worst"], reason["samples"], reason["source"]) == (40.0, 20, "hk")


@pytest.mark.parametrize(
    ("plant", "touched"),
    [
        ("FPGA_5VREF_V:step:5.25@80+18", []),  # 20103 is read at 78.003, 20104 begins at 99
        ("FPGA_5VREF_V:step:5.25@80+19", []),  # good again in the row of the start
        ("FPGA_5VREF_V:step:5.25@99+1", [20104]),
        ("FPGA_5VREF_V:step:5.25@78+1", [20103]),
        ("FPGA_5VREF_V:step:5.25@79+1", [20103]),  # it changed after the row of 78, nobody knows when
        ("FPGA_5VREF_V:step:5.25@60+60", [20103, 20104]),
        ("FPGA_5VREF_V:step:5.25@0+5", []),
        ("FPGA_5VREF_V:step:5.25@0+6", [20103]),
    ],
)
def test_the_edges_of_an_exposure(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, plant: str, touched: list[int]
) -> None:
    folder = tmp_path / "14_Mar_19"
    night(folder, plant, seconds=290)
    code, report = retake(capsys, folder)
    assert list(named(report)) == touched
    assert code == (1 if touched else 0)


def test_housekeeping_that_stops_is_no_hk_and_a_reading_that_is_none_too(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "14_Mar_19"
    night(folder, "elvis:stop@150+300", "CCD3_TEMP_T:nan@600+2", seconds=900)
    code, report = retake(capsys, folder)
    assert named(report) == {20104: "NO_HK", 20106: "NO_HK"}
    first, second = report["retake"]
    assert first["reasons"][0]["text"] == "no HK row 14/Mar 21:32:29–21:32:52"
    assert second["ccds"] == {"CCD1": "CLEAN", "CCD2": "CLEAN", "CCD3": "NO_HK"}
    assert code == 1


def test_a_session_that_stopped_while_it_exposed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "14_Mar_19"
    simulator = Simulator(folder, SimulatedSession(start=START, exposures=3, images=False))
    simulator.append_rows(150)
    code, report = retake(capsys, folder)
    assert named(report) == {20104: "NO_HK"}
    assert code == 1


def test_a_session_that_goes_on_has_not_been_read_to_its_end(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "today"
    simulator = Simulator(folder, SimulatedSession(exposures=3, images=False))  # it begins now
    simulator.append_rows(150)
    code, report = retake(capsys, folder)
    assert report["retake"] == []
    assert [(one["obsid"], one["verdict"]) for one in report["unknown"]] == [(20104, "UNKNOWN")]
    assert code == 2


def test_the_files_of_single_obsids_alone(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Without the continuous file: what happens between the exposures nobody sees, and needs not."""
    folder = tmp_path / "14_Mar_19"
    night(folder, "FPGA_5VREF_V:step:5.25@60+60", seconds=400, tests=["BIAS02", "TP01"])
    for path in folder.glob("HK_??-??-??_ROE1_??.txt"):
        path.unlink()
    code, report = retake(capsys, folder)
    assert named(report) == {20103: "COMPROMISED", 20104: "COMPROMISED"}
    assert report["unknown"] == []
    assert code == 1


def test_a_version_without_limits_cannot_be_judged(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "14_Mar_19"
    night(folder, seconds=400, elvis="6.1.0")
    code, report = retake(capsys, folder)
    assert report["clean"] == 0
    assert {one["verdict"] for one in report["unknown"]} == {"UNKNOWN"}
    assert code == 2


@pytest.mark.parametrize("gone", ["HK_*.txt", "EXP_LOG_*.txt"])
def test_a_folder_without_hk_or_log_cannot_be_judged(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, gone: str
) -> None:
    folder = tmp_path / "14_Mar_19"
    night(folder, seconds=400)
    for path in folder.glob(gone):
        path.unlink()
    code, report = retake(capsys, folder)
    assert code == 2
    assert report["clean"] == 0
    assert report["retake"] == []


def test_a_missing_row_of_one_ccd_is_no_verdict_on_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "14_Mar_19"
    night(folder, "log:incomplete:3@90", "FPGA_5VREF_V:step:5.25@120+5", seconds=400)
    _, report = retake(capsys, folder)
    assert report["retake"][0]["ccds"] == {"CCD1": "COMPROMISED", "CCD2": "COMPROMISED"}


def test_the_performance_set_and_a_table_of_the_lab(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "14_Mar_19"
    night(folder, "CCD1_OD_T:step:27@120+10", seconds=400)
    assert retake(capsys, folder)[0] == 0
    code, report = retake(capsys, folder, "--set", "both")
    assert named(report) == {20104: "COMPROMISED"}
    assert report["retake"][0]["reasons"][0]["limit"] == "OD_1_T ± 0.2 V"
    assert code == 1
    assert main(["limits", "show", "7.5.X", "--toml"]) == 0
    table = tmp_path / "lab.toml"
    table.write_text(capsys.readouterr().out.replace("30.0", "26.5"), encoding="utf-8")
    assert named(retake(capsys, folder, "--limits", str(table))[1]) == {20104: "COMPROMISED"}


def test_as_a_table_and_as_csv(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "14_Mar_19"
    night(folder, "CCD2_TEMP_B:step:-136@120+60", seconds=400)
    assert main(["retake", str(folder)]) == 1
    table = capsys.readouterr().out
    assert "CCD2_TEMP_B low 14/Mar 21:32:00–21:32:53, worst −136 °C (limit −133 … 35 °C)" in table
    assert "1 exposure should be taken again" in table
    assert main(["retake", str(folder), "--csv", "-"]) == 1
    (line,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (line["obsid"], line["ccds"], line["verdict"], line["worst"]) == ("20104", "2", "COMPROMISED", "-136.0")
    target = tmp_path / "retake.csv"
    assert main(["retake", str(folder), "--csv", str(target)]) == 1
    (again,) = csv.DictReader(io.StringIO(target.read_text(encoding="utf-8")))
    assert again == line


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--csv", "{folder}/x.csv"], "nothing is written"),
        (["--csv", "/nonexistent/x.csv"], "cannot be written"),
        (["--stale-after", "nan"], "positive number"),
        (["-E", "1.0"], "not known"),
        (["--limits", "/nonexistent/x.toml"], "limit table not usable"),
    ],
)
def test_what_is_wrong_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, options: list[str], words: str
) -> None:
    folder = tmp_path / "14_Mar_19"
    night(folder, seconds=20)
    before = sorted(folder.iterdir())
    assert main(["retake", str(folder), *(option.format(folder=folder) for option in options)]) == 2
    assert words in capsys.readouterr().err
    assert sorted(folder.iterdir()) == before


def test_a_folder_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["retake", str(tmp_path / "none")]) == 2
    assert "does not exist" in capsys.readouterr().err


def test_a_table_in_the_day_folder_is_refused_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("eyegore.commands.retake.judge", lambda *_: pytest.fail("it was read"))
    assert main(["retake", str(tmp_path), "--csv", str(tmp_path / "x.csv")]) == 2
    assert "nothing is written" in capsys.readouterr().err
