"""Tells when a volume fills up or does not answer. Pure; time arrives as an argument."""

from __future__ import annotations

import math

from eyegore.alarms.deadman import Condition
from eyegore.limits.model import Severity

FULL_WARNING_H = 6.0
FULL_CRITICAL_H = 1.0
"""Hours before a volume is full."""
LITTLE_BYTES, TOO_LITTLE_BYTES = 20e9, 2e9
"""Free space of about 20 h and 2 h of images [byte]."""


class SpaceTimer:
    """Tells when a volume fills up or does not answer.

    A volume that is about to be full stays a condition until there is a tenth more time or space than raised it.
    """

    def __init__(
        self,
        name: str,
        warning_h: float = FULL_WARNING_H,
        critical_h: float = FULL_CRITICAL_H,
        little: float = LITTLE_BYTES,
        too_little: float = TOO_LITTLE_BYTES,
    ) -> None:
        self.name = name
        self._limits = {Severity.CRITICAL: (critical_h, too_little), Severity.WARNING: (warning_h, little)}
        self._now = Condition(name)

    def look(self, now: float, free: float, hours: float, text: str) -> Condition:
        """Look at the free space [byte] at ``now``, in how many ``hours`` it is used up (NaN: not told) and the text.

        ``free`` is NaN where the volume does not answer: a WARNING, or what it was before if that is worse.
        """
        severity = self._severity(free, hours)
        if severity is Severity.NONE:
            self._now = Condition(self.name)
        else:
            since = self._now.since if self._now.active else now
            self._now = Condition(self.name, True, since, text, severity)
        return self._now

    def _severity(self, free: float, hours: float) -> Severity:
        if math.isnan(free):
            return max(Severity.WARNING, self._now.severity)
        for severity, (least_hours, least_bytes) in self._limits.items():
            slack = 1.1 if self._now.severity >= severity else 1.0
            if hours < slack * least_hours or free < slack * least_bytes:
                return severity
        return Severity.NONE
