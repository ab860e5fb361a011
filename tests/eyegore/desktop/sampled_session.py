"""Samples in memory for a history window, and what is on it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np

from eyegore.alarms.spans import AlarmSpans
from eyegore.desktop.history.window import HistoryWindow
from eyegore.limits.model import Severity, Verdict
from eyegore.messages.events import Alarm, AlarmKind, AlarmState
from eyegore.series.history import HkHistory
from eyegore.widgets.cells.flags import ChartCell

START = 953_000_000.0
NAMES = [f"P{number}" for number in range(12)]
UNITS = {"P1": "V", "P2": "mA"}


def samples(rows: int = 5000) -> HkHistory:
    history = HkHistory(NAMES)
    values = np.random.default_rng(1).normal(0, 0.1, (rows, len(NAMES)))
    codes = np.full(values.shape, Verdict.IN_LIMITS, np.uint8)
    values[1000:1100, 0] = -5.0
    codes[1000:1100, 0] = Verdict.LOW
    history.append(START + np.arange(rows), values, codes)
    return history


class SampledSession:
    """What a window asks of a session."""

    def __init__(self, folder: Path) -> None:
        self.history: HkHistory | None = samples()
        self.alarm_spans = AlarmSpans()
        self.health = SimpleNamespace(folder=str(folder))
        for since in (1000.0, 3000.0):
            out = Alarm("P0", AlarmKind.OOL, AlarmState.UNACK, Severity.CRITICAL, True, -5.0, "degC",
                        START + since, START + since, -5.0, START + since)  # fmt: skip
            self.alarm_spans.stand([out])

    def chart_cell(self, name: str) -> ChartCell:
        return ChartCell(name, name, UNITS.get(name, "°C"), f"about {name}", -1.0, 1.0)


def curves(window: HistoryWindow) -> list[str]:
    """The parameters on the picture."""
    picture = window.picture
    names = {curve.name for panel in picture.panels for curve in panel.curves} if picture else set()
    return [name for name in window.names if name in names]


def shown(window: HistoryWindow) -> tuple[float, float]:
    """The time on the picture, from the begin of the samples."""
    assert window.picture is not None
    return window.picture.t0 - START, window.picture.t1 - START


def press(window: HistoryWindow, *sequences: str) -> None:
    window.view.focus_force()
    window.update()
    for sequence in sequences:
        window.view.event_generate(sequence)
        window.update()
