"""``eyegore retake`` on folders with images: bad ones, missing ones, files that are no whole image."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from eyegore.cli import main
from eyegore.images.judge_process import JudgeProcess
from eyegore.limits.frame_model import ImageVerdict
from eyegore.messages.images import ImageCheck, ImageProblem, ImageResult
from eyegore.simulator.simulator import SimulatedSession, Simulator

from ..images.simulated_images import anonymous, write

START = 1_552_599_000.0
FIRST, SECOND, THIRD = 20103, 20104, 20105


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bias of CCD2 of which nothing is wrong; beside it those of the others."""
    folder = tmp_path_factory.mktemp("frame")
    for ccd in (1, 2, 3):
        anonymous(write(folder, "BIAS01", ccd=ccd)).rename(folder / f"{ccd}.fits")
    return folder / "2.fits"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A night of three biases without images."""
    made = tmp_path / "14_Mar_19"
    Simulator(made, SimulatedSession(start=START, exposures=3, images=False, tests=["BIAS01"])).write_at_once()
    return made


def path(folder: Path, obsid: int, ccd: int) -> Path:
    return folder / f"EUC_{obsid}_140319D_213000T_ROE1_CCD{ccd}.fits"


def fill(folder: Path, frame: Path, *without: tuple[int, int]) -> None:
    for obsid in (FIRST, SECOND, THIRD):
        for ccd in (1, 2, 3):
            if (obsid, ccd) not in without:
                os.link(frame.with_name(f"{ccd}.fits"), path(folder, obsid, ccd))


def retake(capsys: pytest.CaptureFixture[str], folder: Path, *options: str) -> tuple[int, dict[str, Any]]:
    state = folder.parent / "state"
    code = main(["retake", str(folder), "--json", "--block", "BORN", "--state", str(state), *options])
    printed = capsys.readouterr()
    assert printed.err == ""
    return code, json.loads(printed.out)


def lose_pixels(whole: Path, target: Path) -> None:
    """A copy with a thousand pixels at 0."""
    shutil.copyfile(whole, target)
    with open(target, "r+b") as stream:
        stream.seek(2880 * 5000)
        stream.write(b"\x80\x00" * 1000)


def test_bad_missing_and_broken_images_are_reasons_and_good_ones_none(
    capsys: pytest.CaptureFixture[str], folder: Path, frame: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(folder, frame, (SECOND, 2), (THIRD, 1), (THIRD, 3))
    lose_pixels(frame, path(folder, SECOND, 2))
    path(folder, THIRD, 3).write_bytes(frame.read_bytes()[:1_000_000])
    before = sorted(folder.iterdir())
    code, report = retake(capsys, folder)
    assert (code, report["exit"], report["clean"]) == (1, 1, 1)
    assert report["images"] == {"NOT CHECKED": 0, "PASS": 6, "WARNING": 0, "FAIL": 2}
    second, third = report["retake"]
    assert (second["obsid"], second["verdict"]) == (SECOND, "BAD_IMAGE")
    assert second["ccds"] == {"CCD1": "CLEAN", "CCD2": "BAD_IMAGE", "CCD3": "CLEAN"}
    assert {(one["source"], one["ccd"], one["severity"]) for one in second["reasons"]} == {("image", 2, "CRITICAL")}
    lost = [one for one in second["reasons"] if one["parameter"] == "lost_pixels"]
    assert sum(one["worst"] for one in lost) == 1000.0
    assert {one["sample"] for one in lost} == {"HIGH"}
    assert {one["quadrant"] for one in lost} <= set("EFGH")
    assert [(one["source"], one["ccd"]) for one in third["reasons"]] == [("file", 1), ("file", 3)]
    assert "there is none" in third["reasons"][0]["text"]
    assert "truncated" in third["reasons"][1]["text"]
    assert sorted(folder.iterdir()) == before

    asked: list[str] = []

    def ask(self: JudgeProcess, task: Any) -> ImageResult:
        asked.append(os.path.basename(task.path))
        problem = ImageProblem.TRUNCATED
        return ImageResult(task.path, task.obsid, task.ccd, problem.verdict, problem=problem, explanation="cut")

    monkeypatch.setattr(JudgeProcess, "ask", ask)  # what was measured is not measured again
    assert retake(capsys, folder)[1]["retake"][0] == second
    assert asked == [path(folder, THIRD, 3).name]

    assert main(["retake", str(folder), "--csv", "-", "--block", "BORN", "--state", str(folder.parent / "state")]) == 1
    lines = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(lines) == len(second["reasons"]) + 2
    assert {(one["obsid"], one["source"], one["ccds"]) for one in lines} == {
        ("20104", "image", "2"), ("20105", "file", "1"), ("20105", "file", "3"),
    }  # fmt: skip
    assert main(["retake", str(folder), "--block", "BORN", "--state", str(folder.parent / "state")]) == 1
    table = capsys.readouterr().out
    assert "image of CCD2 FAIL: lost_pixels of" in table
    assert "8 images: 6 PASS, 2 FAIL" in table

    code, report = retake(capsys, folder, "--no-images")
    assert (code, report["retake"], report["images"]) == (0, [], None)


def test_warnings_and_what_could_not_be_checked(
    capsys: pytest.CaptureFixture[str], folder: Path, frame: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(folder, frame)
    offset = ImageCheck("offset_pre", "E", 3000.0, 2750.0, 2850.0, ImageVerdict.WARNING, "ADU")
    fluence = ImageCheck("fluence", "F", float("nan"), 1.0, 2.0, ImageVerdict.NOT_CHECKED, "ADU", "not measured")

    def ask(self: JudgeProcess, task: Any) -> ImageResult:
        check = {SECOND: offset, THIRD: fluence}.get(task.obsid)
        verdict = check.verdict if check else ImageVerdict.PASS
        return ImageResult(task.path, task.obsid, task.ccd, verdict, checks=(check,) if check else ())

    monkeypatch.setattr(JudgeProcess, "ask", ask)
    code, report = retake(capsys, folder)
    assert (code, report["retake"]) == (2, [])
    assert [(one["obsid"], one["verdict"]) for one in report["unknown"]] == [(THIRD, "UNKNOWN")]
    assert report["unknown"][0]["reasons"][0]["sample"] == "UNCHECKED"
    code, report = retake(capsys, folder, "--image-warnings")
    assert (code, [one["obsid"] for one in report["retake"]]) == (1, [SECOND])
    assert report["retake"][0]["reasons"][0]["severity"] == "WARNING"


def test_a_folder_without_any_image_cannot_be_judged_by_its_images(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    code, report = retake(capsys, folder)
    assert (code, report["retake"], report["clean"]) == (2, [], 3)
    assert main(["retake", str(folder)]) == 2
    assert "--no-images judges by housekeeping alone" in capsys.readouterr().out


def test_an_image_that_may_still_come_is_no_reason_yet(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, frame: Path
) -> None:
    folder = tmp_path / "today"
    simulator = Simulator(folder, SimulatedSession(exposures=3, images=False, tests=["BIAS01"]))  # it begins now
    simulator.append_rows(150)
    os.link(frame, path(folder, FIRST, 1))
    code, report = retake(capsys, folder)
    assert (code, report["retake"]) == (2, [])
    reasons = report["unknown"][0]["reasons"]
    assert [one["ccd"] for one in reasons if one["source"] == "file"] == [2, 3]
    assert "it may still come" in reasons[-1]["text"]


@pytest.mark.parametrize("options", [["--block", "NOBODY"], ["--checks", "/nonexistent/x.toml"]])
def test_a_block_or_table_that_is_not_there_is_told(
    capsys: pytest.CaptureFixture[str], folder: Path, options: list[str]
) -> None:
    assert main(["retake", str(folder), *options]) == 2
    assert "known" in (told := capsys.readouterr().err) or "not usable" in told


@pytest.mark.parametrize(
    ("called", "known"),
    [("2", True), ("ccd2", True), ("CCD 2", True), ("", False), ("ALL", False), ("CCD9", False), ("CCD1+2", False)],
)
def test_a_ccd_that_the_log_calls_otherwise_is_known_or_told(
    capsys: pytest.CaptureFixture[str], folder: Path, frame: Path, called: str, known: bool
) -> None:
    fill(folder, frame)
    log = next(folder.glob("EXP_LOG*"))
    log.write_text(log.read_text().replace("\tCCD2\t", f"\t{called}\t"))
    code, report = retake(capsys, folder)
    assert code == (0 if known else 2)
    if not known:
        assert report["clean"] == 0
        for one in report["unknown"]:
            (reason,) = one["reasons"]
            assert one["ccds"][called] == "UNKNOWN"
            assert "not looked at" in reason["text"]


def test_images_without_a_row_of_the_log_are_told(
    capsys: pytest.CaptureFixture[str], folder: Path, frame: Path
) -> None:
    fill(folder, frame)
    os.link(frame, path(folder, 20200, 1))
    code, report = retake(capsys, folder)
    assert code == 2
    (doubt,) = report["doubts"]
    assert "EUC_20200_" in doubt


def test_an_image_of_another_exposure_under_this_name_is_told(
    capsys: pytest.CaptureFixture[str], folder: Path, frame: Path, tmp_path: Path
) -> None:
    fill(folder, frame, (SECOND, 1))
    write(tmp_path, "BIAS01", ccd=2).rename(path(folder, SECOND, 1))
    code, report = retake(capsys, folder)
    assert code == 2
    (one,) = report["unknown"]
    (reason,) = one["reasons"]
    assert (one["obsid"], reason["source"]) == (SECOND, "file")
    assert f"OBSID {FIRST} and EXTNAME ROE1_CCD2" in reason["text"]
