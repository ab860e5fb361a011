"""P9, P10, P12, P15: the real desktop on a folder that is written to, or not."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import machine
from benchmarks.desktop import DesktopProcess
from benchmarks.report import Figure
from benchmarks.workshop import DAY, THREE_DAYS, Workshop
from eyegore.alarms.watched import TO_CLEAR, TO_RAISE
from eyegore.elvis.day_folder import FileKind, in_order, parse_name
from eyegore.feeds.ingest import CYCLE_S
from eyegore.limits.model import Reading, Severity

if TYPE_CHECKING:
    from eyegore.simulator.simulator import Simulator

CALM_S = 6.0
"""From "loaded" until everything that comes after the start is over (matplotlib is imported 3 s after the history)."""
STEADY_S = 16.0
LATE_S = 10.0
WATCHED = "CCD2_TEMP_B"
NORMAL, OUT = b"-120.0", b"-140.0"
REDS = {"inotify": 80, "polling": 30}
REFRESHES = 2_000


class _RowEachSecond:
    """Adds a row a second to a session, from its own thread, until it is left."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._stopping.wait(max(0.0, due - time.monotonic())):
            self._simulator.append_rows(1)
            due += 1.0


def steady(workshop: Workshop) -> Iterator[Figure]:
    """The whole desktop at one row a second."""
    for rows in (DAY, THREE_DAYS):
        folder, simulator = workshop.session(rows, more=600)
        with DesktopProcess(workshop, folder, rows=rows) as desktop:
            loaded = desktop.wait_for("loaded")["seconds"]
            with _RowEachSecond(simulator):
                time.sleep(CALM_S)
                shares, how = desktop.spent(STEADY_S)
                desktop.ask("late", LATE_S)
                late = np.array(desktop.wait_for("late")["ms"])
            memory = machine.rss_mib(desktop.pid)
        yield Figure(
            "P9",
            f"CPU at 1 row/s with {rows} rows of history",
            statistics.mean(shares),
            5,
            "% of a core",
            f"{how}; {memory:.0f} MiB; loaded in {loaded:.1f} s",
        )
        yield Figure(
            "P9",
            f"lateness of the window, p99, with {rows} rows",
            float(np.percentile(late, 99)),
            30,
            "ms",
            f"{late.size} ticks in {LATE_S:.0f} s: median {np.median(late):.2f}, worst {late.max():.0f} ms",
        )


def red(workshop: Workshop) -> Iterator[Figure]:
    """From a row complete on disk to a red flag that the display has drawn."""
    for kind, count in REDS.items():
        durations = _reds(workshop, count, polling=kind == "polling")
        median, p99 = (float(np.percentile(durations, share)) for share in (50, 99))
        details = f"{count} times: p90 {np.percentile(durations, 90):.0f}, worst {max(durations):.0f} ms"
        if kind == "inotify":
            yield Figure("P10", "row on disk to red flag, inotify, median", median, 50, "ms", details)
            yield Figure("P10", "row on disk to red flag, inotify, p99", p99, 150, "ms", f"of {count}: about the worst")
        else:
            allowed = 1e3 * CYCLE_S + 50
            details += f", median {median:.0f} ms"
            yield Figure("P10", "row on disk to red flag, polling, p99", p99, allowed, "ms", details)


def _reds(workshop: Workshop, count: int, *, polling: bool) -> list[float]:
    """Durations [ms]; the rows after each are back in limits, and the flag is lowered before the next."""
    folder, _ = workshop.session(1_000)
    names = [file for path in folder.iterdir() if (file := parse_name(path.name)) is not None]
    master = folder / in_order(file for file in names if file.kind is FileKind.MASTER_HK)[-1].name
    header, *_, last = master.read_bytes().splitlines()
    place = [cell.strip() for cell in header.split(b"\t")].index(WATCHED.encode())
    when = random.Random(10)
    with DesktopProcess(workshop, folder, rows=1_000, polling=polling or None) as desktop:
        desktop.wait_for("loaded")
        time.sleep(CALM_S)
        desktop.ask("watch", WATCHED)
        found: list[float] = []
        for _ in range(count):
            time.sleep(when.uniform(0.05, 0.15))
            for _out in range(TO_RAISE[Reading.MEASURED][Severity.CRITICAL] - 1):
                write_row(master, last, place, OUT)
            written = write_row(master, last, place, OUT)
            told = desktop.wait_for("red", 10)
            assert told["painted"]
            found.append(1e3 * (told["at"] - written))
            time.sleep(0.03)
            for _back in range(TO_CLEAR[Severity.CRITICAL]):
                write_row(master, last, place, NORMAL)
            desktop.wait_for("lowered", 10)
    return found


def write_row(path: Path, row: bytes, place: int, value: bytes) -> float:
    """Append a row with another value in one column; the moment at which it was complete."""
    cells = row.split(b"\t")
    cells[place] = value
    with open(path, "ab") as stream:
        stream.write(b"\t".join(cells) + b"\n")
    return time.monotonic()


def growth(workshop: Workshop) -> Iterator[Figure]:
    """Memory of the desktop over 2 000 redraws, each with a new row."""
    folder, simulator = workshop.session(DAY, more=4 * REFRESHES)
    with DesktopProcess(workshop, folder, rows=DAY, redraw_s=0.0) as desktop:
        desktop.wait_for("loaded")
        time.sleep(CALM_S)
        begin = _redraw_until(desktop, simulator, 200)
        memory = [machine.rss_mib(desktop.pid)]
        middle = _redraw_until(desktop, simulator, begin + REFRESHES // 2)
        memory.append(machine.rss_mib(desktop.pid))
        end = _redraw_until(desktop, simulator, begin + REFRESHES)
        memory.append(machine.rss_mib(desktop.pid))
    data = REFRESHES * 75 * 6 / machine.MIB
    details = f"{end - begin} redraws after the first {begin}, from {memory[0]:.0f} MiB; the rows themselves take "
    details += f"about {data:.1f} MiB (float32, verdict and mark of 75 values)"
    yield Figure("P15", "growth over 2 000 refreshes", memory[2] - memory[0], 8, "MiB", details)
    half = f"the {end - middle} redraws of the second half"
    yield Figure("P15", "growth in the second half of them", memory[2] - memory[1], 1, "MiB", half)


def _redraw_until(desktop: DesktopProcess, simulator: Simulator, wanted: int) -> int:
    while True:
        for _ in range(10):
            simulator.append_rows(1)
            time.sleep(0.03)
        desktop.ask("refreshes")
        count = int(desktop.wait_for("refreshes")["count"])
        if count >= wanted:
            return count


TARGETS = {"P9": steady, "P10": red, "P15": growth}
