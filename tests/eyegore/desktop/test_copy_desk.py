"""Copies in the real window: real rsync to a disk that is there, and to a place that is not."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eyegore.desktop import app
from eyegore.desktop.app import Desktop
from eyegore.session.settings import Session
from eyegore.simulator.simulator import SimulatedSession, Simulator

from ...patience import AWAITED_S
from ...widgets.on_screen import texts

pytestmark = pytest.mark.gui

Open = Callable[..., Desktop]
Until = Callable[[Callable[[], object]], None]


@pytest.fixture
def until(root: tk.Tk) -> Until:
    """Run the main loop until something is so."""

    def wait(done: Callable[[], object]) -> None:
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

    return wait


@pytest.fixture
def elvis(tmp_path: Path) -> Simulator:
    made = Simulator(tmp_path / "day", SimulatedSession(images=False, seconds=100_000, force=True))
    made.append_rows(400)
    return made


@pytest.fixture
def open_desktop(tmp_path: Path, root: tk.Tk, elvis: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    monkeypatch.setattr(app, "IMPORT_LATER_MS", 10**8)  # nothing is plotted; the first import outlasts a test
    opened: list[Desktop] = []

    def begin(**options: object) -> Desktop:
        (tmp_path / "disk").mkdir(exist_ok=True)
        backups = (str(tmp_path / "disk"), str(tmp_path / "away"))
        settings: dict[str, object] = {"watch_disk": False, "stale_after_s": 1e6, "backups": backups, **options}
        opened.append(Desktop(root, Session(tmp_path / "day", state=tmp_path / "state", **settings)))  # type: ignore[arg-type]
        return opened[-1]

    yield begin
    for desktop in opened:
        desktop.close()


def strip(desktop: Desktop) -> str:
    try:
        return desktop.panes.strip.text("copies")
    except StopIteration:
        return ""


def test_the_list_tells_what_is_there_what_is_wrong_and_looks_again(
    tmp_path: Path, open_desktop: Open, until: Until
) -> None:
    desktop = open_desktop()
    disk, away = str(tmp_path / "disk"), str(tmp_path / "away")
    until(lambda: strip(desktop) == "▲ copies backup fails")
    desktop.root.update()
    strip_view = desktop.panes.strip
    segment = strip_view.segments["copies"]
    line = desktop.theme.line + desktop.theme.pixels(6)
    strip_view.event_generate("<Button-1>", x=segment.x + 3, y=segment.y * line + line // 2)
    until(lambda: desktop.copies.listed is not None)
    listed = desktop.copies.listed
    assert listed is not None
    until(lambda: listed.tree.item(disk, "text").strip() == "verified")
    assert listed.tree.item(away, "text").strip() == "fails"
    listed.tree.selection_set(away)
    until(lambda: "is it mounted" in listed.detail.said)
    assert listed.files.visible()
    (tmp_path / "away").mkdir()
    listed.winfo_toplevel().focus_force()
    until(lambda: listed.winfo_toplevel().focus_get() is not None)
    listed.winfo_toplevel().event_generate("<F5>")
    until(lambda: listed.tree.item(away, "text").strip() == "verified")
    until(lambda: strip(desktop).startswith("■ copies"))
    assert "the last trouble" in listed.detail.said
    assert "every complete file is there, verified" in texts(listed.files)


def test_the_log_has_a_column_that_follows_the_copies(
    tmp_path: Path, elvis: Simulator, open_desktop: Open, until: Until, private_home: Path
) -> None:
    desktop = open_desktop(backups=(str(tmp_path / "disk"),), broadcasts=("vm@gateway.invalid:/data",))
    table = desktop.panes.table
    assert table is not None
    until(lambda: len(table.tree.get_children()) >= 9)
    assert {"backup", "broadcast"} <= set(table.columns.shown)
    first = table.visible()[0]
    until(lambda: table.tree.set(first, "backup") == "□ waiting")  # its HK is there, but no image of it
    (private_home / ".config").mkdir()  # astropy warns where it is not
    obsid = int(first.partition("/")[0])
    for ccd in (1, 2, 3):
        name = f"EUC_{obsid}_140319D120000T_ROE1_CCD{ccd}.fits"
        write_frame(tmp_path / "day" / name)
    until(lambda: table.tree.set(first, "backup") == "■ verified")
    assert table.tree.set(first, "broadcast") == "□ waiting"


def write_frame(path: Path) -> None:
    import numpy as np
    from astropy.io import fits

    pixels = np.zeros((40, 222), np.uint16)
    fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(pixels, name="ROE1_CCD1")]).writeto(path)


def test_the_lite_form_has_segment_and_list(open_desktop: Open, until: Until) -> None:
    desktop = open_desktop(lite=True)
    until(lambda: strip(desktop) == "▲ copies backup fails")
    desktop.root.focus_force()
    until(lambda: desktop.root.focus_get() is not None)
    desktop.root.event_generate("<F3>")
    until(lambda: desktop.copies.listed is not None and len(desktop.copies.listed.visible()) == 2)


def test_without_copies_the_list_says_how_to_copy(open_desktop: Open, until: Until) -> None:
    desktop = open_desktop(backups=())
    desktop.copies.open_list()
    assert desktop.copies.listed is not None
    assert any("-r" in text for text in texts(desktop.copies.listed.tree))
    assert strip(desktop) == ""
    until(lambda: desktop.view is not None and desktop.view.health is not None)
    assert strip(desktop) == ""


def test_the_list_comes_back_as_it_was(open_desktop: Open, until: Until) -> None:
    desktop = open_desktop()
    desktop.copies.open_list()
    assert desktop.copies.listed is not None
    desktop.copies.listed.files.sort_by("size")
    layout = desktop.copies.layout()
    assert layout["open"] is True
    desktop.copies.listed.winfo_toplevel().event_generate("<F3>")
    desktop.root.update()
    desktop.copies.restore(layout)
    assert desktop.copies.listed is not None
    assert desktop.copies.listed.files.sorted_by == "size"
