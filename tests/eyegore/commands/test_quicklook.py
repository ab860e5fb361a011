"""``eyegore quicklook`` on real frames and on files that are none."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from eyegore.cli import main
from eyegore.images.analysis import analyse_image
from eyegore.reports.quicklook.table import COLUMNS, SECTION_NUMBERS

from ...patience import AWAITED_S
from ..images.simulated_images import anonymous, write

if TYPE_CHECKING:
    from ...conftest import WaitUntil

pytestmark = pytest.mark.slow

BIAS = "EUC_20103_140319D_200005T_ROE1_CCD2.fits"
FLAT = "EUC_20106_140319D_200005T_ROE1_CCD1.fits"
SHORT = "EUC_20104_140319D_200005T_ROE1_CCD3.fits"
TEXT = "EUC_20105_140319D_200005T_ROE1_CCD2.fits"
IN_ORDER = [BIAS, SHORT, TEXT, FLAT]


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("frames")
    write(folder, "BIAS01", 0, ccd=2).rename(folder / BIAS)
    write(folder, "PTC01", 3, ccd=1).rename(folder / FLAT)
    return folder


@pytest.fixture
def day(frames: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A day folder: two good images, one cut short, one that is a text, and what is no image."""
    folder = tmp_path / "data" / "14_Mar_19"
    folder.mkdir(parents=True)
    for name in (BIAS, FLAT):
        os.link(frames / name, folder / name)
    with open(frames / BIAS, "rb") as whole:
        (folder / SHORT).write_bytes(whole.read(100_000))
    (folder / TEXT).write_text("no image\n")
    (folder / "EXP_LOG_140319.txt").write_text("ObsID\n")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return folder


def listing(folder: Path) -> list[tuple[str, int, int]]:
    return sorted((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in folder.iterdir())


def look(capsys: pytest.CaptureFixture[str], *options: str | Path) -> tuple[int, str]:
    code = main(["quicklook", *map(str, options)])
    printed = capsys.readouterr()
    assert printed.err == ""
    return code, printed.out


def lines(capsys: pytest.CaptureFixture[str], *options: str | Path) -> tuple[int, list[dict[str, Any]]]:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    code, printed = look(capsys, "--json", *options)
    return code, [json.loads(line, parse_constant=refuse) for line in printed.splitlines()]


def made(printed: str) -> tuple[int, int]:
    """Pages made now, and kept from before."""
    found = re.search(r"(\d+) pages made now, (\d+) kept", printed)
    assert found is not None
    return int(found[1]), int(found[2])


def test_json_is_the_contract_and_the_numbers_are_those_of_the_analysis(
    capsys: pytest.CaptureFixture[str], day: Path
) -> None:
    paths = [day / FLAT, day / TEXT, Path("gone.fits"), day / BIAS]
    code, told = lines(capsys, *paths, "--block", "BORN", "--jobs", "2")
    assert told == [analyse_image(path, block="BORN").as_json() for path in paths]
    assert code == 1
    whole = {"file", "obsid", "ccd", "overscan_columns", "quadrants", "checks", "verdict"}
    assert [set(one) for one in told] == [whole, whole | {"problem"}, whole | {"problem"}, whole]
    assert [one["verdict"] for one in told] == ["PASS", "FAIL", "NOT CHECKED", "PASS"]
    assert list(told[0]["quadrants"]) == ["E", "F", "G", "H"]
    for quadrant in told[0]["quadrants"].values():
        assert list(quadrant) == ["pre", "img", "ove", "saturated", "lost"]
        assert all(set(quadrant[section]) == {"median", "std"} for section in ("pre", "img", "ove"))
    assert {tuple(check) for check in told[0]["checks"]} == {("name", "quadrant", "value", "low", "high", "verdict")}
    assert list(Path().iterdir()) == []


def test_json_of_a_folder_is_in_order_and_chosen(capsys: pytest.CaptureFixture[str], day: Path) -> None:
    _code, told = lines(capsys, day, "--jobs", "1", "--ccd", "2", "--ccd", "3", "--obsid", "20104", "20105")
    assert [(one["obsid"], one["ccd"]) for one in told] == [(20104, 3), (20105, 2)]


@pytest.mark.parametrize(("names", "code"), [([BIAS], 0), ([BIAS, TEXT], 1), (["gone.fits"], 2)])
def test_exit_codes(capsys: pytest.CaptureFixture[str], day: Path, names: list[str], code: int) -> None:
    assert lines(capsys, *(day / name for name in names), "--block", "BORN", "--jobs", "1")[0] == code


def test_documents_have_every_image_and_nothing_is_written_into_the_folder(
    capsys: pytest.CaptureFixture[str], day: Path
) -> None:
    before = listing(day)
    code, printed = look(capsys, day, "--block", "BORN", "--jobs", "2")
    assert (code, made(printed)) == (1, (4, 0))
    assert listing(day) == before
    folder = Path("quicklook_14_Mar_19")
    reader = PdfReader(folder / "quicklook_14_Mar_19.pdf")
    texts = [page.extract_text() for page in reader.pages]
    assert [next(name for name in IN_ORDER if name in text) for text in texts] == IN_ORDER
    assert [one["/Title"] for one in reader.outline] == [  # type: ignore[call-overload]
        "ObsID 20103 CCD2 PASS", "ObsID 20104 CCD3 FAIL", "ObsID 20105 CCD2 FAIL", "ObsID 20106 CCD1 PASS",
    ]  # fmt: skip
    for word in ("BIAS01", "prescan", "offset_img", "std_ove", "histogram", "RDMODE", "PASS", "BORN"):
        assert word in texts[0]
    assert ["less medians" in text for text in texts] == [False, False, False, True]  # a flat is far above its overscan
    assert "truncated" in texts[1]
    assert "not FITS" in texts[2]
    with open(folder / "quicklook_14_Mar_19.csv", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["file"], row["quadrant"]) for row in rows] == [
        *((BIAS, letter) for letter in "EFGH"), (SHORT, ""), (TEXT, ""), *((FLAT, letter) for letter in "EFGH"),
    ]  # fmt: skip
    assert rows[4]["problem"].startswith("truncated: ")
    result = analyse_image(day / FLAT, block="BORN")
    for row in rows[6:]:
        statistics = result.quadrants[row["quadrant"]]
        for section in ("pre", "img", "ove"):
            for name, attribute in SECTION_NUMBERS.items():
                assert float(row[f"{section}_{name}"]) == getattr(statistics.section(section), attribute)
        assert float(row["fluence"]) == statistics.fluence
        assert (row["verdict"], row["quadrant_verdict"], row["bad_checks"]) == ("PASS", "PASS", "")


def test_in_one_process_or_many_the_table_is_the_same(capsys: pytest.CaptureFixture[str], day: Path) -> None:
    look(capsys, day, "-o", "one", "--jobs", "1")
    look(capsys, day, "-o", "many", "--jobs", "3")
    table = "quicklook_14_Mar_19.csv"
    assert Path("one", table).read_bytes() == Path("many", table).read_bytes()


def test_a_second_run_does_what_is_missing_or_changed(capsys: pytest.CaptureFixture[str], day: Path) -> None:
    (day / FLAT).unlink()
    options = (day, "--jobs", "1", "--block", "BORN")
    assert made(look(capsys, *options)[1]) == (3, 0)
    assert made(look(capsys, *options)[1]) == (0, 3)
    (day / TEXT).write_text("another text\n")
    (day / "EUC_20107_140319D_200005T_ROE1_CCD1.fits").write_bytes(b"")
    assert made(look(capsys, *options)[1]) == (2, 2)
    pages = Path("quicklook_14_Mar_19/pages")
    next(pages.glob(f"{SHORT}*.pdf")).write_bytes(b"%PDF-1.4 half")
    next(pages.glob(f"{TEXT}*.json")).write_text('{"version": 1')
    assert made(look(capsys, *options)[1]) == (2, 2)
    assert made(look(capsys, *options, "--block", "CURIE")[1])[0] == 4
    assert len(PdfReader("quicklook_14_Mar_19/quicklook_14_Mar_19.pdf").pages) == 4


def test_an_image_that_could_not_be_looked_at_is_looked_at_again(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, day: Path
) -> None:
    options = (tmp_path / "elsewhere" / "gone.fits", day / TEXT, "--jobs", "1", "-o", "look")
    assert made(look(capsys, *options)[1]) == (2, 0)
    assert made(look(capsys, *options)[1]) == (1, 1)


def test_chosen_images_have_documents_of_their_own(capsys: pytest.CaptureFixture[str], day: Path) -> None:
    look(capsys, day, "--jobs", "1", "--ccd", "3", "--obsid", "20104")
    names = {path.name for path in Path("quicklook_14_Mar_19").glob("*.*")}
    assert names == {f"quicklook_14_Mar_19_CCD3_20104-20104.{end}" for end in ("pdf", "csv")}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["nowhere"], "does not exist"),
        (["."], "no image in"),
        (["{day}", "-o", "{day}/look"], "nothing is written"),
        (["{day}", "--json", "-o", "x"], "writes no file"),
        (["{day}", "--jobs", "0"], "--jobs"),
        (["{day}", "--obsid", "3", "2"], "comes before"),
        (["{day}", "--obsid", "1", "2", "3"], "one or two"),
        (["{day}", "--obsid", "1"], "chosen by"),
        (["{day}", "--block", "NOBODY"], "NOBODY"),
        (["{day}", "--checks", "nix.toml"], "nix.toml"),
    ],
)
def test_what_cannot_be_done_is_told(
    capsys: pytest.CaptureFixture[str], day: Path, options: list[str], told: str
) -> None:
    before = listing(day)
    assert main(["quicklook", *(word.format(day=day) for word in options)]) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert printed.out == ""
    assert listing(day) == before


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_ended_in_the_middle_it_goes_on_with_what_is_missing(
    capsys: pytest.CaptureFixture[str], day: Path, how: signal.Signals, wait_until: WaitUntil
) -> None:
    other = anonymous(Path(shutil.copy(day / BIAS, day.parent / "any.fits")))
    for number in range(30):
        os.link(other, day / f"EUC_{21000 + number}_140319D_200005T_ROE1_CCD2.fits")
    output = Path("look")
    command = [sys.executable, "-m", "eyegore", "quicklook", str(day), "-o", str(output), "--jobs", "2"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        wait_until(lambda: list(output.glob("pages/*.json")))
        process.send_signal(how)
        _out, err = process.communicate(timeout=AWAITED_S)
    assert list(output.glob("*.pdf")) == []
    if how is signal.SIGINT:
        assert process.returncode == 130
        assert re.search(r"interrupted; \d+ of 34 pages are kept", err)
    for extra in sorted(day.glob("EUC_210*"))[1:]:
        extra.unlink()
    there = {path.name.partition(".fits")[0] for path in output.glob("pages/*.json")}
    kept = sum(path.stem in there for path in day.glob("*.fits"))
    assert kept
    now, before = made(look(capsys, day, "-o", output, "--jobs", "1")[1])
    assert now + before == 5
    assert before >= kept
    assert len(PdfReader(output / "quicklook_14_Mar_19.pdf").pages) == 5
