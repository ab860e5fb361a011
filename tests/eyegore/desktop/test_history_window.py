"""The history window on samples in memory: parameters, zoom, cursor, alarms, export."""

from __future__ import annotations

import math
import threading
import tkinter as tk
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from eyegore.analysis.alarm_spans import AlarmSpans
from eyegore.analysis.hk_history import HkHistory
from eyegore.desktop import history_saver
from eyegore.desktop.history_content import MOST_PARAMETERS
from eyegore.desktop.history_desk import HistoryDesk
from eyegore.desktop.history_window import HistoryWindow
from eyegore.desktop.pump import TkPump
from eyegore.limits.model import Severity, Verdict
from eyegore.messages import Alarm, AlarmKind, AlarmState
from eyegore.widgets import theme
from eyegore.widgets.cells import ChartCell

pytestmark = pytest.mark.gui

START = 953_000_000.0
NAMES = [f"P{number}" for number in range(12)]
UNITS = {"P1": "V", "P2": "mA"}
Run = Callable[[Callable[[], object]], None]


def samples(rows: int = 5000) -> HkHistory:
    history = HkHistory(NAMES)
    values = np.random.default_rng(1).normal(0, 0.1, (rows, len(NAMES)))
    codes = np.full(values.shape, Verdict.IN_LIMITS, np.uint8)
    values[1000:1100, 0] = -5.0
    codes[1000:1100, 0] = Verdict.LOW
    history.append(START + np.arange(rows), values, codes)
    return history


class Session:
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


@pytest.fixture
def session(tmp_path: Path) -> Session:
    (tmp_path / "night").mkdir()
    return Session(tmp_path / "night")


@pytest.fixture
def desk(root: tk.Tk) -> Iterator[HistoryDesk]:
    pump: TkPump[Callable[[], object]] = TkPump(root, lambda act: act())
    made = HistoryDesk(root, theme.apply(root, False), pump.post, {})
    made.restore({"history": [900, 560]})
    yield made
    made.clear()
    pump.stop()
    assert made.stop(5)


@pytest.fixture
def run(root: tk.Tk) -> Run:
    def until(done: Callable[[], object]) -> None:
        __tracebackhide__ = True
        late = root.after(15_000, root.quit)

        def look() -> None:
            nonlocal job
            if done():
                root.quit()
            else:
                job = root.after(5, look)

        job = root.after(0, look)
        root.mainloop()
        for waiting in (late, job):
            root.after_cancel(waiting)
        assert done()

    return until


Open = Callable[..., HistoryWindow]


@pytest.fixture
def open_window(desk: HistoryDesk, session: Session, run: Run) -> Open:
    def begin(name: str = "P0", *more: str) -> HistoryWindow:
        desk.open(session, session.health.folder, name)  # type: ignore[arg-type]
        window = desk.windows[name]
        for one in more:
            window.add(one)
        run(lambda: curves(window) == window.names and window.view.pasted)
        return window

    return begin


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


def test_all_of_the_session_at_first(open_window: Open) -> None:
    window = open_window()
    assert shown(window) == (0.0, 4999.0)
    assert window.title() == "P0 — History — Eyegore"
    assert "about P0" in window.saver.text
    assert "limits −1 … 1 °C" in window.saver.text


def test_parameters_are_added_and_removed(open_window: Open, run: Run) -> None:
    window = open_window("P0", "P1", "P2", "P3")
    picture = window.picture
    assert picture is not None
    assert [panel.unit for panel in picture.panels] == ["°C", "V", "mA"]
    kept = {curve.name: curve.colour for panel in picture.panels for curve in panel.curves}
    assert len(set(kept.values())) == 4
    press(window, "<Delete>")
    assert window.names == ["P0", "P1", "P2"]
    window.remove("P1")
    run(lambda: window.picture is not None and len(window.picture.panels) == 2)
    assert window.picture is not None
    assert {c.name: c.colour for panel in window.picture.panels for c in panel.curves}["P2"] == kept["P2"]
    window.add("P5")
    assert len(set(window._curves())) == 3


def test_what_is_shown_already_or_too_many_is_told(open_window: Open) -> None:
    window = open_window()
    window.add("P0")
    assert "shown already" in window.saver.text
    for name in NAMES:
        window.add(name)
    assert len(window.names) == MOST_PARAMETERS
    assert "remove one first" in window.saver.text


def test_a_parameter_is_found_by_typing(open_window: Open, run: Run) -> None:
    window = open_window()
    press(window, "<Insert>")
    run(lambda: window.focus_get() is window.picker.entry)
    for key in "p7":
        window.picker.entry.event_generate(f"<Key-{key}>")
    window.update()
    assert window.picker.offered == ["P7"]
    window.picker.entry.event_generate("<Return>")
    run(lambda: curves(window) == ["P0", "P7"])
    run(lambda: window.focus_get() is window.view)


def test_an_empty_window_asks_for_a_parameter(desk: HistoryDesk, session: Session, run: Run) -> None:
    desk.open(session, session.health.folder)  # type: ignore[arg-type]
    window = desk.windows[""]
    run(lambda: window.picture is not None and "type a part" in window.picture.nothing)
    run(lambda: window.focus_get() is window.picker.entry)
    window.picker.entry.event_generate("<Escape>")
    run(lambda: window.focus_get() is window.view)
    assert desk.windows == {"": window}


# --- time ------------------------------------------------------------------------------------------------------------


def test_zooming_asks_for_full_detail(open_window: Open, run: Run) -> None:
    window = open_window()
    first = shown(window)
    for _ in range(14):
        press(window, "<plus>")
    run(lambda: shown(window)[1] - shown(window)[0] < 250)
    assert shown(window)[1] == first[1]
    assert window.picture is not None
    envelope = window.picture.panels[0].curves[0].envelope
    np.testing.assert_array_equal(envelope.low, envelope.high)
    press(window, "<Left>")
    run(lambda: shown(window)[1] < first[1])
    press(window, "<Home>")
    run(lambda: shown(window) == first)


def test_the_wheel_zooms_about_the_pointer(open_window: Open, run: Run) -> None:
    window = open_window()
    scale = window.view.shown
    assert scale is not None
    at = scale.time(300)
    window.view.event_generate("<Button-4>", x=300, y=100)
    run(lambda: shown(window)[0] > 0)
    scale = window.view.shown
    assert scale is not None
    assert scale.time(300) == pytest.approx(at)


def test_a_box_is_zoomed_to(open_window: Open, run: Run) -> None:
    window = open_window()
    scale = window.view.shown
    assert scale is not None
    wanted = (scale.time(200) - START, scale.time(400) - START)
    window.view.event_generate("<Shift-ButtonPress-1>", x=400, y=50)
    window.view.event_generate("<Shift-B1-Motion>", x=250, y=60)
    window.view.event_generate("<Shift-ButtonRelease-1>", x=200, y=60)
    run(lambda: shown(window) == pytest.approx(wanted))


def test_it_follows_until_it_is_held(open_window: Open, session: Session, desk: HistoryDesk, run: Run) -> None:
    window = open_window()
    history = session.history
    assert history is not None
    history.append(np.array([START + 6000]), np.zeros((1, len(NAMES))))
    run(lambda: desk.refresh() or shown(window)[1] == 6000)
    press(window, "<plus>")
    run(lambda: shown(window)[0] > 0)
    held = shown(window)
    history.append(np.array([START + 7000]), np.zeros((1, len(NAMES))))
    before = window.picture
    run(lambda: desk.refresh() or window.picture is not before)
    assert shown(window) == held
    press(window, "<End>")
    run(lambda: shown(window) == (0.0, 7000.0))


# --- reading ---------------------------------------------------------------------------------------------------------


def test_the_cursor_reads_the_nearest_samples(open_window: Open) -> None:
    window = open_window("P0", "P1")
    scale = window.view.shown
    assert scale is not None
    newest = window.readouts.texts["P1"]
    x = round(float(scale.x(np.array([START + 1050]))[0]))
    window.view.event_generate("<Motion>", x=x, y=50)
    assert window.readouts.texts["P0"] == "◆ −5.00 °C low"
    window.view.event_generate("<Leave>")
    assert window.readouts.texts["P1"] == newest


def test_the_cursor_is_moved_by_keys_and_stays(open_window: Open) -> None:
    window = open_window()
    press(window, "<Shift-Right>")
    middle = window.view.cursor
    assert middle == pytest.approx(START + 2499.5)
    press(window, "<Control-Right>", "<Shift-Left>")
    scale = window.view.shown
    assert scale is not None
    assert middle is not None
    assert window.view.cursor == pytest.approx(middle + 19 * 4999 / (scale.right - scale.left))
    window.view.event_generate("<Leave>")
    assert window.view.cursor is not None


def test_from_alarm_to_alarm(open_window: Open, run: Run) -> None:
    window = open_window()
    assert window.picture is not None
    (lane,) = window.picture.lanes
    assert [(mark.span.since - START, mark.span.lasting) for mark in lane.marks] == [(1000, False), (3000, True)]
    press(window, "<n>")
    assert window.view.cursor == START + 1000
    press(window, "<n>", "<n>")
    assert window.view.cursor == START + 3000
    assert "no later alarm" in window.saver.text
    window.choose(600.0)
    press(window, "<b>")
    assert window.view.cursor == START + 1000
    run(lambda: shown(window)[0] < 1000 < shown(window)[1])


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the next file goes, instead of asking."""
    target = tmp_path / "out"
    target.mkdir()
    monkeypatch.setattr(
        history_saver.filedialog, "asksaveasfilename", lambda **options: str(target / options["initialfile"])
    )
    return target


def test_the_time_shown_is_exported(open_window: Open, place: Path, run: Run) -> None:
    window = open_window("P0", "P1")
    window.choose(600.0)
    press(window, "<Control-s>")
    run(lambda: window.saver.text.startswith("written"))
    (file,) = place.iterdir()
    assert file.name == "night_P0_P1_20000314T032639.csv"
    rows = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert rows[0] == "time,lab_seconds,P0 [°C],P0 verdict,P1 [V],P1 verdict"
    assert len(rows) == 602
    assert window.saver.export is None


def test_the_picture_is_exported(open_window: Open, place: Path, run: Run) -> None:
    window = open_window()
    press(window, "<Control-p>")
    run(lambda: window.saver.text.startswith("written"))
    (file,) = place.iterdir()
    assert file.suffix == ".png"
    assert file.read_bytes().startswith(b"\x89PNG")


def test_the_monitored_folder_is_refused(
    open_window: Open, session: Session, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    night = Path(session.health.folder)
    monkeypatch.setattr(history_saver.filedialog, "asksaveasfilename", lambda **options: str(night / "a.csv"))
    window.export_table()
    run(lambda: "monitored folder" in window.saver.text)
    assert list(night.iterdir()) == []


def test_closing_leaves_nothing_half_written(open_window: Open, place: Path, run: Run) -> None:
    window = open_window()
    begun, go = threading.Event(), threading.Event()

    def parts() -> Iterator[bytes]:
        yield b"a"
        begun.set()
        go.wait(10)
        yield b"b"

    window.saver._begin(place / "a.csv", parts(), 2)
    run(begun.is_set)
    export = window.saver.export
    assert export is not None
    window.destroy()
    go.set()
    run(lambda: not export.writing)
    assert list(place.iterdir()) == []


# --- the window ------------------------------------------------------------------------------------------------------


def test_escape_closes_and_the_size_is_remembered(open_window: Open, desk: HistoryDesk, run: Run) -> None:
    window = open_window()
    window.geometry("700x500")
    run(lambda: desk.layout() == {"history": [700, 500]})
    press(window, "<Escape>")
    assert desk.windows == {}


@pytest.mark.parametrize("layout", [{}, {"history": "x"}, {"history": [1, 2]}, {"history": [1]}])
def test_a_size_that_makes_no_sense_is_not_taken(desk: HistoryDesk, layout: dict[str, object]) -> None:
    desk.restore(layout)
    assert desk.layout() == {"history": [900, 560]}


def test_the_same_parameter_comes_to_the_front(
    open_window: Open, desk: HistoryDesk, session: Session, root: tk.Tk
) -> None:
    window = open_window()
    desk.open(session, session.health.folder, "P0")  # type: ignore[arg-type]
    desk.open(None, "", "P1")
    assert list(desk.windows.values()) == [window]


def test_the_dark_theme_is_drawn(open_window: Open, root: tk.Tk, run: Run) -> None:
    window = open_window()
    theme.apply(root, True)
    dark = window._theme.colour("surface")
    run(lambda: window.picture is not None and window.picture.colours["surface"] == dark)
    assert window.view["background"] == dark


def test_no_figure_outlives_its_picture(open_window: Open, run: Run) -> None:
    import gc

    from matplotlib.figure import Figure

    window = open_window()
    for _ in range(5):
        before = window.picture
        press(window, "<plus>")
        run(lambda before=before: window.picture is not before)
    run(lambda: not window._busy)
    gc.collect()
    assert [one for one in gc.get_objects() if isinstance(one, Figure)] == []


def test_before_the_first_row(desk: HistoryDesk, session: Session, run: Run) -> None:
    session.history = HkHistory(NAMES)
    desk.open(session, "", "P0")  # type: ignore[arg-type]
    window = desk.windows["P0"]
    run(lambda: window.picture is not None and window.picture.nothing == "no data yet")
    window.export_table()
    assert "nothing to export" in window.saver.text
    assert math.isinf(window.time.span)
