"""A program that is killed: nothing it would still write or send gets anywhere, and nobody says goodbye."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from eyegore.journal.delivery import Delivery
from eyegore.journal.journal import Journal
from eyegore.journal.keeper import JournalKeeper
from eyegore.journal.outbox import Outbox
from eyegore.messages.events import AlarmEntry
from eyegore.session import service

from ....patience import AWAITED_S


class KilledError(BaseException):
    """Nothing catches it: what is under way ends here."""


@dataclass(frozen=True)
class Kill:
    """At the first chance after ``time`` [unix s] all is gone, and begins anew ``down_s`` [s] later.

    ``where``: "between" two messages, "before" or "after" a transaction of the journal, or while "sending".
    ``fresh``: on a new journal.
    """

    time: float
    where: str = "between"
    down_s: float = 0.0
    fresh: bool = False


class Death:
    """Comes by plan; ``of`` is the kill of which the program is dead, None while it lives."""

    def __init__(self, kills: Sequence[Kill], clock: Callable[[], float]) -> None:
        self._kills = sorted(kills, key=lambda one: one.time)
        self._clock = clock
        self.of: Kill | None = None

    def may_come(self, where: str) -> None:
        """Here it would be killed, if that is planned by now."""
        if self.of is None and self._kills and self._kills[0].time <= self._clock() and self._kills[0].where == where:
            self.of = self._kills.pop(0)

    def check(self) -> None:
        """The dead do nothing more."""
        if self.of is not None:
            raise KilledError

    def rise(self) -> Kill | None:
        """It may begin anew; returns what it died of."""
        kill, self.of = self.of, None
        return kill

    def rule(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """From now on the dead write nothing; and the journal is waited for however busy the machine is."""
        record, mark = Journal.record, Outbox.mark

        def recorded(journal: Journal, entries: Sequence[AlarmEntry], state: Any, *more: Any) -> None:
            told = bool(entries or (more and more[0]))  # what is to be delivered comes first of it
            if told:
                self.may_come("before")
            if self.of is None:
                record(journal, entries, state, *more)
            if told:
                self.may_come("after")

        def marked(outbox: Outbox, delivery: Delivery) -> str:
            return mark(outbox, delivery) if self.of is None else "dead"

        monkeypatch.setattr(Journal, "record", recorded)
        monkeypatch.setattr(Outbox, "mark", marked)
        monkeypatch.setattr(service, "JournalKeeper", _PatientKeeper)


class _PatientKeeper(JournalKeeper):
    def _attempt(
        self,
        work: Callable[[Journal], object],
        follows: Callable[[], object] = lambda: None,
        patience_s: float = AWAITED_S,
    ) -> None:
        super()._attempt(work, follows, AWAITED_S)
