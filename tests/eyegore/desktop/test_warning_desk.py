"""Warnings in the real window, told through its pump: the strip, the list, the question before it closes."""

from __future__ import annotations

import signal
import time
import tkinter as tk
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from tkinter import filedialog
from typing import Any

import pytest

from eyegore.desktop import app
from eyegore.desktop.app import Desktop
from eyegore.desktop.layout_store import LayoutStore
from eyegore.desktop.warning_desk import WarningDesk
from eyegore.messages.events import WarningLine, WarningsState
from eyegore.session.settings import Session
from eyegore.simulator.simulator import SimulatedSession, Simulator
from eyegore.widgets import theme
from eyegore.widgets.dialogs.alarms import ShelveDialog
from eyegore.widgets.warnings.warning_list import WarningList

from ...patience import AWAITED_S
from ...widgets.on_screen import texts
from ..presenters.test_warnings import ARMED, LINE

pytestmark = pytest.mark.gui


class Night:
    """The window on a short session."""

    def __init__(self, desktop: Desktop) -> None:
        self.desktop, self.root = desktop, desktop.root

    def tell(self, *events: WarningLine | WarningsState) -> None:
        for event in events:
            self.desktop.pump.post(event)

    def until(self, done: Callable[[], object]) -> None:
        """Run the main loop until something is so."""
        __tracebackhide__ = True
        late = self.root.after(int(1000 * AWAITED_S), self.root.quit)

        def look() -> None:
            if done():
                self.root.quit()
            else:
                self.root.after(10, look)

        self.root.after(0, look)
        self.root.mainloop()
        self.root.after_cancel(late)
        assert done()

    def told(self, key: str) -> str:
        try:
            return self.desktop.panes.strip.text(key)
        except StopIteration:
            return ""


@pytest.fixture
def night(tmp_path: Path, root: tk.Tk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    monkeypatch.setattr(app, "IMPORT_LATER_MS", 10**8)  # nothing is plotted; the first import outlasts a test
    Simulator(tmp_path / "day", SimulatedSession(images=False, seconds=1000, force=True)).append_rows(20)
    desktop = Desktop(root, Session(tmp_path / "day", watch_disk=False, stale_after_s=1e6))
    night = Night(desktop)
    night.until(lambda: night.told("warnings"))
    yield night
    desktop.close()


def test_a_shelf_may_last_until_the_end_of_the_shift(night: Night) -> None:
    night.tell(replace(ARMED, duty_ends=time.time() + 3 * 3600))
    night.until(lambda: night.told("warnings") == "■ warnings sms email call armed")
    night.desktop.desk.shelve(["CCD1_OD_T"])
    (asked,) = [one for one in night.root.winfo_children() if isinstance(one, ShelveDialog)]
    assert asked.terms[-1].label.startswith("end of shift (")
    asked.destroy()
    night.tell(ARMED)
    night.until(lambda: night.desktop.warnings.duty_ends != night.desktop.warnings.duty_ends)
    night.desktop.desk.shelve(["CCD1_OD_T"])
    (asked,) = [one for one in night.root.winfo_children() if isinstance(one, ShelveDialog)]
    assert len(asked.terms) == 3


def test_the_strip_tells_how_the_warnings_stand(night: Night) -> None:
    assert night.told("warnings") == "□ warnings off"
    night.until(lambda: "82/82" in night.told("checked"))
    title = night.root.title()
    night.tell(ARMED)
    night.until(lambda: night.told("warnings") == "■ warnings sms email call armed")
    assert (night.told("duty"), night.told("proof")) == ("on duty Ana (backup Ben)", "proven 08:02 by Ana")
    night.tell(replace(ARMED, proven=False, proof="proof overdue", withheld=2, waiting=3))
    night.until(lambda: night.told("proof") == "▲ proof overdue")
    assert (night.told("withheld"), night.told("outbox")) == ("2 withheld", "outbox 3 waiting")
    assert night.root.title() == title


def shows(listed: WarningList, state: str) -> bool:
    return listed.tree.item("k", "text").strip() == state


def test_the_list_follows_a_warning_from_state_to_state(night: Night) -> None:
    night.root.focus_force()
    night.until(lambda: night.root.focus_get() is night.root)
    night.root.event_generate("<F4>")
    listed = night.desktop.warnings.listed
    assert listed is not None
    night.until(lambda: "warnings are off: the option -W switches them on" in texts(listed))
    waiting = replace(LINE, state="waiting", open=True, attempts=0, detail="")
    night.tell(ARMED, waiting, replace(LINE, key="later", made=LINE.made + 60))
    night.until(lambda: listed.visible() == ["later", "k"])
    listed.tree.selection_set("k")
    for line, sign in (
        (replace(waiting, state="being sent", attempts=1), "○"),
        (replace(waiting, attempts=1, detail="no route to host"), "▲"),
        (LINE, "■"),
    ):
        night.tell(line)
        night.until(partial(shows, listed, line.state))
        cell = listed.selected()[0]
        assert (night.desktop.theme.glyph(cell.status), cell.answer) == (sign, " ".join(line.detail.split()))
    assert LINE.text in listed.detail.said
    assert listed.visible() == ["later", "k"]
    window = listed.winfo_toplevel()
    night.until(lambda: window.title() == "Warnings sent — Eyegore")
    night.until(lambda: night.root.focus_get() is listed.tree)
    listed.tree.event_generate("<F4>")
    assert night.desktop.warnings.listed is None


def test_the_list_comes_back_as_it_was(night: Night, tmp_path: Path) -> None:
    desk = night.desktop.warnings
    desk.open_list()
    assert desk.listed is not None
    desk.listed.sort_by("person", descending=True)
    night.root.update()
    night.desktop.close()
    layout = LayoutStore().load()["warnings"]
    assert (layout["open"], layout["list"]["sort"], layout["list"]["descending"]) == (True, "person", True)
    again = tk.Tk(className="Eyegore")
    desktop = Desktop(again, Session(tmp_path / "day", watch_disk=False))
    assert desktop.warnings.listed is not None
    assert desktop.warnings.listed.sorted_by == "person"
    desktop.close()


def test_a_person_who_closes_while_warnings_are_armed_is_asked_once(night: Night) -> None:
    question = night.desktop.window.question
    night.tell(replace(ARMED, waiting=2))
    night.until(lambda: night.told("outbox") == "outbox 2 waiting")
    night.root.focus_force()
    night.until(lambda: night.root.focus_get() is night.root)
    night.root.event_generate("<Control-q>")
    night.until(lambda: night.root.focus_get() is question.no_button)
    assert question.said.endswith("2 messages are not sent yet.")
    question.no_button.event_generate("<Escape>")
    assert (question.asking, night.desktop.closed) == (False, False)
    night.root.tk.call(*night.root.tk.splitlist(str(night.root.protocol("WM_DELETE_WINDOW"))))
    assert (question.asking, night.desktop.closed) == (True, False)
    night.until(lambda: night.root.focus_get() is question.no_button)
    question.no_button.event_generate("<c>")
    assert night.desktop.closed


def test_the_question_comes_from_another_of_our_windows_too(night: Night) -> None:
    night.tell(ARMED)
    night.until(lambda: night.told("duty"))
    night.desktop.warnings.open_list()
    listed = night.desktop.warnings.listed
    assert listed is not None
    night.until(lambda: night.root.focus_get() is listed.tree)
    listed.tree.event_generate("<Control-q>")
    night.until(lambda: night.root.focus_get() is night.desktop.window.question.no_button)


@pytest.mark.parametrize("state", [None, replace(ARMED, channels=())])
def test_without_armed_warnings_nothing_is_asked(night: Night, state: WarningsState | None) -> None:
    if state is not None:
        night.tell(state)
        night.until(lambda: "no channel" in night.told("warnings"))
    night.desktop.leave()
    assert night.desktop.closed


def test_sigterm_closes_without_asking(tmp_path: Path, display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Simulator(tmp_path / "day", SimulatedSession(images=False, seconds=1000, force=True)).append_rows(5)
    handlers: dict[int, Any] = {}
    opened: list[Desktop] = []

    def arm_and_end(root: tk.Tk, session: Session | None, *, dark: bool | None = None) -> Desktop:
        desktop = Desktop(root, session, dark=dark)
        opened.append(desktop)
        desktop.pump.post(ARMED)

        def end() -> None:
            if desktop.warnings.question:
                handlers[signal.SIGTERM](signal.SIGTERM, None)
            else:
                root.after(20, end)

        end()
        return desktop

    monkeypatch.setattr(app, "Desktop", arm_and_end)
    monkeypatch.setattr(signal, "signal", lambda number, handler: handlers.__setitem__(number, handler))
    assert app.run_desktop(Session(tmp_path / "day", watch_disk=False)) == 0
    assert opened[0].closed


def test_another_folder_has_its_own_warnings(night: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    night.tell(LINE, ARMED)  # what is told of the state shows that both came
    night.until(lambda: night.told("duty"))
    (tmp_path / "next").mkdir()
    monkeypatch.setattr(filedialog, "askdirectory", lambda **_options: str(tmp_path / "next"))
    night.desktop.open_folder()
    night.until(lambda: night.told("warnings") == "□ warnings off")
    assert night.desktop.warnings.question == ""
    night.desktop.warnings.open_list()
    night.root.update()
    assert night.desktop.warnings.listed is not None
    assert night.desktop.warnings.listed.visible() == []


def test_the_oldest_goes_first_and_what_waits_last(root: tk.Tk) -> None:
    desk = WarningDesk(root, theme.apply(root, False), {}, kept=3)
    desk.open_list()
    for key, made, is_open in (("open", 1.0, True), ("a", 2.0, False), ("b", 3.0, False), ("c", 4.0, False)):
        desk.take(replace(LINE, key=key, made=made, open=is_open))
    desk.flush()
    assert desk.listed is not None
    assert desk.listed.visible() == ["c", "b", "open"]
