"""The product in a simulated lab: the real session with its journal and its warnings, stepped through time by hand.

It is killed without a goodbye wherever a plan says so, and started anew on the same journal.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eyegore.basics import worker
from eyegore.journal.delivery import Delivery
from eyegore.journal.journal import journal_path
from eyegore.journal.outbox import Outbox
from eyegore.messages.events import (
    AlarmEntry,
    CaughtUp,
    Event,
    ExposureRows,
    FlagCommand,
    FreeSpace,
    HkHeader,
    HkRows,
    ImageFile,
)
from eyegore.messages.warnings import Channel
from eyegore.session import warnings as session_warnings
from eyegore.session.monitor import Tick
from eyegore.session.service import Service
from eyegore.session.settings import Session
from eyegore.warning.orders import Due
from eyegore.warning.replies.reply import Polled, Replies, Reply

from .clock import Clock, Threading
from .death import Death, Kill, KilledError
from .provider import Provider, RecordedSender
from .rows import COLUMNS, Camera

Written = HkHeader | HkRows | ExposureRows | ImageFile | FreeSpace
Message = ExposureRows | ImageFile | FreeSpace | FlagCommand | Replies
ORDERS = (FlagCommand, Replies)
"""What comes from people, not from the folder."""

FILE_S = 7200.0
"""ELVIS begins a new file of housekeeping so often [s]."""
SETTINGS = """\
time_zone = "Europe/Berlin"
escalate_after_min = 10
quiet = [{ from = "22:00", to = "07:00" }]
[texts]
lab = "Lab"
[people.ana]
name = "Ana"
email = "ana@lab.example"
phone = "+491701111111"
[people.ben]
name = "Ben"
email = "ben@lab.example"
phone = "+491702222222"
[people.cleo]
name = "Cleo"
email = "cleo@lab.example"
phone = "+491703333333"
[[duty]]
primary = "ana"
backup = "ben"
from = "08:00"
to = "16:00"
[[duty]]
primary = "ben"
backup = "cleo"
from = "16:00"
to = "00:00"
[[duty]]
primary = "cleo"
backup = "ana"
from = "00:00"
to = "08:00"
[routes]
CRITICAL = ["sms", "email"]
WARNING = ["sms"]
[smtp]
host = "localhost"
user = "eyegore"
sender = "eyegore@lab.example"
[twilio]
sid = "AC00000000000000000000000000000000"
sender = "+49301234599"
"""
PHONES = {"ana": "+491701111111", "ben": "+491702222222", "cleo": "+491703333333"}


@dataclass(frozen=True)
class Moment:
    """What happens at ``time`` [unix s], after the rows of ``rows`` [unix s] have come; then the clock ticks."""

    time: float
    rows: np.ndarray[Any, np.dtype[np.float64]] | None = None
    messages: Sequence[Message] = ()


class NoInbox:
    """Answers come as messages: this one only says that there is a way back."""

    def poll(self) -> Polled:
        return Polled()

    def taken(self, reply: Reply) -> str:
        return ""


class _Stepped(Service):
    """The session on one thread: what it takes and when is for the lab to say."""

    lab: Lab

    def _take_messages(self) -> None:
        self.lab.pass_by()

    def deliver(self, message: Any) -> None:
        """One message, and all that came back meanwhile."""
        self._deliver(message)
        self.lab.clock.settle()
        while not self._inbox.empty():
            news = self._inbox.get_nowait()
            if isinstance(news, Delivery):
                self._deliver(news)
                self.lab.clock.settle()

    def wanted(self) -> float:
        """When what was held back is to be told [unix s]."""
        return self._clock() + self._due()


@dataclass
class Lab:
    """``told`` is at the provider; ``starts`` are when the session began [unix s], the first time and after kills."""

    folder: Path
    clock: Clock
    camera: Camera
    provider: Provider
    death: Death
    starts: list[float] = field(default_factory=list)
    entries: list[AlarmEntry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._moments: Iterator[Moment] = iter(())
        self._orders: deque[FlagCommand | Replies] = deque()
        self._service: _Stepped | None = None
        self._history: list[Written] = []
        self._file = ("", -1.0)
        self._lines = 2
        self._day = self.folder / "day"
        self._day.mkdir()
        self._state = self.folder / "state"
        self._settings = self.folder / "warnings.toml"
        self._settings.write_text(SETTINGS)

    # --- running ---

    def run(self, moments: Iterable[Moment]) -> None:
        """Let time pass by, with whatever comes and whenever it is killed."""
        self._moments = iter(moments)
        over = False
        while not over:
            service = _Stepped(
                Session(self._day, state=self._state, watch_disk=False, warnings=self._settings),
                [self._hear],
                self.clock,
            )
            service.lab = self
            self._service = service
            self.starts.append(self.clock.now)
            try:
                service._run()
                over = True
            except KilledError:
                over = False
            finally:
                assert service.stop()
            kill = self.death.rise()
            if kill is not None:
                self._state = self.folder / f"state{len(self.starts)}" if kill.fresh else self._state
                self.clock.now += kill.down_s

    def waiting(self) -> list[Delivery]:
        """Messages that have not got out at the end of it."""
        return Outbox(journal_path(self._state, self._day)).unfinished()

    # --- one session ---

    def pass_by(self) -> None:
        """What stands in the folder is read from the beginning, then what comes, until all is over or it is killed."""
        assert self._service is not None
        for moment in self._moments:
            if moment.time > self.clock.now:
                self._moments = chain([moment], self._moments)
                break
            self._write(moment)
            self._orders.extend(one for one in moment.messages if isinstance(one, ORDERS))
        for message in self._folder():
            self._deliver(message)
        self._deliver(CaughtUp(str(self._day)))
        self._obey()
        for moment in self._moments:
            self._step(moment)

    def _step(self, moment: Moment) -> None:
        self._wake(moment.time)
        written = self._write(moment)
        self._orders.extend(one for one in moment.messages if isinstance(one, ORDERS))
        for message in written:
            self._deliver(message)
        self._obey()
        self._wake(self.clock.now + 1.0)  # the clock of a session ticks each second
        self._deliver(Tick())

    def _wake(self, until: float) -> None:
        """Let time pass; what is to be told meanwhile is."""
        assert self._service is not None
        while (due := self._service.wanted()) < until:
            self.clock.go_to(due)
            self._deliver(Due())
        self.clock.go_to(until)
        self.death.check()

    def _deliver(self, message: Written | FlagCommand | Replies | CaughtUp | Due | Tick) -> None:
        assert self._service is not None
        self.death.may_come("between")
        self.death.check()
        self._service.deliver(message)
        self.death.check()

    def _obey(self) -> None:
        """What people want: a click at a window that dies is lost, an answer waits until it was taken."""
        while self._orders:
            order = self._orders[0] if isinstance(self._orders[0], Replies) else self._orders.popleft()
            self._deliver(order)
            if self._orders and order is self._orders[0]:
                self._orders.popleft()

    # --- the folder ---

    def _write(self, moment: Moment) -> list[Written]:
        """What ELVIS has written by a moment; it is there whether or not anybody looks."""
        found: list[Written] = [*self._rows(moment)]
        found += [one for one in moment.messages if not isinstance(one, ORDERS)]
        self._history += [one for one in found if not isinstance(one, FreeSpace)]
        return found

    def _rows(self, moment: Moment) -> Iterator[HkHeader | HkRows]:
        """The rows of a moment, in files as ELVIS begins them."""
        if moment.rows is None or not moment.rows.size:
            return
        times = moment.rows
        number = float(times[-1] // FILE_S)
        if number != self._file[1]:
            self._file = (str(self._day / f"HK_{number:.0f}"), number)
            self._lines = 2
            others: list[Written] = [one for one in self._history if not isinstance(one, HkHeader | HkRows)]
            self._history = others[-300:]
            yield HkHeader(self._file[0], "7.5.X", COLUMNS)
        values, stamps = self.camera.values(times), self.camera.stamps(times)
        yield HkRows(self._file[0], COLUMNS, stamps, values, self._lines, moment.time)
        self._lines += times.size

    def _folder(self) -> Iterator[Written]:
        """What stands in the folder as one finds it who begins to read."""
        now = self.clock.now
        rows = [one for one in self._history if isinstance(one, HkRows)]
        yield from (one for one in self._history if isinstance(one, HkHeader))
        if rows:
            times, values = np.concatenate([one.times for one in rows]), np.concatenate([one.values for one in rows])
            yield HkRows(rows[0].path, COLUMNS, times, values, rows[0].line, now)
        for one in self._history:
            if isinstance(one, ExposureRows):
                yield replace(one, received=now)
            elif isinstance(one, ImageFile):
                yield one

    def _hear(self, event: Event) -> None:
        entry = getattr(event, "entry", None)
        if isinstance(entry, AlarmEntry):
            self.entries.append(entry)


def lab_in(
    folder: Path,
    begin: float,
    camera: Camera,
    monkeypatch: pytest.MonkeyPatch,
    kills: Sequence[Kill] = (),
    outages: Sequence[tuple[float, float, frozenset[Channel]]] = (),
) -> Lab:
    """A lab that begins at ``begin`` [unix s]; ``outages`` are from, to [unix s] and the channels that are out."""
    clock = Clock(begin)

    def out(channel: Channel, now: float) -> bool:
        return any(first <= now < last and channel in channels for first, last, channels in outages)

    death = Death(kills, clock)
    provider = Provider(clock, out, death)
    lab = Lab(folder, clock, camera, provider, death)
    senders: Mapping[Channel, RecordedSender] = {
        one: RecordedSender(one, provider) for one in (Channel.SMS, Channel.CALL, Channel.EMAIL)
    }
    monkeypatch.setenv("EYEGORE_SMTP_PASSWORD", "secret")
    monkeypatch.setenv("EYEGORE_TWILIO_TOKEN", "secret")
    monkeypatch.setattr(worker, "threading", Threading(clock))
    monkeypatch.setattr(session_warnings, "senders_of", lambda _accounts: dict(senders))
    monkeypatch.setattr(session_warnings, "inboxes_for", lambda _accounts, _started: [NoInbox()])
    death.rule(monkeypatch)
    return lab
