"""The tones of alarms, as WAV files, and the programs that play them."""

from __future__ import annotations

import io
import math
import shutil
import wave
from array import array
from collections.abc import Sequence

from eyegore.limits.model import Severity

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
