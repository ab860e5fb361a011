"""From when to when an exposure was taken, from its row of the exposure log.

``date`` is taken for the start: in the one real pair of files the first HK row of an ObsID carries the same time as its
row of the log. The frame is at risk from then on (flush, injection, pumping) until its last line is read.

Timing model: pixel period 14.3 us, 2128 pixels per line; one row transfer is 4 TOI; flush and injection move 2066
lines; vertical pumping takes (4 toi_tp + dwell_v) each time, serial pumping (2 pixels + dwell_s) each time and line.
2086 lines at TOI 1000 us are read in 71.8 s.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from eyegore.elvis.hk_text import number
from eyegore.messages.events import Exposure

PIXEL_PERIOD_S = 14.3e-6
PIXELS_PER_LINE = 2128
MOVED_LINES = 2066
READ_LINES = 2086
LONGEST_S = 86_400.0
"""An exposure time beyond a day is none [s]."""

_NAMES = {
    "toi_fl": ("toi_fl", "toi_flu", "toi_flsh"),
    "toi_ro": ("toi_ro", "toi_read"),
    "toi_ch": ("toi_ch", "toi_cinj"),
    "toi_tp": ("toi_tp", "toi_pump"),
    "chinj": ("chinj", "chrg_inj"),
    "v_tpump": ("v_tpump", "trappump"),
    "v_tp_cnt": ("v_tp_cnt", "tp_ver_s"),
    "dwell_v": ("dwell_v", "tp_dw_v"),
    "s_tpump": ("s_tpump", "trappump"),
    "s_tp_cnt": ("s_tp_cnt", "tp_ser_s"),
    "dwell_s": ("dwell_s", "tp_dw_h"),
    "vstart": ("vstart",),
    "vend": ("vend",),
    "flushes": ("flushes",),
}
"""What the time beside the exposure depends on: columns of new and old logs, in small letters, blanks out."""
COMMANDED = tuple(_NAMES)
"""What :func:`commanded` tells, in this order."""

_ASSUMED = {
    "toi_fl": 143.0, "toi_ro": 1000.0, "toi_ch": 1000.0, "toi_tp": 1000.0, "chinj": 1.0, "v_tpump": 0.0,
    "v_tp_cnt": 5000.0, "dwell_v": 0.0, "s_tpump": 0.0, "s_tp_cnt": 5000.0, "dwell_s": 0.0,
}  # fmt: skip
"""What is commanded unless a script says otherwise, where a log does not tell; of two the one that takes longer."""


@dataclass(frozen=True)
class ExposureInterval:
    """An exposure from ``start`` to ``end`` of its read-out [lab s]; ``opened`` is when the shutter opens.

    NaN where the log tells no date. ``assumed`` names what it does not tell; ``whole``: it tells the exposure time.
    """

    start: float
    opened: float
    end: float
    assumed: tuple[str, ...] = ()
    whole: bool = True


def interval_of(exposure: Exposure) -> ExposureInterval:
    """The interval of one row of the log."""
    places, cells = _places(exposure.columns), exposure.cells
    assumed: list[str] = []

    def value(key: str) -> float:
        told = _number(cells, places[key])
        if not 0 <= told < 1e9:
            told = _ASSUMED[key]
            assumed.append(f"no {key}, {told:g} assumed")
        return told

    before = MOVED_LINES * 4e-6 * value("toi_fl")
    if value("chinj"):
        before += MOVED_LINES * 4e-6 * value("toi_ch")
    if value("v_tpump"):
        before += value("v_tp_cnt") * 1e-6 * (4 * value("toi_tp") + value("dwell_v"))
    line = 4e-6 * value("toi_ro") + PIXELS_PER_LINE * PIXEL_PERIOD_S
    if value("s_tpump"):
        line += value("s_tp_cnt") * (2 * PIXEL_PERIOD_S + 1e-6 * value("dwell_s"))
    first, last = _number(cells, places["vstart"]), _number(cells, places["vend"])
    lines = last - first
    if not (0 <= first < last and lines <= READ_LINES):
        lines = READ_LINES
        assumed.append(f"no window, {READ_LINES} lines assumed")
    whole = 0 <= exposure.exptime <= LONGEST_S
    if not whole:
        assumed.append("no exposure time")
    opened = exposure.time + before
    end = opened + (exposure.exptime if whole else 0.0) + lines * line
    return ExposureInterval(exposure.time, opened, end, tuple(assumed), whole)


def commanded(exposure: Exposure) -> tuple[str, ...]:
    """What a row of the log tells of what was commanded, by :data:`COMMANDED`; "" where it does not tell."""
    cells = exposure.cells
    return tuple(cells[place] if 0 <= place < len(cells) else "" for place in _places(exposure.columns).values())


@lru_cache(maxsize=8)
def _places(columns: tuple[str, ...]) -> Mapping[str, int]:
    """Where the columns are in a log that has these; -1 for those it does not have."""
    known = [column.lower().replace(" ", "") for column in columns]
    return {key: next((known.index(name) for name in names if name in known), -1) for key, names in _NAMES.items()}


def _number(cells: Sequence[str], place: int) -> float:
    return number(cells[place]) if 0 <= place < len(cells) else math.nan
