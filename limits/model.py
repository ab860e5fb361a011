"""The kinds of limit, and what a check says of one sample.

A value *at* a limit is in limits. Comparisons allow for the rounding of decimal text to binary
(:data:`TOLERANCE`), so that 6.2 V read back for 6.0 V commanded is within a limit of 0.2 V.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from eyegore.basics.quantities import MINUS, short, word
from eyegore.basics.records import ByName

TOLERANCE = 1e-9
"""Relative (and, near zero, absolute) slack of every comparison: far below the 2 decimals ELVIS writes."""


class Verdict(ByName, IntEnum):
    """What a check says of one sample; the value is its code in arrays of ``numpy.uint8``."""

    UNCHECKED = 0
    INVALID = 1
    STALE = 2
    IN_LIMITS = 3
    LOW = 4
    HIGH = 5
    UNEXPECTED = 6
    DELTA_LOW = 7
    DELTA_HIGH = 8

    @property
    def out(self) -> bool:
        """Whether the sample is known to be out of limits (not merely unknown)."""
        return self >= Verdict.LOW


class Severity(ByName, IntEnum):
    """How bad a violation is; NONE is shown and logged but tells nobody."""

    NONE = 0
    WARNING = 1
    CRITICAL = 2


class LimitSet(Enum):
    """S: safe for the hardware, absolute. P: performance, tight, relative to the command where there is one."""

    SAFE = "S"
    PERFORMANCE = "P"
    BOTH = "both"

    @property
    def words(self) -> str:
        """Its letter, or both."""
        return " and ".join(one.value for one in self.parts)

    @property
    def parts(self) -> tuple[LimitSet, ...]:
        """The sets that are judged, each by itself; the safe one first."""
        return (LimitSet.SAFE, LimitSet.PERFORMANCE) if self is LimitSet.BOTH else (self,)


class Phase(Enum):
    """What the camera is being done to, as far as its temperature tells."""

    WARM = "warm"
    COOL_DOWN = "cool-down"
    COLD = "cold"
    WARM_UP = "warm-up"


class Reading(Enum):
    """What a parameter reads: a quantity with noise, or a register, flag or counter, each value of which is meant."""

    MEASURED = "measured"
    REGISTER = "register"


@dataclass(frozen=True)
class PhaseRule:
    """How the phase follows from the median of ``sensors`` (HK parameters), in their unit.

    Below ``cold_below`` it is cold, above ``warm_above`` warm; between them it cools down or warms up. A phase is left
    only when its bound is passed by ``hysteresis``, and a change of direction counts only when it is larger than that.
    """

    sensors: tuple[str, ...]
    cold_below: float
    warm_above: float
    hysteresis: float


@dataclass(frozen=True)
class Range:
    """In limits when ``low <= value <= high``, in the parameter's own unit.

    ``lolo`` and ``hihi`` are hard limits outside of these soft ones: beyond them a violation is CRITICAL.
    """

    low: float
    high: float
    lolo: float = -math.inf
    hihi: float = math.inf

    @property
    def hard(self) -> bool:
        """Whether it has a hard limit on either side."""
        return math.isfinite(self.lolo) or math.isfinite(self.hihi)

    @property
    def bounds(self) -> Bounds:
        """All of its limits."""
        return Bounds(self.lolo, self.low, self.high, self.hihi)


@dataclass(frozen=True)
class Bounds:
    """Absolute limits [the parameter's unit], hard, soft, soft, hard; infinite where there is none."""

    lolo: float = -math.inf
    low: float = -math.inf
    high: float = math.inf
    hihi: float = math.inf

    @property
    def finite(self) -> tuple[float, ...]:
        """Those that there are."""
        return tuple(one for one in (self.lolo, self.low, self.high, self.hihi) if math.isfinite(one))

    def crossed(self, value: float, verdict: Verdict) -> float:
        """The limit that a value is beyond, the hard one where it is beyond both; NaN where there is none."""
        if verdict is Verdict.LOW:
            bound = self.lolo if value < self.lolo else self.low
        else:
            bound = self.hihi if value > self.hihi else self.high
        return bound if verdict in (Verdict.LOW, Verdict.HIGH) and math.isfinite(bound) else math.nan


NO_BOUNDS = Bounds()


@dataclass(frozen=True)
class Relative:
    """In limits when ``low <= value - commanded <= high``; ``commanded`` names a column of the exposure log.

    For ``settle`` seconds after the command changed it is not judged.
    """

    low: float
    high: float
    commanded: str
    settle: float = 5.0


@dataclass(frozen=True)
class Expected:
    """In limits when ``value & mask == equals & mask`` (without mask: ``value == equals``)."""

    equals: int
    mask: int | None = None


@dataclass(frozen=True)
class Delta:
    """In limits when the mean change over ``samples`` samples is within ``low`` .. ``high`` [unit/minute]."""

    low: float
    high: float
    samples: int


Limit = Range | Relative | Expected


@dataclass(frozen=True)
class Parameter:
    """One HK parameter: what it is and what it may be.

    ``sentinels`` are readings that mean "no reading"; ``valid`` is the range outside which a reading cannot be
    physical: both give INVALID. ``severity_low`` / ``severity_high`` grade violations per direction
    (UNEXPECTED counts as high). ``reading`` decides how many samples make it critical, and whether it can be stuck.
    ``response`` tells the person on shift what to do, ``response_low`` and ``response_high`` what on that side,
    ``response_min`` how long it takes [min]. ``to_raise`` / ``to_clear`` are the samples until a violation counts and
    is over (None: the default of its severity); ``deadband`` [unit] is how far inside the limit a value must be for the
    violation to be over.
    ``out_of_service`` is the reason why it is not judged at all, "" when it is. ``phases`` holds the parameter as it is
    in the phases that have limits of their own.
    """

    name: str
    unit: str
    description: str
    safe: Limit | None = None
    performance: Limit | None = None
    delta: Delta | None = None
    sentinels: tuple[float, ...] = ()
    valid: tuple[float, float] | None = None
    severity_low: Severity = Severity.NONE
    severity_high: Severity = Severity.NONE
    response: str = ""
    response_low: str = ""
    response_high: str = ""
    response_min: float | None = None
    deadband: float = 0.0
    to_raise: int | None = None
    to_clear: int | None = None
    out_of_service: str = ""
    reading: Reading = Reading.MEASURED
    phases: Mapping[Phase, Parameter] = field(default_factory=dict)

    def limit(self, limit_set: LimitSet) -> Limit | None:
        """The limit of one set, or None where the table has none; of both sets the one that protects the hardware."""
        if limit_set is LimitSet.BOTH:
            return self.safe or self.performance
        return self.safe if limit_set is LimitSet.SAFE else self.performance

    def during(self, phase: Phase | None) -> Parameter:
        """The parameter as it is in one phase; None where no phase is known."""
        return self.phases.get(phase, self) if phase is not None and self.phases else self

    @property
    def forms(self) -> tuple[Parameter, ...]:
        """The parameter as it usually is, and as it is in the phases that differ."""
        return (self, *self.phases.values())

    def checked(self, limit_set: LimitSet) -> bool:
        """Whether anything is judged of it, as it is here."""
        return not self.out_of_service and (self.limit(limit_set) is not None or self.delta is not None)

    def todo(self, verdict: Verdict) -> str:
        """What to do about a violation with this verdict, of both sides where it tells none."""
        low, high = self.response_low or self.response, self.response_high or self.response
        if verdict in (Verdict.LOW, Verdict.DELTA_LOW) or low == high:
            return low
        return high if verdict.out else f"Too low: {low} Too high: {high}"

    def severity(self, verdict: Verdict, hard: bool = False) -> Severity:
        """Severity of a violation with this verdict, ``hard``: beyond a hard limit; NONE when it is no violation."""
        if hard and verdict.out:
            return Severity.CRITICAL
        if verdict in (Verdict.LOW, Verdict.DELTA_LOW):
            return self.severity_low
        return self.severity_high if verdict.out else Severity.NONE

    @property
    def gravest(self) -> Severity:
        """The severity it can reach at most, in any phase."""
        limits = [limit for form in self.forms for limit in (form.safe, form.performance)]
        if any(isinstance(limit, Range) and limit.hard for limit in limits):
            return Severity.CRITICAL
        return max(self.severity_low, self.severity_high)


@dataclass(frozen=True)
class LimitTable:
    """The limits of one ELVIS version. ``source`` is the file read; ``digest`` the SHA-256 of its bytes."""

    elvis: str
    source: str
    digest: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    phases: PhaseRule | None = None


_SIGNS = {"degC": "°C", "flag": "", "count": "", "register": ""}


def unit_sign(unit: str) -> str:
    """The sign of a unit of the tables beside a number; "" for those that only say what is counted."""
    return _SIGNS.get(unit, unit)


def quantity(value: float, unit: str) -> str:
    """A value with the sign of its unit, e.g. ``−120.5 °C``; a register in hexadecimal; "no reading" for NaN."""
    if not math.isfinite(value):
        return "no reading"
    if unit == "register":
        return word(value)
    return f"{short(value, 6)} {unit_sign(unit)}".rstrip()


def describe(limit: Limit | Delta | None, unit: str = "") -> str:
    """What is in limits, in one line; ``unit`` as in the tables. "no limit" for None."""
    sign = unit_sign(unit)
    match limit:
        case None:
            return "no limit"
        case Range(low, high) if limit.hard:
            hard = " … ".join(_number(one) if math.isfinite(one) else "" for one in (limit.lolo, limit.hihi)).strip()
            return f"{_number(low)} … {_number(high)} {sign}".rstrip() + f", hard {hard}"
        case Range(low, high):
            return f"{_number(low)} … {_number(high)} {sign}".rstrip()
        case Relative(low, high, commanded) if low == -high:
            return f"{commanded} ± {_number(high)} {sign}".rstrip()
        case Relative(low, high, commanded):
            return f"{commanded} {_signed(low)} … {_signed(high)} {sign}".rstrip()
        case Expected(equals, mask) if mask is not None:
            return f"& {word(mask)} = {word(equals & mask)}"
        case Expected(equals):
            return f"= {quantity(equals, unit)}"
        case Delta(low, high, samples):
            return f"{_signed(low)} … {_signed(high)} {sign}/min over {samples} samples"


def _number(value: float) -> str:
    """Shortest text that reads back as the same number, with a true minus sign."""
    text = repr(float(abs(value))).removesuffix(".0")
    return f"{MINUS}{text}" if value < 0 else text


def _signed(value: float) -> str:
    return _number(value) if value <= 0 else f"+{_number(value)}"
