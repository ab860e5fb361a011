"""Answers by text message, read by the real client of Twilio from a local server that answers as Twilio does."""

from __future__ import annotations

import logging
import socket
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from eyegore.warning.channels.accounts import TwilioAccount
from eyegore.warning.replies import twilio_inbox
from eyegore.warning.replies.reply import Inbox, Reply
from eyegore.warning.replies.twilio_inbox import OVERLAP_S, TwilioInbox

from ..channels.twilio_server import NUMBER, SID, TOKEN, TwilioServer

PHONE = "+491701234567"


def account(url: str, timeout_s: float = 15, token: str = TOKEN) -> TwilioAccount:
    return TwilioAccount(SID, SecretStr(token), NUMBER, url, timeout_s)


@pytest.fixture
def inbox(twilio_server: TwilioServer) -> TwilioInbox:
    return TwilioInbox(account(twilio_server.url), time.time())


def stamp(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def polled(inbox: Inbox) -> tuple[tuple[Reply, ...], str]:
    """What a poll gives, all of it taken."""
    found = inbox.poll()
    assert [inbox.taken(reply) for reply in found.replies] == [""] * len(found.replies)
    return found.replies, found.problem


def texts(replies: tuple[Reply, ...]) -> list[str]:
    return [reply.text for reply in replies]


def test_reply_is_read_once_with_all_that_is_known_of_it(twilio_server: TwilioServer, inbox: TwilioInbox) -> None:
    now = time.time()
    reference = twilio_server.arrive(PHONE, "ACK 4711 👍", stamp(now - 5))
    ((reply,), problem) = polled(inbox)
    assert problem == ""
    assert (reply.reference, reply.sender, reply.text) == (reference, PHONE, "ACK 4711 👍")
    assert reply.received == pytest.approx(now - 5, abs=3)
    assert polled(inbox) == ((), "")


def test_reply_that_was_not_taken_comes_again(twilio_server: TwilioServer, inbox: TwilioInbox) -> None:
    twilio_server.arrive(PHONE, "ACK 4711", stamp(time.time() - 60))
    first = inbox.poll()
    assert len(first.replies) == 1
    assert [reply.reference for reply in inbox.poll().replies] == [first.replies[0].reference]
    inbox.taken(first.replies[0])
    assert inbox.poll().replies == ()


def test_only_what_came_to_our_number_is_read(twilio_server: TwilioServer, inbox: TwilioInbox) -> None:
    twilio_server.arrive(PHONE, "to another", to="+15005550001")
    twilio_server.add_message(NUMBER, PHONE, "from us", "outbound-api", "sent")
    twilio_server.add_message(NUMBER, NUMBER, "from us to us", "outbound-api", "sent")
    assert polled(inbox) == ((), "")
    assert f"To=%2B{NUMBER[1:]}" in twilio_server.requests[-1][1]


def test_later_replies_come_in_later_polls_and_the_oldest_first(
    twilio_server: TwilioServer, inbox: TwilioInbox
) -> None:
    now = time.time()
    twilio_server.arrive(PHONE, "one", stamp(now - 60))
    assert texts(polled(inbox)[0]) == ["one"]
    twilio_server.arrive(PHONE, "three", stamp(now - 10))
    twilio_server.arrive(PHONE, "two", stamp(now - 20))
    assert texts(polled(inbox)[0]) == ["two", "three"]


def test_all_pages_are_read(twilio_server: TwilioServer, inbox: TwilioInbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio_inbox, "PAGE", 3)
    now = time.time()
    for number in range(8):
        twilio_server.arrive(PHONE, str(number), stamp(now - 20 + number))
    assert texts(polled(inbox)[0]) == [str(number) for number in range(8)]
    assert len(twilio_server.requests) == 3


def test_what_was_read_before_a_page_failed_counts_and_the_rest_comes_next(
    twilio_server: TwilioServer, inbox: TwilioInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio_inbox, "PAGE", 3)
    now = time.time()
    for number in range(5):
        twilio_server.arrive(PHONE, str(number), stamp(now - 20 + number))
    twilio_server.plant("", "503")
    replies, problem = polled(inbox)
    assert texts(replies) == ["2", "3", "4"]
    assert "503" in problem
    replies, problem = polled(inbox)
    assert texts(replies) == ["0", "1"]
    assert problem == ""


@pytest.mark.parametrize("minutes", [-40, -5, 5, 40])
def test_clock_of_the_provider_may_differ(twilio_server: TwilioServer, minutes: float) -> None:
    """The whole of Twilio runs ahead or behind: its stamps and the date of its answers."""
    now = time.time() - 60 * minutes  # the same as Twilio's clock that differs, seen from here
    inbox = TwilioInbox(account(twilio_server.url), now, lambda: now)
    twilio_server.arrive(PHONE, "ACK 4711", stamp(time.time() - 5))
    ((reply,), problem) = polled(inbox)
    assert problem == ""
    assert reply.received == pytest.approx(now - 5, abs=5)
    inbox.poll()
    asked = parse_qs(urlsplit(twilio_server.requests[-1][1]).query)["DateSent>"][0]
    assert datetime.fromisoformat(asked).timestamp() == pytest.approx(time.time() - OVERLAP_S, abs=5)


def test_no_reply_is_from_the_future(twilio_server: TwilioServer, inbox: TwilioInbox) -> None:
    now = time.time()
    twilio_server.arrive(PHONE, "ACK 4711", stamp(now + 3000))
    ((reply,), _problem) = polled(inbox)
    assert reply.received <= time.time()


def test_old_days_are_not_asked_for(twilio_server: TwilioServer, inbox: TwilioInbox) -> None:
    now = time.time()
    twilio_server.arrive(PHONE, "long ago", stamp(now - 3 * 86_400))
    assert polled(inbox) == ((), "")


FAULTS = [
    ("20003", "EYEGORE_TWILIO_TOKEN"),
    ("20429", "too many requests"),
    ("503", "trouble of its own"),
    ("html 500", "trouble of its own"),
    ("html 504", "gave no answer"),
    ("99999", "Something of tomorrow"),
    ("bad body", "cannot be read"),
    ("drop", "closed the connection"),
    ("hang", "no answer within 0.3 s"),
    ("hang before", "no answer within 0.3 s"),
    ("drip", "no answer within 0.3 s"),
    ("drip headers", "no answer within 0.3 s"),
]


@pytest.mark.parametrize(("fault", "told"), FAULTS)
def test_whatever_goes_wrong_is_told_and_the_next_poll_reads_all(
    twilio_server: TwilioServer, fault: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    slow = fault.startswith(("hang", "drip"))
    inbox = TwilioInbox(account(twilio_server.url, 0.3 if slow else 15), time.time())
    twilio_server.arrive(PHONE, "ACK 4711")
    twilio_server.plant(fault)
    replies, problem = polled(inbox)
    assert replies == ()
    assert told in problem
    assert "may have been sent" not in problem
    patient = TwilioInbox(account(twilio_server.url), time.time()) if slow else inbox
    assert texts(polled(patient)[0]) == ["ACK 4711"]
    assert TOKEN not in problem + caplog.text


def test_nobody_there(no_proxy: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    replies, problem = polled(TwilioInbox(account(url), time.time()))
    assert replies == ()
    assert "refuses connections" in problem


def test_wrong_or_missing_login_is_told_without_the_token(twilio_server: TwilioServer) -> None:
    for token in ("wrong-token-1", ""):
        replies, problem = polled(TwilioInbox(account(twilio_server.url, token=token), time.time()))
        assert replies == ()
        assert "EYEGORE_TWILIO_TOKEN" in problem
        assert "wrong-token-1" not in problem


def test_messages_without_dates_sender_or_text_are_read(twilio_server: TwilioServer, inbox: TwilioInbox) -> None:
    now = time.time()
    made = twilio_server.add_message("", NUMBER, "", "inbound", "received")
    made |= {"body": None, "date_created": None, "from": None}
    assert polled(inbox)[0] == (Reply(made["sid"], "", "", pytest.approx(now, abs=3)),)


class _Answering(BaseHTTPRequestHandler):
    """Answers with what the server is called after."""

    def do_GET(self) -> None:
        body: bytes = self.server.body  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"null",
        b"[]",
        b"{}",
        b'{"messages": null}',
        b'{"messages": [null]}',
        b'{"messages": [[]]}',
        b"\xff",
    ],
)
def test_answers_that_are_none_of_twilios_are_told(body: bytes, no_proxy: None) -> None:
    with HTTPServer(("127.0.0.1", 0), _Answering) as server:
        server.body = body  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_address[1]}"
            replies, problem = polled(TwilioInbox(account(url), time.time()))
        finally:
            server.shutdown()
            thread.join()
    assert replies == ()
    assert "cannot be read" in problem
