"""The real desktop in a process of its own, and what it is asked over a pipe. Run as a module it is that process."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import subprocess
import sys
import threading
import time
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks import image_probe, machine
from benchmarks.workshop import Workshop, drawn
from eyegore.desktop import pump, session_view
from eyegore.desktop.app import SWITCH_S, Desktop
from eyegore.messages.events import Action, FlagCommand
from eyegore.session.settings import Session
from eyegore.widgets.cells.flags import Status

TICK_MS = 5
LONGEST_S = 60.0


class DesktopProcess:
    """Runs ``eyegore -p folder`` with questions; ``rows`` is how many rows of HK make it "loaded".

    ``home`` is the user's, a new one unless it is given.
    """

    def __init__(
        self, workshop: Workshop, folder: Path, *, rows: int = 0, home: Path | None = None, **options: Any
    ) -> None:
        home = home or workshop.new_folder("home")
        home.mkdir(exist_ok=True)
        environment = os.environ | {"DISPLAY": workshop.screen, "HOME": str(home)}
        environment |= {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "STATE", "DATA")}
        asked = json.dumps({"folder": str(folder), "rows": rows, **options})
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.desktop", asked],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment,
        )  # fmt: skip
        self.pid = self._process.pid
        self._lines: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> DesktopProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.ask("quit")
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()

    def ask(self, *words: object) -> None:
        """Send a question."""
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()

    def wait_for(self, event: str, timeout: float = LONGEST_S) -> dict[str, Any]:
        """The next answer of this kind."""
        end = time.monotonic() + timeout
        while True:
            try:
                found = self._lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(f"the desktop did not tell {event!r} within {timeout:g} s") from None
            if found["event"] == event:
                return found
            if found["event"] == "end":
                raise RuntimeError(f"the desktop ended while waiting for {event!r}")

    def cpu_share(self, seconds: float) -> float:
        """Share of a core [%] that the process takes in the next ``seconds``."""
        begin, cpu = time.monotonic(), machine.cpu_s(self.pid)
        time.sleep(seconds)
        return 100 * (machine.cpu_s(self.pid) - cpu) / (time.monotonic() - begin)

    def spent(self, seconds: float) -> tuple[list[float], str]:
        """Shares of a core [%] in both halves of the next ``seconds``, and in words how the threads divide them."""
        self.ask("threads")
        names: dict[str, str] = self.wait_for("threads")["names"]
        before = machine.thread_cpu_s(self.pid)
        shares = [self.cpu_share(seconds / 2) for _ in range(2)]
        by_thread = {
            names.get(str(number), "others"): 100 * (after - before.get(number, 0.0)) / seconds
            for number, after in machine.thread_cpu_s(self.pid).items()
        }
        told = ", ".join(
            f"{name} {share:.2f} %" for name, share in sorted(by_thread.items(), key=lambda item: -item[1])
        )
        return shares, f"halves of {seconds:.0f} s: {shares[0]:.2f}, {shares[1]:.2f}; by thread: {told}"

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(json.loads(line))
        self._lines.put({"event": "end"})


class Probe:
    """Answers, on the Tk thread of the desktop."""

    def __init__(self, root: tk.Tk, asked: dict[str, Any]) -> None:
        if "redraw_s" in asked:
            session_view.REDRAW_S = asked["redraw_s"]
        self.root = root
        self.rows = int(asked["rows"])
        copies: dict[str, Any] = {name: tuple(asked.get(name, ())) for name in ("backups", "broadcasts")}
        if "copies" in asked:
            copies["copies"] = Path(asked["copies"])
        session = Session(Path(asked["folder"]), polling=asked.get("polling"), stale_after_s=7200.0, **copies)
        self.callbacks: list[float] = []
        _time_callbacks(self.callbacks.append)
        self.desktop = Desktop(root, session)
        self.begun = time.monotonic()
        self.ticks: list[tuple[float, float]] = []
        self.flags_s = self.rows_at_flags = -1.0
        self.refreshes = 0
        self._watching = False
        root.createfilehandler(sys.stdin, tk.READABLE, lambda *_: self._questions())
        self._count_refreshes()
        root.after_idle(self._tell_modules)
        if asked.get("watch_start"):
            self._start_tick(self.begun)
        else:
            self._until_loaded()

    def _questions(self) -> None:
        for line in os.read(sys.stdin.fileno(), 4096).decode().splitlines() or ["quit"]:
            self._answer(*line.split())

    def _answer(self, what: str, *words: str) -> None:
        if what == "quit":
            self.desktop.close()
        elif what == "late":
            self.ticks.clear()
            self.callbacks.clear()
            self._late_tick(time.monotonic(), time.monotonic() + float(words[0]))
        elif what == "watch":
            self._watching = True
            self._watch(words[0])
        elif what == "unwatch":
            self._watching = False
        elif what == "judged":
            self._until_judged(int(words[0]))
        elif what == "threads":
            tell("threads", names={thread.native_id: thread.name for thread in threading.enumerate()})
        elif what == "images":
            self._until_images(int(words[0]))
        elif what == "pictures":
            image_probe.until_pictures(self.desktop, int(words[0]), tell)
        elif what == "handle":
            image_probe.handle(self.desktop, self.callbacks, tell)
        elif what == "refreshes":
            tell("refreshes", count=self.refreshes)

    def _tell_modules(self) -> None:
        drawn(self.root)
        mine = {"benchmarks"}
        tell("window", modules=sorted({name.partition(".")[0] for name in sys.modules} - mine))

    # --- start ---------------------------------------------------------------------------------------------------

    @property
    def _read_rows(self) -> int:
        view = self.desktop.view
        return view.history.rows if view is not None and view.history is not None else 0

    def _until_loaded(self) -> None:
        if self._read_rows >= self.rows:
            tell("loaded", seconds=time.monotonic() - self.begun)
        else:
            self.root.after(50, self._until_loaded)

    def _until_images(self, count: int) -> None:
        health = self.desktop.view.health if self.desktop.view is not None else None
        if health is not None and health.images >= count:
            tell("images")
        else:
            self.root.after(200, lambda: self._until_images(count))

    def _until_judged(self, count: int) -> None:
        """Tell when so many images have their verdict in the table, and how many wait."""
        view = self.desktop.view
        if view is not None and view.verdicts.tally.judged >= count:
            seconds = time.monotonic() - self.begun
            tell("judged", judged=view.verdicts.tally.judged, waiting=view.verdicts.tally.waiting, seconds=seconds)
        else:
            self.root.after(50, lambda: self._until_judged(count))

    def _start_tick(self, due: float) -> None:
        now = time.monotonic()
        self.ticks.append((now - self.begun, max(0.0, now - due)))
        if self.flags_s < 0 and self._read_rows and self.desktop.panes.flags.board.cells:
            drawn(self.root)
            self.flags_s, self.rows_at_flags = time.monotonic() - self.begun, self._read_rows
        if self._read_rows >= self.rows:
            tell("start", ticks=self.ticks, flags_s=self.flags_s, rows_at_flags=self.rows_at_flags,
                 loaded_s=now - self.begun)  # fmt: skip
            return
        self._after(TICK_MS, self._start_tick)

    def _after(self, delay_ms: int, call: Callable[[float], None]) -> None:
        due = time.monotonic() + delay_ms / 1e3
        self.root.after(delay_ms, lambda: call(due))

    # --- running -------------------------------------------------------------------------------------------------

    def _late_tick(self, due: float, end: float) -> None:
        now = time.monotonic()
        self.ticks.append((now - self.begun, max(0.0, now - due)))
        if now < end:
            self._after(TICK_MS, lambda due: self._late_tick(due, end))
        else:
            callbacks = [1e3 * seconds for seconds in self.callbacks]
            tell("late", ms=[1e3 * late for _, late in self.ticks], callbacks_ms=callbacks)

    def _watch(self, name: str, state: str = "calm") -> None:
        """Tell when the flag is red on the screen, lower it once its parameter is back in limits, and so on."""
        board: Any = self.desktop.panes.flags.board
        cell = next((cell for cell in board.cells if cell.name == name), None)
        red = cell is not None and cell.status in (Status.WARNING, Status.CRITICAL)
        latched = cell is not None and cell.latched
        if state == "calm" and red and cell is not None:
            drawn(self.root)
            moment = time.monotonic()
            colour = self.desktop.theme.colour(cell.status)
            tell("red", at=moment, painted=sum(board.itemcget(item, "fill") == colour for item in board.find_all()))
            state = "red"
        elif state == "red" and latched and self.desktop.service is not None:
            self.desktop.service.send(FlagCommand(Action.LOWER, name, "benchmark"))
            state = "lowering"
        elif state == "lowering" and not latched and not red:
            tell("lowered")
            state = "calm"
        if self._watching:
            self.root.after(1, lambda: self._watch(name, state))

    def _count_refreshes(self) -> None:
        charts = self.desktop.panes.charts
        if charts is None:
            return
        refresh = charts.refresh

        def counted() -> int:
            charts_drawn = refresh()
            self.refreshes += charts_drawn > 0
            return charts_drawn

        charts.refresh = counted  # type: ignore[method-assign]


def _time_callbacks(take: Callable[[float], None]) -> None:
    """Have ``take`` told how long each callback of Tk takes [s] that is bound from now on."""
    call = tk.CallWrapper.__call__

    def timed(wrapper: tk.CallWrapper, *args: object) -> object:
        begin = time.perf_counter()
        try:
            return call(wrapper, *args)
        finally:
            take(time.perf_counter() - begin)

    def drained(queue: pump.TkPump) -> None:
        begin = time.perf_counter()
        drain(queue)
        take(time.perf_counter() - begin)

    drain = pump.TkPump._drain  # called by a file handler, of which Tkinter makes no wrapper
    tk.CallWrapper.__call__ = timed  # type: ignore[method-assign]
    pump.TkPump._drain = drained  # type: ignore[method-assign]


def tell(event: str, **found: Any) -> None:
    """One line to the other process."""
    sys.stdout.write(json.dumps({"event": event, **found}) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Show the desktop and answer until asked to quit."""
    logging.getLogger("eyegore").addHandler(logging.NullHandler())
    sys.setswitchinterval(SWITCH_S)
    root = tk.Tk(className="Eyegore")
    Probe(root, json.loads(sys.argv[1]))
    root.mainloop()


if __name__ == "__main__":
    main()
