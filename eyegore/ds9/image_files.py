"""The image files of a folder, found by a template of their names."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from eyegore.basics.errors import SettingsError
from eyegore.elvis.day_folder import parse_stamp

USUAL_TEMPLATE = "EUC_%i_*D*T_ROE%i_CCD%i.fits"
"""Names as ELVIS gives them; the time in them has an underscore or has none."""

_FIELDS = ("obsid", "roe", "ccd")
_FIELD = re.compile(r"%(0?\d*)[di]")


@dataclass(frozen=True)
class Found:
    """The file of each ObsID and CCD, and what a person should know of how they were chosen."""

    paths: Mapping[tuple[int, int], Path]
    notes: tuple[str, ...] = ()


class NameTemplate:
    """Names of image files: three integer fields (``%i``, ``%d``, ``%06d``) for ObsID, ROE and CCD, in this order.

    ``*``, ``?`` and ``[..]`` stand for what they stand for in a shell; capital and small letters are the same, and
    compressed images (``.fz``, ``.gz``) count as those named. SettingsError when it is no such template.
    """

    def __init__(self, text: str = USUAL_TEMPLATE) -> None:
        parts = _FIELD.split(text.replace("%%", "\0"))
        fixed, count = parts[::2], len(parts) // 2
        if count != len(_FIELDS) or any("%" in part for part in fixed):
            raise SettingsError(
                f"template '{text}' must have three integer fields (%i) for ObsID, ROE and CCD, as in {USUAL_TEMPLATE}"
            )
        if "/" in text:
            raise SettingsError(f"template '{text}' must be a file name: give the folder with -p")
        pattern = _regular(fixed[0])
        for field, following in zip(_FIELDS, fixed[1:], strict=True):
            pattern += rf"(?P<{field}>\d+){_regular(following)}"
        packed = r"(?:\.fz|\.gz)?" if text.lower().endswith((".fits", ".fit")) else ""
        self._pattern = re.compile(pattern + packed, re.ASCII | re.DOTALL | re.IGNORECASE)

    def match(self, name: str) -> tuple[int, int, int] | None:
        """ObsID, ROE and CCD in a file name; None for other names and hidden files (copies being made)."""
        match = None if name.startswith(".") else self._pattern.fullmatch(name)
        return (int(match["obsid"]), int(match["roe"]), int(match["ccd"])) if match else None


def image_files(folder: Path, template: NameTemplate, roe: int, obsids: range, ccds: Iterable[int]) -> Found:
    """Files of a folder for these ObsIDs and CCDs; of several for one image the newest. SettingsError: no folder."""
    wanted = set(ccds)
    names: dict[tuple[int, int], list[str]] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                fields = template.match(entry.name)
                if fields is not None and fields[0] in obsids and fields[1] == roe and fields[2] in wanted:
                    names.setdefault((fields[0], fields[2]), []).append(entry.name)
    except OSError as why:
        raise SettingsError(f"{folder} cannot be read: {why.strerror}") from why
    notes = []
    for (obsid, ccd), several in sorted(names.items()):
        several.sort(key=lambda name: (_time(name), name))
        if len(several) > 1:
            notes.append(f"CCD{ccd} of ObsID {obsid} has {len(several)} files: {several[-1]} is taken, the newest")
    return Found({key: folder / several[-1] for key, several in names.items()}, tuple(notes))


def _time(name: str) -> float:
    time = parse_stamp(name)
    return time if time == time else 0.0  # NaN: no date at all


def _regular(text: str) -> str:
    """What stands between fields, as a regular expression."""
    translated = fnmatch.translate(text.replace("\0", "%"))  # (?s:...)\Z
    return translated.removesuffix(r"\Z").removesuffix(r"\z")
