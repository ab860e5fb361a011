"""P1 to P3: the HK file, read at start and while it grows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import machine
from benchmarks.desktop import DesktopProcess
from benchmarks.report import Figure
from benchmarks.timing import Timing, in_turn, milliseconds, timed
from benchmarks.workshop import DAY, ELVIS, THREE_DAYS, Workshop
from eyegore.elvis.hk_file import HkTail
from eyegore.limits.checks import Checker
from eyegore.limits.model import LimitSet
from eyegore.limits.table import table_for
from eyegore.messages.events import HkHeader, HkRows
from eyegore.series.history import HkHistory

NEW_ROWS = 30
LOADS = 3


def read_all(path: Path, take: Callable[[HkRows], object]) -> None:
    """Read a whole HK file piece by piece, as the monitor does."""
    tail = HkTail(str(path))
    while messages := tail.poll(0.0):
        for message in messages:
            if isinstance(message, HkRows):
                take(message)


def load(path: Path, *, judge: bool = False) -> HkHistory:
    """A whole HK file in the history that the charts draw from, with or without its verdicts."""
    tail = HkTail(str(path))
    history, checker = HkHistory(()), None
    while messages := tail.poll(0.0):
        for message in messages:
            if isinstance(message, HkHeader):
                history = HkHistory(message.columns)
                checker = Checker(table_for(ELVIS), LimitSet.SAFE, message.columns) if judge else None
            elif isinstance(message, HkRows):
                verdicts = checker.verdicts(message.times, message.values) if checker else None
                history.append(message.times, message.values, verdicts)
    return history


def refresh(workshop: Workshop) -> Iterator[Figure]:
    """What 30 new rows cost, at any length of the file; what none cost."""
    import pandas as pd  # type: ignore[import-untyped]

    files = {rows: workshop.hk_file(rows) for rows in (1_000, 10_000, DAY, THREE_DAYS)}
    tails = {rows: HkTail(str(path)) for rows, path in files.items()}
    for tail in tails.values():
        while tail.poll(0.0):
            pass
    new = b"".join(workshop.hk_lines[1 : NEW_ROWS + 1])

    def grow(name: str) -> None:
        with open(files[int(name)], "ab") as stream:
            stream.write(new)

    def read_new(tail: HkTail) -> Callable[[], None]:
        def read() -> None:
            rows = sum(len(message.times) for message in tail.poll(0.0) if isinstance(message, HkRows))
            assert rows == NEW_ROWS
            assert not tail.poll(0.0)

        return read

    times = in_turn({str(rows): read_new(tail) for rows, tail in tails.items()}, 101, prepare=grow, warm_up=3)
    medians = {rows: times[str(rows)].median for rows in files}
    details = ", ".join(f"{rows}: {times[str(rows)]}" for rows in files)
    growth = medians[THREE_DAYS] / medians[1_000]
    yield Figure("P1", "HK +30 rows: 260 000 rows against 1 000", growth, 1.3, "×", details)
    whole = in_turn({"pandas": lambda: pd.read_csv(files[DAY], sep="\t")}, 3)["pandas"]
    ratio = whole.median / medians[DAY]
    yield Figure(
        "P1", "HK +30 rows of 86 400: faster than pandas on the whole file", ratio, 500, "×", f"pandas {whole}", False
    )
    yield Figure("P1", "nothing new: calls of stat", _stats_when_idle(tails[DAY]), 1, "", _idle_cost(tails[DAY]))


def _stats_when_idle(tail: HkTail) -> int:
    calls, real = [], os.stat

    def counted(*args: Any, **options: Any) -> os.stat_result:
        calls.append(args)
        return real(*args, **options)

    os.stat = counted
    try:
        assert not tail.poll(0.0)
    finally:
        os.stat = real
    return len(calls)


def _idle_cost(tail: HkTail) -> str:
    idle = Timing(tuple(timed(lambda: tail.poll(0.0)) for _ in range(201)))
    return f"one such look {1e6 * idle.median:.0f} µs; that nothing is redrawn either: see P8"


def cold_load(workshop: Workshop) -> Iterator[Figure]:
    """A day of HK read from its beginning, into the history."""
    import pandas as pd

    path = workshop.hk_file(DAY)
    count = len(workshop.hk_lines[0].split(b"\t"))
    calls: dict[str, Callable[[], object]] = {
        "eyegore": lambda: load(path),
        "reader alone": lambda: read_all(path, lambda rows: None),
        "with verdicts": lambda: load(path, judge=True),
        "np.loadtxt": lambda: np.loadtxt(path, delimiter="\t", skiprows=1, usecols=range(1, count)),
        "pandas": lambda: pd.read_csv(path, sep="\t"),
    }
    times = in_turn(calls, 5)
    details = ", ".join(f"{name} {timing}" for name, timing in times.items())
    ratio = times["eyegore"].median / times["np.loadtxt"].median
    wish = times["eyegore"].median / times["pandas"].median
    details += f"; {wish:.2f}× pandas (stretch goal: 1.5×)"
    yield Figure("P2", "cold load of a day into the history, against np.loadtxt", ratio, 1.5, "×", details)
    store = DAY * (count - 1) * 4 / machine.MIB
    peaks = sorted(_peak_of_load(path) for _ in range(3))
    yield Figure(
        "P2",
        "most memory of the load, against the values as float32",
        peaks[1] / store,
        3,
        "×",
        f"{peaks[1]:.0f} MiB ({peaks[0]:.0f}–{peaks[-1]:.0f}) above that before it, values {store:.0f} MiB",
    )
    loads = desktop_loads(workshop)
    late = sorted(found["late_ms"] for found in loads)
    first = "; ".join(f"{found['late_before_ms']:.0f}" for found in loads)
    share = float(np.median([found["over_50_ms"] for found in loads]))
    yield Figure(
        "P2",
        "the window's worst lateness while the desktop loads the day",
        late[len(late) // 2],
        50,
        "ms",
        f"median of {LOADS} starts ({late[0]:.0f}–{late[-1]:.0f}), {share:.0f} ticks above 50 ms; "
        f"loaded after {np.median([found['loaded_s'] for found in loads]):.2f} s; while the window was first laid out "
        f"and drawn, before any flag was there, {first} ms",
    )


def _peak_of_load(path: Path) -> float:
    """Memory that a child process takes at most while it loads a day, above what it had before [MiB]."""
    found = subprocess.run(
        [sys.executable, "-m", "benchmarks.hk", str(path)], check=True, stdout=subprocess.PIPE, text=True
    )
    return float(json.loads(found.stdout))


def desktop_loads(workshop: Workshop) -> list[dict[str, float]]:
    """Starts of the desktop on a day of HK, with the lateness of a timer of 5 ms all the while."""
    if "loads" not in workshop.notes:
        folder, _ = workshop.session(DAY)
        workshop.notes["loads"] = [_desktop_load(workshop, folder) for _ in range(LOADS)]
    return list(workshop.notes["loads"])


def _desktop_load(workshop: Workshop, folder: Path) -> dict[str, float]:
    with DesktopProcess(workshop, folder, rows=DAY, watch_start=True) as desktop:
        found = desktop.wait_for("start")
    ticks = np.array(found["ticks"])
    during = (ticks[:, 0] >= found["flags_s"]) & (ticks[:, 0] <= found["loaded_s"])
    return {
        "flags_s": found["flags_s"],
        "loaded_s": found["loaded_s"],
        "rows_at_flags": found["rows_at_flags"],
        "late_ms": 1e3 * float(ticks[during, 1].max()),
        "late_before_ms": 1e3 * float(ticks[ticks[:, 0] < found["flags_s"], 1].max(initial=0.0)),
        "over_50_ms": int((ticks[during, 1] > 0.05).sum()),
    }


def first_flags(workshop: Workshop) -> Iterator[Figure]:
    """The newest rows before the history."""
    tails = {str(rows): HkTail(str(workshop.hk_file(rows))) for rows in (1_000, DAY, THREE_DAYS)}
    times = in_turn({rows: lambda tail=tail: tail.preview(0.0) for rows, tail in tails.items()}, 31)  # type: ignore[misc]
    whole: dict[str, Callable[[], object]] = {"load": lambda: load(workshop.hk_file(DAY))}
    alternative = in_turn(whole, 3)["load"].median
    slowest = max(timing.median for timing in times.values())
    details = ", ".join(f"{rows} rows: {timing}" for rows, timing in times.items())
    yield Figure(
        "P3",
        "newest rows from the tail of the file",
        1e3 * slowest,
        5,
        "ms",
        f"{details}; {alternative / slowest:.0f}× faster than loading a day",
    )
    loads = desktop_loads(workshop)
    share = float(np.median([found["flags_s"] / found["loaded_s"] for found in loads]))
    first = float(np.median([found["flags_s"] for found in loads]))
    rows = int(np.median([found["rows_at_flags"] for found in loads]))
    yield Figure(
        "P3",
        "flags on the screen, as share of the time until the history is there",
        share,
        1,
        "",
        f"{milliseconds(first)} ms after the first turn of Tk, {rows} of {DAY} rows read by then",
    )


TARGETS = {"P1": refresh, "P2": cold_load, "P3": first_flags}

if __name__ == "__main__":
    before = machine.rss_mib()
    held = load(Path(sys.argv[1]))
    print(json.dumps(machine.rss_mib(peak=True) - before))
