"""What a limit table in TOML must look like; ``docs/limits.rst`` describes every key for the person who writes one.

The checks between two keys hang on the later one, and see the earlier only when it is right by itself: so one wrong
key does not hide what is wrong with the others.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from eyegore.limits.model import Delta, Expected, Limit, Parameter, Phase, PhaseRule, Range, Reading, Relative, Severity

COUNTED = ("flag", "count", "register")
"""Units of what is no measured quantity: what a parameter reads unless its entry says it."""
EXACT = 2**53
"""Integers up to here are exact in float64, the type of every HK sample."""


def _whole(value: object) -> object:
    """Decimal or hexadecimal text, or a float without fraction, as the integer it stands for."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        text = value.strip()
        if re.fullmatch(r"[+-]?[0-9]{1,20}", text):
            return int(text)
        if re.fullmatch(r"(0[xX])?[0-9a-fA-F]{1,16}", text):
            return int(text, 16)
        raise ValueError(f"{value!r} is neither a decimal nor a hexadecimal number")
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^\S([^\t\r\n]*\S)?$")]
Whole = Annotated[int, BeforeValidator(_whole), Field(ge=-EXACT, le=EXACT)]
Grade = Literal["NONE", "WARNING", "CRITICAL"]
ReadingName = Literal["measured", "register"]
PhaseName = Literal["warm", "cool-down", "cold", "warm-up"]


class _Entry(BaseModel):
    """Nothing is converted, nothing unknown is passed over: a table is either right or refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class _Interval(_Entry):
    low: float
    high: float

    @field_validator("high")
    @classmethod
    def _above_low(cls, high: float, info: ValidationInfo) -> float:
        low = info.data.get("low")
        if low is not None and not low < high:
            raise ValueError(f"{high!r} must be above low = {low!r}")
        return high


class RangeEntry(_Interval):
    """``{ kind = "range", low, high, lolo, hihi }``, the last two for those that have hard limits."""

    kind: Literal["range"]
    lolo: float | None = None
    hihi: float | None = None

    @field_validator("lolo")
    @classmethod
    def _below_low(cls, lolo: float | None, info: ValidationInfo) -> float | None:
        low = info.data.get("low")
        if lolo is not None and low is not None and lolo > low:
            raise ValueError(f"{lolo!r} must not be above low = {low!r}: a hard limit lies outside the soft one")
        return lolo

    @field_validator("hihi")
    @classmethod
    def _above_high(cls, hihi: float | None, info: ValidationInfo) -> float | None:
        high = info.data.get("high")
        if hihi is not None and high is not None and hihi < high:
            raise ValueError(f"{hihi!r} must not be below high = {high!r}: a hard limit lies outside the soft one")
        return hihi

    def limit(self) -> Range:
        """The limit this entry stands for."""
        lolo = -math.inf if self.lolo is None else self.lolo
        return Range(self.low, self.high, lolo, math.inf if self.hihi is None else self.hihi)


class RelativeEntry(_Interval):
    """``{ kind = "relative", low, high, commanded, settle }``."""

    kind: Literal["relative"]
    commanded: Text
    settle: float = Field(default=Relative.settle, ge=0)

    def limit(self) -> Relative:
        """The limit this entry stands for."""
        return Relative(self.low, self.high, self.commanded, self.settle)


class ExpectedEntry(_Entry):
    """``{ kind = "expected", equals, mask }``; numbers or text, decimal or hexadecimal."""

    kind: Literal["expected"]
    equals: Whole
    mask: Annotated[Whole, Field(gt=0)] | None = None

    def limit(self) -> Expected:
        """The limit this entry stands for."""
        return Expected(self.equals, self.mask)


class DeltaEntry(_Interval):
    """``{ low, high, samples }``, change per minute."""

    samples: int = Field(ge=2, le=100_000)

    def limit(self) -> Delta:
        """The limit this entry stands for."""
        return Delta(self.low, self.high, self.samples)


class SeverityEntry(_Entry):
    """``{ low, high }``, each NONE, WARNING or CRITICAL."""

    low: Grade
    high: Grade


LimitEntry = Annotated[RangeEntry | RelativeEntry | ExpectedEntry, Field(discriminator="kind")]


class PhaseEntry(_Entry):
    """``[parameters.NAME.phase.PHASE]``: what is other than usual in that phase.

    ``only = "safe"``: what is safe is good enough for the data as well.
    """

    safe: LimitEntry | None = None
    performance: LimitEntry | None = None
    delta: DeltaEntry | None = None
    only: Literal["safe"] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> PhaseEntry:
        if not (self.safe or self.performance or self.delta or self.only):
            raise ValueError('is empty: safe, performance, delta or only = "safe" must be there')
        if self.only and self.performance:
            raise ValueError('only = "safe" and a performance limit exclude each other')
        return self

    def applied(self, usual: Parameter) -> Parameter:
        """The parameter as it is in this phase."""
        safe = self.safe.limit() if self.safe else usual.safe
        performance = self.performance.limit() if self.performance else usual.performance
        return replace(
            usual,
            safe=safe,
            performance=safe if self.only else performance,
            delta=self.delta.limit() if self.delta else usual.delta,
        )


class ParameterEntry(_Entry):
    """``[parameters.NAME]``; the order of the fields is that of the checks."""

    unit: Text
    description: Text
    safe: LimitEntry | None = None
    performance: LimitEntry | None = None
    delta: DeltaEntry | None = None
    sentinels: list[float] = []
    valid: _Interval | None = None
    severity: SeverityEntry | None = Field(default=None, validate_default=True)
    response: str = ""
    response_low: str = ""
    response_high: str = ""
    response_min: float | None = Field(default=None, gt=0)
    deadband: float = Field(default=0.0, ge=0)
    to_raise: int | None = Field(default=None, ge=1, le=1000)
    to_clear: int | None = Field(default=None, ge=1, le=1000)
    out_of_service: Text | None = None
    reading: ReadingName | None = None
    phase: dict[PhaseName, PhaseEntry] = {}

    @field_validator("performance")
    @classmethod
    def _nests(cls, performance: LimitEntry | None, info: ValidationInfo) -> LimitEntry | None:
        _refuse_wider(performance, info.data.get("safe"))
        return performance

    @field_validator("valid")
    @classmethod
    def _leaves_room(cls, valid: _Interval | None, info: ValidationInfo) -> _Interval | None:
        for name in ("safe", "performance"):
            _refuse_beyond(valid, name, info.data.get(name))
        return valid

    @field_validator("severity")
    @classmethod
    def _graded(cls, severity: SeverityEntry | None, info: ValidationInfo) -> SeverityEntry | None:
        # A limit that is wrong by itself is not in the data, but it is there.
        if severity is None and any(info.data.get(name, True) for name in ("safe", "performance", "delta")):
            raise ValueError("missing: a parameter with limits needs { low = ..., high = ... }")
        for name in ("safe", "performance"):
            _refuse_graded_twice(severity, name, info.data.get(name))
        return severity

    @field_validator("deadband")
    @classmethod
    def _can_be_over(cls, deadband: float, info: ValidationInfo) -> float:
        for name in ("safe", "performance"):
            _refuse_no_way_back(deadband, name, info.data.get(name))
        return deadband

    @field_validator("phase")
    @classmethod
    def _fits(cls, phases: dict[PhaseName, PhaseEntry], info: ValidationInfo) -> dict[PhaseName, PhaseEntry]:
        data = info.data
        for name, entry in phases.items():
            try:
                if data.get("severity") is None:
                    raise ValueError("has limits, but the parameter has no severity")
                if not entry.only:
                    _refuse_wider(entry.performance or data.get("performance"), entry.safe or data.get("safe"))
                for part in ("safe", "performance"):
                    _refuse_beyond(data.get("valid"), part, getattr(entry, part))
                    _refuse_graded_twice(data.get("severity"), part, getattr(entry, part))
                    _refuse_no_way_back(data.get("deadband", 0.0), part, getattr(entry, part))
            except ValueError as why:
                raise ValueError(f"{name}: {why}") from why
        return phases

    def parameter(self, name: str) -> Parameter:
        """The parameter this entry stands for."""
        usual = self._usual(name)
        return replace(usual, phases={Phase(phase): entry.applied(usual) for phase, entry in self.phase.items()})

    def _usual(self, name: str) -> Parameter:
        return Parameter(
            name=name,
            unit=self.unit,
            description=self.description,
            safe=self.safe.limit() if self.safe else None,
            performance=self.performance.limit() if self.performance else None,
            delta=self.delta.limit() if self.delta else None,
            sentinels=tuple(self.sentinels),
            valid=(self.valid.low, self.valid.high) if self.valid else None,
            severity_low=Severity[self.severity.low] if self.severity else Severity.NONE,
            severity_high=Severity[self.severity.high] if self.severity else Severity.NONE,
            response=self.response.strip(),
            response_low=self.response_low.strip(),
            response_high=self.response_high.strip(),
            response_min=self.response_min,
            deadband=self.deadband,
            to_raise=self.to_raise,
            to_clear=self.to_clear,
            out_of_service=self.out_of_service or "",
            reading=Reading(self.reading or ("register" if self.unit in COUNTED else "measured")),
        )


class PhasesEntry(_Entry):
    """``[phases]``: how the phase follows from the temperature."""

    sensors: list[Name] = Field(min_length=1)
    cold_below: float
    warm_above: float
    hysteresis: float = Field(gt=0)

    @field_validator("hysteresis")
    @classmethod
    def _leaves_room(cls, hysteresis: float, info: ValidationInfo) -> float:
        cold, warm = info.data.get("cold_below"), info.data.get("warm_above")
        if cold is not None and warm is not None and not cold + hysteresis < warm - hysteresis:
            raise ValueError("cold_below and warm_above must be more than twice the hysteresis apart")
        return hysteresis

    def rule(self) -> PhaseRule:
        """The rule this entry stands for."""
        return PhaseRule(tuple(self.sensors), self.cold_below, self.warm_above, self.hysteresis)


class TableEntry(_Entry):
    """The whole file."""

    elvis: Text
    parameters: dict[Name, ParameterEntry] = Field(min_length=1)
    phases: PhasesEntry | None = Field(default=None, validate_default=True)

    @field_validator("phases")
    @classmethod
    def _known(cls, phases: PhasesEntry | None, info: ValidationInfo) -> PhasesEntry | None:
        parameters: dict[str, ParameterEntry] | None = info.data.get("parameters")
        if parameters is None:
            return phases
        if phases is None:
            named = next((name for name, entry in parameters.items() if entry.phase), None)
            if named is not None:
                raise ValueError(f"missing, though {named} has limits of a phase: nothing would tell which it is")
            return phases
        for sensor in phases.sensors:
            if sensor not in parameters:
                raise ValueError(f"sensors: {sensor!r} has no entry among the parameters")
        return phases


def _refuse_wider(performance: LimitEntry | None, safe: LimitEntry | None) -> None:
    if safe is not None and performance is not None and not _inside(performance.limit(), safe.limit()):
        raise ValueError("must lie inside safe: what is good enough for the data must be safe for the hardware")


def _refuse_beyond(valid: _Interval | None, name: str, limit: LimitEntry | None) -> None:
    if valid is None or not isinstance(limit, RangeEntry):
        return
    lowest = limit.low if limit.lolo is None else limit.lolo
    highest = limit.high if limit.hihi is None else limit.hihi
    if not (valid.low < lowest and highest < valid.high):
        raise ValueError(f"must reach beyond {name} on both sides, else a reading there is never out of limits")


def _refuse_graded_twice(severity: SeverityEntry | None, name: str, limit: LimitEntry | None) -> None:
    if severity is None or not isinstance(limit, RangeEntry):
        return
    for side, hard, key in ((severity.low, limit.lolo, "lolo"), (severity.high, limit.hihi, "hihi")):
        if hard is not None and side == "CRITICAL":
            raise ValueError(
                f"CRITICAL where {name} has {key}: beyond the soft limit it is WARNING, or take {key} away"
            )


def _refuse_no_way_back(deadband: float, name: str, limit: LimitEntry | None) -> None:
    if isinstance(limit, RangeEntry | RelativeEntry) and not limit.low + deadband <= limit.high - deadband:
        raise ValueError(f"leaves nothing between the limits of {name}: what is out would never be over")


def _inside(inner: Limit, outer: Limit) -> bool:
    """Whether all that ``inner`` admits ``outer`` admits; True where that cannot be told without the command."""
    if isinstance(inner, Range) and isinstance(outer, Range):
        return outer.low <= inner.low and inner.high <= outer.high
    if isinstance(inner, Range) and isinstance(outer, Expected):
        return False  # a range admits more than whole numbers
    if isinstance(inner, Expected) and inner.mask is None:
        if isinstance(outer, Range):
            return outer.low <= inner.equals <= outer.high
        if isinstance(outer, Expected):
            bits = -1 if outer.mask is None else outer.mask
            return inner.equals & bits == outer.equals & bits
    return True
