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

from eyegore.basics.errors import SettingsError
from eyegore.messages.events import AlarmChanged, AlarmState, Event
from eyegore.session.settings import Session

PARAMETER = "CCD2_TEMP_B"
BLOCK = "BORN"
"""The block that is simulated unless told otherwise, and so the offsets to expect."""
PLANT_S = 120
DESCRIPTION = """\
Simulates a camera session in a temporary folder and monitors it. With a display the desktop opens on two hours of
history that goes on live, and half a minute later a CCD gets too cold. Without one (or with --headless) a session runs
at high speed, the planted excursion is found and told, and the demo ends by itself with exit code 0."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("demo", help="simulate a session and monitor it", description=DESCRIPTION)
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
    with tempfile.TemporaryDirectory(prefix="eyegore-demo-", ignore_cleanup_errors=True) as place:
        folder = Path(place) / time.strftime("%d_%b_%y")
        if args.headless or not os.environ.get("DISPLAY"):
            return _headless(folder, args)
        return _desktop(folder, args)


def _simulate(folder: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "eyegore", "simulate", str(folder), *options]


@contextlib.contextmanager
def _simulated(folder: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        _simulate(folder, *options), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
    ) as simulator:
        try:
            yield simulator
        finally:
            simulator.terminate()


def _desktop(folder: Path, args: argparse.Namespace) -> int:
    from eyegore.commands.window import open_desktop

    images = ["--no-images"] if args.no_images else []
    seed = ["--seed", str(args.seed)]
    past = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(time.time() - 7200))
    before = images or ["--images", "1"]
    subprocess.run(
        _simulate(folder, "--at-once", "--hours", "2", "--start", past, *before, *seed),
        check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    plant = f"{PARAMETER}:dip:-136@30+{PLANT_S}"
    with _simulated(folder, "--hours", f"{args.minutes / 60:.4f}", "--plant", plant, *images, *seed):
        return open_desktop(Session(folder, tag="demo", block=BLOCK), dark=args.dark)


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


def _headless(folder: Path, args: argparse.Namespace) -> int:
    from eyegore.commands import headless
    from eyegore.commands.log_lines import set_up_logging
    from eyegore.session.service import Service

    console = Console(highlight=False)
    why = "as asked" if args.headless else "no display (DISPLAY is not set)"
    console.print(
        f"Headless demo, {why}: an hour of a session at speed 60; {PARAMETER} will get too cold.", soft_wrap=True
    )
    set_up_logging(console=not console.is_terminal, file_tag=None)
    witness = _Witness()
    service = Service(Session(folder, block=BLOCK), [witness.take])
    plant = f"{PARAMETER}:dip:-136@1500+{PLANT_S}"
    options = ("--speed", "60", "--hours", "1", "--no-images", "--plant", plant, "--seed", str(args.seed))
    stop = threading.Event()
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
