"""Which columns of its test's script a frame may belong to, from what was commanded for it."""

from __future__ import annotations

import math
from functools import cache

from eyegore.campaign.plan import Chamber, ScriptColumn, chamber, known_tests, script_columns
from eyegore.images.facts import ImageFacts

TOLERANCE = 0.005
"""Relative difference up to which a number is the one commanded, as in the laboratory's check of the structure."""

_VERSION = "7.5.X"
"""Whose scripts are looked at: in what is compared here all versions are alike."""


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
        math.isclose(float(column.settings["exptime"]), facts.exptime, rel_tol=TOLERANCE)
        and source in ("", column.settings["source"])
        and (math.isnan(slot) or slot == column.settings["wave"])
    )
