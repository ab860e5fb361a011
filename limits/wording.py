"""Limits as people write them: ``−133 … 35 °C``, ``OD_1_T ± 0.2 V``, ``= 0x2FA0 (12192)``."""

from __future__ import annotations

import math

from eyegore.basics.quantities import MINUS, short
from eyegore.limits.model import Delta, Expected, Limit, Range, Relative

_SIGNS = {"degC": "°C", "flag": "", "count": "", "register": ""}


def unit_sign(unit: str) -> str:
    """The sign of a unit of the tables beside a number; "" for those that only say what is counted."""
    return _SIGNS.get(unit, unit)


def quantity(value: float, unit: str) -> str:
    """A value with the sign of its unit, e.g. ``−120.5 °C``; "no reading" for NaN."""
    return f"{short(value, 6)} {unit_sign(unit)}".rstrip() if math.isfinite(value) else "no reading"


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
            return f"& {_word(mask)} = {_word(equals & mask)}"
        case Expected(equals):
            return f"= {_word(equals)} ({equals})" if equals > 9 else f"= {_number(equals)}"
        case Delta(low, high, samples):
            return f"{_signed(low)} … {_signed(high)} {sign}/min over {samples} samples"


def _number(value: float) -> str:
    """Shortest text that reads back as the same number, with a true minus sign."""
    text = repr(float(abs(value))).removesuffix(".0")
    return f"{MINUS}{text}" if value < 0 else text


def _signed(value: float) -> str:
    return _number(value) if value <= 0 else f"+{_number(value)}"


def _word(value: int) -> str:
    return f"0x{value:04X}"
