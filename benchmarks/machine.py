"""The machine and the software that were measured, and what processes take of them."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

MIB = 1 << 20


def describe(folder: Path) -> dict[str, str]:
    """What a reader must know to judge the figures."""
    import _tkinter

    cores = len(os.sched_getaffinity(0))
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "matplotlib", "astropy", "pandas", "watchdog"))
    return {
        "CPU": f"{_field('/proc/cpuinfo', 'model name')}, {cores} cores, {_memory_gib():.0f} GiB",
        "kernel": platform.platform(),
        "Python": f"{platform.python_version()} ({sys.executable}), Tk {_tkinter.TK_VERSION}",
        "packages": packages,
        "files in": f"{folder} ({shutil.disk_usage(folder).free / 1e9:.0f} GB free)",
        "load": load(),
    }


def load() -> str:
    """Load averages, to see what else the machine was doing."""
    return " ".join(f"{value:.2f}" for value in os.getloadavg()) + " (1, 5, 15 min)"


def _field(path: str, name: str) -> str:
    for line in Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def busy_s() -> float:
    """Seconds that all cores together were not idle since the machine started."""
    fields = [int(text) for text in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Seconds of CPU that the threads now alive of a process have had, to the nanosecond."""
    return sum(thread_cpu_s(pid).values())


def thread_cpu_s(pid: int) -> dict[int, float]:
    """The same by the number of the thread."""
    return {
        int(task.name): int((task / "schedstat").read_text().split()[0]) / 1e9
        for task in Path(f"/proc/{pid}/task").iterdir()
    }


def rss_mib(pid: int | str = "self", *, peak: bool = False) -> float:
    """Memory of a process that is in RAM now, or the most that ever was [MiB]."""
    return int(_field(f"/proc/{pid}/status", "VmHWM" if peak else "VmRSS").split()[0]) / 1024


def children(pid: int) -> list[int]:
    """Processes that a process has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(path.parent.name))
    return found
