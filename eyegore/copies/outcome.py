"""How an attempt to copy to a target ended, in one word for the program and one sentence for a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class RsyncOutcome(Enum):
    """How a run of rsync ended."""

    DONE = "done"
    TOLERATED = "tolerated"  # no fault: files went away meanwhile, and the next pass sees to it
    PASSING = "passing"  # a fault that may be over by itself: try again, later each time
    LASTING = "lasting"  # a fault that stays until somebody does something
    CANCELLED = "cancelled"

    @property
    def fault(self) -> bool:
        """Whether an operator has to hear of it."""
        return self in (RsyncOutcome.PASSING, RsyncOutcome.LASTING)


@dataclass(frozen=True)
class RsyncVerdict:
    """How a run ended, and one sentence for a person."""

    outcome: RsyncOutcome
    sentence: str
