"""The settings while a session runs: a swap, a number, quiet hours are taken up as soon as the file tells of them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import fields
from pathlib import Path

from eyegore.basics.errors import SettingsError
from eyegore.basics.worker import Worker
from eyegore.messages.warnings import Channel
from eyegore.warning.duty.roster import Duty
from eyegore.warning.policy.rules import Answering
from eyegore.warning.settings.model import SettingsRead, WarningSettings

log = logging.getLogger(__name__)

LOOK_S = 2.0
"""How often the file is looked at [s]; it is read when it was the same twice, for an editor may still write it."""
TAKEN_UP = frozenset({"roster", "quiet_hours", "people", "zone"})
"""Fields of the settings that count at once; accounts, routes and limits are those of the start."""
_SECTIONS = {"escalate_after_s": "escalate_after_min", "poll_s": "poll_s", "credentials": "credentials"}


class SettingsWatch(Worker):
    """Reads the file ``path`` anew whenever it was changed since it was ``seen``, and posts what it says."""

    def __init__(
        self,
        path: Path,
        seen: tuple[int, ...],
        read: Callable[[Path], WarningSettings],
        post: Callable[[SettingsRead], object],
        look_s: float = LOOK_S,
    ) -> None:
        super().__init__("settings")
        self._path, self._seen, self._read, self._post, self._look_s = path, seen, read, post, look_s

    def _work(self) -> None:
        before = self._seen
        while not self._stopping.wait(self._look_s):
            now = seen(self._path)
            if now == before and now != self._seen:
                self._seen = now
                try:
                    self._post(self._found())
                except Exception:
                    log.exception("the changed settings of the warnings are not taken up")
            before = now

    def _found(self) -> SettingsRead:
        try:
            return SettingsRead(self._read(self._path))
        except SettingsError as why:
            first, *more = str(why).splitlines()
            return SettingsRead(None, f"{first}{f' (and {len(more)} more)' if more else ''}")


def seen(path: Path) -> tuple[int, ...]:
    """What tells a file from what it was before; () where there is none."""
    try:
        there = os.stat(path)
    except OSError:
        return ()
    return there.st_mtime_ns, there.st_size, there.st_ino


class SettingsInForce:
    """Who is on duty, can be reached how and is to be left alone, by the newest settings; used by one thread."""

    def __init__(self, settings: WarningSettings) -> None:
        self.settings = settings
        self._start = settings
        self.names: Collection[str] = _Names(self)
        """All people, whoever they are by then."""

    def take(self, news: SettingsRead, now: float) -> tuple[int, str]:
        """Use changed settings from ``now`` [unix s] on; what is to be said of it, with a level of :mod:`logging`."""
        path = self._start.path
        if news.settings is None:
            return logging.WARNING, f"{path} was changed and cannot be used, all stays as it was: {news.problem}"
        self.settings = news.settings
        later = [one.name for one in fields(WarningSettings) if one.name not in TAKEN_UP and self._differs(one.name)]
        names = ", ".join(_SECTIONS.get(name, f"[{name}]") for name in later)
        rest = f"; {names}: from the next start on" if later else ""
        return logging.INFO, f"{path} was changed: on duty {self._on_duty(now)}{rest}"

    def _differs(self, name: str) -> bool:
        return bool(getattr(self.settings, name) != getattr(self._start, name))

    def _on_duty(self, now: float) -> str:
        duty, clock = self.duty(now), self.settings.roster.clock
        until = f" until {clock.text(clock.local(duty.until))}" if duty.until < float("inf") else ""
        return f"{duty.primary or 'nobody'}, backup {duty.backup or 'nobody'}{until}"

    def duty(self, now: float) -> Duty:
        """Those on duty at an instant [unix s]."""
        return self.settings.roster.on_duty(now)

    def quiet(self, person: str, now: float) -> bool:
        """Whether a person is to be left alone at an instant [unix s]."""
        return self.settings.quiet_hours.quiet(person, now)

    def reach(self, person: str) -> tuple[Channel, ...]:
        """The channels by which a person can be told, of those there were at the start."""
        return tuple(one for one in self.settings.reach(person) if one in self._start.channels)

    def addresses(self, person: str, channel: Channel) -> tuple[str, ...]:
        """Where this channel reaches a person; of other channels those there were at the start."""
        known = self.settings.people.get(person)
        found = known.addresses(channel) if known is not None and channel in self._start.channels else ()
        return tuple(one for one in found if channel is not Channel.OTHER or one in self._start.other)

    def others(self, person: str, now: float) -> tuple[str, ...]:
        """Who stands in for a person at an instant [unix s]: whoever else is on duty, then everybody else."""
        duty = self.duty(now)
        order = dict.fromkeys([duty.backup, duty.primary, *self.settings.people])
        return tuple(name for name in order if name and name != person)

    def answering(self, person: str) -> Answering:
        """How a person can answer: only who sends from an address of the settings is heard, and only what is read."""
        known, start = self.settings.people.get(person), self._start
        if known is None:
            return Answering(mail=False, text=False)
        number = start.twilio.sender if start.twilio is not None else ""
        return Answering(bool(start.imap and known.email), bool(number and known.phone), number)

    def by_address(self) -> dict[str, str]:
        """Whose a phone number or mail address is."""
        people = self.settings.people.values()
        return {address: one.key for one in people for address in (one.phone, one.email) if address}


class _Names(Collection[str]):
    """The names of the people of settings in force."""

    def __init__(self, in_force: SettingsInForce) -> None:
        self._in_force = in_force

    def __iter__(self) -> Iterator[str]:
        return iter(self._in_force.settings.people)

    def __len__(self) -> int:
        return len(self._in_force.settings.people)

    def __contains__(self, name: object) -> bool:
        return name in self._in_force.settings.people
