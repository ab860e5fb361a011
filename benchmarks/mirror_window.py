"""The window of a live session while its folder is copied to two targets and verified there, and while it is not."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np

from benchmarks.desktop import DesktopProcess
from benchmarks.gateway import Gateway
from benchmarks.live import CALM_S
from benchmarks.report import Figure
from benchmarks.workshop import Workshop

SPEED = 10
ROWS = 60
BEFORE = 3_000
WATCHED_S = 45.0
LONGEST_MS = 50


def window(workshop: Workshop, server: Gateway) -> Iterator[Figure]:
    """How long a callback of the real window takes at most, and how late it is."""
    found: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    copied = ""
    for name in ("alone", "copying"):
        folder = workshop.new_folder("live")
        folder.mkdir()
        for number in range(BEFORE):
            (folder / f"{number:04d}.dat").write_bytes(bytes(5760))
        roots = [workshop.new_folder(f"{kind}_live") for kind in ("local", "ssh")]
        for root in roots:
            root.mkdir()
        targets = {
            "backups": [str(roots[0])],
            "broadcasts": [server.address(roots[1])],
            "copies": str(server.settings()),
        }
        options = targets if name == "copying" else {}
        command = [sys.executable, "-m", "eyegore", "simulate", str(folder), "--speed", str(SPEED), "--force"]
        with (
            subprocess.Popen(["nice", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as elvis,
            DesktopProcess(workshop, folder, rows=ROWS, **options) as desktop,
        ):
            try:
                desktop.wait_for("loaded")
                time.sleep(CALM_S)
                desktop.ask("late", WATCHED_S)
                told = desktop.wait_for("late", WATCHED_S + 30)
            finally:
                elvis.terminate()
            found[name] = np.array(told["ms"]), np.array(told["callbacks_ms"])
        if options:
            counts = [sum(path.stat().st_size > 1e6 for path in root.rglob("*.fits")) for root in roots]
            assert all(counts), counts
            copied = f"{counts[0]} and {counts[1]} full images copied"
    late, callbacks = found["copying"]
    alone_late, alone_callbacks = found["alone"]
    yield Figure(
        "P13",
        "longest callback of the window while copies go to a folder and over ssh",
        float(callbacks.max()),
        LONGEST_MS,
        "ms",
        f"of {callbacks.size} in {WATCHED_S:.0f} s, {np.sum(callbacks > LONGEST_MS)} above {LONGEST_MS} ms; without "
        f"copies {alone_callbacks.max():.0f} ms; session at speed {SPEED}, {BEFORE} files before; {copied}",
    )
    yield Figure(
        "P13",
        "lateness of the window meanwhile, p99",
        float(np.percentile(late, 99)),
        30,
        "ms",
        f"median {np.median(late):.2f}, worst {late.max():.0f} ms; without copies p99 "
        f"{np.percentile(alone_late, 99):.2f}, median {np.median(alone_late):.2f}, worst {alone_late.max():.0f} ms",
    )
