"""ObsIDs as they are given on the command line: FIRST, or FIRST and LAST."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from eyegore.basics.errors import SettingsError


def obsid(text: str) -> int:
    """One ObsID; for argparse."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"'{text}' is no ObsID")
    return int(text)


def obsid_range(obsids: Sequence[int] | None) -> tuple[int, int] | None:
    """First and last of the ObsIDs of an option, None where it was not given; SettingsError when they are no range."""
    if not obsids:
        return None
    if len(obsids) > 2:
        raise SettingsError("--obsid takes one or two ObsIDs, FIRST and LAST")
    if obsids[-1] < obsids[0]:
        raise SettingsError(f"LAST ({obsids[-1]}) comes before FIRST ({obsids[0]})")
    return obsids[0], obsids[-1]
