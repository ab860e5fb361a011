"""HK files of the 5.7 line: one parameter per line, its name and then its samples, 1 s apart, with no time at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from eyegore.elvis.dialect import DIALECTS, Stamp
from eyegore.elvis.hk_text import excerpt, number
from eyegore.messages.events import FloatArray

CADENCE = 1.0
"""Time between two samples [s]: what the table files of later versions show."""

_KNOWN = frozenset(
    column for dialect in DIALECTS.values() if dialect.stamp is Stamp.NONE for column in dialect.hk_columns
)


@dataclass(frozen=True, eq=False)
class TransposedHk:
    """Content of one file: ``values`` has shape (samples, len(columns)); ``bad`` are line numbers with the reason.

    A line with another number of samples than most is bad; its parameter is kept and has no data (NaN).
    """

    columns: tuple[str, ...]
    values: FloatArray
    line: int
    bad: tuple[tuple[int, str], ...]


def is_transposed(line: str) -> bool:
    """Whether a line could be of such a file: a name, then numbers."""
    name, *samples = line.split() or [""]
    if not samples or np.isfinite(number(name)):
        return False
    return name in _KNOWN or (name[0].isalpha() and all(np.isfinite(number(sample)) for sample in samples))


def read_transposed(data: bytes) -> TransposedHk:
    """Content of the complete lines of a file."""
    samples: dict[str, list[str]] = {}
    at: dict[str, int] = {}
    bad: list[tuple[int, str]] = []
    for place, line in enumerate(data.decode("latin-1").split("\n")[:-1], start=1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        name, *cells = bare.split()
        if "\0" in line or not line.isascii():
            bad.append((place, "it holds bytes that are not text"))
        elif np.isfinite(number(name)):
            bad.append((place, f"it begins with a number, not a name: {excerpt(bare)}"))
        elif name in samples:
            bad.append((place, f"{name} is there twice, first in line {at[name]}"))
        else:
            samples[name], at[name] = cells, place
    counts = Counter(len(cells) for cells in samples.values())
    length = max(counts, key=lambda count: (counts[count], count), default=0)
    values = np.full((length, len(samples)), np.nan)
    for place, (name, cells) in enumerate(samples.items()):
        if len(cells) == length:
            values[:, place] = [number(cell) for cell in cells]
        else:
            bad.append((at[name], f"{name} has {len(cells)} samples, most parameters have {length}"))
    return TransposedHk(tuple(samples), values, min(at.values(), default=1), tuple(sorted(bad)))
