"""Cells of HK tables: numbers, registers, text, and columns that are read at once."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from eyegore.elvis.hk_file import HkTail
from eyegore.elvis.hk_text import HkTable, number, register

from .hk_reading import (
    MASTER,
    NAN,
    bad_of,
    read,
    read_all,
    small,
    table_of,
    values_of,
)


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
