"""``eyegore hk-report`` on simulated days, against the cells of the files as they are on disk."""

from __future__ import annotations

import contextlib
import csv
import io
import statistics
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from eyegore.cli import main
from eyegore.simulator.simulator import SimulatedSession, Simulator

pytestmark = pytest.mark.slow

START = 1_552_599_000.0  # 2019-03-14T21:30:00
STAMP = "%d-%m-%y_%H:%M:%S"
FEW = ("TimeStamp", "CCD1_TEMP_T", "CCD2_TEMP_B", "FPGA_5VREF_V", "CCD3_TEMP_T")
PLANTS = ("CCD2_TEMP_B:step:-136@200+30", "FPGA_5VREF_V:spike:5.3@450", "CCD3_TEMP_T:nan@500+3")


def day(folder: Path, *plants: str, seconds: int = 600) -> Path:
    path = folder / "data" / "14_Mar_19"
    Simulator(path, SimulatedSession(start=START, seconds=seconds, images=False, plants=plants)).write_at_once()
    return path


def few(folder: Path) -> Path:
    """Keep only the columns :data:`FEW` of its housekeeping: a report of all takes long to draw."""
    for path in folder.glob("HK_*.txt"):
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="latin-1")), delimiter="\t"))
        places = [rows[0].index(name) for name in FEW]
        path.write_text("".join("\t".join(row[place] for place in places) + "\n" for row in rows), encoding="latin-1")
    return folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def report(capsys: pytest.CaptureFixture[str], *options: str | Path) -> tuple[int, str]:
    code = main(["hk-report", *map(str, options)])
    printed = capsys.readouterr()
    assert printed.err == ""
    return code, printed.out


def table(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def texts(path: Path) -> list[str]:
    return [page.extract_text() for page in PdfReader(path).pages]


def column(files: list[Path], name: str, begin: float, end: float) -> list[float]:
    """Readings of a parameter between two times, from the cells of its files."""
    found: list[float] = []
    for path in files:
        for row in csv.DictReader(io.StringIO(path.read_text(encoding="latin-1")), delimiter="\t"):
            stamp = datetime.strptime(row["TimeStamp"], STAMP).replace(tzinfo=UTC).timestamp()
            if begin <= stamp <= end:
                found.append(float(row[name]))
    return found


def listing(folder: Path) -> list[tuple[str, int, int]]:
    return sorted((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in folder.iterdir())


@dataclass(frozen=True)
class Reported:
    """A report of a whole day, made once for several tests."""

    folder: Path
    written: Path
    code: int
    printed: str
    untouched: bool


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    top = tmp_path_factory.mktemp("whole")
    folder = day(top, *PLANTS)
    before = listing(folder)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.chdir(top):
        code = main(["hk-report", str(folder)])
    return Reported(folder, top / "hk-report_14_Mar_19", code, printed.getvalue(), listing(folder) == before)


def test_a_day_with_excursions(whole: Reported) -> None:
    assert whole.code == 1
    assert whole.untouched
    assert "2 times out of limits: CCD2_TEMP_B, FPGA_5VREF_V" in whole.printed
    documents = [f"hk-report_14_Mar_19{end}" for end in (".pdf", "_obsids.csv", "_excursions.csv")]
    assert {path.name for path in whole.written.iterdir()} == set(documents)
    assert [Path(line).name for line in whole.printed.splitlines()[-3:]] == documents
    runs = table(whole.written / "hk-report_14_Mar_19_excursions.csv")
    assert [(run["parameter"], run["verdict"], run["samples"], run["worst"]) for run in runs] == [
        ("CCD2_TEMP_B", "LOW", "30", "-136.0"),
        ("FPGA_5VREF_V", "HIGH", "1", "5.3"),
        ("CCD3_TEMP_T", "INVALID", "3", ""),
    ]
    assert (runs[0]["first"], runs[0]["last"]) == ("2019-03-14T21:33:20", "2019-03-14T21:33:49")


def test_the_pdf_has_every_parameter(whole: Reported) -> None:
    pages = texts(whole.written / "hk-report_14_Mar_19.pdf")
    assert len(pages) == 1 + 7 + 1 + 1  # 82 parameters, 12 on a page
    assert "2 parameters were out of limits" in pages[0]
    assert "Caution" not in pages[0]
    drawn = "\n".join(pages[1:8])
    header = next(whole.folder.glob("HK_??-*.txt")).read_text(encoding="latin-1").split("\n")[0]
    names = [name.strip() for name in header.split("\t")[1:] if name.strip()]
    assert len(names) == 82
    assert [name for name in names if name not in drawn] == []
    assert drawn.count("OUT OF LIMITS") == 2
    assert "CCD2_TEMP_B" in pages[9]


def test_statistics_of_each_obsid_are_those_of_its_rows(whole: Reported) -> None:
    rows = table(whole.written / "hk-report_14_Mar_19_obsids.csv")
    files = list(whole.folder.glob("HK_??-*.txt"))
    assert {int(row["obsid"]) for row in rows} == {20103, 20104, 20105, 20106, 20107, 20108}
    assert len(rows) == 6 * 82
    for row in rows:
        if row["parameter"] in ("CCD2_TEMP_B", "RPSU_28V_PRI_I"):
            begin, end = (datetime.fromisoformat(row[key]).replace(tzinfo=UTC).timestamp() for key in ("begin", "end"))
            cells = column(files, row["parameter"], begin, end)
            assert int(row["samples"]) == len(cells)
            assert float(row["mean"]) == pytest.approx(statistics.fmean(cells), rel=1e-12)
            assert float(row["std"]) == pytest.approx(statistics.pstdev(cells), rel=1e-9, abs=1e-12)
            assert (float(row["min"]), float(row["max"])) == (min(cells), max(cells))
            assert int(row["out"]) == sum(cell < -133 for cell in cells)
    assert {row["parameter"] for row in rows if row["invalid"] != "0"} == {"CCD3_TEMP_T"}


def test_of_all_in_limits_the_exit_code_is_0_and_without_a_log_there_are_no_obsids(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, here: Path
) -> None:
    folder = day(tmp_path, seconds=60)
    for path in folder.glob("EXP_LOG*"):
        path.unlink()
    code, printed = report(capsys, folder, "-o", "out")
    assert code == 0
    assert "nothing that was judged was out of limits" in printed
    assert "no exposure log" in printed
    assert table(Path("out/hk-report_14_Mar_19_obsids.csv")) == []


def test_of_a_part_of_the_day_only_that_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path, here: Path) -> None:
    folder = few(day(tmp_path, *PLANTS))
    begin, end = "2019-03-14T21:36:00", "2019-03-14T21:38:00"
    code, printed = report(capsys, folder, "-E", "7.5.X", "-o", "out", "--from", begin, "--to", end)
    assert code == 1
    assert "1 times out of limits: FPGA_5VREF_V" in printed
    name = "hk-report_14_Mar_19_from_20190314T213600_to_20190314T213800"
    assert {row["parameter"] for row in table(Path("out", f"{name}_excursions.csv"))} == {"FPGA_5VREF_V"}
    code, printed = report(capsys, folder, "-E", "7.5.X", "-o", "out", "--obsid", "20103")
    assert "nothing that was judged was out of limits" in printed
    assert "never judged" in printed
    assert code == 2  # of the limits of this version most have no column
    assert {row["obsid"] for row in table(Path("out/hk-report_14_Mar_19_20103-20103_obsids.csv"))} == {"20103"}


def test_files_of_single_obsids_alone_are_reported_with_a_caution(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, here: Path
) -> None:
    folder = few(day(tmp_path))
    for master in folder.glob("HK_??-*.txt"):
        master.unlink()
    _code, printed = report(capsys, folder, "-E", "7.5.X")
    assert "Caution: there are only the HK files of single ObsIDs" in printed
    assert "Caution" in texts(here / "hk-report_14_Mar_19/hk-report_14_Mar_19.pdf")[0]
    rows = table(here / "hk-report_14_Mar_19/hk-report_14_Mar_19_obsids.csv")
    for obsid in (20103, 20105):
        row = next(row for row in rows if (row["obsid"], row["parameter"]) == (str(obsid), "CCD1_TEMP_T"))
        cells = column(list(folder.glob(f"HK_{obsid}_*.txt")), "CCD1_TEMP_T", 0.0, 1e12)
        assert int(row["samples"]) == len(cells)
        assert float(row["mean"]) == pytest.approx(statistics.fmean(cells), rel=1e-12)


def test_a_folder_of_no_known_version_has_curves_but_cannot_be_judged(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, here: Path
) -> None:
    folder = tmp_path / "lab"
    folder.mkdir()
    rows = [f"14-03-19_20:00:{second:02d}\t{second}\t7" for second in range(20)]
    (folder / "HK_14-03-19_ROE1_01.txt").write_text("TimeStamp\tPRESSURE\tFLOW\n" + "\n".join(rows) + "\n")
    code, printed = report(capsys, folder)
    assert code == 2
    assert "nothing was judged" in printed
    assert "out of limits" not in printed
    pages = texts(here / "hk-report_lab/hk-report_lab.pdf")
    assert "nothing was judged" in pages[0]
    assert "PRESSURE" in pages[1]
    assert "no limit" in pages[1]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["{day}", "-o", "{day}/out"], "nothing is written"),
        (["nowhere"], "does not exist"),
        (["."], "no row of housekeeping"),
        (["{day}", "--obsid", "7"], "no ObsID from 7 to 7"),
        (["{day}", "--obsid", "20104", "20103"], "comes before"),
        (["{day}", "--from", "2020-01-01"], "no housekeeping at that time"),
        (["{day}", "--to", "2019-03-14T21:31", "--obsid", "20103"], "either"),
        (["{day}", "-E", "1.2.3"], "not known"),
    ],
)
def test_what_cannot_be_done_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, here: Path, options: list[str], told: str
) -> None:
    folder = day(tmp_path, seconds=10)
    before = listing(folder)
    assert main(["hk-report", *(word.format(day=folder) for word in options)]) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert printed.out == ""
    assert listing(folder) == before


@pytest.mark.parametrize("time", ["yesterday", "2019-03-14T21:31Z"])
def test_a_time_that_is_none_of_the_lab_is_refused(capsys: pytest.CaptureFixture[str], time: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["hk-report", ".", "--from", time])
    assert time in capsys.readouterr().err
