"""A provider that takes messages, and notes each with the time of the simulation; or is out."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass

from eyegore.limits.model import Severity
from eyegore.messages.warnings import Channel, Notice, Outcome, Reason, Result, Samples, Scope

from .death import Death

_CODE = re.compile(r"ACK (\d{4})")


@dataclass(frozen=True)
class Told:
    """One message that reached a person at ``time`` [unix s]. ``bad``: somebody is to do something."""

    time: float
    person: str
    channel: Channel
    notice: Notice

    @property
    def reason(self) -> Reason:
        return self.notice.reason

    @property
    def severity(self) -> Severity:
        return self.notice.severity

    @property
    def bad(self) -> bool:
        return self.notice.reason.asks

    @property
    def text(self) -> str:
        """All of it."""
        return f"{self.notice.subject}\n{self.notice.short}\n{self.notice.text}"

    @property
    def code(self) -> str:
        """The code in the message, as its reader finds it; "" where there is none."""
        found = _CODE.search(self.notice.short)
        return found[1] if found else ""


class Provider:
    """``out`` tells whether a channel is out at a time; what the dead send does not get here."""

    def __init__(self, clock: Callable[[], float], out: Callable[[Channel, float], bool], death: Death) -> None:
        self._clock, self._out, self._death = clock, out, death
        self._lock = threading.Lock()
        self.told: list[Told] = []

    def take(self, channel: Channel, address: str, notice: Notice) -> Outcome:
        now = self._clock()
        if self._death.of is not None:
            return Outcome(Result.UNKNOWN, "dead")
        if self._out(channel, now):
            return Outcome(Result.RETRY, "503 the provider is out", scope=Scope.PROVIDER)
        one = Told(now, notice.person, channel, notice)
        with self._lock:
            self.told.append(one)
        self._death.may_come("sending")
        return Outcome(Result.SENT, "taken", reference=notice.key)

    def has(self, channel: Channel, address: str, notice: Notice) -> bool:
        with self._lock:
            return any((one.channel, one.notice.key) == (channel, notice.key) for one in self.told)


class RecordedSender:
    """One channel to the provider; as with a real one it can be asked what became of a message."""

    def __init__(self, channel: Channel, provider: Provider) -> None:
        self.channel, self._provider = channel, provider

    def send(self, address: str, notice: Notice, samples: Samples | None) -> Outcome:
        return self._provider.take(self.channel, address, notice)

    def settle(self, address: str, notice: Notice, since: float) -> Outcome:
        there = self._provider.has(self.channel, address, notice)
        return Outcome(Result.SENT, "taken") if there else Outcome(Result.RETRY, "never came")
