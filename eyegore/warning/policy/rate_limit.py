"""How many messages are enough: per person and parameter, and in all, within a rolling window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Sent(NamedTuple):
    """A message that was let through; ``loud`` when it rings or buzzes."""

    time: float
    person: str
    parameter: str
    loud: bool


@dataclass(frozen=True)
class RateState:
    """What survives a restart: what was let through, and when a person was last told of a critical alarm [unix s]."""

    sent: tuple[Sent, ...] = ()
    critical: Mapping[str, float] = field(default_factory=dict)


class RateLimit:
    """Lets messages through or not; the loud ones and the others are counted apart."""

    def __init__(self, per_parameter: int, total: int, window_s: float) -> None:
        self._per_parameter = per_parameter
        self._total = total
        self._window_s = window_s
        self.state = RateState()

    def first_of_kind(self, alarm: str, now: float, person: str | None = None) -> bool:
        """Whether ``person`` (None: anybody) was told of this critical alarm for the last time before the window."""
        told = [
            time
            for key, time in self.state.critical.items()
            if _is_about(key, alarm, person) and 0.0 <= now - time < self._window_s
        ]
        return not told

    def admit(self, person: str, parameter: str, critical: Sequence[str], *, loud: bool, now: float) -> bool:
        """Whether a message may go out at unix time ``now`` [s]; if so, it is counted.

        ``critical`` names the alarms in it that are critical: when one of them is news to the person within the window,
        no limit holds the message back. ``parameter`` is "" for a message about many.
        """
        sent = tuple(one for one in self.state.sent if 0.0 <= now - one.time < self._window_s)
        told = {key: time for key, time in self.state.critical.items() if 0.0 <= now - time < self._window_s}
        self.state = RateState(sent, told)
        if not any(self.first_of_kind(alarm, now, person) for alarm in critical):
            alike = [one for one in sent if one.loud is loud]
            of_it = sum((one.person, one.parameter) == (person, parameter) for one in alike)
            if len(alike) >= self._total or (parameter and of_it >= self._per_parameter):
                return False
        told |= {_key(alarm, person): now for alarm in critical}
        self.state = RateState((*sent, Sent(now, person, parameter, loud)), told)
        return True


def _key(alarm: str, person: str) -> str:
    return f"{alarm}\n{person}"


def _is_about(key: str, alarm: str, person: str | None) -> bool:
    return key.startswith(f"{alarm}\n") if person is None else key == _key(alarm, person)
