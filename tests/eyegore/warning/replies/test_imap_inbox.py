"""Answers by mail, read by Python's own client from a small IMAP server on this machine."""

from __future__ import annotations

import logging
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import SecretStr

from eyegore.warning.channels.accounts import ImapAccount
from eyegore.warning.replies import imap_inbox
from eyegore.warning.replies.imap_inbox import ImapInbox
from eyegore.warning.replies.reply import Inbox, Reply

from ....patience import AWAITED_S
from .imap_server import PASSWORD, USER, ImapServer

ANA = "From: Ana <ana@lab.org>\nSubject: Re: CRITICAL CCD2_TEMP_B\n\n"


@pytest.fixture
def server() -> Iterator[ImapServer]:
    one = ImapServer()
    yield one
    one.close()


def account(server: ImapServer, **options: Any) -> ImapAccount:
    known: dict[str, Any] = {"host": "127.0.0.1", "port": server.port, "security": "none", "user": USER}
    return ImapAccount(**{**known, "password": SecretStr(server.password), **options})


@pytest.fixture
def inbox(server: ImapServer) -> ImapInbox:
    return ImapInbox(account(server), time.time())


def polled(inbox: Inbox) -> tuple[tuple[Reply, ...], str]:
    """What a poll gives, all of it taken."""
    found = inbox.poll()
    assert [inbox.taken(reply) for reply in found.replies] == [""] * len(found.replies)
    return found.replies, found.problem


def texts(replies: tuple[Reply, ...]) -> list[str]:
    return [reply.text.strip() for reply in replies]


def test_mail_is_read_once_with_all_that_is_known_of_it(server: ImapServer, inbox: ImapInbox) -> None:
    now = time.time()
    server.arrive(
        f"{ANA}ACK 4711 größer\n\nAm 3.4.2024 schrieb Eyegore:\n> ACK 1234", datetime.fromtimestamp(now - 5, UTC)
    )
    ((reply,), problem) = polled(inbox)
    assert problem == ""
    assert (reply.reference, reply.sender) == ("imap/7/101", "ana@lab.org")
    assert reply.text.startswith("ACK 4711 größer")
    assert reply.received == pytest.approx(now - 5, abs=2)
    assert polled(inbox) == ((), "")


def test_mail_is_marked_as_read_by_the_next_poll_only(server: ImapServer, inbox: ImapInbox) -> None:
    mail = server.arrive(f"{ANA}ACK 4711")
    polled(inbox)
    assert mail.flags == set()
    polled(inbox)
    assert mail.flags == {r"\Seen"}
    assert not any("STORE" in command for command in server.commands[: server.commands.index("LOGOUT")])


def test_reply_that_was_not_taken_comes_again(server: ImapServer, inbox: ImapInbox) -> None:
    mail = server.arrive(f"{ANA}ACK 4711")
    first = inbox.poll()
    assert len(first.replies) == 1
    assert inbox.poll() == first
    assert mail.flags == set()
    inbox.taken(first.replies[0])
    assert inbox.poll().replies == ()


def test_killed_before_it_acted_it_reads_the_mail_again(server: ImapServer, inbox: ImapInbox) -> None:
    server.arrive(f"{ANA}ACK 4711")
    before = polled(inbox)[0]
    assert polled(ImapInbox(account(server), time.time()))[0] == before


def test_mails_come_in_the_order_they_arrived(server: ImapServer, inbox: ImapInbox) -> None:
    now = time.time()
    for number, ago in enumerate((30, 10, 20)):
        server.arrive(f"{ANA}{number}", datetime.fromtimestamp(now - ago, UTC))
    assert texts(polled(inbox)[0]) == ["0", "2", "1"]


def test_of_many_mails_the_newest_come_first_and_none_is_left(
    server: ImapServer, inbox: ImapInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_inbox, "MOST_MAILS", 3)
    for number in range(5):
        server.arrive(f"{ANA}{number}")
    assert sorted(texts(polled(inbox)[0])) == ["2", "3", "4"]
    assert sorted(texts(polled(inbox)[0])) == ["0", "1"]


def test_read_and_old_mails_are_left_alone(server: ImapServer, inbox: ImapInbox) -> None:
    server.arrive(f"{ANA}ACK 4711").flags.add(r"\Seen")
    server.arrive(f"{ANA}ACK 4712", datetime.fromtimestamp(time.time() - 5 * 86_400, UTC))
    assert polled(inbox) == ((), "")


def test_mail_of_a_program_is_neither_given_nor_marked(server: ImapServer, inbox: ImapInbox) -> None:
    mail = server.arrive("From: ana@lab.org\nAuto-Submitted: auto-replied\n\nI am away. ACK 4711")
    for _ in range(2):
        assert polled(inbox) == ((), "")
    assert mail.flags == set()
    assert sum("FETCH" in command for command in server.commands) == 1


def test_long_mail_is_read_from_its_top(server: ImapServer, inbox: ImapInbox) -> None:
    server.arrive(f"{ANA}ACK 4711\n" + "x" * 1_000_000)
    ((reply,), problem) = polled(inbox)
    assert problem == ""
    assert reply.text.startswith("ACK 4711")
    assert len(reply.text) < 70_000


def test_mailbox_made_anew_numbers_its_mails_anew(server: ImapServer, inbox: ImapInbox) -> None:
    mail = server.arrive(f"{ANA}ACK 4711")
    polled(inbox)
    server.validity = 8
    ((reply,), _problem) = polled(inbox)
    assert reply.reference == "imap/8/101"
    assert mail.flags == set()


@pytest.mark.parametrize("password", ["größer ✓", 'a "b" \\c'])
def test_any_password_can_be_used(password: str) -> None:
    server = ImapServer(password=password)
    try:
        server.arrive(f"{ANA}ACK 4711")
        assert texts(polled(ImapInbox(account(server), time.time()))[0]) == ["ACK 4711"]
    finally:
        server.close()


# --- encryption ------------------------------------------------------------------------------------------------------


def encrypted(tmp_path: Path, name: str, implicit: bool) -> tuple[ImapServer, str]:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return ImapServer(context, implicit), str(tmp_path / "ca.pem")


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize(("name", "trusted"), [("127.0.0.1", True), ("other.example", False)])
def test_only_the_right_certificate_gets_the_password(tmp_path: Path, security: str, name: str, trusted: bool) -> None:
    server, ca_file = encrypted(tmp_path, name, security == "tls")
    try:
        server.arrive(f"{ANA}ACK 4711")
        inbox = ImapInbox(account(server, security=security, ca_file=ca_file), time.time())
        replies, problem = polled(inbox)
        assert texts(replies) == (["ACK 4711"] if trusted else [])
        assert trusted or "certificate is not trusted" in problem
        assert any("LOGIN" in command for command in server.commands) is trusted
    finally:
        server.close()


@pytest.mark.parametrize(("security", "told"), [("tls", ""), ("starttls", "offers no STARTTLS")])
def test_server_without_encryption_never_gets_the_password(server: ImapServer, security: str, told: str) -> None:
    replies, problem = polled(ImapInbox(account(server, security=security, timeout_s=3), time.time()))
    assert replies == ()
    assert problem
    assert told in problem
    assert not any("LOGIN" in command for command in server.commands)


# --- trouble ---------------------------------------------------------------------------------------------------------

FAULTS = [
    ("greeting", "hang", "no answer within 2 s"),
    ("greeting", "drip", "no answer within"),
    ("greeting", "nonsense", "does not speak IMAP"),
    ("greeting", "drop", "closed the connection"),
    ("LOGIN", "NO", "refused the login"),
    ("LOGIN", "BAD", "refused the login"),
    ("LOGIN", "hang", "no answer within 2 s"),
    ("SELECT", "NO", "refused the folder INBOX"),
    ("SEARCH", "BAD", "refused the search"),
    ("SEARCH", "nonsense", "closed the connection"),
    ("SEARCH", "drop", "closed the connection"),
    ("FETCH", "NO", "refused a mail"),
    ("FETCH", "drop", "closed the connection"),
    ("FETCH", "drip", "no answer within"),
]


@pytest.mark.parametrize(("command", "fault", "told"), FAULTS)
def test_whatever_goes_wrong_is_told_and_the_next_poll_reads_all(
    server: ImapServer, command: str, fault: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    slow = fault in ("hang", "drip")
    inbox = ImapInbox(account(server, timeout_s=2 if slow else AWAITED_S), time.time())
    server.arrive(f"{ANA}ACK 4711")
    server.plant(command, fault)
    replies, problem = polled(inbox)
    assert replies == ()
    assert told in problem
    assert PASSWORD.split()[-1] not in problem + caplog.text  # nor in the quotes that IMAP puts it in
    patient = ImapInbox(account(server), time.time()) if slow else inbox
    assert texts(polled(patient)[0]) == ["ACK 4711"]


def test_what_was_read_before_it_went_wrong_counts(server: ImapServer, inbox: ImapInbox) -> None:
    server.arrive(f"{ANA}ACK 4711")
    server.arrive(f"{ANA}ACK 4712")
    server.plant("FETCH", "", "drop")
    replies, problem = polled(inbox)
    assert texts(replies) == ["ACK 4712"]
    assert problem
    assert texts(polled(inbox)[0]) == ["ACK 4711"]


def test_a_mark_that_failed_is_made_later(server: ImapServer, inbox: ImapInbox) -> None:
    mail = server.arrive(f"{ANA}ACK 4711")
    polled(inbox)
    server.plant("STORE", "NO")
    assert "mark mails" in polled(inbox)[1]
    assert polled(inbox) == ((), "")
    assert mail.flags == {r"\Seen"}


def test_wrong_password_is_told_without_it(server: ImapServer) -> None:
    inbox = ImapInbox(account(server, password=SecretStr("wrong-password-1")), time.time())
    replies, problem = polled(inbox)
    assert replies == ()
    assert "refused the login" in problem
    assert "wrong-password-1" not in problem


def test_nobody_there(server: ImapServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    replies, problem = polled(ImapInbox(account(server, port=port), time.time()))
    assert replies == ()
    assert "refuses connections" in problem
