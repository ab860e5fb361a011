"""A folder judged once, as a user would: simulate, then ``--once --json``."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from eyegore.basics.lab_time import iso
from eyegore.cli import main
from eyegore.elvis.dialect import DIALECTS
from eyegore.limits.model import Range
from eyegore.limits.table import VERSIONS, table_for
from eyegore.messages.events import HkRows
from eyegore.session.monitor import Monitor
from eyegore.simulator.simulator import SimulatedSession, Simulator

from ..planted_excursion import excursion

DATA = Path(__file__).parents[2] / "data"
START = 1_552_593_600.0  # 2019-03-14T20:00:00
PLANTS = ("CCD2_TEMP_B:dip:-136@600+120", "RPSU_28V_PRI_I:spike:0.7@1500", "FPGA_5VREF_V:step:5.25@2000+30")


def once(capsys: pytest.CaptureFixture[str], folder: Path, *options: str) -> tuple[int, dict[str, Any]]:
    code = main(["-p", str(folder), "--headless", "--once", "--json", *options])
    printed = capsys.readouterr()
    assert printed.err == ""
    report: dict[str, Any] = json.loads(printed.out)
    assert report["exit"] == code
    return code, report


def night(folder: Path, elvis: str = "7.5.X", seconds: int = 3000, **more: Any) -> Simulator:
    simulator = Simulator(folder, SimulatedSession(elvis=elvis, start=START, seconds=seconds, images=False, **more))
    simulator.write_at_once()
    return simulator


def expected(simulator: Simulator, elvis: str) -> list[dict[str, Any]]:
    table = table_for(elvis)
    assert table is not None
    found = []
    for planted in simulator.planted:
        limit = table.parameters[planted.target].safe
        assert isinstance(limit, Range)
        part = excursion(planted, limit.low, limit.high)
        assert part is not None
        found.append(
            {
                "parameter": planted.target,
                "first": iso(part.first),
                "last": iso(part.last),
                "samples": part.samples,
                "worst": part.worst,
            }
        )
    return found


@pytest.mark.parametrize("elvis", VERSIONS)
@pytest.mark.parametrize("crlf", [False, True])
def test_exactly_the_planted_excursions_are_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], elvis: str, crlf: bool
) -> None:
    simulator = night(tmp_path / "14_Mar_19", elvis, plants=PLANTS, crlf=crlf)
    code, report = once(capsys, tmp_path / "14_Mar_19")
    assert (code, report["elvis"]) == (1, elvis)
    keys = ("parameter", "first", "last", "samples", "worst")
    assert [{key: run[key] for key in keys} for run in report["excursions"]] == expected(simulator, elvis)
    assert report["invalid"] == []
    assert {run["verdict"] for run in report["excursions"]} == {"LOW", "HIGH"}
    assert (report["hk"]["rows"], report["hk"]["bad_lines"]) == (3000, [])
    assert (report["hk"]["first"], report["hk"]["last"]) == ("2019-03-14T20:00:00", "2019-03-14T20:49:59")
    assert report["exposures"]["obsids"] == sum(report["exposures"]["tests"].values())


@pytest.mark.parametrize("elvis", VERSIONS)
@pytest.mark.parametrize("limit_set", ["S", "P"])
def test_a_quiet_session_is_in_limits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], elvis: str, limit_set: str
) -> None:
    night(tmp_path, elvis, seconds=900)
    code, report = once(capsys, tmp_path, "--set", limit_set)
    assert (report["excursions"], report["invalid"]) == ([], [])
    assert code == 0


@pytest.mark.parametrize("elvis", sorted(set(DIALECTS) - set(VERSIONS)))
def test_versions_without_limits_load_and_cannot_be_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], elvis: str
) -> None:
    night(tmp_path, elvis, seconds=600)
    code, report = once(capsys, tmp_path)
    assert code == 2
    assert report["hk"]["rows"] > 0
    assert {parameter["verdict"] for parameter in report["hk"]["parameters"].values()} == {"UNCHECKED"}
    assert report["exposures"]["obsids"] > 0
    assert report["hk"]["unknown_columns"] == report["hk"]["missing_columns"] == []


def test_the_excursion_names_the_exposures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    night(tmp_path, plants=PLANTS)
    _, report = once(capsys, tmp_path)
    first = report["exposures"]["first"]
    for run in report["excursions"]:
        assert first <= run["obsid_first"] <= run["obsid_last"] <= report["exposures"]["last"]


def test_the_real_samples(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("HK_191_050800D000000T_ROE1.txt", "EXP_LOG_050800.txt"):
        shutil.copy(DATA / name, tmp_path)
    code, report = once(capsys, tmp_path)
    assert (code, report["elvis"], report["hk"]["rows"], len(report["hk"]["parameters"])) == (2, "5.8.X", 3, 55)
    assert report["hk"]["parameters"]["HK_temp_top_CCD2"] == {
        "value": -180.17,
        "unit": "degC",
        "time": "2000-08-05T15:06:16",
        "verdict": "UNCHECKED",
    }
    assert report["exposures"] == {
        "obsids": 2,
        "rows": 6,
        "first": 191,
        "last": 192,
        "tests": {"Test": 2},
        "incomplete": [],
    }
    assert report["images"] == {"files": 0, "complete": 0, "latest_obsid": None, "incomplete": {}}


def test_a_file_cut_in_the_middle_of_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    night(tmp_path, seconds=100)
    (hk,) = tmp_path.glob("HK_*-*.txt")
    hk.write_bytes(hk.read_bytes()[:-100])
    code, report = once(capsys, tmp_path)
    (bad,) = report["hk"]["bad_lines"]
    assert (code, report["hk"]["rows"], bad["line"]) == (2, 99, 101)


def test_a_bad_line_is_named_and_the_rest_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    night(tmp_path, seconds=100)
    (hk,) = tmp_path.glob("HK_*-*.txt")
    lines = hk.read_bytes().splitlines(keepends=True)
    hk.write_bytes(b"".join([*lines[:50], b"\x00garbage\xff\n", *lines[50:]]))
    _, report = once(capsys, tmp_path)
    assert report["hk"]["rows"] == 100
    assert [(bad["file"], bad["line"]) for bad in report["hk"]["bad_lines"]] == [(hk.name, 51)]


def test_no_reading_is_neither_in_nor_out_of_limits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    night(tmp_path, seconds=900, plants=("CCD1_TEMP_T:nan@300+10", "COMM_RD_T:text@400+5"))
    code, report = once(capsys, tmp_path)
    assert (code, report["excursions"]) == (2, [])
    assert [(run["parameter"], run["samples"], run["worst"]) for run in report["invalid"]] == [
        ("CCD1_TEMP_T", 10, None),
        ("COMM_RD_T", 5, None),
    ]


def test_images_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    header = b"SIMPLE  =                    T".ljust(80) + b"BITPIX  =                   16".ljust(80)
    header += b"NAXIS   =                    2".ljust(80) + b"NAXIS1  =                   60".ljust(80)
    header += b"NAXIS2  =                   24".ljust(80) + b"END".ljust(80)
    whole = header.ljust(2880) + bytes(2880)
    for ccd, length in ((1, 5760), (2, 5760), (3, 4000)):
        (tmp_path / f"EUC_191_140319D_200000T_ROE1_CCD{ccd}.fits").write_bytes(whole[:length])
        (tmp_path / f"EUC_190_140319D_195900T_ROE1_CCD{ccd}.fits").write_bytes(whole)
    _, report = once(capsys, tmp_path)
    images = report["images"]
    assert (images["files"], images["complete"], images["latest_obsid"]) == (6, 5, 190)
    assert list(images["incomplete"]) == ["EUC_191_140319D_200000T_ROE1_CCD3.fits"]


def test_an_empty_folder_cannot_be_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = once(capsys, tmp_path)
    assert (code, report["elvis"], report["hk"]["first"], report["exposures"]["first"]) == (2, None, None, None)


def test_of_an_empty_folder_people_are_told_nothing_that_python_would_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["-p", str(tmp_path), "--headless", "--once"]) == 2
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()[1:5]] == [
        "HK: 0 rows in 0 files, - to -, 0 bad lines",
        "exposures: 0 ObsIDs, 0 rows, - to -",
        "images: 0 of 0 complete, newest ObsID -",
        "last values: -",
    ]


def test_the_table_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    night(tmp_path, seconds=900, plants=("CCD2_TEMP_B:dip:-136@300+120", "CCD1_TEMP_T:nan@300+10"))
    (tmp_path / "EUC_191_140319D_200000T_ROE1_CCD1.fits").write_bytes(b"")
    assert main(["-p", str(tmp_path), "--headless", "--once"]) == 1
    text = capsys.readouterr().out
    for part in ("ELVIS 7.5.X", "900 rows", "CCD2_TEMP_B", "LOW", "-136", "no valid reading", "something was out"):
        assert part in text


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["-p", "/no/such/folder", "--headless", "--once"], "/no/such/folder does not exist"),
        (["--headless", "--once"], "which folder?"),
        (["-p", ".", "--headless", "--once", "-E", "9.9"], "'9.9' is not known"),
        (["-p", ".", "--headless", "--json"], "--json goes with --once"),
        (["-p", ".", "--headless", "--once", "--limits", "/no/table.toml"], "limit table not usable"),
        (["-p", ".", "--headless", "--stale-after", "0"], "--stale-after"),
        (["-p", "."], "no display"),
    ],
)
def test_errors_are_one_line_that_says_what_to_do(
    options: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(options) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert text in printed.err
    assert printed.err.count("\n") == 1


def test_without_the_log_limits_relative_to_a_command_are_not_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    night(tmp_path, seconds=300)
    (log,) = tmp_path.glob("EXP_LOG_*.txt")
    log.unlink()
    assert once(capsys, tmp_path)[0] == 0
    code, report = once(capsys, tmp_path, "--set", "P")
    assert (code, report["excursions"], report["invalid"]) == (2, [], [])
    assert "CCD1_OD_T" in report["hk"]["unjudged"]
    assert "CCD1_TEMP_T" not in report["hk"]["unjudged"]


def test_a_column_that_is_missing_is_not_in_limits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    night(tmp_path, seconds=100)
    (hk,) = tmp_path.glob("HK_*-*.txt")
    rows = [line.split("\t")[:-2] for line in hk.read_text().splitlines()]
    hk.write_text("".join("\t".join(row) + "\n" for row in rows))
    code, report = once(capsys, tmp_path)
    assert code == 2
    assert report["hk"]["unjudged"] == report["hk"]["missing_columns"] != []


def test_a_file_that_cannot_be_read_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    night(tmp_path, seconds=100)
    (hk,) = tmp_path.glob("HK_*-*.txt")
    other = Path(shutil.copy(hk, tmp_path / "HK_14-03-19_ROE1_02.txt"))
    really = os.open

    def refuse(path: Any, *more: Any, **options: Any) -> int:
        if Path(path) == other:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return really(path, *more, **options)

    monkeypatch.setattr(os, "open", refuse)  # root, who runs the tests, has every permission
    code, report = once(capsys, tmp_path)
    assert (code, report["hk"]["rows"]) == (2, 100)
    reason = f"{other.name} cannot be read (Permission denied)"
    assert report["unread"] == [{"file": other.name, "reason": reason}]
    assert main(["-p", str(tmp_path), "--once"]) == 2
    assert reason in capsys.readouterr().out


def test_a_file_that_vanishes_while_it_is_read_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    night(tmp_path, seconds=1500)  # more than is read at once
    (hk,) = tmp_path.glob("HK_*-*.txt")
    take = Monitor.take

    def lose(monitor: Monitor, message: Any, now: float) -> list[Any]:
        if isinstance(message, HkRows):
            hk.unlink(missing_ok=True)
        return take(monitor, message, now)

    monkeypatch.setattr(Monitor, "take", lose)
    code, report = once(capsys, tmp_path)
    assert code == 2
    assert 0 < report["hk"]["rows"] < 1500
    assert report["unread"] == [{"file": hk.name, "reason": f"{hk.name} has vanished"}]
