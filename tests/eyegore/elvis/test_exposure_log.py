from __future__ import annotations

import math
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from eyegore.elvis.day_folder import lab_seconds
from eyegore.elvis.dialect import DIALECTS
from eyegore.elvis.exposure_log import ExposureTail, LogHeader, seconds_per_unit
from eyegore.elvis.tail import LONGEST_LINE
from eyegore.messages.events import BadLine, Exposure, ExposureRows, FeedMessage, SourceEvent, SourceKind

SAMPLE = Path(__file__).parents[2] / "data" / "EXP_LOG_050800.txt"
NAME = "EXP_LOG_210280.txt"
STAMP = "210280D120000T"
NOON = lab_seconds(21, 2, 80, 12)


def read_all(tail: ExposureTail) -> list[FeedMessage]:
    messages: list[FeedMessage] = []
    while found := tail.poll(1.0):
        messages += found
    return messages


def rows_of(messages: list[FeedMessage]) -> list[Exposure]:
    return [row for message in messages if isinstance(message, ExposureRows) for row in message.rows]


def bad_of(messages: list[FeedMessage]) -> list[int]:
    return [message.line for message in messages if isinstance(message, BadLine)]


def log_of(version: str, triplets: int, end: str = "\n", pad: str = "") -> bytes:
    """A log as one version writes it, exposure n of 500 n in its own unit."""
    columns = DIALECTS[version].explog_columns
    lines = ["\t".join(column + pad for column in columns)]
    for obsid in range(1, triplets + 1):
        for ccd in ("CCD1", "CCD2", "CCD3"):
            known = {"obsid": str(obsid), "ccd": ccd, "test": "BIAS02", "date": STAMP, "exptime": f"{500 * obsid}"}
            lines.append("\t".join(known.get(column.lower(), "0") for column in columns))
    return "".join(line + end for line in lines).encode()


def read(tmp_path: Path, data: bytes, elvis: str | None = None) -> list[FeedMessage]:
    (tmp_path / NAME).write_bytes(data)
    return read_all(ExposureTail(str(tmp_path / NAME), elvis))


def test_the_old_sample() -> None:
    tail = ExposureTail(str(SAMPLE))
    messages = read_all(tail)
    rows = rows_of(messages)
    assert bad_of(messages) == []
    assert [(row.obsid, row.ccd) for row in rows] == [(o, f"CCD{n}") for o in (191, 192) for n in (1, 2, 3)]
    assert rows[0].columns == DIALECTS["5.7.05"].explog_columns
    assert rows[0].time == lab_seconds(25, 11, 16, 15, 6, 14)
    assert (rows[0].test, rows[0].exptime, rows[0].cell("TOI _pump"), rows[0].number("IDL_V")) == (
        "Test",
        0,
        "1000",
        11,
    )
    assert tail.recognition.elvis == "5.7.05"


@pytest.mark.parametrize("pad", ["", "   "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\t\n", "\t\r\n"], ids=["LF", "CRLF", "tab LF", "tab CRLF"])
@pytest.mark.parametrize("version", DIALECTS)
def test_every_version(tmp_path: Path, version: str, end: str, pad: str) -> None:
    (tmp_path / NAME).write_bytes(log_of(version, 2, end, pad))
    tail = ExposureTail(str(tmp_path / NAME))
    messages = read_all(tail)
    rows = rows_of(messages)
    assert bad_of(messages) == []
    assert len(rows) == 6
    assert rows[5].columns == DIALECTS[version].explog_columns
    assert (rows[5].obsid, rows[5].ccd, rows[5].test, rows[5].time) == (2, "CCD3", "BIAS02", NOON)
    assert rows[5].exptime == pytest.approx(1.0 if version < "6.3" else 1000.0)
    assert version in tail.recognition.candidates


@pytest.mark.parametrize(
    ("columns", "elvis", "seconds"),
    [
        (("ObsID", "Exptime"), "", 1e-3),
        (("ObsID", "exptime"), "", 1.0),
        (("ObsID", "exptime"), "6.1.0", 1e-3),
        (("ObsID", "Exptime"), "7.5.X", 1.0),
        (DIALECTS["6.0.0"].explog_columns, "", 1e-3),
        (DIALECTS["6.3.0"].explog_columns, "9.9.X", 1.0),
    ],
)
def test_unit_of_the_exposure_time(columns: tuple[str, ...], elvis: str, seconds: float) -> None:
    assert seconds_per_unit(columns, elvis) == seconds


def test_a_given_version_overrides(tmp_path: Path) -> None:
    rows = rows_of(read(tmp_path, b"ObsID\tCCD\texptime\n1\tCCD1\t1500\n", elvis="6.1.0"))
    assert rows[0].exptime == 1.5


def test_a_row_names_its_version(tmp_path: Path) -> None:
    path = tmp_path / NAME
    columns = DIALECTS["7.5.X"].explog_columns
    row = ["1"] * len(columns)
    row[columns.index("egse_ver")] = "7.2.4"
    path.write_text("\t".join(columns) + "\n" + "\t".join(row) + "\n")
    tail = ExposureTail(str(path))
    read_all(tail)
    assert tail.recognition.candidates == ("7.2.X",)


@pytest.mark.parametrize(
    ("date", "file_name", "time"),
    [
        (STAMP, "", NOON),
        ("", "EUC_1_210280D_120000T_ROE1_CCD1", NOON),
        ("310280D120000T", "EUC_1_210280D120000T_ROE1_CCD1", NOON),
        ("", "", math.nan),
    ],
)
def test_time_from_the_date_else_the_file_name(tmp_path: Path, date: str, file_name: str, time: float) -> None:
    (row,) = rows_of(read(tmp_path, f"obsid\tDate\tFILE_NAME\n7\t{date}\t{file_name}\n".encode()))
    assert row.time == pytest.approx(time, nan_ok=True)


def test_columns_that_are_not_there(tmp_path: Path) -> None:
    (row,) = rows_of(read(tmp_path, b"X\tOBSID\n1\t2\n"))
    assert (row.obsid, row.ccd, row.test) == (2, "", "")
    assert math.isnan(row.time)
    assert math.isnan(row.exptime)


@pytest.mark.parametrize("line", ["", "A\tB", "obsid", "ObsID\t"])
def test_lines_that_are_no_header(line: str) -> None:
    assert LogHeader.of(line) is None


HEADER = "ObsID\tCCD\tTEST\texptime"


@pytest.mark.parametrize(
    "line",
    [
        "garbage",
        "2\tCCD1",
        "2\tCCD1\tBIAS\t0\t1",
        "2\tCCD1\tBIAS\t0\t\t",
        "x\tCCD1\tBIAS\t0",
        "2.5\tCCD1\tBIAS\t0",
        "-2\tCCD1\tBIAS\t0",
        "\tCCD1\tBIAS\t0",
        "2\tCCD1\t\0\t0",
        "\0\0\0",
        "9" * (2 * LONGEST_LINE),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\t\r\n"])
def test_a_bad_line_is_named_and_the_rest_is_read(tmp_path: Path, line: str, end: str) -> None:
    lines = [HEADER, "1\tCCD1\tBIAS\t0", line, "3\tCCD1\tBIAS\tnone"]
    messages = read(tmp_path, "".join(text + end for text in lines).encode())
    assert bad_of(messages) == [3]
    assert [row.obsid for row in rows_of(messages)] == [1, 3]
    assert math.isnan(rows_of(messages)[1].exptime)


@pytest.mark.parametrize("line", ["", "  \t ", "# nothing", HEADER, HEADER.replace("CCD", "CCD  ")])
def test_lines_that_are_passed_over(tmp_path: Path, line: str) -> None:
    messages = read(tmp_path, f"{HEADER}\n1\tCCD1\tBIAS\t0\n{line}\n2\tCCD1\tBIAS\t0\n".encode())
    assert bad_of(messages) == []
    assert [row.obsid for row in rows_of(messages)] == [1, 2]


def test_a_line_before_the_header_is_named(tmp_path: Path) -> None:
    assert bad_of(read(tmp_path, f"\n# log\n1\tCCD1\tBIAS\t0\n{HEADER}\n".encode())) == [3]


def test_another_header_is_followed(tmp_path: Path) -> None:
    messages = read(tmp_path, b"ObsID\tCCD\n1\tCCD1\nObsID\tTEST\n2\tDARK01\n")
    assert [message.columns for message in messages if isinstance(message, ExposureRows)] == [
        ("ObsID", "CCD"),
        ("ObsID", "TEST"),
    ]
    assert [(row.obsid, row.ccd, row.test) for row in rows_of(messages)] == [(1, "CCD1", ""), (2, "", "DARK01")]


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_names_of_people_are_text(tmp_path: Path, encoding: str) -> None:
    messages = read(tmp_path, f"{HEADER}\n1\tCCD1\tJürgen\t0\n2\tCCD1\tBIAS\t0\n".encode(encoding))
    assert [row.test for row in rows_of(messages)] == ["Jürgen", "BIAS"]


def test_rows_come_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / NAME
    data = log_of("7.5.X", 2)
    path.write_bytes(data[:-5])
    tail = ExposureTail(str(path))
    assert len(rows_of(read_all(tail))) == 5
    assert tail.poll(1.0) == []
    path.write_bytes(data)
    messages = read_all(tail)
    assert [row.ccd for row in rows_of(messages)] == ["CCD3"]
    path.write_bytes(log_of("6.1.0", 1))
    messages = read_all(tail)
    assert [message.kind for message in messages if isinstance(message, SourceEvent)] == [SourceKind.TRUNCATED]
    assert len(rows_of(messages)) == 3


def test_a_long_log_comes_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(log_of("7.5.X", 2000))
    tail = ExposureTail(str(path))
    pieces = []
    while found := tail.poll(1.0, 1):
        pieces.append(len(rows_of(found)))
    assert len(pieces) > 10
    assert sum(pieces) == 6000


LINES = st.sampled_from(
    [
        b"1\tCCD1\tBIAS\t0\n",
        b"2\tCCD1\tDARK\t1.5\t\r\n",
        b"\n",
        HEADER.encode() + b"\t\r\n",
        b"ObsID\tTEST\n",
        b"bad\n",
        b"3\t\xff\t\xc3\xa9\t0\n",
        b"4\tCCD1\t\0\t0\n",
    ]
)


def read_grown(data: bytes, cuts: list[int]) -> list[FeedMessage]:
    folder = tempfile.mkdtemp()
    try:
        path = Path(folder, NAME)
        tail = ExposureTail(str(path))
        messages: list[FeedMessage] = []
        for cut in [*sorted(cuts), len(data)]:
            path.write_bytes(data[:cut])
            messages += read_all(tail)
        return messages
    finally:
        shutil.rmtree(folder)


@given(st.lists(LINES | st.binary(max_size=20), max_size=30), st.lists(st.integers(0, 600), max_size=8))
@settings(deadline=None)
def test_however_a_log_grows_the_same_is_read(lines: list[bytes], cuts: list[int]) -> None:
    data = HEADER.encode() + b"\n" + b"".join(lines)
    at_once, grown = read_grown(data, []), read_grown(data, cuts)
    assert [row.cells for row in rows_of(at_once)] == [row.cells for row in rows_of(grown)]
    assert sorted(bad_of(at_once)) == sorted(bad_of(grown))


def test_a_file_that_vanishes_while_it_is_read_ends_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "EXP_LOG_140319.txt"
    path.write_bytes(log_of("7.5.X", 1000))
    tail = ExposureTail(str(path))
    assert tail.poll(0.0, max_bytes=1)
    path.unlink()
    assert [message.kind for message in tail.poll(0.0) if isinstance(message, SourceEvent)] == [SourceKind.VANISHED]
    assert tail.poll(0.0) == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("begin", ["", "\ufeff"])
@pytest.mark.parametrize("obsid", ["20103", "20103.0", "20103."])
def test_logs_that_a_spreadsheet_has_saved(tmp_path: Path, begin: str, obsid: str, end: str) -> None:
    path = tmp_path / "EXP_LOG_140319.txt"
    lines = ("ObsID\tCCD\ttest", f"{obsid}\tCCD1\tBIAS01", f"{obsid}\tCCD2\tBIAS01")
    path.write_bytes((begin + "".join(line + end for line in lines)).encode())
    (rows,) = ExposureTail(str(path)).poll(1.0)
    assert isinstance(rows, ExposureRows)
    assert [(row.obsid, row.ccd) for row in rows.rows] == [(20103, "CCD1"), (20103, "CCD2")]
