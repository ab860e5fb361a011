"""HK files that grow, are replaced or vanish, are looked at from the end, and hold whatever comes."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from eyegore.elvis.dialect import DIALECTS
from eyegore.elvis.hk_file import HkTail
from eyegore.elvis.hk_text import HkTable
from eyegore.messages.events import BadLine, FeedMessage, HkHeader, HkRows, SourceEvent, SourceKind

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


def test_a_file_that_vanishes_while_it_is_read_ends_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "HK_14-03-19_ROE1_01.txt"
    path.write_bytes(table_of("7.5.X", 1000))
    tail = HkTail(str(path))
    assert tail.poll(0.0, max_bytes=1)
    path.unlink()
    assert [message.kind for message in tail.poll(0.0) if isinstance(message, SourceEvent)] == [SourceKind.VANISHED]
    assert tail.poll(0.0) == []


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
