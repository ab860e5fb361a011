"""``eyegore demo``: a simulated session and the monitor that watches it, in one command."""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from eyegore.basics.errors import EyegoreError, SettingsError
from eyegore.commands.command_line import Commands
from eyegore.commands.running import ended_by_signals
from eyegore.messages.events import AlarmChanged, AlarmState, Event
from eyegore.session.settings import Session

PARAMETER = "CCD2_TEMP_B"
BLOCK = "BORN"
"""The block that is simulated unless told otherwise, and so the offsets to expect."""
PLANT_S = 120
AWAITED = "6"
"""ObsIDs whose images a session that begins awaits: frames take 80 s, and images are awaited for 300 s."""
HEADLESS_PLANT_S, HEADLESS_S = 30, 120
"""Without a window: how long the excursion is, and when the session ends should it not be found [s]."""
DESCRIPTION = """\
Simulates a camera session in a temporary folder and monitors it. With a display the desktop opens on two hours of
history that goes on live, and half a minute later a CCD gets too cold. Without one (or with --headless) a session
begins, the planted excursion is found and told within a minute, and the demo ends by itself with exit code 0."""


def add_parser(commands: Commands, about: str) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("demo", help=about, description=DESCRIPTION)
    parser.add_argument("--headless", action="store_true", help="no window even where there is a display")
    parser.add_argument("--dark", action="store_true", default=None, help="dark theme")
    parser.add_argument("--no-images", action="store_true", help="no FITS images (they take 105 MB an exposure)")
    parser.add_argument("--minutes", type=float, default=30.0, metavar="M", help="desktop: length of the session (30)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other noise (0)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the demo; the temporary folder goes with it."""
    if args.minutes <= 0:
        raise SettingsError("--minutes must be a positive number")
    stop = threading.Event()
    with (
        tempfile.TemporaryDirectory(prefix="eyegore-demo-", ignore_cleanup_errors=True) as place,
        ended_by_signals(stop),
    ):
        folder = Path(place) / time.strftime("%d_%b_%y")
        folder.mkdir()
        if args.headless or not os.environ.get("DISPLAY"):
            return _headless(folder, args, stop)
        return _desktop(folder, args, stop)


@contextlib.contextmanager
def _simulated(folder: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "eyegore", "simulate", str(folder), *options]
    nothing = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=nothing, stdout=nothing, start_new_session=True) as simulator:
        try:
            yield simulator
        finally:
            simulator.terminate()


def _await(process: subprocess.Popen[bytes], stop: threading.Event) -> None:
    """Wait for a process, or for being told to stop."""
    while process.poll() is None and not stop.wait(0.1):
        pass


def _desktop(folder: Path, args: argparse.Namespace, stop: threading.Event) -> int:
    """Show a session in the window.

    The window is a process of its own: when the X server dies Xlib ends the process that it is in on the spot, and
    nobody would be left to end the simulator and to remove the folder.
    """
    images = ["--no-images"] if args.no_images else []
    seed = ["--seed", str(args.seed)]
    past = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(time.time() - 7200))
    before = images or ["--images", AWAITED]
    with _simulated(folder, "--at-once", "--hours", "2", "--start", past, *before, *seed) as simulator:
        _await(simulator, stop)
        if simulator.poll():
            raise EyegoreError(f"the session could not be simulated (exit code {simulator.returncode})")
    plant = f"{PARAMETER}:dip:-136@30+{PLANT_S}"
    window = [sys.executable, "-m", "eyegore", "-p", str(folder), "--tag", "demo", "--block", BLOCK]
    with (
        _simulated(folder, "--hours", f"{args.minutes / 60:.4f}", "--plant", plant, *images, *seed),
        subprocess.Popen([*window, *(["--dark"] if args.dark else [])]) as desktop,
    ):
        _await(desktop, stop)
        if desktop.poll() is None:
            desktop.terminate()
    if stop.is_set() or desktop.returncode in (0, 2):  # with 2 it has said why
        return max(0, desktop.returncode)
    raise EyegoreError(
        f"the window of the demo was ended (exit code {desktop.returncode}): is the display still there?"
    )


class _Witness:
    """Notes what the monitor tells of the planted parameter."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.over = threading.Event()

    def take(self, event: Event) -> None:
        if isinstance(event, AlarmChanged) and event.alarm.parameter == PARAMETER and event.text:
            self.told.append(event.text)
            if event.alarm.state is AlarmState.RTN_UNACK:
                self.over.set()


def _headless(folder: Path, args: argparse.Namespace, stop: threading.Event) -> int:
    from eyegore.commands import headless
    from eyegore.commands.running import set_up_logging
    from eyegore.session.service import Service

    console = Console(highlight=False)
    why = "as asked" if args.headless else "no display (DISPLAY is not set)"
    console.print(f"Headless demo, {why}: a session begins; {PARAMETER} will get too cold.", soft_wrap=True)
    set_up_logging(console=not console.is_terminal, file_tag=None)
    witness = _Witness()
    service = Service(Session(folder, block=BLOCK), [witness.take])
    plant = f"{PARAMETER}:dip:-136@10+{HEADLESS_PLANT_S}"
    options = ("--rows", str(HEADLESS_S), "--no-images", "--plant", plant, "--seed", str(args.seed))
    with _simulated(folder, *options) as simulator:
        code = headless.run(service, stop, lambda: witness.over.is_set() or simulator.poll() is not None)
    if stop.is_set():
        console.print("Stopped before the planted excursion was over.")
        return code
    if not witness.over.is_set():
        console.print(f"The planted excursion of {PARAMETER} was not found: {witness.told or 'nothing was told'}")
        return 1
    console.print("The planted excursion was found and told:")
    for line in witness.told:
        console.print(f"  {line}", soft_wrap=True)
    return code
