"""Whether warnings still reach people and their answers reach us: asked once a day or shift, proven by a code; pure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, tzinfo

from eyegore.messages.warnings import Channel, Notice
from eyegore.warning.notices import of_proof

NAN = float("nan")
ANSWER_S = 1800.0
"""A proof that is not answered for so long is overdue [s]."""
CATCH_UP_S = 3600.0
"""A proof that was missed (Eyegore did not run, nobody was on duty) is asked for so long [s]: nobody is to be woken."""


@dataclass(frozen=True)
class ProofTimes:
    """The times of day ``at`` which a proof is due, on the clock of ``zone``; none at all where ``at`` is empty."""

    at: tuple[time, ...]
    zone: tzinfo

    def latest(self, now: float) -> float:
        """When a proof was last due at ``now``, both unix time [s]; -inf when never."""
        today = datetime.fromtimestamp(now, self.zone).date()
        moments = [
            datetime.combine(today - timedelta(days), at, self.zone).timestamp() for days in (0, 1) for at in self.at
        ]
        return max((moment for moment in moments if moment <= now), default=-math.inf)

    def clock(self, moment: float, now: float) -> str:
        """A moment [unix s] as people read it: ``08:02``, with the date when it was on another day than ``now``."""
        then, today = (datetime.fromtimestamp(one, self.zone) for one in (moment, now))
        return f"{then:%H:%M}" if then.date() == today.date() else f"{then:%d/%b %H:%M}"


@dataclass(frozen=True)
class ProofState:
    """The path as the strip shows it; ``overdue`` is amber. ``proven`` is when it last was [unix s], NaN for never."""

    text: str
    overdue: bool = False
    proven: float = NAN


@dataclass(frozen=True)
class Proof:
    """The last proof, which survives a restart; ``asked`` and ``proven`` are unix time [s], NaN for never.

    What was due until ``settled`` [unix s] was asked, or is no longer to be asked. ``code`` is "" once it came back.
    """

    settled: float = -math.inf
    code: str = ""
    person: str = ""
    asked: float = NAN
    proven: float = NAN
    by: str = ""
    trouble: str = ""


class PathProof:
    """Asks for a proof when it is due, and knows whether it came back.

    A proof that was due before ``started`` [unix s] by more than :data:`CATCH_UP_S` is not asked.
    """

    def __init__(
        self, times: ProofTimes, started: float, *, channels: tuple[Channel, ...], answer_s: float = ANSWER_S
    ) -> None:
        self._times = times
        self._channels = channels
        self._answer_s = answer_s
        self._last = Proof(settled=started - CATCH_UP_S)

    def tick(self, now: float, person: str, code: Callable[[], str]) -> list[Notice]:
        """Time has passed [unix s]: what is to be sent to the ``person`` on duty ("" for nobody).

        ``code`` gives a code that no warning uses; it is called only when one is sent.
        """
        due = self._times.latest(now)
        last, late = self._last, now > due + CATCH_UP_S
        if due <= last.settled:
            return []
        if not person:
            trouble = f"path not proven: nobody on duty at {self._times.clock(due, now)}"
            self._last = replace(last, trouble=trouble, settled=due if late else last.settled)
            return []
        self._last = replace(last, settled=due)
        if late:
            return []
        given = code()
        self._last = replace(self._last, code=given, person=person, asked=now, trouble="")
        return [of_proof(due, person, self._channels, given, now, self._answer_s)]

    def came_back(self, code: str, person: str, now: float) -> bool:
        """A person sent this code back [unix s]; False when it is not the code of the last proof, or was used."""
        if not self._last.code or code != self._last.code:
            return False
        self._last = replace(self._last, code="", proven=now, by=person)
        return True

    def state(self, now: float) -> ProofState:
        """The path as it stands at ``now`` [unix s]."""
        one, clock = self._last, self._times.clock
        last = f", last proven {clock(one.proven, now)} by {one.by}" if one.by else ""
        overdue = bool(one.trouble or (one.code and now > one.asked + self._answer_s))
        if one.trouble:
            text = one.trouble + last
        elif one.code and overdue:
            text = f"proof overdue: {one.person} was asked {clock(one.asked, now)}{last}"
        elif one.code:
            text = f"proof asked {clock(one.asked, now)}, waiting for {one.person}{last}"
        elif one.by:
            text = f"path proven {clock(one.proven, now)} by {one.by}"
        else:
            text = "path not proven yet" if self._times.at else "path never proven (no time set)"
        return ProofState(text, overdue, one.proven)

    def memory(self) -> Proof:
        """What must survive a restart."""
        return self._last

    def restore(self, memory: Proof) -> None:
        """Take back what :meth:`memory` gave."""
        self._last = replace(memory, settled=max(self._last.settled, memory.settled))
