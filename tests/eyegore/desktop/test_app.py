"""The real window on a real session: what a person sees and does."""

from __future__ import annotations

import logging
import signal
import threading
import tkinter as tk
from collections.abc import Callable, Iterable
from pathlib import Path
from tkinter import filedialog

import pytest

from eyegore.desktop import app
from eyegore.desktop.app import Desktop
from eyegore.desktop.history.desk import HistoryDesk
from eyegore.desktop.layout_store import LayoutStore
from eyegore.desktop.session_view import TIPS_EVERY
from eyegore.limits.model import LimitSet
from eyegore.messages.events import AlarmState, Drift, Said, Trends
from eyegore.session.service import WORKERS
from eyegore.session.settings import Session
from eyegore.widgets.cells.flags import FlagCell, Status
from eyegore.widgets.dialogs.alarms import ShelveDialog
from eyegore.widgets.flags.panel import FlagPanel

from ...patience import AWAITED_S
from .shown_session import cell, simulator, status

pytestmark = pytest.mark.gui

Run = Callable[[Callable[[], object]], None]
Open = Callable[..., Desktop]


def test_a_session_on_the_screen(tmp_path: Path, open_desktop: Open, run: Run) -> None:
    elvis = simulator(tmp_path / "21_Feb_80", plants=["CCD2_TEMP_B:step:-136@120+5", "CCD3_TEMP_T:nan@122+100"])
    elvis.append_rows(100)
    desktop = open_desktop(tmp_path / "21_Feb_80", tag="BORN")
    run(lambda: status(desktop, "CCD2_TEMP_B") is Status.IN_LIMITS)
    run(lambda: "BORN" in desktop.root.title())
    assert len(desktop.panes.flags.board.cells) == 82
    elvis.append_rows(22)  # critical with the second sample
    run(lambda: status(desktop, "CCD2_TEMP_B") is Status.CRITICAL)
    run(lambda: "1 CRITICAL" in desktop.root.title())
    elvis.append_rows(10)
    run(lambda: status(desktop, "CCD3_TEMP_T") is Status.INVALID)
    found = cell(desktop, "CCD2_TEMP_B")
    assert found is not None
    assert (found.status, found.latched, found.worst) == (Status.IN_LIMITS, True, "−136 °C")
    assert desktop.panes.table is not None
    assert desktop.panes.table.tree.get_children()
    assert desktop.panes.charts is not None
    assert "CCD temperatures" in [page.title for page in desktop.panes.charts.pages]


def test_the_plotting_library_is_imported_after_the_history(
    tmp_path: Path, open_desktop: Open, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The import would hold up the window together with what reads and judges."""
    warm: list[bool] = []
    monkeypatch.setattr(HistoryDesk, "warm", lambda _desk: warm.append(True))
    monkeypatch.setattr(app, "IMPORT_LATER_MS", 10**8)
    simulator(tmp_path / "day").append_rows(3000)
    open_desktop(tmp_path / "day")
    assert not warm
    monkeypatch.setattr(app, "IMPORT_LATER_MS", 1)
    run(lambda: warm)


def test_a_plot_tells_where_its_parameter_is_heading(tmp_path: Path, open_desktop: Open, run: Run) -> None:
    elvis = simulator(tmp_path / "day")
    elvis.append_rows(100)
    desktop = open_desktop(tmp_path / "day")
    run(lambda: status(desktop, "CCD2_TEMP_B") is Status.IN_LIMITS)
    assert desktop.view is not None
    assert desktop.panes.charts is not None
    desktop.view.take(Trends({"CCD2_TEMP_B": Drift(-133.0, 13260.0, 25.0, 4.0, "reaches −133 °C at 03:41")}))
    desktop.view.flush()
    told = {chart.cell.name: chart.cell.trend for chart in desktop.panes.charts.charts if chart.cell}
    assert {name: trend.text for name, trend in told.items() if trend} == {"CCD2_TEMP_B": "−133 °C at 03:41"}
    desktop.view.take(Trends({}))
    desktop.view.flush()
    assert not any(chart.cell.trend for chart in desktop.panes.charts.charts if chart.cell)


def test_flags_are_shown_again_only_with_new_values(
    tmp_path: Path, open_desktop: Open, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    elvis = simulator(tmp_path / "day")
    elvis.append_rows(100)
    desktop = open_desktop(tmp_path / "day")
    view = desktop.view
    assert view is not None
    run(lambda: status(desktop, "CCD2_TEMP_B") is Status.IN_LIMITS and view.health and view.health.hk_rows == 100)
    shown: list[int] = []
    show = FlagPanel.show

    def counted(panel: FlagPanel, cells: Iterable[FlagCell]) -> None:
        shown.append(1)
        show(panel, cells)

    def beat(times: int) -> None:
        for _ in range(times):
            view.take(view.health)

    beat(TIPS_EVERY)
    monkeypatch.setattr(FlagPanel, "show", counted)
    beat(4 * TIPS_EVERY)
    assert not shown
    elvis.append_rows(1)
    run(lambda: view.history is not None and view.history.rows == 101)
    beat(TIPS_EVERY)
    assert shown


def test_a_person_lowers_and_shelves(tmp_path: Path, open_desktop: Open, run: Run) -> None:
    elvis = simulator(tmp_path / "day", plants=["CCD2_TEMP_B:step:-136@0+100", "CCD1_TEMP_B:step:-136@60+100"])
    elvis.append_rows(50)
    desktop = open_desktop(tmp_path / "day")
    run(lambda: (found := cell(desktop, "CCD2_TEMP_B")) is not None and found.blink)
    click(desktop, "CCD2_TEMP_B", 1)
    shelve(desktop, "CCD1_TEMP_B", run)
    run(lambda: (found := cell(desktop, "CCD2_TEMP_B")) is not None and not found.blink)
    run(lambda: status(desktop, "CCD1_TEMP_B") is Status.MUTED)
    assert status(desktop, "CCD2_TEMP_B") is Status.CRITICAL
    elvis.append_rows(20)
    run(lambda: (found := cell(desktop, "CCD1_TEMP_B")) is not None and found.live is Status.CRITICAL)
    assert status(desktop, "CCD1_TEMP_B") is Status.MUTED
    click(desktop, "CCD1_TEMP_B", 2)
    run(lambda: status(desktop, "CCD1_TEMP_B") is Status.CRITICAL)


def shelve(desktop: Desktop, name: str, run: Run) -> None:
    """Middle click, a reason, Return."""

    def questions() -> list[ShelveDialog]:
        return [one for one in desktop.root.winfo_children() if isinstance(one, ShelveDialog)]

    click(desktop, name, 2)
    run(questions)
    (question,) = questions()
    question.text.set("heater test")
    question.confirm()
    run(lambda: not questions())


def test_the_list_of_alarms(tmp_path: Path, open_desktop: Open, run: Run) -> None:
    simulator(tmp_path / "day", plants=["CCD2_TEMP_B:step:-136@0+100"]).append_rows(50)
    desktop = open_desktop(tmp_path / "day")
    desktop.root.focus_force()
    run(lambda: desktop.root.focus_get() is not None)
    desktop.root.event_generate("<F8>")
    run(lambda: desktop.desk.listed is not None)
    run(lambda: [alarm.parameter for alarm in desktop.desk.alarms] == ["CCD2_TEMP_B"])
    assert desktop.desk.alarms[0].state is AlarmState.UNACK
    shown = desktop.desk.listed
    assert shown is not None
    run(lambda: shown.visible() == ["CCD2_TEMP_B/OOL"])
    shown.tree.selection_set(shown.tree.get_children()[0])
    shown.tree.focus_force()
    run(lambda: desktop.root.focus_get() is shown.tree)
    shown.tree.event_generate("<a>")
    run(lambda: desktop.desk.alarms[0].state is AlarmState.ACKED)


def click(desktop: Desktop, name: str, button: int) -> None:
    board = desktop.panes.flags.board
    board.update()
    slot = board.slot([one.name for one in board.cells].index(name))
    x = int(slot.x - board.canvasx(0)) + 3
    y = int(slot.y - board.canvasy(0)) + 3
    board.event_generate(f"<Button-{button}>", x=x, y=y)


def test_elvis_stops(tmp_path: Path, open_desktop: Open, run: Run) -> None:
    simulator(tmp_path / "day").append_rows(5)
    desktop = open_desktop(tmp_path / "day", stale_after_s=1.5)
    run(lambda: status(desktop, "CCD2_TEMP_B") is Status.STALE)
    run(lambda: desktop.root.title().count("STALE"))
    assert "◷" in desktop.panes.strip.text("hk")


@pytest.mark.parametrize(
    ("options", "panes"),
    [
        ({}, {"plots", "images", "flags", "exposures"}),
        ({"blind": True}, {"flags", "exposures"}),
        ({"lite": True}, {"flags"}),
    ],
)
def test_modes(tmp_path: Path, open_desktop: Open, run: Run, options: dict[str, bool], panes: set[str]) -> None:
    simulator(tmp_path / "day").append_rows(5)
    desktop = open_desktop(tmp_path / "day", **options)
    assert set(desktop.window.panes) == panes
    run(lambda: status(desktop, "CCD2_TEMP_B") is Status.IN_LIMITS)


def test_the_layout_is_remembered(tmp_path: Path, root: tk.Tk, run: Run) -> None:
    simulator(tmp_path / "day").append_rows(5)
    desktop = Desktop(root, Session(tmp_path / "day"), dark=True)
    run(lambda: desktop.panes.charts is not None and desktop.panes.charts.pages)
    assert desktop.panes.charts is not None
    desktop.panes.charts.go_to(3)
    desktop.close()
    layout = LayoutStore().load()
    assert (layout["page"], layout["dark"]) == (3, True)
    again = tk.Tk(className="Eyegore")
    desktop = Desktop(again, Session(tmp_path / "day"))
    assert desktop.theme.dark
    assert desktop.panes.page == 3
    desktop.close()


def test_closing_stops_every_worker(tmp_path: Path, open_desktop: Open, run: Run) -> None:
    simulator(tmp_path / "day").append_rows(5)
    before = set(threading.enumerate())
    desktop = open_desktop(tmp_path / "day")
    run(lambda: status(desktop, "CCD2_TEMP_B") is Status.IN_LIMITS)
    desktop.close()
    assert {thread for thread in threading.enumerate() if thread not in before} == set()


def test_workers_end_with_a_window_that_something_else_destroyed(
    tmp_path: Path, display: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator(tmp_path / "day").append_rows(10)
    lost: list[Desktop] = []

    def open_and_lose(root: tk.Tk, session: Session | None, *, dark: bool | None = None) -> Desktop:
        desktop = Desktop(root, session, dark=dark)
        lost.append(desktop)
        root.after(300, root.destroy)
        return desktop

    monkeypatch.setattr(app, "Desktop", open_and_lose)
    monkeypatch.setattr(signal, "signal", lambda *args: None)
    assert app.run_desktop(Session(tmp_path / "day")) == 0
    assert {thread.name for thread in threading.enumerate()}.isdisjoint(WORKERS)
    lost[0].pump.post(Said(logging.INFO, "too late", 0.0))
    waiting = lost[0].pump.waiting
    another = tk.Tk(className="Eyegore")
    another.after(100, another.quit)
    another.mainloop()
    another.destroy()
    assert lost[0].pump.waiting == waiting > 0, "it still draws on a window that is gone"


def test_the_history_follows_marks_the_alarm_and_closes(tmp_path: Path, open_desktop: Open, run: Run) -> None:
    elvis = simulator(tmp_path / "day", plants=["CCD2_TEMP_B:step:-136@20+10"])
    elvis.append_rows(50)
    desktop = open_desktop(tmp_path / "day", limit_set=LimitSet.SAFE)
    run(lambda: (found := cell(desktop, "CCD2_TEMP_B")) is not None and found.latched)
    desktop.plot("CCD2_TEMP_B")
    (window,) = desktop.histories.windows.values()
    run(lambda: window.picture is not None and window.picture.lanes)
    assert window.picture is not None
    first = window.picture.t1
    (mark,) = window.picture.lanes[0].marks
    assert (mark.span.until - mark.span.since, mark.worst) == (pytest.approx(10, abs=5), -136.0)
    elvis.append_rows(50)
    run(lambda: window.picture is not None and window.picture.t1 == first + 50)
    desktop.plot("CCD2_TEMP_B")
    assert list(desktop.histories.windows) == ["CCD2_TEMP_B"]
    desktop.root.focus_force()
    desktop.root.update()
    desktop.root.event_generate("<F7>")
    run(lambda: "" in desktop.histories.windows)
    for shown in list(desktop.histories.windows.values()):
        shown.destroy()
    assert desktop.histories.windows == {}


def test_alarms_before_a_restart_are_marked_and_the_size_is_kept(tmp_path: Path, root: tk.Tk, run: Run) -> None:
    simulator(tmp_path / "day", plants=["CCD2_TEMP_B:step:-136@20+10"]).append_rows(50)
    session = Session(tmp_path / "day", watch_disk=False, state=tmp_path / "state", limit_set=LimitSet.SAFE)
    desktop = Desktop(root, session)
    run(lambda: desktop.view is not None and desktop.view.alarm_spans.of("CCD2_TEMP_B"))
    desktop.histories.restore({"history": [640, 480]})
    desktop.close()
    assert LayoutStore().load()["history"] == [640, 480]
    again = tk.Tk(className="Eyegore")
    desktop = Desktop(again, session)
    late = again.after(int(1000 * AWAITED_S), again.quit)
    job = again.after(0, lambda: None)

    def look() -> None:
        nonlocal job
        if desktop.view is not None and desktop.view.history is not None and desktop.view.history.rows == 50:
            again.quit()
        else:
            job = again.after(10, look)

    look()
    again.mainloop()
    for waiting in (late, job):
        again.after_cancel(waiting)
    assert desktop.view is not None
    (span,) = desktop.view.alarm_spans.of("CCD2_TEMP_B")
    assert (span.worst, span.seen, span.lasting) == (-136.0, False, False)
    desktop.close()


def test_another_folder_brings_its_own_alarms(
    tmp_path: Path, open_desktop: Open, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator(tmp_path / "day", plants=["CCD2_TEMP_B:step:-136@0+100"]).append_rows(20)
    simulator(tmp_path / "next", plants=["CCD3_TEMP_B:step:-136@0+100"]).append_rows(20)
    desktop = open_desktop(tmp_path / "day")
    run(lambda: [alarm.parameter for alarm in desktop.desk.alarms] == ["CCD2_TEMP_B"])
    for name in ("empty", "next"):
        (tmp_path / name).mkdir(exist_ok=True)
        monkeypatch.setattr(filedialog, "askdirectory", lambda name=name, **_options: str(tmp_path / name))
        desktop.open_folder()
        assert desktop.desk.alarms == []
        assert list(desktop.panes.flags.board.cells) == []
        desktop.root.update()
    run(lambda: [alarm.parameter for alarm in desktop.desk.alarms] == ["CCD3_TEMP_B"])
    run(lambda: status(desktop, "CCD2_TEMP_B") is Status.IN_LIMITS)


def test_help_and_looks(tmp_path: Path, open_desktop: Open, run: Run) -> None:
    simulator(tmp_path / "day").append_rows(5)
    desktop = open_desktop(tmp_path / "day")
    desktop.help()
    desktop.root.update()
    for key in ("<Control-d>", "<Control-plus>", "<Control-minus>"):
        desktop.root.event_generate(key)
    desktop.root.update()
    run(lambda: status(desktop, "CCD2_TEMP_B") is Status.IN_LIMITS)
