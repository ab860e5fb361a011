"""P13: what copies cost that are kept up to date, against bare rsync; and the window meanwhile."""

from __future__ import annotations

import contextlib
import itertools
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import machine
from benchmarks.gateway import Gateway, gateway
from benchmarks.idle import LAB_TIME, add_images
from benchmarks.mirror_window import window
from benchmarks.report import Figure
from benchmarks.workshop import DAY, ELVIS, Workshop
from eyegore.copies.engine import REREAD_BYTES, SyncEngine
from eyegore.copies.ledger import MountMemory
from eyegore.copies.scan import LISTED_S, OLD_S
from eyegore.copies.service import open_ledger, other_side
from eyegore.copies.target import SyncTarget, parse_target
from eyegore.copies.worker import SyncPace
from eyegore.elvis.day_folder import image_name
from eyegore.simulator.simulator import SimulatedSession, Simulator

COPIED = 3_000
NEW_OBSID = 900_000
ROWS = 30
TURNS = 7
LOOKS = 200
LISTINGS = 20
SLOW_PASSES = 5
HOUR_S = 3600.0


@dataclass(frozen=True)
class _Cost:
    """Of several runs of one thing: durations and the CPU of this process and of those it waited for [s]."""

    wall: tuple[float, ...]
    cpu: tuple[float, ...]

    @property
    def median(self) -> float:
        return float(np.median(self.wall))

    def __str__(self) -> str:
        low, high = np.percentile(self.wall, (25, 75))
        cpu = 1e3 * float(np.median(self.cpu))
        return f"{1e3 * self.median:.0f} ms ({1e3 * low:.0f}–{1e3 * high:.0f}), CPU {cpu:.0f} ms"


def mirror(workshop: Workshop) -> Iterator[Figure]:
    """Copies to a folder and over ssh of a day with 3 000 files, and the window while copies are made."""
    source = _source(workshop)
    frames = workshop.new_folder("exposure")
    Simulator(frames, SimulatedSession(elvis=ELVIS, exposures=1, start=LAB_TIME)).write_at_once()
    images = sorted(frames.glob("*.fits"))
    for path in images:
        os.utime(path, (time.time() - 2 * OLD_S,) * 2)
    for number in range(1 + REREAD_BYTES // images[0].stat().st_size):
        os.link(images[number % 3], source / image_name(NEW_OBSID - 1 - number, number % 3 + 1, LAB_TIME))
    with gateway(workshop.new_folder("gateway")) as server, contextlib.ExitStack() as stack:
        mirrors = [_Mirror(kind, workshop, source, server, stack) for kind in ("local", "ssh")]
        grown = itertools.count(DAY + 1, ROWS)
        for one in mirrors:
            yield _exposure(one, images)
        for one in mirrors:
            yield _growth(one, workshop.hk_lines, grown)
        for one in mirrors:
            yield from _idle_hour(one)
        yield from window(workshop, server)


def _source(workshop: Workshop) -> Path:
    """A folder with a day of HK and 3 000 small images."""
    source = workshop.hk_file(DAY).parent
    add_images(source, COPIED - 1)
    for path in source.iterdir():
        os.utime(path, (LAB_TIME, LAB_TIME))
    return source


class _Mirror:
    """A target that has everything of the source, verified; and a folder beside it that rsync alone has filled."""

    def __init__(
        self, kind: str, workshop: Workshop, source: Path, server: Gateway, stack: contextlib.ExitStack
    ) -> None:
        self.kind = kind
        self.source = source
        self.root = workshop.new_folder(f"{kind}_copies")
        self._bare_root = workshop.new_folder(f"{kind}_bare")
        for root in (self.root, self._bare_root):
            root.mkdir()
        self.target = self._at(self.root, server)
        side = other_side(source, self.target)
        state = workshop.new_folder("state")
        ledger = open_ledger(source, self.target, state)
        self.engine = SyncEngine(source, self.target, side, ledger, MountMemory(state, str(self.root)))
        stack.callback(self.engine.close)
        self._options = side.options  # bare rsync uses the same open connection
        self._address = self._at(self._bare_root / source.name, server).address
        report = self.engine.sync(full=True)
        assert report.done, report.problem
        self.bare("-a")

    def _at(self, folder: Path, server: Gateway) -> SyncTarget:
        return parse_target(str(folder)) if self.kind == "local" else server.target(folder)

    def bare(self, *options: str, names: str = "") -> None:
        """What rsync alone takes for the folder."""
        command = ["rsync", *options, *self._options, "--", f"{self.source}/", self._address]
        subprocess.run(command, input=names.encode(), check=True)

    def sync(self) -> None:
        """A pass after which everything is verified."""
        report = self.engine.sync()
        assert report.done, report.problem

    def remove(self, name: str) -> None:
        """Take a file away everywhere, so that all exposures find the same."""
        for folder in (self.source, self.root / self.source.name, self._bare_root / self.source.name):
            (folder / name).unlink()

    def master(self) -> int:
        """The ssh that holds the connection open, 0 where there is none."""
        if not self._options:
            return 0
        words = self._options[1].split()
        told = subprocess.run(
            [*words, "-O", "check", "--", self.target.login], stderr=subprocess.PIPE, text=True, check=False
        )
        number = told.stderr.partition("pid=")[2].partition(")")[0]
        return int(number) if number else 0


def _costs(
    calls: dict[str, Callable[[], object]], prepare: Callable[[], object], tidy: Callable[[], object]
) -> dict[str, _Cost]:
    """Cost of each, all of them in each round, after a round that does not count."""
    wall: dict[str, list[float]] = {name: [] for name in calls}
    cpu: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(-1, TURNS):
        prepare()
        for name, call in calls.items():
            begin, spent = time.perf_counter(), _cpu_s()
            call()
            if turn >= 0:
                wall[name].append(time.perf_counter() - begin)
                cpu[name].append(_cpu_s() - spent)
        tidy()
    return {name: _Cost(tuple(wall[name]), tuple(cpu[name])) for name in calls}


def _cpu_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _exposure(one: _Mirror, images: list[Path]) -> Figure:
    """Three new images among the files that are there."""
    obsids = itertools.count(NEW_OBSID)
    names: list[str] = []

    def prepare() -> None:
        obsid = next(obsids)
        names[:] = [image_name(obsid, ccd, LAB_TIME) for ccd in (1, 2, 3)]
        for image, name in zip(images, names, strict=True):
            os.link(image, one.source / name)

    def tidy() -> None:
        for name in names:
            one.remove(name)

    calls: dict[str, Callable[[], object]] = {
        "ours": one.sync,
        "bare": lambda: one.bare("-t", "--files-from=-", names="\n".join(names)),
    }
    costs = _costs(calls, prepare, tidy)
    size = sum(path.stat().st_size for path in images)
    return Figure(
        "P13",
        f"3 new images among {COPIED} files, {one.kind}: copied and verified, against rsync -t --files-from of the 3",
        costs["ours"].median / costs["bare"].median,
        3,
        "×",
        f"{costs['ours']}; bare rsync, which verifies nothing, {costs['bare']}; {size / 1e6:.0f} MB; "
        "CPU of this side's processes",
    )


def _growth(one: _Mirror, lines: list[bytes], grown: Iterator[int]) -> Figure:
    """A few rows more in a day of HK."""
    (master,) = one.source.glob("HK_*")

    def prepare() -> None:
        at = next(grown)
        with open(master, "ab") as stream:
            stream.writelines(lines[at : at + ROWS])

    calls: dict[str, Callable[[], object]] = {"ours": one.sync, "-avzq": lambda: one.bare("-avzq")}
    costs = _costs(calls, prepare, lambda: None)
    return Figure(
        "P13",
        f"{ROWS} rows more in a day of HK, {one.kind}: less wall time than rsync -avzq of the {COPIED} files",
        costs["-avzq"].median / costs["ours"].median,
        5,
        "×",
        f"copied and verified {costs['ours']}; -avzq {costs['-avzq']}; {master.stat().st_size / 1e6:.0f} MB",
        at_most=False,
    )


def _idle_hour(one: _Mirror) -> Iterator[Figure]:
    """Nothing changes: looks, and slow passes that ask the target for everything and read some of it again."""
    os.utime(one.engine.source, (LAB_TIME - 1, LAB_TIME - 1))  # nothing came for a while
    one.sync()
    with _programs() as started:
        begin = _cpu_s()
        for _ in range(LOOKS):
            one.sync()
        look = (_cpu_s() - begin) / LOOKS
    yield Figure(
        "P13", f"programs started in {LOOKS} looks at an unchanged folder, {one.kind}", len(started), 0, "", ""
    )
    begin = _cpu_s()
    for second in range(LISTINGS):  # another time of the folder makes it be listed again
        os.utime(one.engine.source, (LAB_TIME + second, LAB_TIME + second))
        one.sync()
    listing = (_cpu_s() - begin) / LISTINGS
    passes, others = [], []
    for _ in range(SLOW_PASSES):
        one.engine.sync(full=True)  # the connection is open
        master = one.master()
        begin, other = _cpu_s(), machine.cpu_s(master) if master else 0.0
        report = one.engine.sync(full=True)
        assert report.done, report.problem
        passes.append(_cpu_s() - begin)
        others.append(machine.cpu_s(master) - other if master else 0.0)
    slow = float(np.median(passes)) + float(np.median(others))
    pace = SyncPace()
    hour = HOUR_S / pace.look_s * look + HOUR_S / LISTED_S * listing + HOUR_S / pace.full_s * slow
    yield Figure(
        "P13",
        f"CPU of an idle hour with {COPIED} files, {one.kind}",
        100 * hour / HOUR_S,
        0.2,
        "% of a core",
        f"a look {1e3 * look:.2f} ms each {pace.look_s:.0f} s, a listing {1e3 * listing:.1f} ms each {LISTED_S:.0f} s, "
        f"a slow pass {1e3 * slow:.0f} ms each "
        f"{pace.full_s / 60:.0f} min, in which {REREAD_BYTES / 1e6:.0f} MB are read again",
    )


@contextlib.contextmanager
def _programs() -> Iterator[list[str]]:
    """What this process starts meanwhile."""
    found: list[str] = []
    listening = [True]

    def hook(event: str, args: tuple[object, ...]) -> None:  # cannot be taken out again
        if listening and event in ("subprocess.Popen", "os.posix_spawn", "os.exec", "os.fork", "os.system"):
            found.append(f"{event} {args}")

    sys.addaudithook(hook)
    try:
        yield found
    finally:
        listening.clear()


TARGETS = {"P13": mirror}
