"""The column of the exposure log that tells what the housekeeping says of each frame."""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from eyegore.desktop.app import Desktop
from eyegore.limits.model import Severity, Verdict
from eyegore.messages.events import Exposure, ExposureHk
from eyegore.messages.exposures import HkVerdict, RetakeReason
from eyegore.presenters.verdict_rows import MOST, HkRowCells
from eyegore.session.settings import Session
from eyegore.simulator.simulator import SimulatedSession, Simulator

REASON = RetakeReason(
    "hk", HkVerdict.COMPROMISED, Verdict.LOW, "CCD2_TEMP_B", 2, 100.0, 105.0, 6, -136.0, "degC", "−133 … 35 °C",
    Severity.CRITICAL,
)  # fmt: skip
ROWS = tuple(Exposure(7, f"CCD{ccd}", "BIAS01", 0.0, 0.0, (), ()) for ccd in (1, 2, 3))
CLEAN = dict.fromkeys(("CCD1", "CCD2", "CCD3"), HkVerdict.CLEAN)
COMPROMISED = ExposureHk(7, "BIAS01", 90.0, 160.0, CLEAN | {"CCD2": HkVerdict.COMPROMISED}, (REASON,))


def texts(rows: HkRowCells) -> list[str]:
    return [rows.cells(f"7/CCD{ccd}")["HK"] for ccd in (1, 2, 3)]


def test_nothing_is_clean_before_it_is_said() -> None:
    rows = HkRowCells()
    rows.add(ROWS)
    assert texts(rows) == ["○ unknown"] * 3
    assert rows.cells("8/CCD1") == {"HK": "○ unknown"}
    assert rows.tip("7/CCD1") == ""


def test_each_ccd_has_its_own_verdict_with_sign_and_reason() -> None:
    rows = HkRowCells()
    rows.add(ROWS)
    rows.take(COMPROMISED)
    assert texts(rows) == ["■ clean", "◆ compromised", "■ clean"]
    assert rows.tip("7/CCD1") == "ObsID 7 CCD1: clean"
    assert rows.tip("7/CCD2").splitlines() == ["ObsID 7 CCD2: compromised", REASON.text]


@pytest.mark.parametrize(
    ("verdict", "severity", "text"),
    [
        (HkVerdict.COMPROMISED, Severity.WARNING, "▲ compromised"),
        (HkVerdict.COMPROMISED, Severity.NONE, "▲ compromised"),
        (HkVerdict.NO_HK, Severity.NONE, "◷ no HK"),
        (HkVerdict.UNKNOWN, Severity.NONE, "○ unknown"),
    ],
)
def test_sign_and_word(verdict: HkVerdict, severity: Severity, text: str) -> None:
    rows = HkRowCells()
    rows.add(ROWS)
    reason = replace(REASON, verdict=verdict, severity=severity, ccd=0)
    rows.take(replace(COMPROMISED, verdicts=dict.fromkeys(CLEAN, verdict), reasons=(reason,)))
    assert texts(rows) == [text] * 3


def test_only_rows_of_what_changed_are_told_and_once() -> None:
    rows = HkRowCells()
    rows.take(COMPROMISED)
    assert rows.changed() == []  # the log does not have it yet
    rows.add((*ROWS, replace(ROWS[0], obsid=8)))
    rows.take(COMPROMISED)
    assert sorted(rows.changed()) == ["7/CCD1", "7/CCD2", "7/CCD3"]
    assert rows.changed() == []


def test_a_tip_has_an_end_and_tells_what_was_assumed() -> None:
    rows = HkRowCells()
    rows.add(ROWS)
    many = tuple(replace(REASON, parameter=f"P{number}") for number in range(80))
    rows.take(replace(COMPROMISED, reasons=many, assumed=("no exposure time",), end=math.nan))
    lines = rows.tip("7/CCD2").splitlines()
    assert len(lines) == MOST + 3
    assert lines[-2:] == [f"and {80 - MOST} more (eyegore retake)", "assumed: no exposure time"]


@pytest.mark.gui
def test_on_the_screen_it_follows_the_session(tmp_path: Path, root: tk.Tk, wait_until: Callable[..., None]) -> None:
    folder = tmp_path / "21_Feb_80"
    elvis = Simulator(folder, SimulatedSession(images=False, seconds=10_000, plants=["CCD2_TEMP_B:step:-136@120+5"]))
    elvis.append_rows(110)
    desktop = Desktop(root, Session(folder, watch_disk=False))
    try:
        table = desktop.panes.table
        assert table is not None

        def shown(key: str) -> str:
            root.update()
            return str(table.tree.set(key, "HK")) if table.tree.exists(key) else ""

        wait_until(lambda: shown("20103/CCD2") == "■ clean")
        assert shown("20104/CCD2") == "○ unknown"
        elvis.append_rows(20)
        wait_until(lambda: shown("20104/CCD2") == "◆ compromised")
        assert shown("20104/CCD1") == "○ unknown"
        assert "worst −136 °C" in table.tips.by_column["HK"]("20104/CCD2")
        elvis.append_rows(60)
        wait_until(lambda: shown("20104/CCD1") == "■ clean")
        table.sort_by("HK")
        order = [shown(key) for key in table.visible()]
        assert order == sorted(order)
        elvis.append_rows(200)
        wait_until(lambda: shown("20105/CCD1") == "■ clean")
        assert [shown(key) for key in table.visible()] == sorted(shown(key) for key in table.visible())
    finally:
        desktop.close()
