"""What is saved from a history window: a table, a picture, never in the monitored folder, nothing half."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eyegore.desktop.history import saver as history_saver
from eyegore.desktop.history.window import HistoryWindow

from ....patience import AWAITED_S
from ..sampled_session import SampledSession, press

pytestmark = pytest.mark.gui

Run = Callable[[Callable[[], object]], None]
Open = Callable[..., HistoryWindow]


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
    open_window: Open, session: SampledSession, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    night = Path(session.health.folder)
    monkeypatch.setattr(history_saver.filedialog, "asksaveasfilename", lambda **options: str(night / "a.csv"))
    window.export_table()
    run(lambda: "nothing is written" in window.saver.text)
    assert list(night.iterdir()) == []


def test_closing_leaves_nothing_half_written(
    open_window: Open, place: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    begun, go = threading.Event(), threading.Event()

    def parts() -> Iterator[bytes]:
        yield b"a"
        begun.set()
        go.wait(AWAITED_S)
        yield b"b"

    monkeypatch.setattr(history_saver, "csv_parts", lambda table: parts())
    monkeypatch.setattr(history_saver.filedialog, "asksaveasfilename", lambda **options: str(place / "a.csv"))
    window.export_table()
    run(begun.is_set)
    export = window.saver.export
    assert export is not None
    window.destroy()
    go.set()
    run(lambda: not export.alive)
    assert list(place.iterdir()) == []
