"""From verdicts of single samples to a violation that counts: repetition number and deadband.

A violation counts after N consecutive samples with the same verdict, and is over after N consecutive samples that lie
inside the limit by the deadband. Both count samples as they were recorded, so that a burst of buffered rows is judged
as if it had come row by row, and any batching gives the same result.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from eyegore.limits.model import Parameter, Severity, Verdict
from eyegore.limits.verdict_runs import worst_of
from eyegore.messages import FloatArray


@dataclass(frozen=True)
class Bounds:
    """The limits [unit of the parameter] a violation is cleared against; infinite where there is none."""

    low: float = -math.inf
    high: float = math.inf
    deadband: float = 0.0


@dataclass(frozen=True)
class Violation:
    """Samples out of limits on one side. Times [lab s]; ``worst`` is the extreme value; ``samples`` their number."""

    verdict: Verdict
    severity: Severity
    first: float
    last: float
    worst: float
    samples: int


@dataclass(frozen=True)
class Step:
    """What changed at one sample: ``what`` is "pending", "glitch", "active" or "over"."""

    what: str
    time: float
    value: float
    violation: Violation
