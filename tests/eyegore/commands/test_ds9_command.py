"""``eyegore ds9`` and ``quickds9``: what is shown, what is told, what it returns."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from eyegore.cli import main, quickds9

from ...patience import AWAITED_S
from ..ds9.lab_ds9 import Lab, go_there, opened_lab, write_image


@pytest.fixture(scope="module")
def shared(display: str, wait_until: Callable[..., None]) -> Iterator[Lab]:
    with opened_lab(wait_until) as lab:
        lab.start("lab")
        wait_until(lambda: lab.known("lab"))
        yield lab


@pytest.fixture
def lab(shared: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    go_there(shared, monkeypatch)
    shared.order("lab", "frame", "delete", "all")
    return shared


@pytest.fixture
def day(tmp_path: Path, private_home: Path) -> Path:
    """CCD1 of ObsIDs 20103, 20104, 20106 (cut), 20107, and CCD2 of 20104."""
    (private_home / ".config").mkdir(exist_ok=True)
    folder = tmp_path / "14_Mar_19"
    folder.mkdir()
    for obsid, ccd in ((20103, 1), (20104, 1), (20104, 2), (20106, 1), (20107, 1)):
        write_image(folder / f"EUC_{obsid}_140319D_100000T_ROE1_CCD{ccd}.fits")
    cut = folder / "EUC_20106_140319D_100000T_ROE1_CCD1.fits"
    os.truncate(cut, 3_000_000)
    return folder


def name(obsid: int, ccd: int = 1) -> str:
    return f"EUC_{obsid}_140319D_100000T_ROE1_CCD{ccd}.fits"


@pytest.mark.ds9
def test_consecutive_obsids_go_to_frames_and_what_is_not_shown_is_told_by_reason(
    lab: Lab, day: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["ds9", "-p", str(day), "-c", "1", "-d", "lab", "20103", "20108"])
    told = capsys.readouterr().out.splitlines()
    assert code == 1
    assert told == [
        "DS9 lab: 3 of 6 images shown, in frames 1–2, 5",
        "  not there: CCD1 of ObsID 20105, 20108",
        "  not complete: CCD1 of ObsID 20106 (it has 3000000 of 35367632 bytes)",
    ]
    assert lab.files("lab") == {"1": name(20103), "2": name(20104), "5": name(20107)}
    assert (lab.ask("lab", "scale"), lab.ask("lab", "scale", "mode")) == ("histequ", "zscale")


@pytest.mark.ds9
def test_all_shown_is_0_and_several_ccds_lie_side_by_side(
    lab: Lab, day: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["-p", str(day), "ds9", "-c", "2,1", "-a", "tile", "--quadrants", "20104"]) == 0
    assert capsys.readouterr().out == "DS9 lab: 2 of 2 images shown, in frames 1–2\n"
    assert lab.files("lab") == {"1": name(20104, 2), "2": name(20104, 1)}
    assert lab.ask("lab", "tile") == "yes"
    assert "box" in lab.ask("lab", "regions")


@pytest.mark.ds9
def test_a_template_names_other_files(lab: Lab, day: Path) -> None:
    (day / name(20107)).rename(day / "img_00007_R2_3.fits")
    assert main(["ds9", "-p", str(day), "-c", "3", "-r", "2", "-t", "img_%05d_R%i_%i.fits", "7"]) == 0
    assert lab.files("lab") == {"1": "img_00007_R2_3.fits"}


@pytest.mark.ds9
def test_none_shown_is_2_and_ds9_is_not_touched(lab: Lab, day: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ds9", "-p", str(day), "-c", "1", "20105", "20106"]) == 2
    assert capsys.readouterr().out.startswith("none of 2 images is shown\n  not there: CCD1 of ObsID 20105\n")
    assert lab.ask("lab", "frame", "all") == ""


@pytest.mark.ds9
def test_ctrl_c_is_130_after_the_image_at_work_and_leaves_ds9_and_no_files(
    lab: Lab, day: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def interrupting(*_: object) -> Iterator[Callable[..., object]]:
        yield lambda description="", **_: "20104" in description and signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("eyegore.commands.ds9.progress_bar", interrupting)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    (day / name(20104)).rename(day / name(20104).replace(".fits", "[1].fits"))  # needs a link, which must not stay
    template = "EUC_%i_*D*T_ROE%i_CCD%i*.fits"
    assert main(["ds9", "-p", str(day), "-c", "1", "-d", "lab", "-t", template, "20103", "20107"]) == 130
    assert re.search(r"^interrupted: [12] images were not looked at$", capsys.readouterr().out, re.MULTILINE)
    assert "5" not in lab.files("lab")
    assert os.listdir(temporary) == []


@pytest.mark.ds9
def test_a_name_nobody_has_is_2_with_the_names_there_are(
    lab: Lab, day: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ds9", "-p", str(day), "-c", "1", "-d", "lost", "20103"]) == 2
    assert capsys.readouterr().err == "eyegore: no DS9 named 'lost' is running (running: lab)\n"
    assert main(["ds9", "--list"]) == 0
    assert capsys.readouterr().out.startswith("lab\t/")


@pytest.mark.gui
def test_without_ds9_that_is_said(
    day: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for program in ("xpaget", "xpaset"):
        (tmp_path / program).symlink_to("/bin/true")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["ds9", "-p", str(day), "-c", "1", "20103"]) == 2
    assert "DS9 is not installed: no ds9 on the PATH" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["7", "6"], "LAST (6) comes before FIRST (7)"),
        ([], "which ObsIDs?"),
        (["1", "501"], "images are more than DS9 holds well (500)"),
        (["-t", "%i.fits", "7"], "must have three integer fields"),
        (["-p", "/nowhere", "7"], "/nowhere cannot be read"),
        (["--new", "-d", "a b", "7"], "cannot be the title of a DS9"),
    ],
)
def test_what_cannot_be_asked_for_is_said(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ds9", "-c", "1", *arguments]) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["-c", "4", "7"], ["-c", "1,1", "7"], ["-1"], ["seven"], ["-a", "heap", "7"]])
def test_bad_options_are_refused_by_the_parser(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["ds9", *arguments])
    assert left.value.code == 2


def test_the_help_has_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["ds9", "--help"])
    told = capsys.readouterr().out
    assert "eyegore ds9 -p 14_Mar_19 -c 1 20103 20112" in told
    assert "exit code" in told


@pytest.mark.ds9
def test_quickds9_starts_a_ds9_that_stays_without_tkinter(
    day: Path, display: str, wait_until: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened_lab(wait_until) as lab:
        go_there(lab, monkeypatch)
        code = (
            "import sys; sys.modules['tkinter'] = None; sys.modules['_tkinter'] = None\n"
            "from eyegore.cli import quickds9; sys.exit(quickds9())"
        )
        command = [sys.executable, "-c", code, "-p", str(day), "-c", "1", "20103", "20104"]
        run = subprocess.run(command, capture_output=True, text=True, timeout=AWAITED_S, check=False)
        try:
            assert run.stdout == "DS9 quickds9: 2 of 2 images shown, in frames 1–2\n"
            assert (run.returncode, run.stderr) == (0, "")
            assert lab.files("quickds9") == {"1": name(20103), "2": name(20104)}
        finally:
            lab.order("quickds9", "quit")


@pytest.mark.parametrize(("option", "first"), [("--help", "usage: quickds9 [-h]"), ("--version", "quickds9 0.1")])
def test_quickds9_calls_itself_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str, first: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/quickds9", option])
    with pytest.raises(SystemExit) as ended:
        quickds9()
    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert told.startswith(first)
    assert "eyegore ds9 -p" not in told


def test_quickds9_says_what_is_missing_as_the_command_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["quickds9"])
    assert quickds9() == 2
    said = capsys.readouterr().err
    assert main(["ds9"]) == 2
    assert capsys.readouterr().err == said
