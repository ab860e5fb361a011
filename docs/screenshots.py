"""Make the pictures of docs/images from the real program on simulated nights (``make screenshots``).

Each picture has a night of its own, simulated with a fixed seed until now, and is taken once everything is on the
screen. Screens are virtual (Xvfb), the home is a temporary one: nothing of the user's is seen or touched.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
import tkinter as tk
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eyegore.desktop.app import Desktop

HERE = Path(__file__).resolve().parent
HOURS = 8
SECONDS = HOURS * 3600
START_S = 30.0
READY_S = 120.0
LAPTOP, WALL = (1366, 768, 96), (3840, 2160, 192)
"""Screens: width and height [pixel], dots an inch."""


@dataclass(frozen=True)
class Picture:
    """One picture: the screen, what goes wrong in the night, after how long [s] silence is stale, the window's options.

    With ``stale`` the picture is taken once everything is: ELVIS writes no more after the night was simulated. With
    ``listed`` the list of alarms is open and somebody has worked with it, with ``asking`` the question for a shelf too.
    """

    name: str
    screen: tuple[int, int, int] = LAPTOP
    plants: tuple[str, ...] = ()
    stale_after_s: float = 3600.0
    stale: bool = False
    dark: bool = False
    lite: bool = False
    alarm: bool = False
    history: tuple[str, ...] = ()
    """Parameters of the history window that stands before the main window."""
    listed: bool = False
    asking: bool = False
    images: int = 1
    """ObsIDs that have images."""
    trends: bool = False
    """Whether the window with the trends of the images stands before the main window."""
    closely: bool = False
    """Whether one CCD is looked at closely, for a picture of that window."""
    tests: str = ""
    """The tests of the night, for a picture of the pane of the images alone."""
    block: str = "BORN"
    copies: bool = False
    """Whether the night is copied to a disk and to a computer that is not there, and their list is open."""


TROUBLE = (
    f"CCD2_TEMP_B:step:-136@{SECONDS - 420}+900",
    f"CCD2_TEMP_T:step:-134@{SECONDS - 400}+900",
    f"VID_PCB_TEMP_T:step:45@{SECONDS - 330}+900",
    f"FPGA_PCB_TEMP_T:step:-12@{SECONDS - 250}+100",
    f"CCD3_TEMP_T:nan@{SECONDS - 200}+900",
)
"""Several alarms: one for each state there is."""

PICTURES = (
    Picture("desktop"),
    Picture("critical", plants=(f"CCD2_TEMP_B:step:-136@{SECONDS - 420}+900",), alarm=True),
    Picture("stale", stale_after_s=20.0, stale=True),
    Picture("dark", dark=True),
    Picture("lite", plants=(f"VID_PCB_TEMP_T:step:45@{SECONDS - 420}+900",), lite=True, alarm=True),
    Picture(
        "history",
        plants=(
            f"CCD2_TEMP_B:dip:-136@{SECONDS // 2}+1500",
            f"CCD1_TEMP_T:nan@{SECONDS // 4}+600",
            f"CCD2_TEMP_B:step:-135@{SECONDS - 1200}+2000",
        ),
        alarm=True,
        history=("CCD2_TEMP_B", "CCD1_TEMP_T", "CCD2_OD_T"),
    ),
    Picture("desktop-4k", WALL),
    Picture("alarms", plants=TROUBLE, alarm=True, listed=True),
    Picture("shelve", plants=TROUBLE, alarm=True, listed=True, asking=True),
    Picture("alarms-dark", plants=TROUBLE, alarm=True, listed=True, dark=True),
    Picture("images-bias", tests="BIAS01"),
    Picture("images-flat", tests="FLAT01"),
    Picture("images-injection", tests="TP01"),
    Picture("images-point", tests="PSF01_800"),
    Picture("image-window", tests="PSF01_800", closely=True, images=4),
    Picture("trends", trends=True, images=12),
    Picture("copies", copies=True),
    Picture("copies-dark", copies=True, dark=True),
)


GATEWAY = "vm@gateway.example:/data"


class NotMadeError(Exception):
    """A picture cannot be made; the message says what to do."""


def main(argv: Sequence[str] | None = None) -> int:
    """Make the pictures named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [one.name for one in PICTURES]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which pictures: {', '.join(names)} (all)")
    parser.add_argument("--into", type=Path, default=HERE / "images", metavar="DIR", help="where they go (docs/images)")
    parser.add_argument("--on", nargs=3, metavar=("DISPLAY", "NIGHT", "FILE"), help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if unknown := set(args.names) - set(names):
        parser.error(f"no picture {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    try:
        if args.on:
            (picture,) = (one for one in PICTURES if one.name in args.names)
            take(picture, args.on[0], Path(args.on[1]), Path(args.on[2]))
            return 0
        _look_for_tools()
        args.into.mkdir(parents=True, exist_ok=True)
        for picture in PICTURES:
            if picture.name in (args.names or names):
                path = make(picture, args.into)
                sys.stdout.write(f"{path}  {path.stat().st_size / 1000:.0f} kB\n")
    except NotMadeError as why:
        sys.stderr.write(f"screenshots: {why}\n")
        return 1
    return 0


def _look_for_tools() -> None:
    from PIL import features

    if shutil.which("Xvfb") is None:
        raise NotMadeError("Xvfb is missing: sudo apt-get install --no-install-recommends xvfb openbox")
    if not features.check("xcb"):
        raise NotMadeError(
            "this Pillow cannot take pictures of a screen (no XCB): .venv/bin/pip install --upgrade pillow"
        )


def make(picture: Picture, into: Path) -> Path:
    """Simulate the night, open the window on it in a process of its own, take the picture."""
    path = into / f"{picture.name}.png"
    with tempfile.TemporaryDirectory(prefix="eyegore-pictures-") as place, _home(Path(place)):
        night = Path(place) / time.strftime("%d_%b_%y")
        with _screen(picture.screen, Path(place)) as display:
            _simulate(picture, night)
            command = [sys.executable, __file__, picture.name, "--on", display, str(night), str(path)]
            if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode:
                raise NotMadeError(f"no picture {picture.name}")
    return path


def take(picture: Picture, display: str, night: Path, path: Path) -> None:
    """Take the picture; Tk never lets go of a display, so the process is to end before the display does."""
    from PIL import Image, ImageGrab

    with _window(picture, night, display) as part:
        shot = ImageGrab.grab(xdisplay=display)
        if part is not None:
            shot = shot.crop(part)
    few = shot.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)  # a method that keeps the hues of small signs


def _simulate(picture: Picture, night: Path) -> None:
    start = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(time.time() - SECONDS + 1))
    command = [sys.executable, "-m", "eyegore", "simulate", str(night), "--at-once", "--hours", str(HOURS)]
    command += ["--start", start, "--seed", "5", "--images", str(picture.images)]
    command += ["--tests", picture.tests] if picture.tests else []
    for plant in picture.plants:
        command += ["--plant", plant]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotMadeError(f"the night could not be simulated: {done.stderr.strip()}")


@contextlib.contextmanager
def _window(picture: Picture, night: Path, display: str) -> Iterator[tuple[int, int, int, int] | None]:
    """The window on the night, everything drawn, nothing under the pointer; the part to be seen, None for all."""
    from eyegore.desktop.app import Desktop
    from eyegore.session.settings import Session

    root = tk.Tk(screenName=display, className="Eyegore")
    session = Session(night, lite=picture.lite, stale_after_s=picture.stale_after_s, block=picture.block)
    if picture.copies:
        (night.parent / "backup").mkdir()
        session = replace(session, backups=(str(night.parent / "backup"),), broadcasts=(GATEWAY,))
    desktop = Desktop(root, session, dark=picture.dark)
    try:
        root.geometry(f"{root.winfo_screenwidth()}x{root.winfo_screenheight()}+0+0")
        with contextlib.suppress(tk.TclError):
            root.attributes("-zoomed", True)
        root.event_generate("<Motion>", warp=True, x=2, y=2)
        _until(root, lambda: _is_read(desktop, picture), f"the night of {picture.name!r} to be read")
        _until(root, lambda: _is_shown(desktop, picture), f"everything of {picture.name!r} to be drawn")
        if picture.history:
            _open_history(root, desktop, picture.history)
        if picture.listed:
            _work(desktop, picture)
        if picture.copies:
            _open_copies(desktop)
        if picture.trends:
            _open_trends(root, desktop, picture.images)
        if picture.closely:
            yield _part(_look_closely(root, desktop))
        else:
            yield _part(desktop.window.panes["images"]) if picture.tests else None
    finally:
        desktop.close()


def _open_trends(root: tk.Tk, desktop: Desktop, obsids: int) -> None:
    """The trends of all images over most of the screen."""
    from eyegore.desktop.history.desk import TRENDS

    assert desktop.view is not None
    tally = desktop.view.verdicts.tally
    _until(root, lambda: tally.judged == 3 * obsids and not tally.waiting, "the images to be judged")
    desktop.histories.restore({"history": [root.winfo_screenwidth() - 80, root.winfo_screenheight() - 120]})
    desktop.image_trends()
    window = desktop.histories.windows[TRENDS]
    window.geometry("+40+50")

    def drawn() -> bool:
        desktop.histories.refresh()
        curves = [curve for panel in window.picture.panels for curve in panel.curves] if window.picture else []
        return bool(curves) and all(curve.envelope.times.size == obsids for curve in curves) and window.idle

    _until(root, drawn, "the trends to be drawn")


def _look_closely(root: tk.Tk, desktop: Desktop) -> tk.Misc:
    """The window on a spot of CCD1, with profiles."""
    assert desktop.view is not None
    desktop.looks.open(desktop.view.pictures, 1)
    window = desktop.looks.window
    assert window is not None
    window.geometry(f"{min(1092, root.winfo_screenwidth())}x700+0+0")
    window.profiles.set(True)
    window._arrange_profiles()
    window.stretch.set("log")
    _until(root, lambda: window.canvas.pasted and bool(window.statistics["text"]), "the frame")
    result = desktop.view.pictures.result(desktop.view.pictures.shown or 0, 1)
    assert result is not None
    spot = result.quadrants["G"].spots[0]
    canvas = window.canvas
    canvas.cursor = round(spot.x), round(spot.y)
    canvas.one_to_one()
    canvas.zoom(4)
    pictures = window.strip

    def drawn() -> bool:
        there = window.seen is not None and window.seen.view == canvas.view and window.seen.row is not None
        return there and canvas.pasted and all(cell.grey for cell in pictures.cells)

    _until(root, drawn, "the spot")
    return window


def _part(widget: tk.Misc) -> tuple[int, int, int, int]:
    """Left, upper, right and lower edge of a widget on the screen."""
    x, y = widget.winfo_rootx(), widget.winfo_rooty()
    return x, y, x + widget.winfo_width(), y + widget.winfo_height()


def _work(desktop: Desktop, picture: Picture) -> None:
    """Do what a person on shift does with some of the alarms, and choose one."""
    from eyegore.messages.events import Action, FlagCommand
    from eyegore.widgets.dialogs.question import QuestionWindow

    root, desk, service = desktop.root, desktop.desk, desktop.service
    desk.open_list()
    listed = desk.listed
    assert listed is not None
    assert service is not None
    service.send(FlagCommand(Action.LOWER, "CCD2_TEMP_B", "anna", "called Ben, heater at 40 %"))
    until = time.time() + 900
    service.send(FlagCommand(Action.SHELVE, "VID_PCB_TEMP_T", "anna", "fan is being changed", until))
    _until(root, lambda: "1 back to normal · 1 shelved" in listed.counts, "the alarms of the night")
    _until(root, lambda: "2 CRITICAL" in root.title(), "the title to count them")
    chosen = "CCD2_TEMP_T/OOL" if picture.asking else "CCD2_TEMP_B/OOL"
    listed.tree.selection_set(chosen)
    listed.tree.focus(chosen)
    if picture.asking:
        desk.shelve(["CCD2_TEMP_T"])
        asked = [one for one in listed.winfo_toplevel().winfo_children() if isinstance(one, QuestionWindow)]
        asked += [one for one in root.winfo_children() if isinstance(one, QuestionWindow)]
        asked[0].entry.insert("end", "set point is being changed")
        _until(root, lambda: root.focus_get() is asked[0].entry, "the question")
    _until(root, lambda: listed.lit and chosen in listed.tree.selection(), "the list to be drawn")


def _open_copies(desktop: Desktop) -> None:
    """The list of the copies, the one that fails chosen."""
    desktop.copies.open_list()
    listed, book = desktop.copies.listed, desktop.copies.book
    assert listed is not None
    listed.tree.selection_set(GATEWAY)
    listed.tree.focus(GATEWAY)

    def told() -> bool:
        states = book.states
        return len(states) == 2 and bool(states[GATEWAY].problem) and listed.visible() != [] and bool(book.volumes)

    _until(desktop.root, told, "both copies to be told")
    _until(desktop.root, lambda: "verified" in listed.tree.item(listed.visible()[0], "text"), "the backup")


def _is_read(desktop: Desktop, picture: Picture) -> bool:
    health = desktop.view.health if desktop.view else None
    stale_as_wanted = health is not None and health.hk_stale is picture.stale
    return health is not None and health.hk_rows == SECONDS and (picture.lite or health.obsids > 0) and stale_as_wanted


def _is_shown(desktop: Desktop, picture: Picture) -> bool:
    panes = desktop.panes
    images = panes.images is None or (
        len(panes.images.shown) == 3 and all(panes.images.verdict(ccd).quadrants for ccd in (1, 2, 3))
    )
    rows = panes.table is None or (panes.table.visible() and "loading" not in panes.table.counts)
    judged = desktop.view is not None and not desktop.view.verdicts.tally.waiting
    alarmed = any(cell.blink for cell in panes.flags.board.cells)
    if panes.charts is not None:
        panes.charts.refresh()
    return bool(images and rows and judged and alarmed is picture.alarm and panes.flags.board.lit)


def _open_history(root: tk.Tk, desktop: Desktop, names: tuple[str, ...]) -> None:
    """The window with these parameters over most of the screen, the cursor on the first alarm."""
    desktop.histories.restore({"history": [root.winfo_screenwidth() - 80, root.winfo_screenheight() - 120]})
    desktop.plot(names[0])
    window = desktop.histories.windows[names[0]]
    window.geometry("+40+50")
    for name in names[1:]:
        window.add(name)

    def drawn() -> bool:
        shown = window.picture
        return shown is not None and sum(len(panel.curves) for panel in shown.panels) == len(names)

    _until(root, drawn, "the history to be drawn")
    for _ in range(2):
        window.go_to_alarm(1)
    _until(root, lambda: window.idle, "the history to be drawn")


def _until(root: tk.Tk, predicate: Callable[[], bool], what: str) -> None:
    """Let the window go on until the predicate holds, and all that it asked for is on the screen."""
    end = time.monotonic() + READY_S
    while not predicate():
        if time.monotonic() > end:
            raise NotMadeError(f"waited {READY_S:.0f} s for {what}")
        root.update()
        time.sleep(0.01)
    root.update()


# --- screens ---------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _home(place: Path) -> Iterator[None]:
    """A home nobody has used."""
    names = {"HOME": "", "XDG_CONFIG_HOME": ".config", "XDG_CACHE_HOME": ".cache", "XDG_DATA_HOME": ".local/share"}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update({name: str(place / folder) for name, folder in names.items()})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _screen(screen: tuple[int, int, int], place: Path) -> Iterator[str]:
    """A virtual screen under the first free number, with a window manager if there is one."""
    width, height, dpi = screen
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{width}x{height}x24", "-dpi", str(dpi)]
    command += ["-nolisten", "tcp", "-noreset"]
    with open(reader, "rb", buffering=0) as numbers, _running(command, pass_fds=(writer,)) as server:
        os.close(writer)
        told = b""
        while not told.endswith(b"\n"):
            part = numbers.read(16) if select.select([numbers], [], [], START_S)[0] else b""
            if not part:
                raise NotMadeError(f"Xvfb did not start (exit code {server.poll()})")
            told += part
        display = f":{int(told)}"
        with _manager(display, place):
            yield display


@contextlib.contextmanager
def _manager(display: str, place: Path) -> Iterator[None]:
    if shutil.which("openbox") is None:
        yield
        return
    ready = place / "ready"
    command = ["openbox", "--sm-disable", "--startup", f"touch {ready}"]
    with _running(command, env=os.environ | {"DISPLAY": display}) as manager:
        end = time.monotonic() + START_S
        while not ready.exists():
            if manager.poll() is not None or time.monotonic() > end:
                raise NotMadeError(f"openbox did not start (exit code {manager.poll()})")
            time.sleep(0.02)
        yield


@contextlib.contextmanager
def _running(command: list[str], **options: object) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(  # type: ignore[call-overload]
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


if __name__ == "__main__":
    raise SystemExit(main())
