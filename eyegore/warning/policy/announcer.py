"""Makes the notices: finds the words, asks the limits, and counts what they withhold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from eyegore.limits.model import Severity
from eyegore.messages.events import Alarm
from eyegore.messages.warnings import Notice
from eyegore.warning.policy.audience import Addressee
from eyegore.warning.policy.rate_limit import RateLimit, RateState
from eyegore.warning.policy.rules import PolicyRules
from eyegore.warning.policy.text import Telling, words


@dataclass(frozen=True)
class Subject:
    """What a notice is about: ``key`` is the same when the same thing is told again, the rest as in the notice."""

    key: str
    parameter: str
    incident: int


@dataclass(frozen=True)
class AnnouncerMemory:
    """What survives a restart."""

    limits: RateState
    withheld: int


class Announcer:
    """``withheld`` counts the messages that were not sent because of the limits and are not told of yet."""

    def __init__(self, rules: PolicyRules) -> None:
        self._rules = rules
        self.limits = RateLimit(rules.per_parameter, rules.total, rules.window_s)
        self.withheld = 0

    def admitted(
        self, addressees: Iterable[Addressee], parameter: str, alarms: Sequence[Alarm], now: float
    ) -> list[Addressee]:
        """Those of the addressees whom the limits allow a message about ``alarms`` that are bad news."""
        critical = [alarm.key for alarm in alarms if alarm.severity is Severity.CRITICAL]
        return [one for one in addressees if self.limits.admit(one.person, parameter, critical, loud=one.loud, now=now)]

    def tells_withheld(self, messages: int) -> None:
        """What was withheld is told after all: it no longer counts."""
        self.withheld = max(0, self.withheld - messages)

    def notices(self, telling: Telling, subject: Subject, addressees: Iterable[Addressee], now: float) -> list[Notice]:
        """The same thing for each of the addressees; what was withheld before is told along with it."""
        parameters = dict.fromkeys(alarm.parameter for alarm in telling.alarms)
        telling = replace(
            telling,
            withheld=self.withheld,
            circumstances={name: self._rules.circumstances(name) for name in parameters},
            lab=self._rules.lab,
            note=self._rules.note,
        )
        self.withheld = 0
        return [self._notice(telling, subject, one, now) for one in addressees]

    def _notice(self, telling: Telling, subject: Subject, to: Addressee, now: float) -> Notice:
        said = words(replace(telling, why=to.why))
        return Notice(
            key=f"{subject.key}-{to.person}",
            reason=telling.reason,
            severity=telling.severity,
            person=to.person,
            channels=to.channels,
            parameter=subject.parameter,
            incident=subject.incident,
            code=telling.code,
            subject=said.subject,
            text=said.text,
            short=said.short,
            spoken=said.spoken,
            made=now,
            expires=now + self._rules.expires_s,
        )
