"""Tables and transposed files of every version: columns, lines, time stamps."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from eyegore.elvis.day_folder import lab_seconds
from eyegore.elvis.dialect import DIALECTS, Recognition, Stamp
from eyegore.elvis.exposure_log import ExposureTail
from eyegore.elvis.hk_file import HkTail, table_columns
from eyegore.elvis.tail import LONGEST_LINE
from eyegore.messages.events import HkHeader, HkRows, SourceEvent, SourceKind

from .hk_reading import (
    GOOD,
    MASTER,
    NIGHT,
    bad_of,
    header_of,
    kinds_of,
    read,
    read_all,
    small,
    table_of,
    times_of,
    transposed_of,
    values_of,
)

SAMPLE = Path(__file__).parents[2] / "data" / "HK_191_050800D000000T_ROE1.txt"


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


# --- lines -----------------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("header", ["TimeStamp\tB\tA\tSPW_STATUS_REG", "\0\0\0TimeStamp\tB\tA\tSPW_STATUS_REG"])
def test_a_second_header_with_another_order_is_gone_by(tmp_path: Path, header: str) -> None:
    messages = read(tmp_path, small(GOOD.format(1), header, GOOD.format(2)))
    rows = [message for message in messages if isinstance(message, HkRows)]
    assert [row.columns[:2] for row in rows] == [("A", "B"), ("B", "A")]
    assert bad_of(messages) == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("blank", ["", "\xa0", "\xc2\xa0"])
@pytest.mark.parametrize("begin", ["", "\xef\xbb\xbf"])
def test_marks_blanks_and_line_ends_of_editors_are_no_data(tmp_path: Path, begin: str, blank: str, end: str) -> None:
    row = f"21-02-80_00:00:0{{}}{blank}\t{blank}1\t2{blank}\t3"
    header = f"TimeStamp{blank}\tA\tB\tSPW_STATUS_REG"
    messages = read(tmp_path, begin.encode("latin-1") + small(row.format(1), row.format(2), header=header, end=end))
    assert header_of(messages).columns == ("A", "B", "SPW_STATUS_REG")
    assert (bad_of(messages), kinds_of(messages)) == ([], [])
    assert values_of(messages).tolist() == [[1, 2, 3], [1, 2, 3]]


@pytest.mark.parametrize("name", [MASTER, "EXP_LOG_210280.txt"])
@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be"])
def test_wide_text_is_told_not_taken_for_an_empty_file(tmp_path: Path, name: str, coding: str) -> None:
    text = "\ufeff" + small(GOOD.format(1)).decode()
    (tmp_path / name).write_bytes(text.encode(coding))
    tail = HkTail(str(tmp_path / name)) if name == MASTER else ExposureTail(str(tmp_path / name))
    (told,) = tail.poll(1.0)
    assert isinstance(told, SourceEvent)
    assert told.kind is SourceKind.UNREADABLE
    assert "UTF-16" in told.text
    (tmp_path / name).write_bytes(text.encode("utf-8"))
    assert kinds_of(tail.poll(1.0)) == [SourceKind.READABLE]


def test_stamps_with_and_without_fractions_of_a_second(tmp_path: Path) -> None:
    stamps = ("21-02-80_00:00:01", "21-02-80_00:00:02.250", "21-02-80_00:00:03,5", "21-02-80_00:00:04")
    messages = read(tmp_path, small(*(f"{stamp}\t1\t2\t3" for stamp in stamps)))
    assert bad_of(messages) == []
    assert (times_of(messages) - NIGHT).tolist() == [1, 2.25, 3.5, 4]


@pytest.mark.parametrize(
    ("clocks", "days", "told"),
    [
        (("23:59:59", "00:00:01"), [0, 1], 0),
        (("10:00:30", "10:00:00"), [0, 0], 0),  # corrected
        (("10:00:00", "09:59:30", "10:00:00"), [0, 0, 0], 0),
        (("10:00:00", "08:00:00", "08:00:01"), [0, 1, 1], 1),  # the next morning
        (("10:00:00", "09:00:01", "09:00:02"), [0, 0, 0], 1),  # the end of summer time
    ],
)
@pytest.mark.parametrize("fraction", ["", ".5"])
def test_clocks_that_go_back_without_a_date(
    tmp_path: Path, clocks: tuple[str, ...], days: list[int], told: int, fraction: str
) -> None:
    messages = read(tmp_path, small(*(f"{clock}{fraction}\t1\t2\t3" for clock in clocks)))
    assert ((times_of(messages) - NIGHT) // 86400).tolist() == days
    assert len(bad_of(messages)) == told
