"""P14: what is imported before the first window."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

from benchmarks.desktop import DesktopProcess
from benchmarks.report import Figure
from benchmarks.timing import in_turn
from benchmarks.workshop import Workshop

BEFORE_WINDOW = "import eyegore.cli; eyegore.cli.build_parser(['-p', '/data']); import eyegore.desktop.app"
ALTERNATIVE = "import matplotlib.pyplot, astropy.table, twilio.rest"
HEAVY = ("matplotlib", "astropy", "twilio", "pandas", "PIL", "pydantic", "rich")
LATER = ("matplotlib", "astropy", "twilio")


def imports(workshop: Workshop) -> Iterator[Figure]:
    """Imports before the first window, against those of the predecessor."""
    calls = {name: _python(code) for name, code in (("none", "pass"), ("ours", BEFORE_WINDOW), ("theirs", ALTERNATIVE))}
    times = in_turn(calls, 9)
    ours, theirs = (times[name].median - times["none"].median for name in ("ours", "theirs"))
    details = (
        f"processes that end at once: {BEFORE_WINDOW!r} {times['ours']}, {ALTERNATIVE!r} {times['theirs']}, "
        f"nothing {times['none']}, which is taken off both"
    )
    yield Figure("P14", "imports before the first window", ours / theirs, 0.25, "×", details)
    folder, _ = workshop.session(600)
    with DesktopProcess(workshop, folder, rows=600) as desktop:
        loaded = desktop.wait_for("window")["modules"]
    heavy = [name for name in LATER if name in loaded]
    found = ", ".join(name for name in HEAVY if name in loaded) or "none"
    yield Figure(
        "P14",
        f"of {', '.join(LATER)}: in memory when the window is drawn",
        len(heavy),
        0,
        "",
        f"{len(loaded)} top-level modules; of {', '.join(HEAVY)}: {found}; slowest of ours: {_slowest()}",
    )


def _python(code: str) -> Callable[[], object]:
    # compiled modules are kept, as pip does for the others: else ours alone would be compiled at each start
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return lambda: subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def _slowest() -> str:
    """The third-party and standard modules that take most of the imports before the window."""
    command = [sys.executable, "-X", "importtime", "-c", BEFORE_WINDOW]
    lines = subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True).stderr.splitlines()
    found: dict[str, int] = {}
    for line in lines[1:]:
        _, cumulative, name = line.removeprefix("import time:").split("|")
        if not name.strip().startswith("eyegore"):
            found[name.strip()] = int(cumulative)
    top = [name for name in found if "." not in name]
    top.sort(key=lambda name: -found[name])
    return ", ".join(f"{name} {found[name] / 1000:.0f} ms" for name in top[:5])


TARGETS = {"P14": imports}
