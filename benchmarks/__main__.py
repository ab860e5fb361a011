"""``python -m benchmarks [P1 P8 ...] [--json]``: measure, and print what was found."""

from __future__ import annotations

import argparse
import contextlib
import gc
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

from benchmarks import machine
from benchmarks.report import Figure, print_json, print_report
from benchmarks.workshop import Workshop

GROUPS = ("hk", "explog", "frames", "images", "charts", "live", "idle", "mirror", "night", "start", "warned", "chain")

Target = Callable[[Workshop], Iterable[Figure]]


def targets() -> dict[str, Target]:
    """What can be measured, by the names of the targets."""
    found: dict[str, Target] = {}
    for group in GROUPS:
        found |= import_module(f"benchmarks.{group}").TARGETS
    return dict(sorted(found.items(), key=lambda item: int(item[0][1:])))


def main() -> int:
    """Measure; 0 whatever was met, for what is missed is a figure and no failure."""
    known = targets()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="P1", help=f"which targets; all are {' '.join(known)}")
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    unknown = [name for name in args.targets if name.upper() not in known]
    if unknown:
        parser.error(f"no target {', '.join(unknown)}; there are {' '.join(known)}")
    wanted = [name.upper() for name in args.targets] or list(known)
    begun, busy = time.monotonic(), machine.busy_s()
    own = time.process_time()
    figures: list[Figure] = []
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="eyegore-bench-")))
        workshop = Workshop(folder, stack)
        described = machine.describe(folder)
        for name in dict.fromkeys(wanted):
            sys.stderr.write(f"{time.monotonic() - begun:5.0f} s  {name}: {known[name].__doc__}\n")
            figures += known[name](workshop)
            gc.collect()  # a window that a worker thread collects later would abort the process
    seconds = time.monotonic() - begun
    described["load after"] = machine.load()
    described["CPU used"] = (
        f"{machine.busy_s() - busy:.0f} s by all programs of this machine in {seconds:.0f} s, "
        f"{time.process_time() - own:.0f} s of them in this process"
    )
    (print_json if args.json else print_report)(described, figures, seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
