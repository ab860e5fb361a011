"""Names in a day folder: what a file is, whose, and of when. Times are lab seconds (:mod:`eyegore.messages.events`).

A name is only a name: dates in it may be impossible (then NaN) or not those of the content, and the folder itself may
be called anything. Months are English whatever the locale.
"""

from __future__ import annotations

import calendar
import math
import os
import re
import time as clock
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

PIVOT = 69
"""Two-digit years from this one on are 19xx, the others 20xx (POSIX ``%y``; ELVIS' dummy date is in 1980)."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_STAMP = re.compile(r"(\d\d)(\d\d)(\d\d)D_?(\d\d)(\d\d)(\d\d)T", re.ASCII)
_FOLDER = re.compile(r"(\d\d)_([A-Za-z]{3})_(\d\d)", re.ASCII)
_IMAGE = re.compile(r"EUC_(\d{1,18})_(\d{6}D_?\d{6}T)_ROE\d+_CCD(\d)\.fits?(?:\.(?:fz|gz))?", re.IGNORECASE | re.ASCII)
_EXPLOG = re.compile(r"EXP_LOG_(\d\d)(\d\d)(\d\d)(?:_[^/]*)?\.txt", re.IGNORECASE | re.ASCII)
_OBSID_HK = re.compile(r"HK_(\d{1,18})_(\d{6}D_?\d{6}T)_ROE\d+\.txt", re.IGNORECASE | re.ASCII)
_MASTER_HK = re.compile(r"HK_(\d\d)-(\d\d)-(\d\d)_ROE\d+(?:_(\d+))?\.txt", re.IGNORECASE | re.ASCII)


_ODD = re.compile(
    r"(?!EXP_LOG_merged\.txt)(?:HK|EXP_?LOG|EUC)_.*\.(?:txt|fits?)(?:\.(?:fz|gz))?", re.IGNORECASE | re.DOTALL
)


class FileKind(Enum):
    """What a file of a day folder holds."""

    MASTER_HK = "master HK"
    OBSID_HK = "HK of one ObsID"
    EXPLOG = "exposure log"
    IMAGE = "image"


@dataclass(frozen=True)
class DayFile:
    """What a file name says. ``time`` [lab s] is midnight for names with a date only, NaN for impossible dates.

    ``obsid`` belongs to images and per-ObsID HK, ``ccd`` to images; ``number`` counts the master files of one date
    (0 where the name has none).
    """

    kind: FileKind
    name: str
    time: float
    obsid: int | None = None
    ccd: int | None = None
    number: int = 0


def lab_seconds(day: int, month: int, year: int, hour: int = 0, minute: int = 0, second: int = 0) -> float:
    """Lab seconds of a date with a two-digit year; NaN when there is no such date or time."""
    full_year = year + (1900 if year >= PIVOT else 2000)
    if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(full_year, month)[1]):
        return math.nan
    if hour > 23 or minute > 59 or second > 59:
        return math.nan
    return float(calendar.timegm((full_year, month, day, hour, minute, second)))


def parse_stamp(text: str) -> float:
    """Lab seconds of ``ddmmyyDhhmmssT`` (or ``ddmmyyD_hhmmssT``) anywhere in ``text``; NaN when there is none."""
    match = _STAMP.search(text)
    return lab_seconds(*map(int, match.groups())) if match else math.nan


def stamp(time: float) -> str:
    """``ddmmyyDhhmmssT`` of lab seconds."""
    return clock.strftime("%d%m%yD%H%M%ST", clock.gmtime(time))


def parse_name(name: str) -> DayFile | None:
    """What a file name (without folders) says, None when it is no file of ELVIS'."""
    if match := _IMAGE.fullmatch(name):
        return DayFile(FileKind.IMAGE, name, parse_stamp(match[2]), int(match[1]), int(match[3]))
    if match := _OBSID_HK.fullmatch(name):
        return DayFile(FileKind.OBSID_HK, name, parse_stamp(match[2]), int(match[1]))
    if match := _MASTER_HK.fullmatch(name):
        return DayFile(FileKind.MASTER_HK, name, lab_seconds(*map(int, match.groups()[:3])), number=int(match[4] or 0))
    if match := _EXPLOG.fullmatch(name):
        return DayFile(FileKind.EXPLOG, name, lab_seconds(*map(int, match.groups())))
    return None


def looks_like_elvis(name: str) -> bool:
    """Whether a name that says nothing (see :func:`parse_name`) may be that of a file of ELVIS' all the same.

    ``EXP_LOG_merged.txt`` is what the log merger of the predecessor writes.
    """
    return _ODD.fullmatch(name) is not None


def is_continuous(path: str) -> bool:
    """Whether ELVIS writes rows into an HK file all the time: not into those of single ObsIDs."""
    file = parse_name(os.path.basename(path))
    return file is None or file.kind is not FileKind.OBSID_HK


def in_order(day_files: Iterable[DayFile]) -> list[DayFile]:
    """Files of one kind in the order ELVIS began them: by time, then number; impossible dates last, then by name."""
    return sorted(
        day_files,
        key=lambda file: (math.isnan(file.time), 0.0 if math.isnan(file.time) else file.time, file.number, file.name),
    )


def folder_date(name: str) -> float:
    """Lab seconds of the date in a folder name ``DD_Mmm_YY``, NaN when it is called otherwise."""
    match = _FOLDER.fullmatch(name)
    if match is None or match[2].capitalize() not in _MONTHS:
        return math.nan
    return lab_seconds(int(match[1]), _MONTHS.index(match[2].capitalize()) + 1, int(match[3]))


def folder_name(time: float) -> str:
    """``DD_Mmm_YY`` of the date of ``time`` [lab s]."""
    date = clock.gmtime(time)
    return f"{date.tm_mday:02d}_{_MONTHS[date.tm_mon - 1]}_{date.tm_year % 100:02d}"


def explog_name(time: float) -> str:
    """Name of the exposure log of a date."""
    return clock.strftime("EXP_LOG_%d%m%y.txt", clock.gmtime(time))


def master_hk_name(time: float, number: int = 1) -> str:
    """Name of the ``number``-th continuous HK file of a date."""
    return clock.strftime(f"HK_%d-%m-%y_ROE1_{number:02d}.txt", clock.gmtime(time))


def obsid_hk_name(obsid: int, time: float) -> str:
    """Name of the HK file of one exposure."""
    return f"HK_{obsid}_{stamp(time)}_ROE1.txt"


def image_name(obsid: int, ccd: int, time: float) -> str:
    """Name of the image of one CCD, with the underscore between date and time that FITS names have."""
    return f"EUC_{obsid}_{stamp(time).replace('D', 'D_')}_ROE1_CCD{ccd}.fits"
