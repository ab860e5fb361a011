"""Files made of a history: what is in them, where they may be, and that they are whole or not there."""

from __future__ import annotations

import csv
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from eyegore.desktop.history.export import (
    Export,
    csv_count,
    csv_parts,
    moment_text,
    proposed_name,
    table_of,
)
from eyegore.limits.model import Verdict
from eyegore.series.history import HkHistory
from eyegore.widgets.cells.flags import ChartCell

from ....patience import AWAITED_S

START = 953_000_000.0
CELLS = (ChartCell("T", "T", "°C"), ChartCell("F", "F", ""))


def history(rows: int = 10) -> HkHistory:
    made = HkHistory(["T", "F"])
    values = np.column_stack([-120.0 + 0.25 * np.arange(rows), np.arange(rows)])
    codes = np.full((rows, 2), Verdict.IN_LIMITS, np.uint8)
    if rows > 4:
        codes[3, 0], codes[4, 0], values[4, 0] = Verdict.LOW, Verdict.INVALID, np.nan
    made.append(START + np.arange(rows), values, codes)
    return made


def lines(table: object) -> list[str]:
    return b"".join(csv_parts(table)).decode().splitlines()  # type: ignore[arg-type]


def test_the_table() -> None:
    found = lines(table_of(history(), CELLS, START + 2, START + 5, "/data/14_Mar_00"))
    comments = [line for line in found if line.startswith("#")]
    assert comments[0] == "# Eyegore, HK of /data/14_Mar_00"
    assert "2000-03-14T02:13:22 to 2000-03-14T02:13:25" in comments[1]
    assert "not decimated" in comments[2]
    assert list(csv.reader(found[len(comments) :])) == [
        ["time", "lab_seconds", "T [°C]", "T verdict", "F", "F verdict"],
        ["2000-03-14T02:13:22.000", "953000002.000", "-119.5", "in limits", "2", "in limits"],
        ["2000-03-14T02:13:23.000", "953000003.000", "-119.25", "low", "3", "in limits"],
        ["2000-03-14T02:13:24.000", "953000004.000", "", "invalid", "4", "in limits"],
        ["2000-03-14T02:13:25.000", "953000005.000", "-118.75", "in limits", "5", "in limits"],
    ]


def test_a_reading_that_means_none_is_left_empty() -> None:
    made = HkHistory(["T"])
    made.append(np.array([START]), np.array([[-999.0]]), np.array([[Verdict.INVALID]], np.uint8))
    assert lines(table_of(made, CELLS[:1], START, START, ""))[-1].endswith(",,invalid")


def test_a_range_that_begins_before_the_samples_says_so() -> None:
    table = table_of(history(), CELLS, START - 10, START + 2, "")
    assert table.comments[-1].startswith("nothing before 2000-03-14T02:13:20")
    assert table.rows == 3


def test_many_rows_come_in_parts() -> None:
    table = table_of(history(10_000), CELLS, START, START + 10_000, "")
    parts = list(csv_parts(table))
    assert len(parts) == csv_count(table) == 5
    assert sum(part.count(b"\n") for part in parts[2:]) == 10_000


@pytest.mark.parametrize(
    ("folder", "names", "name"),
    [
        ("/data/14_Mar_00", ["CCD2_TEMP_B"], "14_Mar_00_CCD2_TEMP_B_20000314T021320.csv"),
        ("/data/it's a day", ["A", "B"], "it_s_a_day_A_B_20000314T021320.csv"),
        ("", ["A", "B", "C", "D", "E"], "history_A_B_C_and_2_more_20000314T021320.csv"),
    ],
)
def test_the_proposed_name(folder: str, names: list[str], name: str) -> None:
    assert proposed_name(folder, names, moment_text(START + 0.7), ".csv") == name


# --- where and how ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("night/sub/a.csv", "where nothing is written: choose another place"),
        ("link/a.csv", "where nothing is written: choose another place"),
        ("night/out.csv", "where nothing is written: choose another place"),  # a link would be replaced
        ("gone/a.csv", "gone/a.csv cannot be written: No such file or directory"),
        ("elsewhere/a.csv", "written: "),
        ("in.csv", "written: "),
    ],
)
def test_nothing_is_written_into_the_monitored_folder(
    tmp_path: Path, wait_until: Callable[..., None], place: str, told: str
) -> None:
    night = tmp_path / "night"
    (night / "sub").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(night / "sub")
    (night / "out.csv").symlink_to(tmp_path / "elsewhere" / "other")
    (tmp_path / "in.csv").symlink_to(night / "raw")
    said: list[tuple[str, bool]] = []

    def ended(text: str, well: bool) -> None:
        said.append((text, well))

    read = [tmp_path / "other", night]
    export = Export(tmp_path / place, read, iter([b"x"]), 1, lambda share: None, ended)
    wait_until(lambda: said)
    assert export.stop(AWAITED_S)
    ((text, well),) = said
    assert (told in text, well) == (True, told == "written: ")
    assert sorted(path.name for path in night.rglob("*")) == ["out.csv", "sub"]


def test_a_file_is_written_on_a_thread(tmp_path: Path, wait_until: Callable[..., None]) -> None:
    told: list[tuple[str, bool]] = []
    shares: list[float] = []
    export = Export(
        tmp_path / "a.csv", [], iter([b"a", b"b"]), 2, shares.append, lambda *end: told.append(end)  # type: ignore[arg-type]
    )  # fmt: skip
    wait_until(lambda: told)
    assert export.stop(AWAITED_S)
    assert told == [(f"written: {tmp_path / 'a.csv'}", True)]
    assert shares == [0.5, 1.0]
    assert not export.alive


def test_an_export_is_cancelled(tmp_path: Path, wait_until: Callable[..., None]) -> None:
    told: list[tuple[str, bool]] = []
    begun, go = threading.Event(), threading.Event()

    def parts() -> Iterator[bytes]:
        yield b"a"
        begun.set()
        go.wait(AWAITED_S)
        yield b"b"

    export = Export(tmp_path / "a.csv", [], parts(), 2, lambda share: None, lambda *end: told.append(end))  # type: ignore[arg-type]
    assert begun.wait(AWAITED_S)
    export.stop()
    go.set()
    wait_until(lambda: told)
    assert export.stop(AWAITED_S)
    assert told == [("the export was cancelled: nothing is written", False)]
    assert os.listdir(tmp_path) == []


def test_a_fault_in_the_content_is_told(tmp_path: Path, wait_until: Callable[..., None]) -> None:
    told: list[tuple[str, bool]] = []

    def parts() -> Iterator[bytes]:
        raise ValueError("odd")
        yield b""

    export = Export(tmp_path / "a.csv", [], parts(), 1, lambda share: None, lambda *end: told.append(end))  # type: ignore[arg-type]
    wait_until(lambda: told)
    assert export.stop(AWAITED_S)
    assert told == [(f"{tmp_path / 'a.csv'} could not be written: odd", False)]
    assert os.listdir(tmp_path) == []
