"""The calibration campaign: which tests there are, of which family, and what each of their frames commands.

Tables: ``campaign_columns.csv`` (one row per script column; exposure times and mirror positions are expressions in the
chamber's own numbers), ``script_defaults.csv`` (what a script commands unless it says otherwise), ``chambers.json``
(times to full well [s], focus [mm], FWHM [pixel], filter slots, spot patterns). The bias levels of the blocks are those
that the checks of frames expect.
"""

from __future__ import annotations

import csv
import difflib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from eyegore.basics.errors import SettingsError
from eyegore.limits.frame_model import Family
from eyegore.limits.table import built_in_checks
from eyegore.messages.exposures import CCDS

Setting = float | int | str

_MOST_NAMES = 60
"""An error lists no more names than these when it can name a near one."""

_DEFAULTS_OF = ("6.3.0", "6.5.X", "7.2.X", "7.5.X")
_NUMBER = r"-?\d+(?:\.\d+)?"
_FULL_WELL = re.compile(rf"({_NUMBER})\*tFWC_(flat|point)\[nm(\d+)\]")
_MIRROR = re.compile(rf"mirror_nom\[F(\d)\](?:([+-])({_NUMBER}))?")
_FAMILIES = (
    (r"(TP|CHINJ|STRAY)00", Family.OTHER),  # nobody agreed on checks for these
    (r"BIAS", Family.BIAS),
    (r"DARK", Family.DARK),
    (r"NL02", Family.NONLINEARITY),
    (r"FLAT|PTC|NL0|BF0|MOT_FF", Family.FLAT),
    (r"CHINJ|TP\d", Family.INJECTION),
    (r"FOCUS", Family.FOCUS),
    (r"PSF", Family.PSF),
    (r"PERSIST", Family.PERSISTENCE),
    (r"MOT_WARM", Family.WARM),
    (r"COSMETICS", Family.COSMETICS),
)


@dataclass(frozen=True)
class Chamber:
    """A test chamber's optics. Times to full well [s], ``fwhm`` [pixel] by wavelength [nm]; ``mirror`` [mm] by slot.

    ``patterns`` holds, per CCD, the spots of the point source by name (quadrant and spot letter) in silicon pixels.
    """

    name: str
    full_well: Mapping[str, Mapping[int, float]]
    mirror: Mapping[int, float]
    fwhm: Mapping[int, float]
    slots: Mapping[int, int]
    patterns: Mapping[int, Mapping[str, tuple[float, float]]]

    def slot(self, wavelength: int) -> int:
        """Filter-wheel slot of a wavelength [nm] (0: neutral density)."""
        for slot, there in self.slots.items():
            if there == wavelength:
                return slot
        raise SettingsError(f"chamber {self.name} has no filter for {wavelength} nm: choose other tests or chamber")

    def time_to_full_well(self, source: str, wavelength: int) -> float:
        """Exposure time [s] that fills the well with ``source`` "flat" or "point"."""
        try:
            return self.full_well[source][wavelength]
        except KeyError:
            raise SettingsError(
                f"chamber {self.name} has no {source}-source flux for {wavelength} nm: choose other tests or chamber"
            ) from None


@dataclass(frozen=True)
class ScriptColumn:
    """``frames`` exposures with the same commanding; ``settings`` holds every commanded key, exptime [s] among them."""

    test: str
    number: int
    frames: int
    wavelength: int
    comment: str
    settings: Mapping[str, Setting] = field(repr=False)


def _table(name: str) -> list[dict[str, str]]:
    text = files("eyegore.campaign").joinpath("tables", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _script() -> Mapping[str, list[dict[str, str]]]:
    tests: dict[str, list[dict[str, str]]] = {}
    for row in _table("campaign_columns.csv"):
        tests.setdefault(row["test"], []).append(row)
    return tests


@cache
def _chambers() -> Mapping[str, Chamber]:
    document = json.loads(files("eyegore.campaign").joinpath("tables", "chambers.json").read_text(encoding="utf-8"))
    chambers = {}
    for name, known in document["chambers"].items():
        pattern = document["patterns"][known["pattern"]]
        chambers[name] = Chamber(
            name=name,
            full_well={kind: {int(nm): t for nm, t in known[f"{kind}_s"].items()} for kind in ("flat", "point")},
            mirror={int(slot): position for slot, position in known["mirror_mm"].items()},
            fwhm={int(nm): fwhm for nm, fwhm in known["fwhm_px"].items()},
            slots={int(slot): nm for slot, nm in known["slot_nm"].items()},
            patterns={ccd: {spot: (x, y) for spot, (x, y) in pattern[f"CCD{ccd}"].items()} for ccd in CCDS},
        )
    return chambers


def known_tests() -> tuple[str, ...]:
    """Every test of the full campaign that takes its own frames."""
    return tuple(_script())


@cache
def frames_of(test: str) -> int | None:
    """How many exposures a test of the campaign takes; None for one that is not known."""
    columns = _script().get(test.strip().upper())
    return sum(int(row["frames"]) for row in columns) if columns else None


def known_chambers() -> tuple[str, ...]:
    """Every chamber profile with a spot pattern."""
    return tuple(_chambers())


def known_blocks() -> tuple[str, ...]:
    """Every block with known bias levels."""
    return tuple(built_in_checks().blocks)


def unknown(what: str, name: str, known: Iterable[str]) -> SettingsError:
    """The error for a name that is not among the known ones, with the nearest first."""
    names = list(known)
    near = difflib.get_close_matches(name.upper(), names, n=3, cutoff=0.5)
    hints = [f"did you mean {' or '.join(near)}?"] if near else []
    if not near or len(names) <= _MOST_NAMES:
        hints.append(f"known are {', '.join(names)}")
    return SettingsError(f"no {what} {name!r}: {' '.join(hints)}")


def chamber(name: str) -> Chamber:
    """One chamber profile."""
    try:
        return _chambers()[name]
    except KeyError:
        raise unknown("chamber", name, known_chambers()) from None


def chamber_of_block(block: str) -> Chamber:
    """The profile of the chamber as it was for one block; B_BORN's where the block has none of its own."""
    own = [name for name in known_chambers() if name.partition("_")[2] == block]
    return chamber(own[0] if own else "B_BORN")


def block_offsets(block: str) -> Mapping[tuple[int, str], float]:
    """Expected bias level [ADU] of a block by CCD number and quadrant letter."""
    try:
        return built_in_checks().blocks[block]
    except KeyError:
        raise unknown("block", block, known_blocks()) from None


def default_settings(elvis: str) -> dict[str, Setting]:
    """What a script of this ELVIS version commands unless it says otherwise, under the names of 6.3.0 and later.

    Voltages [V] and times as in those scripts; versions before 6.3.0 commanded the same in mV and ms.
    """
    version = elvis if elvis in _DEFAULTS_OF else _DEFAULTS_OF[0]
    settings = {row["key"]: _setting(row[version]) for row in _table("script_defaults.csv")}
    return settings | {"exptime": 0, "wave": 4, "source": "flat"}


def script_columns(test: str, profile: Chamber, elvis: str) -> tuple[ScriptColumn, ...]:
    """The columns of one test's script, with the expressions worked out for a chamber."""
    if test not in _script():
        raise unknown("test", test, known_tests())
    defaults = default_settings(elvis)
    columns = []
    for row in _script()[test]:
        wavelength = int(row["wavelength"])
        settings = dict(defaults)
        for assignment in filter(None, row["settings"].split(";")):
            key, _, text = assignment.partition("=")
            settings[key] = _mirror(text, profile) if key == "mirr_pos" else _setting(text)
        settings |= {
            "exptime": _seconds(row["exptime"], profile),
            "wave": profile.slot(wavelength),
            "source": row["source"],
            "test": test,
        }
        columns.append(ScriptColumn(test, int(row["column"]), int(row["frames"]), wavelength, row["comment"], settings))
    return tuple(columns)


def _setting(text: str) -> Setting:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def _seconds(expression: str, profile: Chamber) -> float:
    if match := _FULL_WELL.fullmatch(expression):
        return round(float(match[1]) * profile.time_to_full_well(match[2], int(match[3])), 4)
    return float(expression)


def _mirror(expression: str, profile: Chamber) -> float:
    match = _MIRROR.fullmatch(expression)
    if match is None:
        return float(expression)
    step = float(f"{match[2]}{match[3]}") if match[3] else 0.0
    return round(profile.mirror[int(match[1])] + step, 3)


def family_of(test: str) -> Family:
    """Family of a test such as ``PTC02_730``; OTHER for a name that is not known, or none."""
    name = test.strip().upper()
    return next((family for pattern, family in _FAMILIES if re.match(pattern, name)), Family.OTHER)
