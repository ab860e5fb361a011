"""Candidate limits on simulated nights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eyegore.cli import main
from eyegore.limits import table
from eyegore.simulator.simulator import SimulatedSession, Simulator

START = 1_552_593_600.0
BUILT_IN = Path(table.__file__).parent / "tables" / "7.5.X.toml"


@pytest.fixture
def nights(tmp_path: Path) -> list[Path]:
    folders = [tmp_path / f"{day}_Mar_19" for day in (14, 15, 16)]
    for number, folder in enumerate(folders):
        plants = [f"CCD1_TEMP_T:step:-125@{600 + 600 * dip}+60" for dip in range(number)]
        plants += ["CCD2_TEMP_B:step:-136@3000+30", "FPGA_5VREF_V:spike:5.25@3100"]
        night = START + 86_400 * number
        Simulator(
            folder, SimulatedSession(start=night, seconds=3600, images=False, seed=number, plants=plants)
        ).write_at_once()
    return folders


def tightened(path: Path) -> Path:
    text = BUILT_IN.read_text()
    head, _, rest = text.partition("[parameters.CCD1_TEMP_T]")
    path.write_text(head + "[parameters.CCD1_TEMP_T]" + rest.replace("low = -133.0", "low = -122.0", 1))
    return path


@pytest.mark.slow
def test_the_additional_alarms_are_reported_exactly(
    tmp_path: Path, nights: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    own = tightened(tmp_path / "lab.toml")
    assert main(["limits", "rehearse", "--json", "--limits", str(own), *map(str, nights)]) == 0
    results = json.loads(capsys.readouterr().out)
    assert [one["difference"] for one in results] == [{}, {"CCD1_TEMP_T": 1}, {"CCD1_TEMP_T": 2}]
    assert results[2]["new"]["CCD1_TEMP_T"] == {
        "alarms": 2,
        "first": "2019-03-16T20:10:01",
        "glitches": 0,
        "chatter": 1,
    }
    assert [one["present"]["CCD2_TEMP_B"]["alarms"] for one in results] == [1, 1, 1]
    assert [one["present"]["FPGA_5VREF_V"] for one in results] == [
        {"alarms": 0, "first": None, "glitches": 1, "chatter": 0}
    ] * 3


def test_the_table_for_people(tmp_path: Path, nights: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    own = tightened(tmp_path / "lab.toml")
    assert main(["limits", "rehearse", "--limits", str(own), str(nights[2]), str(nights[0])]) == 0
    printed = capsys.readouterr().out
    for part in ("16_Mar_19", "CCD1_TEMP_T", "+2 alarms against", "the same alarms as"):
        assert part in printed


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--limits", "/no/such.toml", "."], "limit table not usable"),
        (["--limits", str(BUILT_IN), "/no/such/folder"], "does not exist"),
    ],
)
def test_what_cannot_be_read_is_said(arguments: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["limits", "rehearse", *arguments]) == 2
    assert text in capsys.readouterr().err


def test_of_both_sets_the_alarms_of_one_are_no_chatter_of_the_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plants = ["CCD1_TEMP_T:step:-125@600+60", "CCD1_TEMP_T:step:-136@900+60"]
    Simulator(
        tmp_path / "day", SimulatedSession(start=START, seconds=1800, images=False, plants=plants)
    ).write_at_once()
    assert (
        main(["limits", "rehearse", "--json", "--set", "both", "--limits", str(BUILT_IN), str(tmp_path / "day")]) == 0
    )
    found = json.loads(capsys.readouterr().out)[0]["new"]["CCD1_TEMP_T"]
    assert (found["alarms"], found["chatter"]) == (2, 0)
