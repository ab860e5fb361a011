"""Nobody is asked to answer where no answer is read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eyegore.limits.model import Severity
from eyegore.messages.events import Alarm, AlarmKind, AlarmState
from eyegore.messages.warnings import Reason
from eyegore.warning.policy.rules import Answering
from eyegore.warning.policy.text import Telling, words

ALARM = Alarm("CCD1_TEMP_T", AlarmKind.OOL, AlarmState.UNACK, Severity.CRITICAL, active=True, value=-140.5)
TELLING = Telling(Reason.RAISED, Severity.CRITICAL, (ALARM,), code="4711")


@pytest.mark.parametrize(
    ("answering", "by_mail", "by_text"),
    [
        (Answering(), 'To acknowledge, answer "ACK 4711"', True),
        (Answering(text=False), 'To acknowledge, answer "ACK 4711"', False),
        (Answering(mail=False, number="+4930"), 'To acknowledge, send by text message to +4930: "ACK 4711"', True),
        (Answering(mail=False, text=False), "To acknowledge, use the window of Eyegore: answers to", False),
    ],
)
def test_a_message_says_how_its_person_can_answer(answering: Answering, by_mail: str, by_text: bool) -> None:
    said = words(replace(TELLING, answering=answering))
    assert by_mail in said.text
    assert ("ACK" in said.text) is (answering.mail or answering.text)
    assert ("[4711]" in said.subject) is (answering.mail or answering.text)
    assert ("4711" in said.short) is by_text
    assert ("acknowledge" in said.spoken) is by_text
