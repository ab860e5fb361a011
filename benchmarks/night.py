"""P17: the images of a night are judged after a restart, beside a live session."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import machine
from benchmarks.desktop import DesktopProcess
from benchmarks.live import CALM_S, NORMAL, OUT, WATCHED, write_row
from benchmarks.report import Figure
from benchmarks.workshop import ELVIS, Workshop
from eyegore.alarms.watched import TO_CLEAR, TO_RAISE
from eyegore.elvis.day_folder import FileKind, in_order, parse_name
from eyegore.limits.model import Reading, Severity
from eyegore.simulator.simulator import SimulatedSession, Simulator

OBSIDS = int(os.environ.get("EYEGORE_BENCH_OBSIDS", "120"))
"""ObsIDs of the night, three images each; a whole one has 1 000."""
SPACING_S = 85
"""Rows of HK for each ObsID, about."""
FRAMES = 2
"""ObsIDs of which there are real images; all others are links to them."""
LATE_S = 6.0
LONGEST_MS = 50
OLD_S = 3600.0
"""Age of the images: those of before the start are no news."""


@dataclass(frozen=True)
class _Seen:
    """A time with and without catch-up: lateness of the window, its callbacks, rows to red flags [ms]."""

    late: np.ndarray
    callbacks: np.ndarray
    reds: np.ndarray


def night(workshop: Workshop) -> Iterator[Figure]:
    """The images of a night after a restart: how quick, how quiet, how much again."""
    folder, images = _night(workshop)
    home = workshop.new_folder("home")
    rows = OBSIDS * SPACING_S
    with DesktopProcess(workshop, folder, rows=rows, home=home) as desktop:
        desktop.wait_for("loaded")
        time.sleep(CALM_S)
        desktop.ask("judged", 0)
        begin = desktop.wait_for("judged")
        started = time.monotonic()
        busy = _seen(desktop, folder)
        seconds = time.monotonic() - started
        desktop.ask("judged", 0)
        end = desktop.wait_for("judged")
        assert end["waiting"], "all were judged before the end: more ObsIDs (EYEGORE_BENCH_OBSIDS) are needed"
        each = 1e3 * seconds / max(1, end["judged"] - begin["judged"])
        desktop.ask("judged", images)
        whole = desktop.wait_for("judged", 600 + images)
        memory, child = (
            machine.rss_mib(desktop.pid),
            max(map(machine.rss_mib, machine.children(desktop.pid)), default=0),
        )
        time.sleep(1.0)
        calm = _seen(desktop, folder)
    assert whole["judged"] == images
    yield Figure(
        "P17",
        "an image of a night judged beside a live session",
        each,
        500,
        "ms",
        f"{images} images, {whole['seconds']:.0f} s after the start; {memory:.0f} MiB, the judge {child:.0f} MiB",
    )
    yield from _compared("judging", busy, calm)
    again, kept, memory = _started(workshop, folder, home, rows, images)
    ratio = whole["seconds"] / again
    details = f"all {images} verdicts {again:.1f} s after the start, {memory:.0f} MiB"
    yield Figure("P17", "times quicker with the results kept", ratio, 2, "×", details, at_most=False)
    for path in folder.glob("*.fits"):
        path.unlink()
    _, without, _ = _started(workshop, folder, home, rows, 0)
    details = f"after a start; late by {np.percentile(kept.late, 99):.1f} ms (p99), {kept.late.max():.0f} ms at worst; "
    details += f"without images {np.percentile(without.late, 99):.1f} and {without.late.max():.0f} ms, "
    details += f"longest callback {without.callbacks.max():.0f} ms"
    more = float(kept.callbacks.max() - without.callbacks.max())
    yield Figure("P17", "longest callback as kept results arrive, above that without", more, LONGEST_MS, "ms", details)


def _started(workshop: Workshop, folder: Path, home: Path, rows: int, images: int) -> tuple[float, _Seen, float]:
    """Seconds from a start to the verdicts on all images, what the window is like meanwhile, memory [MiB]."""
    with DesktopProcess(workshop, folder, rows=rows, home=home) as desktop:
        desktop.wait_for("loaded")
        desktop.ask("late", LATE_S)
        desktop.ask("judged", images)
        judged = desktop.wait_for("judged", 60 + images)
        told = desktop.wait_for("late", LATE_S + 30)
        memory = machine.rss_mib(desktop.pid)
    seen = _Seen(np.array(told["ms"]), np.array(told["callbacks_ms"]), np.empty(0))
    return float(judged["seconds"]), seen, memory


def _compared(what: str, busy: _Seen, calm: _Seen) -> Iterator[Figure]:
    details = f"late by {np.percentile(busy.late, 99):.1f} ms (p99), {busy.late.max():.0f} ms at worst; "
    details += f"after it {np.percentile(calm.late, 99):.1f} and {calm.late.max():.0f} ms"
    yield Figure(
        "P17", f"longest callback of the window while {what}", float(busy.callbacks.max()), LONGEST_MS, "ms", details
    )
    medians = [float(np.median(one.reds)) for one in (busy, calm)]
    details = (
        f"{medians[0]:.0f} ms against {medians[1]:.0f} ms; worst {busy.reds.max():.0f} and {calm.reds.max():.0f} ms"
    )
    details += f" of {len(calm.reds)}"
    yield Figure("P17", f"row to red flag while {what}, against after it", medians[0] / medians[1], 1.5, "×", details)


def _night(workshop: Workshop) -> tuple[Path, int]:
    """A session of which every ObsID has three images of full size, and the number of images."""
    folder, _ = workshop.session(OBSIDS * SPACING_S)
    real = workshop.new_folder("frames")
    Simulator(real, SimulatedSession(elvis=ELVIS, exposures=FRAMES, start=1.7e9)).write_at_once()
    frames = sorted(real.glob("*.fits"))
    old = time.time() - OLD_S
    for frame in frames:
        os.utime(frame, (old, old))
    for number, obsid in enumerate(_obsids(folder)):
        for ccd in (1, 2, 3):
            target = folder / f"EUC_{obsid}_140319D_200005T_ROE1_CCD{ccd}.fits"
            os.link(frames[3 * (number % FRAMES) + ccd - 1], target)
    images = len(list(folder.glob("*.fits")))
    shutil.rmtree(real)
    return folder, images


def _obsids(folder: Path) -> list[int]:
    """All ObsIDs of the log, in their order."""
    found: dict[int, None] = {}
    for path in sorted(folder.glob("EXP_LOG*.txt")):
        header, *lines = path.read_text("latin-1").splitlines()
        place = [cell.strip() for cell in header.split("\t")].index("ObsID")
        found.update({int(line.split("\t")[place]): None for line in lines})
    return list(found)


def _seen(desktop: DesktopProcess, folder: Path, reds: int = 20) -> _Seen:
    """What the window is like for a while, and how long rows take to red flags."""
    desktop.ask("late", LATE_S)
    told = desktop.wait_for("late", LATE_S + 30)
    desktop.ask("watch", WATCHED)
    durations = np.array([_red(desktop, folder) for _ in range(reds)])
    desktop.ask("unwatch")
    return _Seen(np.array(told["ms"]), np.array(told["callbacks_ms"]), durations)


_when = random.Random(17)


def _red(desktop: DesktopProcess, folder: Path) -> float:
    """From a row on disk to its red flag on the screen [ms]; it is lowered afterwards."""
    names = [file for path in folder.iterdir() if (file := parse_name(path.name)) is not None]
    master = folder / in_order(file for file in names if file.kind is FileKind.MASTER_HK)[-1].name
    header, *_, last = master.read_bytes().splitlines()
    place = [cell.strip() for cell in header.split(b"\t")].index(WATCHED.encode())
    time.sleep(_when.uniform(0.05, 0.15))
    for _out in range(TO_RAISE[Reading.MEASURED][Severity.CRITICAL] - 1):
        write_row(master, last, place, OUT)
    written = write_row(master, last, place, OUT)
    told = desktop.wait_for("red", 10)
    time.sleep(0.03)
    for _back in range(TO_CLEAR[Severity.CRITICAL]):
        write_row(master, last, place, NORMAL)
    desktop.wait_for("lowered", 10)
    assert told["painted"]
    return 1e3 * (float(told["at"]) - written)


TARGETS = {"P17": night}
