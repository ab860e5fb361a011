"""What a desk of alarms lets sound when the window opens on alarms of before."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Mapping

import pytest

from eyegore.desktop.alarms.annunciator import Annunciator
from eyegore.desktop.alarms.desk import AlarmDesk, Around
from eyegore.limits.model import Severity
from eyegore.messages.events import Alarm, AlarmKind, AlarmState
from eyegore.widgets import theme

pytestmark = pytest.mark.gui


def alarm(name: str, state: AlarmState, severity: Severity) -> Alarm:
    return Alarm(name, AlarmKind.OOL, state, severity, active=True)


def test_what_is_critical_and_waits_rings_again_in_a_window_started_anew(
    root: tk.Tk, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[dict[str, Severity]] = []

    def update(_self: Annunciator, alarms: Mapping[str, Severity]) -> None:
        heard.append(dict(alarms))

    monkeypatch.setattr(Annunciator, "update", update)
    around = Around(
        send=lambda _command: None, plot=lambda _name: None, ring=lambda: None, exposure_of=lambda _alarm: None,
        gravest=lambda _name: Severity.CRITICAL, response=lambda _alarm: "",
    )  # fmt: skip
    desk = AlarmDesk(root, theme.apply(root, False), around, {})
    desk.load([
        alarm("WAITS", AlarmState.UNACK, Severity.CRITICAL), alarm("ACKED", AlarmState.ACKED, Severity.CRITICAL),
        alarm("AMBER", AlarmState.UNACK, Severity.WARNING), alarm("BACK", AlarmState.RTN_UNACK, Severity.CRITICAL),
    ])  # fmt: skip
    desk.flush({}, known=True)
    assert heard == [{"WAITS/OOL": Severity.CRITICAL}]
