"""What is told when the warnings themselves are at fault: an alarm may go untold, so somebody must look."""

from __future__ import annotations

from eyegore.limits.model import Severity
from eyegore.messages.warnings import Channel, Notice, Reason

AGAIN_S = 3600.0
"""How often people are told of it at most [s]."""
EXPIRES_S = 4 * 3600.0
SUBJECT = "Eyegore's warnings have an error of their own: look at the screen"
TEXT = f"{SUBJECT} yourself. An alarm may go untold until this is mended; the log says what happened."


def notice_of_fault(person: str, channels: tuple[Channel, ...], now: float) -> Notice:
    """The message to one person at ``now`` [unix s]; made of as little as can be, for all else may be broken."""
    return Notice(
        key=f"fault/{now:.0f}/{person}",
        reason=Reason.CHANNEL,
        severity=Severity.CRITICAL,
        person=person,
        channels=channels,
        subject=SUBJECT,
        text=f"{TEXT}\n",
        short=SUBJECT,
        spoken=TEXT,
        made=now,
        expires=now + EXPIRES_S,
    )
