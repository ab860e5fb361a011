from __future__ import annotations

import math
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eyegore.elvis.day_folder import lab_seconds
from eyegore.elvis.dialect import DIALECTS, Recognition, Stamp
from eyegore.elvis.hk_file import HkTail, table_columns
from eyegore.elvis.hk_text import HkTable, number, register
from eyegore.elvis.tail import LONGEST_LINE
from eyegore.messages import BadLine, FeedMessage, FloatArray, HkHeader, HkRows, SourceEvent, SourceKind

SAMPLE = Path(__file__).parents[2] / "data" / "HK_191_050800D000000T_ROE1.txt"
MASTER = "HK_21-02-80_ROE1_01.txt"
NIGHT = lab_seconds(21, 2, 80)
NAN = float("nan")


def read_all(tail: HkTail, max_bytes: int = 1 << 18) -> list[FeedMessage]:
    messages: list[FeedMessage] = []
    while found := tail.poll(1.0, max_bytes):
        messages += found
    return messages


def header_of(messages: list[FeedMessage]) -> HkHeader:
    (header,) = (message for message in messages if isinstance(message, HkHeader))
    return header


def times_of(messages: list[FeedMessage]) -> FloatArray:
    return np.concatenate([[], *(message.times for message in messages if isinstance(message, HkRows))])


def values_of(messages: list[FeedMessage]) -> FloatArray:
    return np.concatenate([message.values for message in messages if isinstance(message, HkRows)])


def bad_of(messages: list[FeedMessage]) -> list[int]:
    return [message.line for message in messages if isinstance(message, BadLine)]


def kinds_of(messages: list[FeedMessage]) -> list[SourceKind]:
    return [message.kind for message in messages if isinstance(message, SourceEvent)]


def small(*rows: str, header: str = "TimeStamp\tA\tB\tSPW_STATUS_REG", end: str = "\n") -> bytes:
    return "".join(line + end for line in (header, *rows)).encode("latin-1")


def read(tmp_path: Path, data: bytes, name: str = MASTER, elvis: str | None = None) -> list[FeedMessage]:
    (tmp_path / name).write_bytes(data)
    return read_all(HkTail(str(tmp_path / name), elvis))


def table_of(version: str, rows: int, end: str = "\n", register: str = "") -> bytes:
    """A file as one version writes it, around midnight; the value of parameter p in row r is p + r / 100."""
    dialect = DIALECTS[version]
    lines = ["\t".join([dialect.hk_time, *dialect.hk_columns])]
    for row in range(rows):
        clock = (86395 + row) % 86400
        time = f"{clock // 3600:02d}:{clock // 60 % 60:02d}:{clock % 60:02d}"
        if dialect.stamp is Stamp.DATE_CLOCK:
            time = f"{'21' if row < 5 else '22'}-02-80_{time}"
        cells = [
            register if register and column == "SPW_STATUS_REG" else f"{place + row / 100:.2f}"
            for place, column in enumerate(dialect.hk_columns)
        ]
        lines.append("\t".join([time, *cells]))
    return "".join(line + end for line in lines).encode()


def transposed_of(version: str, samples: int, end: str = "\n") -> bytes:
    return "".join(
        f"{column}\t{' '.join(f'{place + sample / 100:.2f}' for sample in range(samples))}{end}"
        for place, column in enumerate(DIALECTS[version].hk_columns)
    ).encode()


# --- formats ---------------------------------------------------------------------------------------------------------


def test_the_old_sample() -> None:
    messages = read_all(HkTail(str(SAMPLE)))
    header = header_of(messages)
    assert header.elvis == "5.8.X"
    assert header.columns == DIALECTS["5.8.X"].hk_columns
    assert (header.unknown, header.missing) == ((), ())
    assert header.units[12] == "degC"
    assert bad_of(messages) == []
    begin = lab_seconds(5, 8, 0, 15, 6, 14)
    assert times_of(messages).tolist() == [begin, begin + 1, begin + 2]
    values = values_of(messages)
    assert values.shape == (3, 55)
    assert values[0, 12:18].tolist() == [-246.08, -246.86, -180.17, -246.60, -246.86, -246.08]
    assert values[2, -2:].tolist() == [-273.15, -273.15]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\t\n", "\t\r\n"], ids=["LF", "CRLF", "tab LF", "tab CRLF"])
@pytest.mark.parametrize("version", [v for v, d in DIALECTS.items() if d.stamp is not Stamp.NONE and v != "5.7.05"])
def test_tables_of_every_version_over_midnight(tmp_path: Path, version: str, end: str) -> None:
    messages = read(tmp_path, table_of(version, 10, end))
    header = header_of(messages)
    columns = DIALECTS[version].hk_columns
    assert version in (header.elvis, "6.1.0")
    assert header.columns == columns
    assert bad_of(messages) == []
    assert times_of(messages).tolist() == [NIGHT + 86395 + row for row in range(10)]
    expected = np.arange(len(columns)) + np.arange(10)[:, None] / 100
    assert np.allclose(values_of(messages), expected, atol=1e-9)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\t\r\n"])
@pytest.mark.parametrize("version", [v for v, d in DIALECTS.items() if d.stamp is Stamp.NONE])
def test_transposed_files(tmp_path: Path, version: str, end: str) -> None:
    messages = read(tmp_path, transposed_of(version, 4, end), "HK_12_210280D235958T_ROE1.txt")
    header = header_of(messages)
    assert header.elvis == ("5.7.02" if version < "5.7.07" else "5.7.07")
    assert header.columns == DIALECTS[version].hk_columns
    assert bad_of(messages) == []
    assert times_of(messages).tolist() == [NIGHT + 86398 + sample for sample in range(4)]
    expected = np.arange(len(header.columns)) + np.arange(4)[:, None] / 100
    assert np.allclose(values_of(messages), expected)


def test_the_log_beside_it_decides_between_versions_with_the_same_header(tmp_path: Path) -> None:
    (tmp_path / MASTER).write_bytes(table_of("6.1.0", 1))
    log = Recognition("6.1.0", candidates=("6.1.0",))
    assert header_of(read_all(HkTail(str(tmp_path / MASTER), explog=log))).elvis == "6.1.0"


def test_a_given_version_overrides_the_header(tmp_path: Path) -> None:
    header = header_of(read(tmp_path, table_of("7.5.X", 1), elvis="7.2.X"))
    assert header.elvis == "7.2.X"
    assert "CDPUClkLost" in header.missing
    assert "TwoCmdsErr" in header.unknown
    assert header.columns == DIALECTS["7.5.X"].hk_columns


def test_a_header_of_no_version_is_used_as_it_is(tmp_path: Path) -> None:
    messages = read(tmp_path, small("21-02-80_00:00:01\t1\t2\t3", header="Time [lab]\tA\tB\tA"))
    assert header_of(messages) == HkHeader(str(tmp_path / MASTER), "", ("A", "B", "A (column 4)"), units=("", "", ""))
    assert values_of(messages).tolist() == [[1, 2, 3]]


@pytest.mark.parametrize(
    ("line", "columns"),
    [
        ("TimeStamp\tA\tB", (("TimeStamp", "A", "B"), 0)),
        ("TimeStamp  \t A \tB  \r", (("TimeStamp", "A", "B"), 0)),
        ("A\tTimeStamp\tB\t\t", (("A", "TimeStamp", "B"), 1)),
        ("HK_timestamp\t\tB", (("HK_timestamp", "(column 2)", "B"), 0)),
        ("# HK_timestamp\t\t\t\t15:06:14", None),
        ("timing\t1.0\t2.0", None),
        ("TimeStamp", None),
        ("15:06:14\t1\t2", None),
        ("", None),
        ("TimeStamp\tA\0\tB", None),
    ],
)
def test_headers(line: str, columns: tuple[tuple[str, ...], int] | None) -> None:
    assert table_columns(line) == columns


def test_a_time_that_is_not_the_first_column(tmp_path: Path) -> None:
    messages = read(tmp_path, small("1\t21-02-80_00:00:01\t2", header="A\tTimeStamp\tB"))
    assert header_of(messages).columns == ("A", "B")
    assert times_of(messages).tolist() == [NIGHT + 1]
    assert values_of(messages).tolist() == [[1, 2]]


# --- cells -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2FA0", 12192),
        ("0x2FA0", 12192),
        ("0X2fa0", 12192),
        ("12192", 12192),
        ("12192.0", 12192),
        (" 2FA0\r", 12192),
        ("2E10", 0x2E10),
        ("1E05", 0x1E05),
        ("2000", 2000),
        ("", math.nan),
        ("off", math.nan),
        ("2FA0H", math.nan),
        ("0x", math.nan),
    ],
)
def test_registers(cell: str, value: float) -> None:
    assert register(cell) == pytest.approx(value, nan_ok=True)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1.50", 1.5),
        (" -0.07 ", -0.07),
        ("1e3", 1000),
        ("", math.nan),
        ("  ", math.nan),
        ("nan", math.nan),
        ("2FA0", math.nan),
        ("1_0", math.nan),
        ("1,5", math.nan),
    ],
)
def test_numbers(cell: str, value: float) -> None:
    assert number(cell) == pytest.approx(value, nan_ok=True)


@pytest.mark.parametrize("cell", ["off", "", "  ", "1_0", "nan", "TimeStamp", "0x10"])
def test_text_in_a_numeric_cell_is_no_number_and_no_bad_line(tmp_path: Path, cell: str) -> None:
    messages = read(tmp_path, small(f"21-02-80_00:00:01\t1\t{cell}\t2FA0", "21-02-80_00:00:02\t1\t2\t12192"))
    assert bad_of(messages) == []
    assert np.array_equal(values_of(messages), np.array([[1, NAN, 12192], [1, 2, 12192]]), equal_nan=True)


def test_an_empty_last_cell_is_a_cell_and_a_trailing_tab_is_none(tmp_path: Path) -> None:
    messages = read(tmp_path, small("21-02-80_00:00:01\t1\t2\t", "21-02-80_00:00:02\t1\t2\t3\t"))
    assert bad_of(messages) == []
    assert np.array_equal(values_of(messages), np.array([[1, 2, NAN], [1, 2, 3]]), equal_nan=True)


def test_rows_with_hex_words_or_text_in_one_column_are_still_read_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = table_of("6.3.0", 2000, register="2FA0")
    monkeypatch.setattr(HkTable, "_one_by_one", lambda *_: pytest.fail("read cell by cell"))
    values = values_of(read(tmp_path, data))
    assert (values[:, -1] == 0x2FA0).all()


def test_a_column_of_text_is_learned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / MASTER).write_bytes(small(*(f"21-02-80_00:00:{row:02d}\t1\tN/A\t3" for row in range(60))))
    tail = HkTail(str(tmp_path / MASTER))
    first = read_all(tail)
    monkeypatch.setattr(HkTable, "_one_by_one", lambda *_: pytest.fail("read cell by cell"))
    with (tmp_path / MASTER).open("ab") as more:
        more.write(b"21-02-80_00:01:00\t1\tN/A\t3\n21-02-80_00:01:01\t1\t2\t3\n")
    second = read_all(tail)
    assert np.isnan(values_of(first)[:, 1]).all()
    assert np.array_equal(values_of(second), np.array([[1, NAN, 3], [1, 2, 3]]), equal_nan=True)


def test_a_register_has_many_states(tmp_path: Path) -> None:
    rows = [f"21-02-80_{row // 3600:02d}:{row // 60 % 60:02d}:{row % 60:02d}\t1\t2\t0x{row:X}" for row in range(9000)]
    assert values_of(read(tmp_path, small(*rows)))[:, 2].tolist() == list(range(9000))


# --- lines -----------------------------------------------------------------------------------------------------------

GOOD = "21-02-80_00:00:0{}\t1\t2\t3"


@pytest.mark.parametrize(
    "line",
    [
        "garbage",
        "21-02-80_00:00:05\t1\t2",
        "21-02-80_00:00:05\t1\t2\t3\t4",
        "21-02-80_00:00:05\t1\t2\t3\t\t",
        "21-02-80_00:00:05\t1\t\0\t3",
        "\0\0\0\0",
        "21-02-80_00:00:05\t1\t2\xb0\t3",
        "xx-02-80_00:00:05\t1\t2\t3",
        "31-02-80_00:00:05\t1\t2\t3",
        "21-02-80_24:00:05\t1\t2\t3",
        "21-02-80_00:60:05\t1\t2\t3",
        "21-02-80 at noon\t1\t2\t3",
        "\t1\t2\t3",
        "5\t1\t2\t3",
        "TimeStamp\tA",
        "TimeStamp\tA\tC\tSPW_STATUS_REG",
        "9" * (LONGEST_LINE + 1),
        "x" * (5 * LONGEST_LINE),
        "1" * (LONGEST_LINE - 1),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_bad_line_is_named_and_the_rest_is_read(tmp_path: Path, line: str, end: str) -> None:
    messages = read(tmp_path, small(GOOD.format(1), GOOD.format(2), line, GOOD.format(3), end=end))
    assert bad_of(messages) == [4]
    assert (times_of(messages) - NIGHT).tolist() == [1, 2, 3]
    assert values_of(messages).tolist() == [[1, 2, 3]] * 3


@pytest.mark.parametrize(
    "line",
    [
        "",
        "   ",
        "\t\t",
        "# comment",
        "#\t1\t2\t3",
        "  # HK_timestamp",
        "TimeStamp\tA\tB\tSPW_STATUS_REG",
        "# TimeStamp",
    ],
)
def test_lines_that_are_passed_over(tmp_path: Path, line: str) -> None:
    messages = read(tmp_path, small(GOOD.format(1), line, GOOD.format(2), line))
    assert bad_of(messages) == []
    assert len([message for message in messages if isinstance(message, HkHeader)]) == 1
    assert (times_of(messages) - NIGHT).tolist() == [1, 2]


def test_blank_and_comment_lines_before_the_header_and_garbage_named(tmp_path: Path) -> None:
    messages = read(tmp_path, b"\r\n# made by hand\nwhat is this\n" + small(GOOD.format(1)))
    assert bad_of(messages) == [3]
    assert times_of(messages).tolist() == [NIGHT + 1]


def test_the_line_of_a_row_is_told(tmp_path: Path) -> None:
    messages = read(tmp_path, b"# one\n" + small("", "bad", GOOD.format(1)))
    assert [message.line for message in messages if isinstance(message, HkRows)] == [5]


@pytest.mark.parametrize("cut", ["", "22-02-80_00:00:00\t1.0", "22-02"])
def test_a_line_that_is_not_finished_is_not_read(tmp_path: Path, cut: str) -> None:
    data = table_of("7.5.X", 10) + cut.encode()
    messages = read(tmp_path, data)
    assert (times_of(messages).size, bad_of(messages)) == (10, [])


@pytest.mark.parametrize("version", ["7.2.X", "6.1.0"])
def test_a_later_header_of_another_version_is_followed(tmp_path: Path, version: str) -> None:
    messages = read(tmp_path, table_of("7.5.X", 5) + table_of(version, 10))
    headers = [message for message in messages if isinstance(message, HkHeader)]
    assert [len(header.columns) for header in headers] == [82, len(DIALECTS[version].hk_columns)]
    assert bad_of(messages) == []
    assert times_of(messages).size == 15


# --- time ------------------------------------------------------------------------------------------------------------


def test_a_clock_that_goes_back_a_little_was_corrected_and_far_passed_midnight(tmp_path: Path) -> None:
    clocks = ["23:59:58", "23:59:59", "00:00:00", "00:00:02", "00:00:01", "12:00:00", "23:59:59", "00:00:00"]
    rows = [f"{clock}\t1\t2\t3" for clock in clocks]
    expected = [86398, 86399, 86400, 86402, 86401, 129600, 172799, 172800]
    assert (times_of(read(tmp_path, small(*rows))) - NIGHT).tolist() == expected
    mixed = read(tmp_path, small(*rows[:4], "bad", *rows[4:]))
    assert (times_of(mixed) - NIGHT).tolist() == expected


def test_a_per_obsid_file_named_before_midnight_with_rows_after_it(tmp_path: Path) -> None:
    messages = read(tmp_path, small("00:00:01\t1\t2\t3"), "HK_7_210280D235959T_ROE1.txt")
    assert times_of(messages).tolist() == [NIGHT + 86401]


def test_stamps_with_and_without_date_in_one_file(tmp_path: Path) -> None:
    rows = ["22-02-80_23:59:59\t1\t2\t3", "00:00:01\t1\t2\t3", "24-02-80 00:00:00\t1\t2\t3"]
    assert (times_of(read(tmp_path, small(*rows))) - NIGHT).tolist() == [172799, 172801, 259200]


def test_without_a_date_in_the_name_the_day_is_that_of_the_last_change(tmp_path: Path) -> None:
    path = tmp_path / "copy of HK.txt"
    path.write_bytes(small("12:00:00\t1\t2\t3"))
    os.utime(path, (NIGHT + 43200, NIGHT + 43200))
    (time,) = times_of(read_all(HkTail(str(path))))
    assert abs(time - NIGHT - 43200) <= 86400


# --- growing files ---------------------------------------------------------------------------------------------------


def test_rows_come_as_they_are_written(tmp_path: Path) -> None:
    data = table_of("6.5.X", 10)
    path = tmp_path / MASTER
    path.write_bytes(data[:3000])
    tail = HkTail(str(path))
    first = read_all(tail)
    assert tail.poll(1.0) == []
    path.write_bytes(data)
    second = read_all(tail)
    assert not any(isinstance(message, HkHeader) for message in second)
    assert np.concatenate([times_of(first), times_of(second)]).tolist() == [NIGHT + 86395 + row for row in range(10)]
    assert all(message.received == 1.0 for message in second if isinstance(message, HkRows))


def test_a_long_file_comes_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / MASTER
    path.write_bytes(table_of("7.5.X", 3000))
    tail = HkTail(str(path))
    pieces = []
    while found := tail.poll(1.0, 1):
        pieces.append(times_of(found).size)
    assert len(pieces) > 5
    assert sum(pieces) == 3000
    assert times_of(HkTail(str(path)).poll(1.0, 1 << 30)).size == 3000


def test_comments_longer_than_a_piece_do_not_end_the_reading(tmp_path: Path) -> None:
    filler = "# nothing\n" * 60000
    messages = read(tmp_path, filler.encode() + small(GOOD.format(1)))
    assert times_of(messages).size == 1


def test_another_file_in_its_place_is_read_from_its_header(tmp_path: Path) -> None:
    path = tmp_path / MASTER
    path.write_bytes(table_of("7.5.X", 10))
    tail = HkTail(str(path))
    read_all(tail)
    path.unlink()
    assert kinds_of(read_all(tail)) == [SourceKind.VANISHED]
    path.write_bytes(table_of("7.2.X", 5))
    messages = read_all(tail)
    assert isinstance(messages[0], SourceEvent)
    assert kinds_of(messages) == [SourceKind.RETURNED]
    assert header_of(messages).elvis == "7.2.X"
    assert times_of(messages).size == 5


def test_a_transposed_file_that_grows_gives_only_its_new_samples(tmp_path: Path) -> None:
    path = tmp_path / "HK_12_210280D000000T_ROE1.txt"
    path.write_bytes(transposed_of("5.7.09", 3))
    tail = HkTail(str(path))
    assert times_of(read_all(tail)).size == 3
    path.write_bytes(transposed_of("5.7.09", 5))
    messages = read_all(tail)
    assert [type(message) for message in messages] == [HkRows]
    assert (times_of(messages) - NIGHT).tolist() == [3, 4]
    path.write_bytes(transposed_of("5.7.09", 2))
    messages = read_all(tail)
    assert kinds_of(messages) == [SourceKind.TRUNCATED]
    assert header_of(messages).elvis == "5.7.07"
    assert times_of(messages).size == 2


def test_a_transposed_file_cut_within_a_line(tmp_path: Path) -> None:
    data = transposed_of("5.7.02", 3)
    messages = read(tmp_path, data[: data.rfind(b"\n", 0, -20) + 12], "HK_12_210280D000000T_ROE1.txt")
    assert header_of(messages).elvis == "5.7.02"
    assert header_of(messages).missing == DIALECTS["5.7.02"].hk_columns[-1:]
    assert (times_of(messages).size, bad_of(messages)) == (3, [])


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        ("HK_NEW 1 2", [54]),
        ("HK_NEW 1 2 3 4", [54]),
        ("1 2 3 4", [54]),
        ("HK_OD_Top_CCD1 1 2 3", [54]),
        ("HK_NEW 1 2 \xb0", [54]),
        ("HK_NEW 1 \0 3", [54]),
        ("HK_NEW 1 off 3", []),
        ("# HK_NEW", []),
        ("", []),
    ],
)
def test_lines_of_transposed_files(tmp_path: Path, line: str, bad: list[int]) -> None:
    data = transposed_of("5.7.02", 3) + line.encode("latin-1") + b"\n"
    messages = read(tmp_path, data, "HK_12_210280D000000T_ROE1.txt")
    assert bad_of(messages) == bad
    assert np.allclose(values_of(messages)[:, 0], [0, 0.01, 0.02])


def test_a_table_in_the_place_of_a_transposed_file(tmp_path: Path) -> None:
    path = tmp_path / "HK_12_210280D000000T_ROE1.txt"
    path.write_bytes(transposed_of("5.7.02", 3))
    tail = HkTail(str(path))
    read_all(tail)
    path.write_bytes(b"")
    assert kinds_of(read_all(tail)) == [SourceKind.TRUNCATED]
    path.write_bytes(table_of("7.5.X", 4))
    messages = read_all(tail)
    assert header_of(messages).elvis == "7.5.X"
    assert times_of(messages).size == 4


# --- preview ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [3, 3000])
def test_a_preview_shows_the_newest_rows_and_changes_nothing(tmp_path: Path, rows: int) -> None:
    path = tmp_path / MASTER
    path.write_bytes(table_of("7.5.X", rows) + b"22-02-80_01:0")
    tail = HkTail(str(path))
    preview = tail.preview(2.0)
    assert preview is not None
    assert (preview.preview, preview.received, preview.columns) == (True, 2.0, DIALECTS["7.5.X"].hk_columns)
    messages = read_all(tail)
    size = preview.times.size
    assert size == (3 if rows == 3 else pytest.approx(130, abs=30))
    assert times_of(messages).size == rows
    assert np.array_equal(preview.times, times_of(messages)[-size:])
    assert np.array_equal(preview.values, values_of(messages)[-size:])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"TimeStamp\tA",
        b"TimeStamp\tA\n",
        b"TimeStamp\tA\nbad\n",
        small("12:00:00\t1\t2\t3"),
        small(" 12:00:00\t1\t2\t3"),
        transposed_of("5.7.02", 3),
        b"no header\n" * 10000,
    ],
    ids=["empty", "no line", "no row", "no good row", "no date", "no date, padded", "transposed", "no header"],
)
def test_no_preview(tmp_path: Path, data: bytes) -> None:
    (tmp_path / MASTER).write_bytes(data)
    assert HkTail(str(tmp_path / MASTER)).preview(1.0) is None


def test_no_preview_of_what_is_not_there(tmp_path: Path) -> None:
    tail = HkTail(str(tmp_path / MASTER))
    assert tail.preview(1.0) is None
    assert read_all(tail) == []


# --- whatever comes --------------------------------------------------------------------------------------------------

ODD = st.sampled_from(
    [
        b"21-02-80_00:00:01\t1\t2\t3\n",
        b"21-02-80_23:59:59\t1.5\t-2e1\t2FA0\r\n",
        b"23:59:58\t1\t2\t0x10\n",
        b"00:00:01\t1\t\t10\t\n",
        b" 12:00:00\t1\toff\t12.0\n",
        b"TimeStamp\tA\tB\tSPW_STATUS_REG\n",
        b"TimeStamp\tA\tB\n",
        b"\n",
        b"\r\n",
        b"# TimeStamp\t1\n",
        b"21-02-80_00:00:01\t1\t2\n",
        b"21-02-80_00:00:01\t1\t\x00\t3\n",
        b"21-02-80_00:00:01\t1\t\xff\t3\n",
        b"\t\t\t\n",
        b"1\r2\n",
        b"21-02-80_00:00:01\t1\x0b\t1_0\t3\n",
    ]
)


def read_grown(data: bytes, cuts: list[int], max_bytes: int, name: str = MASTER) -> list[FeedMessage]:
    folder = tempfile.mkdtemp()
    try:
        path = Path(folder, name)
        tail = HkTail(str(path))
        messages: list[FeedMessage] = []
        for cut in [*sorted(cuts), len(data)]:
            path.write_bytes(data[:cut])
            messages += read_all(tail, max_bytes)
        return messages
    finally:
        shutil.rmtree(folder)


@given(st.lists(ODD | st.binary(max_size=20), max_size=40), st.lists(st.integers(0, 1000), max_size=8))
@settings(deadline=None)
def test_however_a_file_grows_the_same_is_read(lines: list[bytes], cuts: list[int]) -> None:
    data = b"TimeStamp\tA\tB\tSPW_STATUS_REG\n" + b"".join(lines)
    at_once, grown = read_grown(data, [], 1 << 18), read_grown(data, cuts, 1)
    assert times_of(at_once).tolist() == times_of(grown).tolist()
    assert bad_of(at_once) == sorted(bad_of(grown))
    if times_of(at_once).size:
        assert np.array_equal(values_of(at_once), values_of(grown), equal_nan=True)


@given(st.binary(max_size=2000), st.lists(st.integers(0, 2000), max_size=5))
@settings(deadline=None)
def test_no_bytes_stop_the_reader(data: bytes, cuts: list[int]) -> None:
    for message in read_grown(data, cuts, 1):
        assert isinstance(message, HkHeader | HkRows | BadLine | SourceEvent)


@given(st.lists(ODD, min_size=1, max_size=30))
@settings(deadline=None)
def test_rows_read_at_once_and_cell_by_cell_are_the_same(lines: list[bytes]) -> None:
    header = b"TimeStamp\tA\tB\tSPW_STATUS_REG\n"
    fast = read_grown(header + b"".join(lines), [], 1 << 18)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(HkTable, "_all_at_once", lambda *_: None)
        slow = read_grown(header + b"".join(lines), [], 1 << 18)
    assert times_of(fast).tolist() == times_of(slow).tolist()
    assert bad_of(fast) == bad_of(slow)
    if times_of(fast).size:
        assert np.array_equal(values_of(fast), values_of(slow), equal_nan=True)


def test_a_file_that_vanishes_while_it_is_read_ends_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "HK_14-03-19_ROE1_01.txt"
    path.write_bytes(table_of("7.5.X", 1000))
    tail = HkTail(str(path))
    assert tail.poll(0.0, max_bytes=1)
    path.unlink()
    assert [message.kind for message in tail.poll(0.0) if isinstance(message, SourceEvent)] == [SourceKind.VANISHED]
    assert tail.poll(0.0) == []
