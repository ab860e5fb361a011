"""What one session is asked to do, as the command line gave it."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from pathlib import Path

from eyegore.limits.model import LimitSet, Phase

KEEP_DAYS = 400.0
"""How long entries of a journal are kept unless told otherwise [days]: a campaign, and the same month a year ago."""


@dataclass(frozen=True)
class Session:
    """Settings of one session; ``elvis`` None means: recognised from the files.

    ``stale_after_s`` is the age [s] from which HK counts as stale. ``state`` is where journals are kept (None: the
    user's own state folder), ``keep_days`` how long their entries are [days]. ``watch_disk`` tells whether the free
    space of the folder's volume is watched. ``phase`` is that of the camera where the operator gives it.
    ``warnings`` is the file with the settings of the warnings, None where nobody is to be warned.
    ``backups`` and ``broadcasts`` are where the day folder is copied to, as a person wrote them; ``copies`` is the file
    with the settings of these places, None for the one in the user's home, if there is one. ``block`` names the
    detector block whose offsets are expected of the images, "" for none; ``checks`` is the lab's own table of limits.
    """

    folder: Path
    elvis: str | None = None
    limits: Path | None = None
    limit_set: LimitSet = LimitSet.SAFE
    follow: bool = False
    polling: bool | None = None
    blind: bool = False
    lite: bool = False
    tag: str = ""
    ds9_target: str = ""
    stale_after_s: float = 60.0
    state: Path | None = None
    journal: bool = True
    keep_days: float = KEEP_DAYS
    watch_disk: bool = True
    phase: Phase | None = None
    warnings: Path | None = None
    backups: tuple[str, ...] = ()
    broadcasts: tuple[str, ...] = ()
    copies: Path | None = None
    block: str = ""
    checks: Path | None = None

    @property
    def images(self) -> bool:
        """Whether images are looked for; a blind session does not show them, but opens them in DS9."""
        return not self.lite

    @property
    def exposures(self) -> bool:
        """Whether the exposure log is read."""
        return not self.lite


def person() -> str:
    """Who sits at this session, for the log of what was lowered and shelved."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown user"
