"""What could not be read was never judged: no command says that all is well then, and each names it."""

from __future__ import annotations

import gzip
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from eyegore.cli import main
from eyegore.commands.retake import images_of
from eyegore.copies.scan import SyncScan
from eyegore.ds9.image_files import NameTemplate, image_files
from eyegore.feeds.ingest import read_folder
from eyegore.limits import table
from eyegore.messages.events import ImageFile
from eyegore.reports.quicklook.quicklook import find_images
from eyegore.simulator.simulator import SimulatedSession, Simulator

from ..written_day import fits

START = 1_552_593_600.0  # 2019-03-14T20:00:00
TABLE = Path(table.__file__).parent / "tables" / "7.5.X.toml"
HK, LOG = "HK_14-03-19_ROE1_01.txt", "EXP_LOG_140319.txt"

Damage = Callable[[list[str]], str]


def in_line(text: str) -> Damage:
    """Line 150 reads so."""
    return lambda lines: "".join([*lines[:149], text + "\n", *lines[150:]])


def most_cut(lines: list[str]) -> str:
    return "".join(line if number % 10 < 2 else line[: len(line) // 2] + "\n" for number, line in enumerate(lines))


DAMAGED_HK: dict[str, Damage] = {
    "a line of bytes": in_line("\0" * 512),
    "a cut line": in_line("14-03-19_20:02:28\t1.0\t2.0"),
    "a line of words": in_line("disk full"),
    "most lines cut": most_cut,
}


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """Five quiet minutes with an exposure log."""
    folder = tmp_path / "14_Mar_19"
    Simulator(folder, SimulatedSession(start=START, seconds=300, images=False)).write_at_once()
    return folder


def spoil(path: Path, damage: Damage) -> None:
    path.write_text(damage(path.read_text().splitlines(keepends=True)), newline="")


@pytest.mark.parametrize("damage", DAMAGED_HK.values(), ids=DAMAGED_HK)
def test_housekeeping_that_cannot_be_read_is_not_in_limits(
    day: Path, capsys: pytest.CaptureFixture[str], damage: Damage
) -> None:
    spoil(day / HK, damage)
    assert main(["-p", str(day), "--headless", "--once", "--json"]) == 2
    (doubt,) = json.loads(capsys.readouterr().out)["doubts"]
    assert doubt.startswith(f"{HK}: ")
    assert "could not be read" in doubt
    assert main(["-p", str(day), "--headless", "--once"]) == 2
    assert HK in capsys.readouterr().out


def test_the_report_of_housekeeping_names_what_it_could_not_read(
    day: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    spoil(day / HK, DAMAGED_HK["a cut line"])
    assert main(["hk-report", str(day), "-o", str(tmp_path / "out")]) == 2
    assert f"{HK}: line 150 could not be read" in capsys.readouterr().out


@pytest.mark.parametrize("columns", ["TimeStamp\tPRESSURE\tFLOW", "TimeStamp\tCCD1_OD_T\tCCD2_OD_T"])
def test_what_cannot_be_said_is_never_without_a_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], columns: str
) -> None:
    (tmp_path / HK).write_text(f"{columns}\n14-03-19_20:01:38\t1.0\t2.0\n")
    for command in (["-p", str(tmp_path), "--headless", "--once"], ["retake", str(tmp_path)]):
        assert main([*command, "--json"]) == 2
        doubts = json.loads(capsys.readouterr().out)["doubts"]
        assert doubts
        main(command)
        printed = " ".join(capsys.readouterr().out.split())
        assert "above" not in printed
        assert all(doubt in printed for doubt in doubts)


def test_a_row_of_the_log_that_cannot_be_read_is_an_exposure_nobody_judged(
    day: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(day / LOG, lambda lines: "".join([*lines[:-2], lines[-2].replace("20", "?", 1), lines[-1]]))
    assert main(["retake", str(day), "--no-images", "--json"]) == 2
    (doubt,) = json.loads(capsys.readouterr().out)["doubts"]
    assert doubt.startswith(f"{LOG}: line ")


@pytest.mark.parametrize("damage", DAMAGED_HK.values(), ids=DAMAGED_HK)
def test_an_exposure_whose_housekeeping_cannot_be_read_is_not_clean(
    day: Path, capsys: pytest.CaptureFixture[str], damage: Damage
) -> None:
    spoil(day / HK, damage)
    assert main(["retake", str(day), "--no-images", "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["clean"] < told["exposures"]
    assert "could not be read" in told["unknown"][0]["reasons"][0]["text"]


@pytest.mark.parametrize("name", [HK, LOG])
@pytest.mark.parametrize("age", [0, 100])
def test_a_last_line_without_an_end_is_read_or_told(
    day: Path, capsys: pytest.CaptureFixture[str], name: str, age: float
) -> None:
    path = day / name
    spoil(path, lambda lines: "".join(lines).rstrip("\n"))
    then = time.time() - age
    os.utime(path, (then, then))
    assert main(["-p", str(day), "--headless", "--once", "--json"]) == (0 if age else 2)
    told = json.loads(capsys.readouterr().out)
    assert (told["hk"]["rows"], told["exposures"]["rows"]) == (
        300 - (not age and name == HK),
        9 - (not age and name == LOG),
    )
    assert [f"{name}: " in doubt for doubt in told["doubts"]] == [True] * (not age)


NAMES = {
    "as ELVIS does": "EUC_20103_140319D_200000T_ROE1_CCD1.fits",
    "small": "euc_20103_140319d_200000t_roe1_ccd1.fits",
    "FITS": "EUC_20103_140319D_200000T_ROE1_CCD1.FITS",
    "fpack": "EUC_20103_140319D_200000T_ROE1_CCD1.fits.fz",
    "gzip": "EUC_20103_140319D_200000T_ROE1_CCD1.fits.gz",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_every_command_sees_an_image_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    content = fits(8, 4)
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    os.utime(tmp_path / name, (START, START))
    read = [one for one in read_folder(tmp_path) if isinstance(one, ImageFile)]
    assert [(one.obsid, one.ccd, one.complete) for one in read] == [(20103, 1, True)]
    assert [(one.obsid, one.ccd) for one in images_of(tmp_path)] == [(20103, 1)]
    assert [(one.obsid, one.ccd) for one in find_images([tmp_path]).images] == [(20103, 1)]
    assert list(image_files(tmp_path, NameTemplate(), 1, range(20103, 20104), [1]).paths) == [(20103, 1)]
    assert [one.obsid for one in SyncScan(tmp_path).look(0.0, time.time()).complete.values()] == [20103]


@pytest.mark.parametrize("name", ["HK_14-03-2019_ROE1_02.txt", "HK_14-03-19_ROE1_02.txt", "EXP_LOG_140319_b.txt"])
def test_a_file_that_was_not_read_is_named(day: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    (day / name).symlink_to("nowhere")
    for command in (["-p", str(day), "--headless", "--once"], ["retake", str(day), "--no-images"]):
        assert main([*command, "--json"]) == 2
        (doubt,) = json.loads(capsys.readouterr().out)["doubts"]
        assert name in doubt


def half_with_fractions(text: bytes) -> bytes:
    lines = text.split(b"\n")
    return b"\n".join(
        line.replace(b"\t", b".250\t", 1) if number % 2 and number else line for number, line in enumerate(lines)
    )


FORMS: dict[str, tuple[Callable[[bytes], bytes], int]] = {
    "a mark at the beginning": (lambda text: b"\xef\xbb\xbf" + text, 0),
    "CR alone": (lambda text: text.replace(b"\n", b"\r"), 0),
    "hard blanks": (lambda text: text.replace(b"\t", b"\xc2\xa0\t"), 0),
    "UTF-16": (lambda text: text.decode().encode("utf-16"), 2),
    "UTF-16 without a mark": (lambda text: text.decode().encode("utf-16-le"), 2),
    "a block of NULs": (lambda text: text[:3000] + bytes(4096) + text[7096:], 2),
}


@pytest.mark.parametrize("name", [HK, LOG])
@pytest.mark.parametrize(("form", "code"), FORMS.values(), ids=FORMS)
def test_a_text_in_another_form_is_read_or_told(
    day: Path, capsys: pytest.CaptureFixture[str], name: str, form: Callable[[bytes], bytes], code: int
) -> None:
    (day / name).write_bytes(form((day / name).read_bytes()))
    assert main(["-p", str(day), "--headless", "--once", "--json"]) == code
    told = json.loads(capsys.readouterr().out)
    assert all(name in doubt or "never judged" in doubt or "no row" in doubt for doubt in told["doubts"])
    if not code:
        assert (told["hk"]["rows"], told["exposures"]["rows"]) == (300, 9)


def test_fractions_of_a_second_in_half_the_stamps_are_read(day: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (day / HK).write_bytes(half_with_fractions((day / HK).read_bytes()))
    assert main(["-p", str(day), "--headless", "--once", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["hk"]["rows"] == 300


def test_a_rehearsal_names_what_it_could_not_read(day: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(day / HK, DAMAGED_HK["a cut line"])
    assert main(["limits", "rehearse", "--json", "--limits", str(TABLE), str(day)]) == 2
    (told,) = json.loads(capsys.readouterr().out)
    assert f"{HK}: line 150 could not be read" in told["doubts"][0]
