"""Headless mode: a live summary in a terminal, plain log lines where the output is piped."""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from collections import deque
from collections.abc import Callable

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from eyegore.basics.lab_time import age_text, clock_text
from eyegore.basics.quantities import bytes_text
from eyegore.commands.running import ended_by_signals
from eyegore.images.tally import ImageTally
from eyegore.limits.model import Severity, quantity
from eyegore.messages.copies import SyncState
from eyegore.messages.events import (
    AlarmChanged,
    AlarmState,
    Event,
    ExposuresAccepted,
    Flag,
    FlagChanged,
    FlagState,
    Health,
    ImageJudged,
    ImagesWaiting,
    Said,
    WarningsState,
)
from eyegore.session.service import Service

LINES = 12

QUIET = frozenset({FlagState.NORMAL, FlagState.UNCHECKED, FlagState.NO_DATA, FlagState.STALE, FlagState.OUT_OF_SERVICE})
"""States of flags that are not worth a line."""


class Summary:
    """What the terminal shows; fed with events on any thread, drawn on one."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._health: Health | None = None
        self._warnings: WarningsState | None = None
        self._copies: dict[str, SyncState] = {}
        self._flags: dict[str, Flag] = {}
        self._lines: deque[tuple[int, str, str]] = deque(maxlen=LINES)
        self._last_exposure = ""
        self._frames = ImageTally()

    def take(self, event: Event) -> None:
        """Subscriber: returns at once."""
        self._events.put(event)

    def drawing(self, standstill: str = "") -> RenderableType:
        """The summary as it stands now; ``standstill`` tells that Eyegore itself hangs."""
        while not self._events.empty():
            self._note(self._events.get_nowait())
        parts: list[RenderableType] = [self._head(), self._warned(), *map(self._copied, self._copies.values())]
        if standstill:
            parts.insert(0, Text(f"Eyegore {standstill}: nothing is known", style="bold red"))
        if self._frames.text:
            parts.append(Text(f"images: {self._frames.text}", style="red" if self._frames.failed else ""))
        if self._last_exposure:
            parts.append(Text(self._last_exposure))
        if self._flags:
            parts.append(self._flag_table())
        parts += [Text(f"{time}  {text}", style=_style(level)) for level, time, text in self._lines]
        return Group(*parts)

    def _note(self, event: Event) -> None:
        match event:
            case Health():
                self._health = event
            case WarningsState():
                self._warnings = event
            case SyncState():
                self._copies[event.target] = event
            case ImageJudged() | ImagesWaiting():
                self._frames.take(event)
            case FlagChanged():
                self._flags.pop(event.flag.parameter, None)
                if event.flag.state not in QUIET:
                    self._flags[event.flag.parameter] = event.flag
            case AlarmChanged() if event.text:
                level = logging.WARNING if event.alarm.state is AlarmState.UNACK else logging.INFO
                self._line(level, event.text, event.entry.time)
            case Said():
                self._line(event.level, event.text, event.now)
            case ExposuresAccepted() if event.rows:
                row = event.rows[-1]
                self._last_exposure = f"ObsID {row.obsid}  {row.test}  exptime {row.exptime:g} s"

    def _line(self, level: int, text: str, now: float) -> None:
        self._lines.append((level, time.strftime("%H:%M:%S", time.localtime(now)), text))

    def _warned(self) -> Text:
        """Who is warned how; said also where nobody is."""
        state = self._warnings
        if state is None:
            return Text("warnings off: nobody is told who does not look here", style="dim")
        failing = [f"{channel} FAILS" for channel, problem in state.problems.items() if problem]
        parts = [f"warnings by {', '.join(state.channels)}", f"on duty {state.on_duty or 'NOBODY'}", *failing]
        parts += [state.proof] if state.proof else []
        parts += [f"{state.waiting} waiting"] if state.waiting else []
        parts += [f"{state.withheld} withheld"] if state.withheld else []
        trouble = failing or not state.on_duty or state.proven is False
        return Text("  ".join(parts), style="yellow" if trouble else "")

    def _copied(self, state: SyncState) -> Text:
        """How one copy of the folder stands."""
        waits = state.complete - state.verified
        parts = [f"{state.role.value} {state.target}", f"{state.verified}/{state.complete} files verified"]
        parts += [f"{bytes_text(state.lag_bytes)} wait, the oldest for {age_text(state.lag_s)}"] if waits else []
        if not math.isnan(state.succeeded):
            now = self._health.now if self._health else state.received
            parts.append(f"all was there {age_text(max(0.0, now - state.succeeded))} ago")
        parts += [f"FAILS: {state.problem}"] if state.problem else []
        return Text("  ".join(parts), style="yellow" if state.problem else "")

    def _head(self) -> RenderableType:
        health = self._health
        if health is None:
            return Text("nothing read yet")
        text = Text()
        text.append(f"Eyegore  {health.folder}  ", style="bold")
        text.append("online  " if health.online else "folder not there  ", style="" if health.online else "yellow")
        text.append(f"ELVIS {health.elvis or 'unknown'}  {health.checked}/{health.total} checked ")
        phase = f", phase {health.phase.value}" if health.phase else ""
        text.append(f"({health.limit_set.words}{phase})  {health.watcher or 'no watcher yet'}\n")
        text.append(f"HK {age_text(health.hk_age)} ", style="bold blue" if health.hk_stale else "")
        text.append(f"({health.hk_rows} rows)  EXPLOG {age_text(health.explog_age)} ({health.obsids} ObsIDs)  ")
        text.append(f"images {age_text(health.image_age)} ({health.images})  bad lines {health.bad_lines}\n")
        state, style = ("STALE: nothing is known", "bold blue") if health.hk_stale else _state(health)
        text.append(state, style=style)
        return text

    def _flag_table(self) -> Table:
        table = Table(box=None, pad_edge=False)
        for heading in ("flag", "state", "value", "limit", "since"):
            table.add_column(heading, justify="right" if heading == "value" else "left")
        for flag in list(self._flags.values())[-20:]:
            style = "bold red" if flag.severity is Severity.CRITICAL else "yellow"
            style = style if flag.state is FlagState.RAISED else ""
            value = quantity(flag.value, flag.unit)
            table.add_row(flag.parameter, flag.state.value, value, flag.limit_text, clock_text(flag.since), style=style)
        return table


def _state(health: Health) -> tuple[str, str]:
    if not health.total or math.isnan(health.hk_age):
        return "no HK yet: nothing is known", "blue"
    warnings = health.raised - health.critical
    text = f"{health.critical} CRITICAL, {warnings} WARNING, {health.shelved} shelved, {health.invalid} invalid"
    if health.raised:
        return text, "bold red" if health.critical else "bold yellow"
    if health.invalid or health.checked == 0:
        return text, "magenta"
    return f"{text}: the {health.checked} checked parameters are in limits", "green"


def _style(level: int) -> str:
    return "red" if level >= logging.ERROR else "yellow" if level >= logging.WARNING else "dim"


def run(service: Service, stop: threading.Event, until: Callable[[], bool] = lambda: False) -> int:
    """Run until ``stop`` is set, ``until`` is true, or a signal ends it; returns the exit code."""
    console = Console()
    with ended_by_signals(stop):
        if not console.is_terminal:
            service.start()
            while not stop.wait(0.2) and not until():
                pass
            return 0 if service.stop() else 1
        summary = Summary()
        service.subscribe(summary.take)
        service.start()
        with Live(summary.drawing(), console=console, auto_refresh=False, screen=False) as live:
            while not stop.wait(0.25) and not until():
                live.update(summary.drawing(service.standstill()), refresh=True)
            live.update(summary.drawing(), refresh=True)
        return 0 if service.stop() else 1
