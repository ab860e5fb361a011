"""What the table of the checks of frames must look like in TOML; the file itself describes every key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from eyegore.limits.frame_model import METRICS, CheckLimit, Family, ImageVerdict, Reference

_FAMILIES = [family.value for family in Family]
_REFERENCES = [reference.value for reference in Reference if reference is not Reference.NONE]


class _Entry(BaseModel):
    """Nothing is converted, nothing unknown is passed over."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class CheckEntry(_Entry):
    """One ``[[check]]``; the order of the fields is that of the checks between them."""

    name: str
    description: str = Field(min_length=1)
    families: list[str] = []
    tests: list[str] = []
    modes: list[str] = []
    levels: list[float] | None = None
    columns: list[int] = []
    of: float | None = Field(default=None, gt=0, validate_default=True)
    tolerance: float | None = Field(default=None, gt=0, lt=1, validate_default=True)
    low: float | None = Field(default=None, validate_default=True)
    high: float | None = Field(default=None, validate_default=True)
    reference: str | None = None
    out: Literal["WARNING", "FAIL"]
    flag: str = Field(min_length=1)

    @field_validator("name")
    @classmethod
    def _measured(cls, name: str) -> str:
        if name not in METRICS:
            raise ValueError(f"{name!r} is nothing that is measured: {', '.join(METRICS)}")
        return name

    @field_validator("families")
    @classmethod
    def _families(cls, families: list[str]) -> list[str]:
        for family in families:
            if family not in _FAMILIES:
                raise ValueError(f"no family {family!r}: {', '.join(_FAMILIES)}")
        return families

    @field_validator("levels")
    @classmethod
    def _some(cls, levels: list[float] | None) -> list[float] | None:
        if levels is not None and (not levels or min(levels) <= 0):
            raise ValueError("must hold one level above 0 for each script column")
        return levels

    @field_validator("columns")
    @classmethod
    def _columns(cls, columns: list[int], info: ValidationInfo) -> list[int]:
        if columns and min(columns) < 1:
            raise ValueError("script columns are counted from 1")
        levels = info.data.get("levels")
        if levels is not None and columns and len(columns) != len(levels):
            raise ValueError(f"there are {len(columns)}, for {len(levels)} levels")
        return columns

    @field_validator("of", "tolerance")
    @classmethod
    def _with_levels(cls, value: float | None, info: ValidationInfo) -> float | None:
        if (value is None) == (info.data.get("levels") is not None):
            raise ValueError("missing, though there are levels" if value is None else "has no levels to go with")
        return value

    @field_validator("low", "high")
    @classmethod
    def _without_levels(cls, value: float | None, info: ValidationInfo) -> float | None:
        if (value is None) == (info.data.get("levels") is None):
            raise ValueError(
                "missing: low and high, or levels" if value is None else "low and high, or levels; not both"
            )
        low = info.data.get("low")
        if info.field_name == "high" and value is not None and low is not None and low > value:
            raise ValueError(f"{value!r} must not be below low = {low!r}")
        return value

    @field_validator("reference")
    @classmethod
    def _known(cls, reference: str | None, info: ValidationInfo) -> str | None:
        if reference is not None and reference not in _REFERENCES:
            raise ValueError(f"no reference {reference!r}: {', '.join(_REFERENCES)}")
        if reference is not None and info.data.get("levels") is not None:
            raise ValueError("levels have none: they are shares of their own 'of'")
        return reference

    def limits(self) -> Iterator[CheckLimit]:
        """The limits this entry stands for: one, or one for each level."""
        if self.levels is None:
            yield self._limit(self.low or 0.0, self.high or 0.0, frozenset(self.columns))
            return
        for column, level in zip(self.columns or range(1, len(self.levels) + 1), self.levels, strict=True):
            value, tolerance = min(level, 100.0) / 100.0 * (self.of or 0.0), self.tolerance or 0.0
            yield self._limit(value * (1 - tolerance), value * (1 + tolerance), frozenset({column}))

    def _limit(self, low: float, high: float, columns: frozenset[int]) -> CheckLimit:
        return CheckLimit(
            name=self.name,
            low=low,
            high=high,
            unit=METRICS[self.name],
            out=ImageVerdict(self.out),
            flag=self.flag,
            description=self.description,
            families=frozenset(Family(family) for family in self.families),
            tests=tuple(self.tests),
            columns=columns,
            modes=frozenset(self.modes),
            reference=Reference(self.reference) if self.reference else Reference.NONE,
        )


class OffsetsEntry(_Entry):
    """``{ E, F, G, H }`` of one CCD [ADU]."""

    E: float = Field(ge=0, lt=65536)
    F: float = Field(ge=0, lt=65536)
    G: float = Field(ge=0, lt=65536)
    H: float = Field(ge=0, lt=65536)


class BlockEntry(_Entry):
    """``[blocks.NAME]``."""

    CCD1: OffsetsEntry
    CCD2: OffsetsEntry
    CCD3: OffsetsEntry

    def offsets(self) -> dict[tuple[int, str], float]:
        """Offsets [ADU] by CCD number and quadrant letter."""
        return {
            (ccd, letter): getattr(entry, letter)
            for ccd, entry in enumerate((self.CCD1, self.CCD2, self.CCD3), start=1)
            for letter in "EFGH"
        }


class ChecksEntry(_Entry):
    """The whole file."""

    default_offset: float = Field(ge=0, lt=65536)
    check: list[CheckEntry] = Field(min_length=1)
    blocks: dict[str, BlockEntry] = {}
