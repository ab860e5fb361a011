"""From an image file to numbers and a verdict."""

from __future__ import annotations

import logging
import math
import os
from functools import cache

import numpy as np

from eyegore.basics.errors import SettingsError
from eyegore.campaign.plan import (
    Chamber,
    ScriptColumn,
    chamber,
    chamber_of_block,
    family_of,
    known_tests,
    script_columns,
    unknown,
)
from eyegore.elvis.ccd_frame import LARGEST_FRAME, Frame as Frame, UInt16Array, read_frame as read_frame
from eyegore.elvis.fits_headers import FrameError as FrameError
from eyegore.images.facts import ImageFacts
from eyegore.images.judging import Judge, overall
from eyegore.images.measuring import measure
from eyegore.limits.frame_model import CheckTable
from eyegore.limits.table import built_in_checks
from eyegore.messages.events import Exposure
from eyegore.messages.images import ImageProblem, ImageResult

log = logging.getLogger(__name__)

_USUAL_CHAMBER = "B_BORN"
"""Whose spot pattern is looked for where the block has no chamber of its own; others differ by a move of some 300
pixels, which is found."""
_COMMANDED = 0.005
"""Relative difference up to which a number is the one commanded, as in the laboratory's check of the structure."""
_VERSION = "7.5.X"
"""Whose scripts are looked at: in what is compared here all versions are alike."""


def analyse_image(
    path: str | os.PathLike[str],
    *,
    table: CheckTable | None = None,
    block: str = "",
    exposure: Exposure | None = None,
    buffer: UInt16Array | None = None,
) -> ImageResult:
    """Measure and judge one image. Whatever is wrong with the file is the ``problem`` of the result, and is logged.

    An error of Eyegore itself is one too, so that one strange file among a thousand does not end the work.

    Parameters
    ----------
    table
        The checks; None for those that come with Eyegore.
    block
        Name of the block whose offsets are expected, "" for none. SettingsError when the table does not know it.
    exposure
        The row of the exposure log of this CCD, for what the header does not tell.
    buffer
        Memory that the pixels are read into, see :func:`~eyegore.elvis.ccd_frame.read_pixels`.
    """
    try:
        frame = read_frame(path, buffer)
        return judge_image(frame, table=table, block=block, exposure=exposure)
    except FrameError as why:
        log.warning("%s", why)
        return problem_result(path, why, exposure=exposure, block=block)
    except SettingsError:
        raise
    except Exception as why:
        log.exception("%s could not be judged", os.fspath(path))
        return problem_result(path, why, exposure=exposure, block=block)


def judge_image(
    frame: Frame,
    *,
    table: CheckTable | None = None,
    block: str = "",
    exposure: Exposure | None = None,
    column: int | None = None,
    details: bool = False,
) -> ImageResult:
    """Measure and judge a frame that is in memory; the parameters are those of :func:`analyse_image`, and:

    Parameters
    ----------
    column
        Script column of the exposure, from 1. None where the caller does not know it: where the block has a chamber of
        its own, the column is then looked for by the exposure time; what depends on a column that is not known is NOT
        CHECKED.
    details
        Whether profiles and histograms are wanted as well.
    """
    table = table if table is not None else built_in_checks()
    if block and block not in table.blocks:
        raise unknown("block", block, table.blocks)
    facts = ImageFacts(frame.path, frame.cards, exposure)
    if facts.contradiction:
        words = f"contradicts its name: the header has {facts.contradiction}; find out which image it is"
        why = FrameError(frame.path, ImageProblem.CONTRADICTORY, words)
        log.warning("%s", why)
        return problem_result(frame.path, why, exposure=exposure, block=block)
    family = family_of(facts.test)
    optics = chamber_of_block(block) if block else chamber(_USUAL_CHAMBER)
    own = optics if block and optics.name.partition("_")[2] == block else None
    columns = frozenset({column}) if column is not None else possible_columns(facts, own) if own else frozenset()
    measured = measure(frame, facts, family, optics, details=details)
    judge = Judge(table, facts, family, columns, block, own)
    checks = tuple(judge.checks(measured.quadrants))
    vstart, vend = facts.window(frame.geometry)
    return ImageResult(
        file=frame.path,
        obsid=facts.obsid,
        ccd=facts.ccd,
        verdict=overall(checks),
        test=facts.test,
        family=family,
        column=next(iter(columns)) if len(columns) == 1 else None,
        block=block,
        overscan_columns=frame.geometry.serial_overscan,
        overscan_rows=frame.geometry.parallel_overscan,
        vstart=vstart,
        vend=vend,
        exptime=facts.exptime,
        header=frame.cards,
        quadrants=measured.quadrants,
        checks=checks,
        details=measured.details,
    )


def problem_result(
    path: str | os.PathLike[str],
    why: FrameError | Exception,
    *,
    exposure: Exposure | None = None,
    block: str = "",
) -> ImageResult:
    """The result for a file that could not be measured; an error that is no FrameError is a fault of Eyegore."""
    problem = why.problem if isinstance(why, FrameError) else ImageProblem.FAULT
    facts = ImageFacts(os.fspath(path), {}, exposure)
    return ImageResult(
        file=os.fspath(path),
        obsid=facts.obsid,
        ccd=facts.ccd,
        verdict=problem.verdict,
        test=facts.test,
        family=family_of(facts.test),
        block=block,
        problem=problem,
        explanation=why.explanation if isinstance(why, FrameError) else f"could not be judged: {why!r}",
    )


@cache
def process_buffer() -> UInt16Array:
    """Memory for any frame, of a process that reads one after the other: touched once, it is quick from then on."""
    return np.empty(LARGEST_FRAME, np.uint16)


def possible_columns(facts: ImageFacts, profile: Chamber) -> frozenset[int]:
    """Script columns (from 1) whose exposure time, source and filter are those of the frame; none where nothing fits.

    Exposure times are fractions of the chamber's time to full well, so they tell nothing without its ``profile``. The
    frames between the steps of a test (stability flats) are alike: then there are several.
    """
    test = facts.test.strip().upper()
    if test not in known_tests() or math.isnan(facts.exptime):
        return frozenset()
    return frozenset(column.number for column in _script(test, profile.name) if _fits(column, facts))


@cache
def _script(test: str, profile: str) -> tuple[ScriptColumn, ...]:
    return script_columns(test, chamber(profile), _VERSION)


def _fits(column: ScriptColumn, facts: ImageFacts) -> bool:
    source, slot = facts.text("SOURCE").lower(), facts.number("WAVE")
    return (
        math.isclose(float(column.settings["exptime"]), facts.exptime, rel_tol=_COMMANDED)
        and source in ("", column.settings["source"])
        and (math.isnan(slot) or slot == column.settings["wave"])
    )
