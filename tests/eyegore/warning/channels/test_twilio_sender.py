"""Text messages and calls by the real client of Twilio, to a local server that answers as Twilio does."""

from __future__ import annotations

import logging
import socket
import threading
import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from eyegore.messages.warnings import Result, Scope
from eyegore.warning.channels.accounts import TwilioAccount
from eyegore.warning.channels.dispatcher import Traceable
from eyegore.warning.channels.receipts import Receipted
from eyegore.warning.channels.twilio_sender import LONGEST_TWIML, TwilioCall, TwilioSms, sms_body, spoken_twiml

from .mail_servers import SILENT_S
from .some_notice import notice
from .twilio_server import NUMBER, SID, TOKEN, TwilioServer

PHONE = "+491701234567"
BODY = "CRITICAL CCD1_TEMP -101.3 degC > -110 degC since 21:54. ACK 4711"


def account(server: TwilioServer, timeout_s: float = 15) -> TwilioAccount:
    return TwilioAccount(SID, SecretStr(TOKEN), NUMBER, server.url, timeout_s)


def test_text_message_goes_out(twilio_server: TwilioServer) -> None:
    outcome = TwilioSms(account(twilio_server)).send(PHONE, notice(), None)
    assert outcome.result is Result.SENT
    (made,) = twilio_server.messages
    assert (made["to"], made["from"], made["body"]) == (PHONE, NUMBER, BODY)
    assert outcome.reference == made["sid"]


def test_call_says_the_text_again_and_again(twilio_server: TwilioServer) -> None:
    outcome = TwilioCall(account(twilio_server)).send(PHONE, notice(), None)
    assert outcome.result is Result.SENT
    (made,) = twilio_server.calls
    assert outcome.reference == made["sid"]
    says = [say.text for say in ET.fromstring(made["twiml"].encode()).iter("Say")]
    assert says == [notice().spoken] * 3


REFUSALS = [
    ("20003", Result.REFUSED, "EYEGORE_TWILIO_TOKEN", None),
    ("21211", Result.REFUSED, "not a telephone number", None),
    ("21608", Result.REFUSED, "verify it in the console", None),
    ("21614", Result.REFUSED, "not a mobile telephone", None),
    ("21610", Result.REFUSED, "START", None),
    ("99999", Result.REFUSED, "Something of tomorrow", None),
    ("20429", Result.RETRY, "too many requests", 7.0),
    ("503", Result.RETRY, "trouble of its own", 90.0),
    ("html 500", Result.RETRY, "trouble of its own", None),
    ("html 504", Result.UNKNOWN, "may have been sent", None),
]


@pytest.mark.parametrize("sender", [TwilioSms, TwilioCall])
@pytest.mark.parametrize(("fault", "result", "words", "after"), REFUSALS, ids=[one[0] for one in REFUSALS])
def test_error_of_twilio(
    twilio_server: TwilioServer,
    sender: type[TwilioSms | TwilioCall],
    fault: str,
    result: Result,
    words: str,
    after: float | None,
) -> None:
    twilio_server.plant(fault)
    outcome = sender(account(twilio_server)).send(PHONE, notice(), None)
    assert (outcome.result, outcome.retry_after) == (result, after)
    assert words in outcome.detail
    assert PHONE in outcome.detail
    whole = fault == "20003" or result is not Result.REFUSED
    assert outcome.scope is (Scope.PROVIDER if whole else Scope.ADDRESS)
    assert len(twilio_server.requests) == 1  # never a second try of its own


@pytest.mark.parametrize("fault", ["bad body", "drop", "hang", "hang before", "drip", "drip headers"])
def test_no_answer_is_unknown_and_ends_in_time(twilio_server: TwilioServer, fault: str) -> None:
    twilio_server.plant(fault)
    outcome = TwilioSms(account(twilio_server, timeout_s=SILENT_S)).send(PHONE, notice(), None)
    assert outcome.result is Result.UNKNOWN
    assert "may have been sent" in outcome.detail
    assert not [thread for thread in threading.enumerate() if thread.name == "warning-attempt"]


def test_wrong_token_and_wrong_account(twilio_server: TwilioServer) -> None:
    wrong = replace(account(twilio_server), token=SecretStr("another"))
    outcome = TwilioSms(wrong).send(PHONE, notice(), None)
    assert outcome.result is Result.REFUSED
    assert "login was refused" in outcome.detail
    assert twilio_server.messages == []


@pytest.mark.parametrize("change", [{"sid": ""}, {"token": SecretStr("")}])
def test_without_a_login_nothing_is_asked(twilio_server: TwilioServer, change: dict[str, object]) -> None:
    outcome = TwilioSms(replace(account(twilio_server), **change)).send(PHONE, notice(), None)  # type: ignore[arg-type]
    assert outcome.result is Result.REFUSED
    assert twilio_server.requests == []


@pytest.mark.parametrize(
    ("url", "words"),
    [("http://127.0.0.1:{port}", "refuses connections"), ("http://twilio.invalid", "cannot be resolved")],
)
def test_nothing_reached_is_to_be_tried_again(no_proxy: None, url: str, words: str) -> None:
    with socket.socket() as closed:  # bound, and listening to nobody
        closed.bind(("127.0.0.1", 0))
        there = TwilioAccount(SID, SecretStr(TOKEN), NUMBER, url.format(port=closed.getsockname()[1]))
        outcome = TwilioSms(there).send(PHONE, notice(), None)
    assert outcome.result is Result.RETRY
    assert words in outcome.detail


def test_message_without_an_answer_is_found_again(twilio_server: TwilioServer) -> None:
    begun = time.time()
    twilio_server.plant("drop")
    sender = TwilioSms(account(twilio_server))
    assert sender.send(PHONE, notice(), None).result is Result.UNKNOWN
    outcome = sender.settle(PHONE, notice(), begun)
    assert (outcome.result, outcome.reference) == (Result.SENT, twilio_server.messages[0]["sid"])


@pytest.mark.parametrize(
    ("sender", "to", "body", "status", "age", "result"),
    [
        (NUMBER, PHONE, BODY, "delivered", 10, Result.SENT),
        (NUMBER, PHONE, "Sent from your Twilio trial account - " + BODY, "sent", 10, Result.SENT),
        (NUMBER, PHONE, BODY, "undelivered", 10, Result.REFUSED),
        (NUMBER, PHONE, BODY, "delivered", 7200, Result.RETRY),
        (NUMBER, PHONE, "another", "delivered", 10, Result.RETRY),
        (NUMBER, "+491700000000", BODY, "delivered", 10, Result.RETRY),
        ("+4930999", PHONE, BODY, "delivered", 10, Result.RETRY),
    ],
)
def test_settling(
    twilio_server: TwilioServer, sender: str, to: str, body: str, status: str, age: float, result: Result
) -> None:
    when = datetime.now(UTC) - timedelta(seconds=age)
    twilio_server.add_message(sender, to, body, "outbound-api", status, when)
    sender, since = TwilioSms(account(twilio_server)), time.time() - 600
    assert sender.settle(PHONE, notice(), since).result is result


@pytest.mark.parametrize("kind", [TwilioSms, TwilioCall])
@pytest.mark.parametrize(
    ("fault", "status", "result", "words"),
    [
        ("", "active", Result.SENT, "lets us in"),
        ("", "suspended", Result.REFUSED, "is suspended: look at the console"),
        ("20003", "active", Result.REFUSED, "the login was refused: check the account SID and EYEGORE_TWILIO_TOKEN"),
        ("html 500", "active", Result.RETRY, "trouble of its own"),
    ],
)
def test_a_check_tells_whether_it_is_let_in(
    twilio_server: TwilioServer, kind: type[TwilioSms | TwilioCall], fault: str, status: str, result: Result, words: str
) -> None:
    twilio_server.status = status
    twilio_server.plant(fault)
    outcome = kind(account(twilio_server)).check()
    assert outcome.result is result
    assert words in outcome.detail
    assert (twilio_server.messages, twilio_server.calls) == ([], [])


RECEIPTS = [
    (TwilioSms, "delivered", None, Result.SENT, "was delivered"),
    (TwilioSms, "read", None, Result.SENT, "was delivered"),
    (TwilioSms, "undelivered", 30003, Result.REFUSED, "(undelivered, 30003: the telephone is off or out of reach)"),
    (TwilioSms, "undelivered", 30005, Result.REFUSED, "not in use: check it in the settings"),
    (TwilioSms, "undelivered", 30034, Result.REFUSED, "register it in the console"),
    (TwilioSms, "failed", 39999, Result.REFUSED, "(failed, 39999: no reason is given)"),
    (TwilioSms, "canceled", None, Result.REFUSED, "did not arrive"),
    (TwilioSms, "sent", None, Result.RETRY, "no report of delivery yet (sent)"),
    (TwilioSms, "queued", None, Result.RETRY, "(queued)"),
    (TwilioSms, "something of tomorrow", None, Result.RETRY, "(something of tomorrow)"),
    (TwilioCall, "completed", None, Result.SENT, "was taken"),
    (TwilioCall, "in-progress", None, Result.SENT, "was taken"),
    (TwilioCall, "ringing", None, Result.RETRY, "(ringing)"),
    (TwilioCall, "busy", None, Result.REFUSED, "nobody took the call"),
    (TwilioCall, "no-answer", None, Result.REFUSED, "nobody took the call"),
    (TwilioCall, "failed", None, Result.REFUSED, "did not get through"),
    (TwilioCall, "canceled", None, Result.REFUSED, "did not get through"),
]


@pytest.mark.parametrize(
    ("kind", "status", "code", "result", "words"), RECEIPTS, ids=[f"{one[0].__name__}-{one[1]}" for one in RECEIPTS]
)
def test_what_became_of_it(
    twilio_server: TwilioServer,
    kind: type[TwilioSms | TwilioCall],
    status: str,
    code: int | None,
    result: Result,
    words: str,
) -> None:
    sender = kind(account(twilio_server))
    assert isinstance(sender, Receipted)
    taken = sender.send(PHONE, notice(), None)
    twilio_server.doom(PHONE, status, code)
    outcome = sender.receipt(PHONE, taken.reference)
    assert (outcome.result, outcome.reference) == (result, taken.reference)
    assert words in outcome.detail
    assert (outcome.scope is Scope.PERSON) is (status in ("busy", "no-answer"))


@pytest.mark.parametrize("fault", ["20003", "20429", "html 500", "bad body", "hang"])
@pytest.mark.parametrize("kind", [TwilioSms, TwilioCall])
def test_what_became_of_it_stays_unknown_when_nobody_tells(
    twilio_server: TwilioServer, kind: type[TwilioSms | TwilioCall], fault: str
) -> None:
    sender = kind(account(twilio_server, timeout_s=SILENT_S))
    taken = sender.send(PHONE, notice(), None)
    twilio_server.plant(fault)
    assert sender.receipt(PHONE, taken.reference).result is Result.UNKNOWN
    assert sender.receipt(PHONE, "SM" + "f" * 32).result is Result.UNKNOWN, "no such message"


@pytest.mark.parametrize("fault", ["20003", "20429", "html 500", "bad body", "hang"])
def test_what_cannot_be_asked_stays_unknown(twilio_server: TwilioServer, fault: str) -> None:
    twilio_server.plant(fault)
    outcome = TwilioSms(account(twilio_server, timeout_s=SILENT_S)).settle(PHONE, notice(), time.time())
    assert outcome.result is Result.UNKNOWN
    assert "stays open" in outcome.detail


def test_what_was_sent_again_while_nobody_could_be_asked_is_said(twilio_server: TwilioServer) -> None:
    sender, begun = TwilioSms(account(twilio_server)), time.time()
    twilio_server.plant("drop", "html 500", "drop")
    assert sender.send(PHONE, notice(), None).result is Result.UNKNOWN
    assert sender.settle(PHONE, notice(), begun).result is Result.UNKNOWN
    assert sender.send(PHONE, notice(), None).result is Result.UNKNOWN
    assert sender.settle(PHONE, notice(), begun).detail.endswith("(queued) (sent 2 times)")


def test_what_can_be_traced_and_what_cannot() -> None:
    there = TwilioAccount(SID, SecretStr(TOKEN), NUMBER)
    assert isinstance(TwilioSms(there), Traceable)
    assert not isinstance(TwilioCall(there), Traceable)  # a call of another notice would pass for this one's


@pytest.mark.parametrize("word", ["word ", "слово ", "言葉 "])
def test_long_text_keeps_its_code_and_is_two_messages(twilio_server: TwilioServer, word: str) -> None:
    long = notice(short=word * 400)
    assert sms_body(long).endswith("... ACK 4711")
    outcome = TwilioSms(account(twilio_server)).send(PHONE, long, None)
    assert outcome.result is Result.SENT
    assert "in 2 parts" in outcome.detail


@pytest.mark.parametrize("text", ["<&>" * 2000, "a\x00b\x07c", "]]> <Dial>+1900</Dial>", ""])
def test_any_text_can_be_said(text: str) -> None:
    twiml = spoken_twiml(text)
    assert len(twiml) <= LONGEST_TWIML
    root = ET.fromstring(twiml.encode())
    assert {one.tag for one in root} == {"Say", "Pause"}


def test_no_secret_is_told(twilio_server: TwilioServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sender = TwilioSms(account(twilio_server, timeout_s=SILENT_S))
    said = [repr(sender), repr(account(twilio_server)), repr(vars(sender))]
    for fault in ("", "20003", "21211", "html 500", "bad body", "drop", "hang"):
        twilio_server.plant(fault)
        said.append(repr(sender.send(PHONE, notice(), None)))
    everything = "\n".join([*said, caplog.text])
    assert TOKEN not in everything
