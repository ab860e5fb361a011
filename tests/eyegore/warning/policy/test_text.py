"""What a person reads and hears: all that rule 19 asks for, in as much room as the channel has."""

from __future__ import annotations

import pytest

from eyegore.limits.model import Severity
from eyegore.messages.events import Alarm, AlarmKind, AlarmState
from eyegore.messages.warnings import Reason
from eyegore.warning.policy.rules import Circumstances
from eyegore.warning.policy.text import Telling, plain, short, spoken, words
from eyegore.warning.replies.reply import orders_of

LIMIT = "−133 … 35 °C"
ALARM = Alarm(
    "CCD1_TEMP_T", AlarmKind.OOL, AlarmState.UNACK, Severity.CRITICAL, active=True, value=-140.5, unit="degC",
    time=951_000_005.0, since=951_000_000.0, worst=-141.0, limit=LIMIT, incident=3, first_out="CCD1_TEMP_T",
)  # fmt: skip
AROUND = Circumstances("FLAT_01", 2345, -1.25, -141.0, "Switch the heater on.")
TELLING = Telling(
    Reason.RAISED, Severity.CRITICAL, (ALARM,), code="4711", circumstances={"CCD1_TEMP_T": AROUND}, withheld=2,
    why="nobody is on duty", lab="Clean room", note="Lab: +44 1234",
)  # fmt: skip


def test_rule_19_a_mail_says_all() -> None:
    assert words(TELLING).subject == "Clean room: CRITICAL CCD1_TEMP_T −140.5 °C (limit −133 … 35 °C) [4711]"
    assert words(TELLING).text == (
        "CRITICAL CCD1_TEMP_T −140.5 °C (limit −133 … 35 °C)\n"
        "\n"
        "CRITICAL CCD1_TEMP_T −140.5 °C (limit −133 … 35 °C)\n"
        "  since       19/Feb 22:40:00 (clock of the lab)\n"
        "  now         −141 °C\n"
        "  trend       −1.25 °C per minute\n"
        "  test        FLAT_01, ObsID 2345\n"
        "  what to do  Switch the heater on.\n"
        "\n"
        'To acknowledge, answer "ACK 4711", and a comment if you like; or "SHELVE 4711 1h".\n'
        "\n"
        "2 messages were withheld before this one: there were more than the limit.\n"
        "\n"
        "You are told because nobody is on duty.\n"
        "\n"
        "Lab: +44 1234\n"
    )


def test_a_text_message_is_one_message_and_has_the_code() -> None:
    text = words(TELLING).short
    assert text == (
        "Clean room: CRITICAL CCD1_TEMP_T -140.5 C (limit -133 .. 35 C), since 22:40:00; 2 withheld; "
        "-1.25 C per minute; Switch the heater on; nobody i... Reply ACK 4711"
    )
    assert len(text) <= 160


@pytest.mark.parametrize("length", [0, 50, 100, 140, 150, 160, 500])
def test_a_text_message_is_never_too_long(length: int) -> None:
    for details in ("", "x" * 10, "y" * 300):
        text = short("n" * length, details, "Reply ACK 4711")
        assert len(text) <= 160
        assert text.endswith("Reply ACK 4711")


def test_a_call_is_fit_for_a_voice() -> None:
    assert words(TELLING).spoken == (
        "This is Eyegore at Clean room. CRITICAL CCD1 TEMP T minus 140.5 degrees Celsius limit minus 133 to 35 degrees "
        "Celsius . minus 1.25 degrees Celsius per minute. What to do: Switch the heater on. To acknowledge, answer by "
        "text message: ACK 4, 7, 1, 1. I repeat: 4, 7, 1, 1."
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [("−5 °C … 7 µV ± 1", "-5 C .. 7 uV +- 1"), ("José\nÅsa", "Jose Asa"), ("[a]\x07|{b}", "(a) /(b)"), ("日本", "??")],
)
def test_plain_characters_only(text: str, told: str) -> None:
    assert plain(text) == told


def test_nothing_is_said_as_a_tag() -> None:
    assert "<" not in spoken("a<Say>b</Say> & c")


def test_no_line_of_a_person_gets_into_the_subject() -> None:
    telling = Telling(Reason.ACKNOWLEDGED, Severity.CRITICAL, (ALARM,), by="Ana\r\nBcc: x", verb="acknowledged")
    assert words(telling).subject == "CCD1_TEMP_T acknowledged by Ana Bcc: x"


@pytest.mark.parametrize("reason", Reason)
def test_our_own_words_that_come_back_order_nothing(reason: Reason) -> None:
    said = words(Telling(reason, Severity.CRITICAL, (ALARM,), code="4711", verb="acknowledged", waited=600))
    for text in (said.subject, said.text, said.short, said.spoken, f"Re: {said.subject}"):
        assert orders_of(text) == ()


def test_a_long_list_is_cut() -> None:
    text = words(Telling(Reason.FLOOD, Severity.CRITICAL, (ALARM,) * 100, raised=100)).text
    assert "and 80 more alarms" in text
    assert text.count("since") == 5
