"""Exposures in the real window: their images on the screen, their files in DS9."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from eyegore.desktop.app import Desktop
from eyegore.ds9.session import OwnDs9
from eyegore.simulator.simulator import SimulatedSession, Simulator

from ..ds9.shown_files import shown_files

pytestmark = pytest.mark.gui

Run = Callable[[Callable[[], object]], None]
Open = Callable[..., Desktop]


def test_the_newest_complete_images_are_shown(tmp_path: Path, open_desktop: Open, run: Run) -> None:
    Simulator(tmp_path / "day", SimulatedSession(exposures=1, images=True, tests=("TP02",))).write_at_once()
    desktop = open_desktop(tmp_path / "day")
    panel = desktop.panes.images
    assert panel is not None
    run(lambda: panel.title_text.startswith("ObsID 20103 · TP02"))
    assert desktop.view is not None
    run(lambda: desktop.view is not None and len(desktop.view.pictures.paths(20103)) == 3)
    panel.next_stretch()
    run(lambda: "reading" not in panel.title_text)
    run(lambda: all(panel.verdict(ccd).quadrants for ccd in (1, 2, 3)))
    assert {panel.verdict(ccd).words for ccd in (1, 2, 3)} <= {"PASS", "WARNING", "FAIL", "NOT CHECKED"}
    told = desktop.view.pictures.tip(2, "F")
    assert told.startswith("ObsID 20103 · CCD2")
    assert "prescan: median" in told


def double_click(desktop: Desktop, key: str) -> None:
    assert desktop.panes.table is not None
    tree = desktop.panes.table.tree
    tree.see(key)
    tree.update()
    x, y, width, height = tree.bbox(key)
    for _ in range(2):
        tree.event_generate("<ButtonPress-1>", x=x + width // 2, y=y + height // 2)
        tree.event_generate("<ButtonRelease-1>", x=x + width // 2, y=y + height // 2)


def status_line(desktop: Desktop) -> str:
    return "\n".join(line.text for line in desktop.panes.log.lines())


@pytest.mark.ds9
def test_a_double_click_sends_the_three_files_to_ds9(
    tmp_path: Path, open_desktop: Open, run: Run, own_sessions: list[OwnDs9]
) -> None:
    folder = tmp_path / 'it\'s a "day"'
    Simulator(folder, SimulatedSession(exposures=2, images=True, tests=("TP02",))).write_at_once()
    desktop = open_desktop(folder, blind=True)
    table = desktop.panes.table
    assert table is not None
    run(lambda: table.tree.exists("20104/CCD2"))
    run(lambda: desktop.view is not None and len(desktop.view.pictures.paths(20104)) == 3)
    beats: list[int] = []

    def beat() -> None:
        beats.append(1)
        desktop.root.after(10, beat)

    beat()
    double_click(desktop, "20104/CCD2")
    run(lambda: "ObsID 20104 shown in DS9" in status_line(desktop))
    assert len(beats) > 20, "the window stood still while DS9 started"
    (session,) = own_sessions
    files = shown_files(session)
    assert sorted(files) == ["1", "2", "3"]
    for ccd, file in files.items():
        shown = Path(file).resolve()
        assert shown.parent == folder
        assert shown.name.startswith("EUC_20104_")
        assert shown.name.endswith(f"_ROE1_CCD{ccd}.fits")


@pytest.mark.ds9
def test_without_ds9_the_status_line_says_so(
    tmp_path: Path, open_desktop: Open, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    Simulator(tmp_path / "day", SimulatedSession(exposures=1, images=True, tests=("TP02",))).write_at_once()
    monkeypatch.setenv("PATH", str(tmp_path))
    desktop = open_desktop(tmp_path / "day", blind=True)
    run(lambda: desktop.view is not None and len(desktop.view.pictures.paths(20103)) == 3)
    desktop.root.update()
    double_click(desktop, "20103/CCD1")
    run(lambda: "saods9" in status_line(desktop))
