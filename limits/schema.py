"""What a limit table in TOML must look like; ``docs/limits.rst`` describes every key for the person who writes one.

The checks between two keys hang on the later one, and see the earlier only when it is right by itself: so one wrong
key does not hide what is wrong with the others.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from eyegore.limits.model import Delta, Expected, Limit, Parameter, Range, Relative, Severity

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
    """``{ kind = "range", low, high }``."""

    kind: Literal["range"]

    def limit(self) -> Range:
        """The limit this entry stands for."""
        return Range(self.low, self.high)


class RelativeEntry(_Interval):
    """``{ kind = "relative", low, high, commanded }``."""

    kind: Literal["relative"]
    commanded: Text

    def limit(self) -> Relative:
        """The limit this entry stands for."""
        return Relative(self.low, self.high, self.commanded)


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
    response_min: float | None = Field(default=None, gt=0)
    deadband: float = Field(default=0.0, ge=0)
    to_raise: int | None = Field(default=None, ge=1, le=1000)
    to_clear: int | None = Field(default=None, ge=1, le=1000)

    @field_validator("performance")
    @classmethod
    def _nests(cls, performance: LimitEntry | None, info: ValidationInfo) -> LimitEntry | None:
        safe = info.data.get("safe")
        if safe is not None and performance is not None and not _inside(performance.limit(), safe.limit()):
            raise ValueError("must lie inside safe: what is good enough for the data must be safe for the hardware")
        return performance

    @field_validator("valid")
    @classmethod
    def _leaves_room(cls, valid: _Interval | None, info: ValidationInfo) -> _Interval | None:
        for name in ("safe", "performance"):
            limit = info.data.get(name)
            if valid and isinstance(limit, RangeEntry) and not (valid.low < limit.low and limit.high < valid.high):
                raise ValueError(f"must reach beyond {name} on both sides, else a reading there is never out of limits")
        return valid

    @field_validator("severity")
    @classmethod
    def _graded(cls, severity: SeverityEntry | None, info: ValidationInfo) -> SeverityEntry | None:
        # A limit that is wrong by itself is not in the data, but it is there.
        if severity is None and any(info.data.get(name, True) for name in ("safe", "performance", "delta")):
            raise ValueError("missing: a parameter with limits needs { low = ..., high = ... }")
        return severity

    def parameter(self, name: str) -> Parameter:
        """The parameter this entry stands for."""
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
            response_min=self.response_min,
            deadband=self.deadband,
            to_raise=self.to_raise,
            to_clear=self.to_clear,
        )


class TableEntry(_Entry):
    """The whole file."""

    elvis: Text
    parameters: dict[Name, ParameterEntry] = Field(min_length=1)


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
