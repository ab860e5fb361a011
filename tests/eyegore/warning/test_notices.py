"""The messages that tell of no alarm: short, true, and fit for each channel."""

from __future__ import annotations

import pytest

from eyegore.messages.warnings import Channel, Notice
from eyegore.warning.channels.gsm7 import BASIC, segments
from eyegore.warning.notices import of_fault, of_proof, of_reply, of_test

SMS = (Channel.SMS,)
LONG = "Eyegore: CCD1_TEMP_T acknowledged; " + "4712 was answered by Ben 3 min ago; " * 20


@pytest.mark.parametrize(
    "notice",
    [
        of_fault("Ana", SMS, 0.0),
        of_test("Ana", Channel.SMS, 0.0),
        of_proof(0.0, "Ana", SMS, "4711", 0.0, 1800.0),
        of_reply("1", "Ana", Channel.SMS, LONG, 0.0),
    ],
    ids=["fault", "test", "proof", "reply"],
)
def test_each_fits_two_text_messages_and_a_voice(notice: Notice) -> None:
    assert segments(notice.short) <= 2
    assert set(notice.short) <= set(BASIC)
    assert "_" not in notice.spoken


def test_an_answer_says_in_its_subject_what_came_of_it() -> None:
    refused = of_reply("1", "Ana", Channel.EMAIL, "Eyegore: no alarm waits for 4712", 0.0)
    assert refused.subject == refused.short == "Eyegore: no alarm waits for 4712"
    assert len(of_reply("1", "Ana", Channel.EMAIL, LONG, 0.0).subject) <= 100


def test_a_proof_tells_until_when_an_answer_counts() -> None:
    proof = of_proof(0.0, "Ana", SMS, "4711", 0.0, 1800.0)
    assert proof.short == "Eyegore: regular test, no alarm. Reply ACK 4711 within 30 min"
