"""Whatever fails in the window is logged and shown, and the window goes on."""

from __future__ import annotations

import signal
import tkinter as tk
from pathlib import Path

import pytest

from eyegore.desktop import app
from eyegore.desktop.app import Call, Desktop
from eyegore.desktop.failures import Failures
from eyegore.session.settings import Session

from .shown_session import simulator


def fail(text: str) -> None:
    raise ValueError(text)


def thrown(text: str) -> ValueError:
    try:
        fail(text)
    except ValueError as why:
        return why
    raise AssertionError


def test_the_first_is_logged_with_its_trace_and_the_many_that_follow_are_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shown: list[str] = []
    failures = Failures(shown.append)
    for _ in range(100):
        failures.report(ValueError, thrown("gap"))
    assert len(shown) == 100
    assert "ValueError: gap" in shown[0]
    assert [record.exc_info is not None for record in caplog.records] == [True, False, False]
    assert "100th time" in caplog.records[-1].getMessage()


def test_a_failure_that_cannot_be_shown_is_no_other_failure(caplog: pytest.LogCaptureFixture) -> None:
    Failures(fail).report(ValueError, thrown("gap"))
    assert "could not be shown" in caplog.text


@pytest.mark.gui
@pytest.mark.parametrize("where", ["delivery", "redraw", "callback", "look"])
def test_the_window_outlives_whatever_is_thrown(
    where: str, tmp_path: Path, display: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    simulator(tmp_path / "day").append_rows(10)
    monkeypatch.setattr(signal, "signal", lambda *args: None)
    shown: list[str] = []
    lived: list[bool] = []

    def open_and_break(root: tk.Tk, session: Session | None, *, dark: bool | None = None) -> Desktop:
        desktop = Desktop(root, session, dark=dark)
        say = desktop.window.say

        def remember(text: str, status: object = None) -> None:
            shown.append(text)
            say(text, status)  # type: ignore[arg-type]

        monkeypatch.setattr(desktop.window, "say", remember)

        def throw() -> None:
            if where == "delivery":
                desktop.pump.post(Call(lambda: fail("thrown")))
            elif where == "redraw":
                monkeypatch.setattr(desktop.histories, "refresh", lambda: fail("thrown"))
                desktop.pump.post(Call(lambda: None))
            elif where == "callback":
                root.after(0, fail, "thrown")
            else:
                monkeypatch.setattr(desktop, "look_after_service", lambda: fail("thrown"))

        def end() -> None:
            if any("thrown" in text for text in shown):
                lived.append(True)
                monkeypatch.undo()
                root.after(50, desktop.close)
            else:
                root.after(10, end)

        root.after(50, throw)
        root.after(60, end)
        return desktop

    monkeypatch.setattr(app, "Desktop", open_and_break)
    assert app.run_desktop(Session(tmp_path / "day", watch_disk=False)) == 0
    assert lived == [True], "the main loop ended before what was thrown was shown"
    assert "part of the window failed (ValueError: thrown)" in "".join(shown)
    assert "an action of the window failed" in caplog.text
