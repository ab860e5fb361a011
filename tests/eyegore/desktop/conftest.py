"""What the tests of the desktop share: the main loop, sessions in a window, a history window, sessions with DS9."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eyegore.desktop.app import Desktop
from eyegore.desktop.history.desk import HistoryDesk
from eyegore.desktop.history.window import HistoryWindow
from eyegore.desktop.pump import TkPump
from eyegore.ds9.session import OwnDs9
from eyegore.session.settings import Session
from eyegore.widgets import theme

from ...patience import AWAITED_S
from ..ds9.shown_files import remembered_sessions
from .sampled_session import SampledSession, curves

Run = Callable[[Callable[[], object]], None]


@pytest.fixture
def run(root: tk.Tk) -> Run:
    """Run the main loop until something is so."""

    def until(done: Callable[[], object]) -> None:
        __tracebackhide__ = True
        late = root.after(int(1000 * AWAITED_S), root.quit)

        def look() -> None:
            nonlocal job
            if done():
                root.quit()
            else:
                job = root.after(10, look)

        job = root.after(0, look)
        root.mainloop()
        for waiting in (late, job):
            root.after_cancel(waiting)
        assert done()

    return until


@pytest.fixture
def own_sessions(monkeypatch: pytest.MonkeyPatch) -> list[OwnDs9]:
    """The sessions of the window's DS9, which may take its time: on a busy machine that does not mean it froze."""
    monkeypatch.setattr("eyegore.ds9.xpa.HANDSHAKE_S", 20)
    monkeypatch.setattr("eyegore.ds9.xpa.COMMAND_S", 60)
    return remembered_sessions(monkeypatch)


@pytest.fixture
def open_desktop(root: tk.Tk) -> Iterator[Callable[..., Desktop]]:
    """Opens the window of a session, and closes it."""
    desktops: list[Desktop] = []

    def begin(folder: Path | None, **options: object) -> Desktop:
        session = Session(folder, **{"watch_disk": False, **options}) if folder else None  # type: ignore[arg-type]
        desktop = Desktop(root, session)
        desktops.append(desktop)
        return desktop

    yield begin
    for desktop in desktops:
        desktop.close()


@pytest.fixture
def session(tmp_path: Path) -> SampledSession:
    (tmp_path / "night").mkdir()
    return SampledSession(tmp_path / "night")


@pytest.fixture
def desk(root: tk.Tk) -> Iterator[HistoryDesk]:
    pump: TkPump[Callable[[], object]] = TkPump(root, lambda act: act())
    made = HistoryDesk(root, theme.apply(root, False), pump.post, {})
    made.restore({"history": [900, 560]})
    yield made
    made.clear()
    pump.stop()
    assert made.stop(AWAITED_S)


@pytest.fixture
def open_window(desk: HistoryDesk, session: SampledSession, run: Run) -> Callable[..., HistoryWindow]:
    """Opens a history of some parameters, and waits for its picture."""

    def begin(name: str = "P0", *more: str) -> HistoryWindow:
        desk.open(session, session.health.folder, name)  # type: ignore[arg-type]
        window = desk.windows[name]
        for one in more:
            window.add(one)
        run(lambda: curves(window) == window.names and window.view.pasted)
        return window

    return begin
