"""Whether warnings still reach people and their answers reach us: asked once a day or shift, proven by a code; pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from eyegore.limits.model import Severity
from eyegore.messages.warnings import Channel, Notice, Reason

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
    by: str = ""


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
        self._settled = started - CATCH_UP_S  # what was due until then is asked, or no longer to be asked
        self._code = ""
        self._person = ""
        self._asked = NAN
        self._proven = NAN
        self._by = ""
        self._trouble = ""

    def tick(self, now: float, person: str, code: Callable[[], str]) -> list[Notice]:
        """Time has passed [unix s]: what is to be sent to the ``person`` on duty ("" for nobody).

        ``code`` gives a code that no warning uses; it is called only when one is sent.
        """
        due = self._times.latest(now)
        if due <= self._settled:
            return []
        if not person:
            self._trouble = f"path not proven: nobody on duty at {self._times.clock(due, now)}"
            if now > due + CATCH_UP_S:
                self._settled = due
            return []
        self._settled = due
        if now > due + CATCH_UP_S:
            return []
        self._code, self._person, self._asked, self._trouble = code(), person, now, ""
        return [self._notice(now)]

    def _notice(self, now: float) -> Notice:
        answer = f"Reply ACK {self._code}"
        text = (
            "This is the regular test of Eyegore's warnings: no alarm.\n\n"
            f"{answer} within {self._answer_s / 60:.0f} min, so that we know that warnings reach you and your answers"
            " reach Eyegore.\n"
        )
        return Notice(
            key=f"proof/{self._settled:.0f}/{self._person}",
            reason=Reason.PROOF,
            severity=Severity.NONE,
            person=self._person,
            channels=self._channels,
            parameter="",
            incident=0,
            code=self._code,
            subject=f"Eyegore: {answer} to prove that warnings arrive",
            text=text,
            short=f"Eyegore test, no alarm. {answer}",
            spoken="This is the regular test of the warnings of Eyegore. There is no alarm.",
            made=now,
            expires=now + self._answer_s,
        )

    def came_back(self, code: str, person: str, now: float) -> bool:
        """A person sent this code back [unix s]; False when it is not the code of the last proof, or was used."""
        if not self._code or code != self._code:
            return False
        self._code, self._proven, self._by = "", now, person
        return True

    def state(self, now: float) -> ProofState:
        """The path as it stands at ``now`` [unix s]."""
        clock, proven, by = self._times.clock, self._proven, self._by
        last = f", last proven {clock(proven, now)} by {by}" if by else ""
        if self._trouble:
            return ProofState(self._trouble + last, True, proven, by)
        if self._code and now > self._asked + self._answer_s:
            return ProofState(
                f"proof overdue: {self._person} was asked {clock(self._asked, now)}{last}", True, proven, by
            )
        if self._code:
            return ProofState(
                f"proof asked {clock(self._asked, now)}, waiting for {self._person}{last}", False, proven, by
            )
        if by:
            return ProofState(f"path proven {clock(proven, now)} by {by}", False, proven, by)
        return ProofState("path not proven yet" if self._times.at else "path never proven (no time set)")

    def memory(self) -> dict[str, Any]:
        """What must survive a restart, JSON-able."""
        return {
            "settled": self._settled,
            "code": self._code,
            "person": self._person,
            "asked": None if math.isnan(self._asked) else self._asked,
            "proven": None if math.isnan(self._proven) else self._proven,
            "by": self._by,
            "trouble": self._trouble,
        }

    def restore(self, memory: Mapping[str, Any]) -> None:
        """Take back what :meth:`memory` gave."""
        self._settled = max(self._settled, float(memory["settled"]))
        self._code, self._person = str(memory["code"]), str(memory["person"])
        self._asked, self._proven = (NAN if memory[one] is None else float(memory[one]) for one in ("asked", "proven"))
        self._by, self._trouble = str(memory["by"]), str(memory["trouble"])
