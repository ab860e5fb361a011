"""The messages to people: how each is made, and the words of those that tell of no alarm; pure."""

from __future__ import annotations

from dataclasses import dataclass

from eyegore.basics.safe_text import cut, one_line
from eyegore.limits.model import Severity
from eyegore.messages.warnings import Channel, Notice, Reason
from eyegore.warning.shapes import short, spoken

FAULT_EXPIRES_S = 4 * 3600.0
REPLY_EXPIRES_S = TEST_EXPIRES_S = 600.0
FAULT = "Eyegore's warnings have an error of their own: look at the screen"
LONGEST_SUBJECT = 100
TEST = "Eyegore: test of the warnings, no alarm, nothing to do"


@dataclass(frozen=True)
class Words:
    """The same thing said in four ways: ``text`` is for mail, ``short`` for a text message, ``spoken`` for a call."""

    subject: str
    text: str
    short: str
    spoken: str


def notice(
    key: str,
    reason: Reason,
    person: str,
    channels: tuple[Channel, ...],
    words: Words,
    made: float,
    expires_s: float,
    severity: Severity = Severity.NONE,
    *,
    parameter: str = "",
    incident: int = 0,
    code: str = "",
    alarms: tuple[str, ...] = (),
) -> Notice:
    """A message made at ``made`` [unix s], of no use after ``expires_s`` [s]; the rest is as in :class:`Notice`."""
    return Notice(
        key=key,
        reason=reason,
        severity=severity,
        person=person,
        channels=channels,
        subject=words.subject,
        text=words.text,
        short=words.short,
        spoken=words.spoken,
        made=made,
        expires=made + expires_s,
        parameter=parameter,
        incident=incident,
        code=code,
        alarms=alarms,
    )


def of_fault(person: str, channels: tuple[Channel, ...], now: float) -> Notice:
    """The warnings themselves are at fault: an alarm may go untold, so somebody must look.

    Made of as little as can be, for all else may be broken.
    """
    text = f"{FAULT} yourself. An alarm may go untold until this is mended; the log says what happened."
    words, key = Words(FAULT, f"{text}\n", text, text), f"fault/{now:.0f}/{person}"
    return notice(key, Reason.CHANNEL, person, channels, words, now, FAULT_EXPIRES_S, Severity.CRITICAL)


def of_reply(reference: str, person: str, channel: Channel, text: str, now: float) -> Notice:
    """What came of the reply with this reference."""
    words = Words(cut(one_line(text), LONGEST_SUBJECT), f"{text}\n", short("", text, (), "", ""), spoken(text))
    return notice(f"answer/{reference}", Reason.ACKNOWLEDGED, person, (channel,), words, now, REPLY_EXPIRES_S)


def of_test(person: str, channel: Channel, now: float) -> Notice:
    """A test that somebody asked for by hand."""
    text = "This is a test of the warnings of Eyegore, asked for by hand. There is no alarm, and nothing to do."
    words, key = Words(TEST, f"{text}\n", TEST, text), f"test/{person}/{channel.value}/{now:.3f}"
    return notice(key, Reason.TEST, person, (channel,), words, now, TEST_EXPIRES_S)


def of_proof(due: float, person: str, channels: tuple[Channel, ...], code: str, now: float, answer_s: float) -> Notice:
    """The proof of the path that was ``due`` [unix s], to be answered within ``answer_s`` [s]."""
    answer = f"Reply ACK {code}"
    text = (
        "This is the regular test of Eyegore's warnings: no alarm.\n\n"
        f"{answer} within {answer_s / 60:.0f} min, so that we know that warnings reach you and your answers"
        " reach Eyegore.\n"
    )
    words = Words(
        f"Eyegore: {answer} to prove that warnings arrive",
        text,
        f"Eyegore: regular test, no alarm. {answer} within {answer_s / 60:.0f} min",
        "This is the regular test of the warnings of Eyegore. There is no alarm.",
    )
    return notice(f"proof/{due:.0f}/{person}", Reason.PROOF, person, channels, words, now, answer_s, code=code)
