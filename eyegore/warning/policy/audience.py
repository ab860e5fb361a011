"""Who is to be told: the one on duty, the backup, and whoever there is when neither can be reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from eyegore.limits.model import Severity
from eyegore.messages.alarms import Alarm
from eyegore.messages.warnings import Channel
from eyegore.warning.policy.rules import PolicyRules

MORNING, EVENING = 8.0, 20.0
"""When the day begins and ends, by the clock of the lab [h]."""
UNHURRIED = ("EXPOSURES",)
"""Dead-man timers that are no reason by themselves to ring or buzz somebody by night."""


@dataclass(frozen=True)
class Addressee:
    """A person and the channels to take; ``why`` says why not the one who should be told, "" when it is that one."""

    person: str
    channels: tuple[Channel, ...]
    why: str = ""

    @property
    def loud(self) -> bool:
        """Whether it rings or buzzes."""
        return any(channel.loud for channel in self.channels)


class Audience:
    """Finds somebody in any case: an alarm whose severity has a route is never told to nobody."""

    def __init__(self, rules: PolicyRules) -> None:
        self._rules = rules

    def first(self, severity: Severity, now: float) -> list[Addressee]:
        """Who is told of something new: the one on duty, else the backup, else everybody."""
        if not self._route(severity):
            return []
        duty = self._rules.duty(now)
        if found := self._reached(duty.primary, severity, ""):
            return [found]
        why = f"{duty.primary} cannot be reached" if duty.primary else "nobody is on duty"
        if found := self._reached(duty.backup, severity, why):
            return [found]
        backup = f"{duty.backup} neither" if duty.backup else "there is no backup"
        return self._everybody(severity, f"{why} and {backup}", ()) or [
            Addressee(duty.primary or duty.backup, self._route(severity), f"{why} and {backup}")
        ]

    def second(self, severity: Severity, told: Iterable[str], now: float) -> list[Addressee]:
        """Who is told when nobody answered: the backup, else everybody else, else once more the first."""
        if not self._route(severity):
            return []
        backup, told = self._rules.duty(now).backup, tuple(told)
        if backup not in told and (found := self._reached(backup, severity, "")):
            return [found]
        why = f"{backup} cannot be reached" if backup and backup not in told else "there is no other backup"
        return self._everybody(severity, why, told) or self.first(severity, now)

    def backup(self, severity: Severity, now: float) -> list[Addressee]:
        """The backup, if it can be reached and is another than the one on duty."""
        duty = self._rules.duty(now)
        found = self._reached(duty.backup, severity, "") if duty.backup != duty.primary else None
        return [found] if found is not None else []

    def on_shift(self, people: Iterable[str], now: float) -> list[str]:
        """Those of the people who are on duty or the backup: the others may sleep."""
        duty = self._rules.duty(now)
        return [person for person in people if person in (duty.primary, duty.backup)]

    def these(self, people: Iterable[str], severity: Severity, *, calm: bool = False) -> list[Addressee]:
        """People who have been told before; ``calm`` for good news, which calls nobody who can be written to."""
        found = []
        for person in people:
            channels = self._channels(person, severity)
            if calm:
                written = tuple(one for one in channels if one is not Channel.CALL)
                known = tuple(one for one in self._rules.reach(person) if one is not Channel.CALL)
                channels = written or known or channels
            found.append(Addressee(person, channels or self._route(severity)))
        return found

    def awake(self, addressees: Iterable[Addressee], severity: Severity, now: float) -> list[Addressee]:
        """Those whom quiet hours do not keep from this; what is critical knows no quiet hours."""
        if severity is Severity.CRITICAL:
            return list(addressees)
        return [one for one in addressees if not self._rules.quiet(one.person, now)]

    def unhurried(self, addressees: Iterable[Addressee], alarms: Iterable[Alarm], now: float) -> list[Addressee]:
        """By night no one is rung or buzzed for a frame that does not come, by itself: the hardware is watched."""
        hour = (now + self._rules.lab_offset_s(now)) % 86_400 / 3600
        if MORNING <= hour < EVENING or any(alarm.parameter not in UNHURRIED for alarm in alarms):
            return list(addressees)
        written = ((one, tuple(channel for channel in one.channels if not channel.loud)) for one in addressees)
        return [replace(one, channels=channels) for one, channels in written if channels]

    def _route(self, severity: Severity) -> tuple[Channel, ...]:
        return self._rules.routes.get(severity, ())

    def _channels(self, person: str, severity: Severity) -> tuple[Channel, ...]:
        reach = self._rules.reach(person) if person else ()
        return tuple(channel for channel in self._route(severity) if channel in reach)

    def _reached(self, person: str, severity: Severity, why: str) -> Addressee | None:
        channels = self._channels(person, severity)
        return Addressee(person, channels, why) if channels else None

    def _everybody(self, severity: Severity, why: str, but: tuple[str, ...]) -> list[Addressee]:
        """Everybody by the channels of the severity, else by any they have."""
        people = [person for person in self._rules.people if person not in but]
        routed = [found for person in people if (found := self._reached(person, severity, why))]
        anyhow = ((person, self._rules.reach(person)) for person in people)
        return routed or [Addressee(person, channels, why) for person, channels in anyhow if channels]
