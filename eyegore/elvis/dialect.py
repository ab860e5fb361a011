"""What each ELVIS version calls its columns, and which version a header belongs to.

The tables (``tables/hk_columns.csv``, ``tables/explog_columns.csv``) hold one layout per group of versions that share
it. Where a version is known by one kind of file only, its other layout is taken from its neighbour (:data:`_BORROWED`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files

TIME_COLUMNS = ("TimeStamp", "HK_timestamp")
"""Names of the HK column that holds the time."""

_BORROWED = {
    # The only table HK file of the 5.x line comes with a log that says 5.7.05.
    "5.7.05": ("5.8.X", "5.7.05"),
    "5.8.X": ("5.8.X", "5.7.05"),
    # The logs of 5.7.04 and 5.7.09 have the same layout: so have, very likely, those between.
    "5.7.06": ("5.7.06", "5.7.04"),
    "5.7.07": ("5.7.07", "5.7.04"),
    "5.7.08": ("5.7.08", "5.7.04"),
}
"""Version -> (version of its HK layout, version of its log layout), where they are not both its own."""

_HK_BORROWED = frozenset(version for version, (hk, _) in _BORROWED.items() if hk != version)

_NEAR = 0.6
"""Least share of common names (of all names in either) for a header to be called a variant of a known version."""


class Stamp(Enum):
    """How the HK files of a version tell the time of a row."""

    NONE = "none"
    """Transposed files: one parameter per line, no time; samples are 1 s apart from the time in the file name."""

    CLOCK = "HH:MM:SS"
    DATE_CLOCK = "dd-mm-yy_HH:MM:SS"


@dataclass(frozen=True)
class Dialect:
    """What one ELVIS version writes. ``hk_columns`` are without the time column, whose name is ``hk_time``.

    ``hk_units`` and ``hk_descriptions`` run along ``hk_columns``; ``explog_types`` ("int", "float" or "str") and
    ``explog_units`` along ``explog_columns``. ``exptime_scale`` turns the exposure time of the log into seconds
    (ms up to 6.1.0, s from 6.3.0).
    """

    version: str
    stamp: Stamp
    hk_time: str
    hk_columns: tuple[str, ...]
    hk_units: tuple[str, ...]
    hk_descriptions: tuple[str, ...]
    explog_columns: tuple[str, ...]
    explog_types: tuple[str, ...]
    explog_units: tuple[str, ...]
    exptime_scale: float


@dataclass(frozen=True)
class Recognition:
    """Which version a header belongs to: ``elvis`` is "" when none is near.

    ``unknown`` are the columns that version does not have, ``missing`` those it should have. ``candidates`` are all
    versions that fit equally well (they share the layout), oldest first; ``elvis`` is the first of them.
    """

    elvis: str
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()


def _layouts(table: str) -> dict[str, list[dict[str, str]]]:
    layouts: dict[str, list[dict[str, str]]] = {}
    text = files("eyegore.elvis").joinpath("tables", table).read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        for version in row["versions"].split():
            layouts.setdefault(version, []).append(row)
    return layouts


def _stamp(version: str, time_column: str) -> Stamp:
    if not time_column:
        return Stamp.NONE
    # The full stamp came with 6.3.0, the first version with the short parameter names.
    return Stamp.CLOCK if version in ("5.7.05", "5.8.X", "6.0.0", "6.1.0") else Stamp.DATE_CLOCK


def _load() -> dict[str, Dialect]:
    hk, explog = _layouts("hk_columns.csv"), _layouts("explog_columns.csv")
    dialects = {}
    for version in sorted(hk.keys() | explog.keys()):
        hk_of, explog_of = _BORROWED.get(version, (version, version))
        rows, logged = hk[hk_of], explog[explog_of]
        time_column = rows[0]["column"] if rows[0]["column"] in TIME_COLUMNS else ""
        rows = rows[1:] if time_column else rows
        in_ms = any(row["column"].lower() == "exptime" and row["unit"] == "ms" for row in logged)
        dialects[version] = Dialect(
            version=version,
            stamp=_stamp(version, time_column),
            hk_time=time_column,
            hk_columns=tuple(row["column"] for row in rows),
            hk_units=tuple(row["unit"] for row in rows),
            hk_descriptions=tuple(row["description"] for row in rows),
            explog_columns=tuple(row["column"] for row in logged),
            explog_types=tuple(row["dtype"] for row in logged),
            explog_units=tuple(row["unit"] for row in logged),
            exptime_scale=1e-3 if in_ms else 1.0,
        )
    return dialects


DIALECTS: dict[str, Dialect] = _load()
"""Every known version, oldest first."""

REGISTERS: frozenset[str] = frozenset(
    column
    for dialect in DIALECTS.values()
    for column, unit in zip(dialect.hk_columns, dialect.hk_units, strict=True)
    if unit == "register"
)
"""HK parameters whose cells may be hexadecimal words."""


def parameter_info(elvis: str, column: str) -> tuple[str, str]:
    """Unit and description of one HK parameter; of another version that has it when ``elvis`` has not, else "", ""."""
    known = DIALECTS.get(elvis)
    for dialect in ([known] if known else []) + list(reversed(DIALECTS.values())):
        if column in dialect.hk_columns:
            place = dialect.hk_columns.index(column)
            return dialect.hk_units[place], dialect.hk_descriptions[place]
    return "", ""


def recognise_hk(columns: Sequence[str], transposed: bool | None = None) -> Recognition:
    """Version whose HK files have these columns; a time column among them is not compared.

    ``transposed`` tells the layout of the file (None: not known); versions of the other layout are then left out.
    """
    return _recognise(
        [column for column in columns if column not in TIME_COLUMNS],
        {
            version: dialect.hk_columns
            for version, dialect in DIALECTS.items()
            if version not in _HK_BORROWED and transposed in (None, dialect.stamp is Stamp.NONE)
        },
    )


def recognise_explog(columns: Sequence[str]) -> Recognition:
    """Version whose exposure logs have these columns; upper and lower case are different columns here."""
    return _recognise(columns, {version: dialect.explog_columns for version, dialect in DIALECTS.items()})


def compare_hk(elvis: str, columns: Sequence[str]) -> Recognition:
    """What :func:`recognise_hk` would say, with the version given instead of recognised."""
    dialect = DIALECTS.get(elvis)
    if dialect is None:
        return Recognition(elvis)
    return _compared(elvis, [column for column in columns if column not in TIME_COLUMNS], dialect.hk_columns, (elvis,))


def version_named(text: str) -> str:
    """Known version that a cell such as ``egse_ver`` names ("7.5.3" is of the 7.5.X), "" when it names none."""
    match = re.search(r"(\d+)\.(\d+)\.(\d+|X)", text)
    if match is None:
        return ""
    major, minor, patch = match.groups()
    return next((v for v in (f"{major}.{minor}.{patch}", f"{major}.{minor}.X") if v in DIALECTS), "")


def settle(hk: Recognition, explog: Recognition) -> str:
    """Version of an HK file beside an exposure log: the first that fits both, else what the HK file says."""
    return next((version for version in hk.candidates if version in explog.candidates), hk.elvis)


@cache
def _names(columns: tuple[str, ...]) -> frozenset[str]:
    return frozenset(columns)


def _recognise(columns: Sequence[str], layouts: dict[str, tuple[str, ...]]) -> Recognition:
    given = tuple(columns)
    exact = tuple(version for version, layout in layouts.items() if layout == given)
    if exact:
        return Recognition(exact[0], candidates=exact)
    names = frozenset(given)
    likeness = {
        version: len(names & _names(layout)) / len(names | _names(layout)) for version, layout in layouts.items()
    }
    best = max(likeness.values())
    if best < _NEAR:
        return Recognition("")
    near = tuple(version for version, value in likeness.items() if value == best)
    return _compared(near[0], given, layouts[near[0]], near)


def _compared(elvis: str, columns: Iterable[str], layout: Sequence[str], candidates: tuple[str, ...]) -> Recognition:
    given = tuple(columns)
    return Recognition(
        elvis,
        unknown=tuple(column for column in given if column not in layout),
        missing=tuple(column for column in layout if column not in given),
        candidates=candidates,
    )
