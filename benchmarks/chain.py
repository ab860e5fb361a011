"""P18: rows of housekeeping through monitor and warnings, one by one as they come, and a week of them."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from benchmarks.report import Figure
from benchmarks.workshop import DAY, ELVIS, Workshop
from eyegore.basics.lab_time import lab_offset_s
from eyegore.feeds.ingest import read_folder
from eyegore.housekeeping.housekeeping import Rules
from eyegore.journal.delivery import DeliveryState
from eyegore.limits.model import Severity
from eyegore.limits.table import table_for
from eyegore.messages.events import (
    AlarmChanged,
    AlarmState,
    CaughtUp,
    ExposureRows,
    FeedMessage,
    Health,
    HkAccepted,
    HkHeader,
    HkRows,
)
from eyegore.messages.warnings import Channel
from eyegore.session.monitor import Monitor, Tick
from eyegore.simulator.simulator import SimulatedSession, Simulator
from eyegore.warning.center import People, WarningCenter
from eyegore.warning.duty.roster import Duty
from eyegore.warning.policy.policy import Policy
from eyegore.warning.policy.rules import PolicyRules

LIVE_ROWS = 7200
"""Rows that come one by one, a second and a tick apart."""
PORTION_ROWS = 60
"""Rows that come at once when what was missed is caught up, with a tick after each portion."""
WARM_ROWS = 120
WEEK_DAYS = 7
EACH_HOUR = ("CCD1_TEMP_B:dip:-136@{}+120", "RPSU_28V_PRI_I:step:0.7@{}+30", "FPGA_5VREF_V:spike:5.25@{}")
"""What goes wrong in each hour: a critical excursion, a warning, and a glitch."""
ROUTES = {Severity.WARNING: (Channel.EMAIL,), Severity.CRITICAL: (Channel.SMS,)}
DUTY = Duty("ana", "ben", math.inf)


class Chain:
    """Monitor and warnings as a session has them, without threads, files and providers."""

    def __init__(self) -> None:
        rules = PolicyRules(ROUTES, lambda _now: DUTY, people=("ana", "ben"), lab_offset_s=lab_offset_s)
        people = People(
            lambda _person: tuple(Channel),
            lambda person, channel: (f"{channel.value} of {person}",),
            rules.duty,
            lambda _person, _now: ("ben",),
        )
        self.monitor = Monitor(Rules(table_for, lab_offset_s=lab_offset_s, images=False), "/data")
        self.center = WarningCenter(Policy(rules), people)
        self.raised = self.rows = self.messages = 0

    def take(self, message: FeedMessage | Tick, now: float) -> None:
        """Take a message at unix time ``now`` [s], as the thread of a session does."""
        events = self.monitor.take(message, now)
        orders = self.center.orders_for(events, now)
        if any(isinstance(event, Health) for event in events):
            orders.add(self.center.tick(now))
        self.messages += len(orders.deliveries)
        for delivery in orders.deliveries:
            self.center.changed(replace(delivery, state=DeliveryState.SENT), now)
        for event in events:
            if isinstance(event, HkAccepted):
                self.rows += event.rows.times.size
            elif isinstance(event, AlarmChanged):
                self.raised += event.entry.after is AlarmState.UNACK


class Session:
    """A session read from its folder: ``hk`` is one stretch of rows, ``log`` its exposures by the time they began."""

    def __init__(self, workshop: Workshop, seconds: int) -> None:
        folder = workshop.new_folder("chain")
        plants = [
            text.format(hour + 600 * (1 + n)) for hour in range(0, seconds, 3600) for n, text in enumerate(EACH_HOUR)
        ]
        Simulator(
            folder, SimulatedSession(elvis=ELVIS, images=False, start=1.6e9, seconds=seconds, plants=plants)
        ).write_at_once()
        messages = list(read_folder(folder, images=False))
        pieces = [one for one in messages if isinstance(one, HkRows)]
        self.header = next(one for one in messages if isinstance(one, HkHeader) and one.path == pieces[0].path)
        self.hk = replace(
            pieces[0],
            columns=self.header.columns,
            times=np.concatenate([piece.times for piece in pieces]),
            values=np.concatenate([piece.values for piece in pieces]),
        )
        logs = [one for one in messages if isinstance(one, ExposureRows)]
        self.log = [replace(one, rows=(row,)) for one in logs for row in sorted(one.rows, key=lambda row: row.time)]

    def run(self, chain: Chain, first: int, stop: int, portion: int) -> float:
        """Let the rows ``first`` to ``stop`` come, ``portion`` of them at once; how long that took [s of CPU]."""
        begin = time.process_time()
        log = [one for one in self.log if self.hk.times[first] <= one.rows[0].time < self.hk.times[stop - 1]][::-1]
        for at in range(first, stop, portion):
            part = slice(at, min(at + portion, stop))
            stamp = float(self.hk.times[part][-1])
            now = stamp - lab_offset_s(stamp)
            while log and log[-1].rows[0].time <= stamp:
                chain.take(replace(log.pop(), received=now), now)
            rows = replace(
                self.hk, times=self.hk.times[part], values=self.hk.values[part], line=self.hk.line + at, received=now
            )
            chain.take(rows, now)
            chain.take(Tick(), now)
        return time.process_time() - begin

    def begun(self) -> Chain:
        """A chain that has read the first rows and looks for more."""
        chain = Chain()
        now = float(self.hk.times[0]) - lab_offset_s(float(self.hk.times[0]))
        chain.take(self.header, now)
        chain.take(CaughtUp("/data"), now)
        self.run(chain, 0, WARM_ROWS, 1)
        return chain


def chained(workshop: Workshop) -> Iterator[Figure]:
    """Rows through monitor and warnings."""
    day = Session(workshop, DAY)
    live = day.begun()
    seconds = day.run(live, WARM_ROWS, WARM_ROWS + LIVE_ROWS, 1)
    details = f"{LIVE_ROWS} rows of {len(day.hk.columns)} parameters, {_told(live)}"
    yield Figure(
        "P18", "a row that comes, from its verdicts to the warnings, CPU", 1e3 * seconds / LIVE_ROWS, 1, "ms", details
    )
    caught = day.begun()
    rows = day.hk.times.size - WARM_ROWS
    minutes = WEEK_DAYS * DAY / rows * day.run(caught, WARM_ROWS, day.hk.times.size, PORTION_ROWS) / 60
    details = f"by a day of them, {PORTION_ROWS} at once; {_told(caught)}"
    yield Figure("P18", f"{WEEK_DAYS * DAY} rows through monitor and warnings, CPU", minutes, 10, "min", details)


def _told(chain: Chain) -> str:
    return f"{chain.raised} alarms raised, {chain.messages} messages"


TARGETS = {"P18": chained}
