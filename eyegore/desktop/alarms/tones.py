"""The tones of alarms: when one is due, its WAV file, and the programs that play it."""

from __future__ import annotations

import io
import math
import shutil
import wave
from array import array
from collections.abc import Mapping, Sequence

from eyegore.limits.model import Severity

REPEAT_S = 20.0
"""Time between the tones of CRITICAL alarms [s]."""
GAP_S = 2.0
"""Shortest time between two tones [s]: what is raised meanwhile, as in a flood, is told by the next one."""


class TonePlan:
    """CRITICAL sounds at once and again until acknowledged, WARNING once; silence puts off, it forgets nothing.

    Pure: times [s] of any clock that does not jump.
    """

    def __init__(self, repeat_s: float = REPEAT_S) -> None:
        self._repeat_s = repeat_s
        self._alarms: dict[str, Severity] = {}
        self._new: dict[str, Severity] = {}
        self._last = self._last_critical = float("-inf")
        self._silent_until = float("-inf")

    def update(self, alarms: Mapping[str, Severity]) -> None:
        """Take all unacknowledged alarms as they are now; what is new, or worse than before, has a tone to come."""
        for key, severity in alarms.items():
            if severity > self._alarms.get(key, Severity.NONE):
                self._new[key] = severity
        self._new = {key: severity for key, severity in self._new.items() if key in alarms}
        self._alarms = dict(alarms)

    def silence(self, seconds: float, now: float) -> None:
        """No tone for a time; 0 ends a silence."""
        self._silent_until = now + seconds

    def due(self) -> float:
        """When the next tone is due, infinity when none is; a time that has passed means at once."""
        if self._new:
            return max(self._silent_until, self._last + GAP_S)
        if Severity.CRITICAL in self._alarms.values():
            return max(self._silent_until, self._repeat_at)
        return float("inf")

    def next_tone(self, now: float) -> Severity:
        """The tone to play now, NONE when none is due; one tone stands for all that are due."""
        if now < self.due():
            return Severity.NONE
        again = Severity.CRITICAL in self._alarms.values() and now >= self._repeat_at
        tone = Severity.CRITICAL if again else max(self._new.values())
        self._new.clear()
        self._last = now
        if tone is Severity.CRITICAL:
            self._last_critical = now
        return tone

    @property
    def _repeat_at(self) -> float:
        return self._last_critical + self._repeat_s


RATE = 22_050
"""Samples per second: enough for tones below 2 kHz."""
LOUDNESS = 0.5
FADE_S = 0.01
"""Rise and fall of each note [s]: without them it clicks."""

NOTES: dict[Severity, tuple[tuple[float, float], ...]] = {
    Severity.CRITICAL: (
        (988.0, 0.14),
        (0.0, 0.05),
        (784.0, 0.14),
        (0.0, 0.05),
        (988.0, 0.14),
        (0.0, 0.05),
        (784.0, 0.2),
    ),
    Severity.WARNING: ((659.0, 0.12), (0.0, 0.04), (659.0, 0.18)),
}
"""Frequency [Hz] (0 for a rest) and length [s] of each note."""

PLAYERS: tuple[tuple[str, ...], ...] = (("paplay",), ("aplay", "-q"), ("pw-play",))
"""Commands that play the WAV file named after them, the first choice first."""


def wav(severity: Severity) -> bytes:
    """The WAV file of one tone, mono, 16 bit."""
    samples = array("h")
    for frequency, length in NOTES[severity]:
        count = round(length * RATE)
        for at in range(count):
            edge = min(at, count - 1 - at) / (FADE_S * RATE)
            level = LOUDNESS * min(1.0, edge) * math.sin(2 * math.pi * frequency * at / RATE)
            samples.append(round(32_767 * level))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def installed_players() -> list[Sequence[str]]:
    """Commands of the players this machine has, the first choice first."""
    return [player for player in PLAYERS if shutil.which(player[0])]
