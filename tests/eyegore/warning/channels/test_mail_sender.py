"""Mails to real servers on this machine: with login and encryption, slow ones, dead ones, refusing ones."""

from __future__ import annotations

import email
import email.policy
import logging
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage

import numpy as np
import pytest
from aiosmtpd.smtp import Envelope
from pydantic import SecretStr

from eyegore.messages.warnings import Outcome, Result, Samples, Scope
from eyegore.warning.channels.accounts import SmtpAccount
from eyegore.warning.channels.mail_message import table
from eyegore.warning.channels.mail_sender import MailSender
from eyegore.warning.channels.sample_plot import plot

from ....patience import AWAITED_S
from .mail_servers import PASSWORD, SENDER, SILENT_S, USER, Mailbox, Trust, mail_server, scripted, trust
from .some_notice import notice, samples

ANNA = "anna@lab.example"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    return trust(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def starttls(mailbox: Mailbox, ours: Trust) -> Iterator[SmtpAccount]:
    with mail_server(mailbox, ours.server) as port:
        yield account(port, ca_file=str(ours.ca_file))


def account(port: int, **changes: object) -> SmtpAccount:
    plain: dict[str, object] = {
        "host": "localhost",
        "port": port,
        "security": "starttls",
        "user": USER,
        "password": SecretStr(PASSWORD),
        "sender": SENDER,
    }
    return SmtpAccount(**(plain | changes))  # type: ignore[arg-type]


def open_account(port: int, **changes: object) -> SmtpAccount:
    """For the scripted servers, which know neither encryption nor login."""
    return account(port, **({"host": "127.0.0.1", "security": "none", "user": "", "timeout_s": AWAITED_S} | changes))


def read(envelope: Envelope) -> EmailMessage:
    content = envelope.original_content
    assert content is not None
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_mail_arrives_with_picture_and_table(starttls: SmtpAccount, mailbox: Mailbox) -> None:
    plot(samples())  # the first picture waits for imports and fonts, on a busy machine longer than a mail does
    outcome = MailSender(starttls).send(ANNA, notice(), samples())
    assert outcome.result is Result.SENT, outcome.detail
    (envelope,) = mailbox.mails
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, [ANNA])
    message = read(envelope)
    assert message["Subject"] == notice().subject
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == outcome.reference
    text = message.get_body(("plain",))
    assert text is not None
    lines = text.get_content().splitlines()
    assert lines[: len(notice().text.splitlines())] == notice().text.splitlines()
    assert lines[-1].split()[-1] == f"{samples().values[-100]:.6g}"  # the hundredth, the latest first
    picture, samples_csv = list(message.iter_attachments())
    assert picture.get_content().startswith(b"\x89PNG")
    assert picture.get_filename() == "CCD1_TEMP.png"
    assert len(samples_csv.get_content().splitlines()) == 101
    assert all(line.isascii() for line in (envelope.original_content or b"").splitlines())


def test_the_table_tells_a_register_in_hexadecimal() -> None:
    register = Samples("SPW", "register", np.array([1.78e9]), np.array([12193.0]))
    assert table(register).splitlines()[-1].split()[-1] == "0x2FA1"


def test_mail_without_samples_is_text_only(starttls: SmtpAccount, mailbox: Mailbox) -> None:
    assert MailSender(starttls).send(ANNA, notice(), None).result is Result.SENT
    message = read(mailbox.mails[0])
    assert not message.is_multipart()
    assert message.get_content().splitlines() == notice().text.splitlines()


def test_repeat_has_the_same_identity_and_another_address_its_own(starttls: SmtpAccount) -> None:
    sender = MailSender(starttls)
    first, again = (sender.send(ANNA, notice(), None) for _ in range(2))
    other = sender.send("bob@lab.example", notice(), None)
    later = sender.send(ANNA, notice(key="18/RAISED/anna"), None)
    assert first.reference == again.reference
    assert len({first.reference, other.reference, later.reference}) == 3


@pytest.mark.parametrize(
    ("age", "begin"),
    [(60, "CRITICAL"), (1300, "This could not be sent before: it was written 22 min ago, and tells how")],
)
def test_a_mail_that_waited_says_so(starttls: SmtpAccount, mailbox: Mailbox, age: float, begin: str) -> None:
    made = time.time() - age
    assert MailSender(starttls).send(ANNA, notice(made=made, expires=made + 7200), None).result is Result.SENT
    assert read(mailbox.mails[0]).get_content().replace("\n", " ").startswith(begin)


def test_tls_from_the_first_byte(mailbox: Mailbox, ours: Trust) -> None:
    with mail_server(mailbox, ours.server, implicit=True) as port:
        outcome = MailSender(account(port, security="tls"), ours.client).send(ANNA, notice(), None)
    assert outcome.result is Result.SENT, outcome.detail


def test_one_refused_recipient_does_not_stop_the_other(starttls: SmtpAccount, mailbox: Mailbox) -> None:
    mailbox.refuse = {"gone@lab.example": "550 5.1.1 no such user"}
    sender = MailSender(starttls)
    assert sender.send("gone@lab.example", notice(), None) == Outcome(
        Result.REFUSED,
        f"the SMTP server localhost:{starttls.port} refused the mail to gone@lab.example (550 5.1.1 no such user): "
        "check the address and the sender",
    )
    assert sender.send(ANNA, notice(), None).result is Result.SENT
    assert [one.rcpt_tos for one in mailbox.mails] == [[ANNA]]


def test_greylisting_is_tried_again_later(starttls: SmtpAccount, mailbox: Mailbox) -> None:
    mailbox.refuse = {ANNA: "450 4.2.0 greylisted, come back"}
    outcome = MailSender(starttls).send(ANNA, notice(), None)
    assert (outcome.result, outcome.retry_after) == (Result.RETRY, 300.0)
    mailbox.refuse = {}
    assert MailSender(starttls).send(ANNA, notice(), None).result is Result.SENT


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": SecretStr("wrong")}, "refused the login (535 5.7.8 Authentication credentials invalid)"),
        ({"user": "", "password": None}, "it wants a login or encryption"),
        ({"security": "none"}, "check security (none)"),
        ({"security": "tls"}, "it does not speak TLS on this port"),
        ({"ca_file": ""}, "its certificate is not trusted"),
        ({"ca_file": "/nowhere/ca.pem"}, "ca_file cannot be read"),
        ({"host": "127.0.0.1"}, "its certificate is not trusted"),
        ({"password": SecretStr("größe")}, "(they hold letters that not every server takes: try a password of ASCII"),
        ({"sender": "nobody"}, "the sender 'nobody' is not a mail address"),
    ],
)
def test_wrong_account_is_refused_in_words(
    starttls: SmtpAccount, mailbox: Mailbox, changes: dict[str, object], words: str
) -> None:
    outcome = MailSender(account(starttls.port, **({"ca_file": starttls.ca_file} | changes))).send(ANNA, notice(), None)
    assert outcome.result is Result.REFUSED, outcome.detail
    assert words in outcome.detail
    assert mailbox.mails == []


@pytest.mark.parametrize("password", ["größe", "пароль", "密码 x"])
@pytest.mark.parametrize("methods", ["PLAIN", "LOGIN", "CRAM-MD5 LOGIN PLAIN"])
def test_a_password_may_hold_any_letters(
    mailbox: Mailbox, ours: Trust, password: str, methods: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_extn, known = smtplib.SMTP.has_extn, {"auth": methods}

    def offered(self: smtplib.SMTP, name: str) -> bool:
        self.esmtp_features.update(known)
        return has_extn(self, name)

    monkeypatch.setattr(smtplib.SMTP, "has_extn", offered)
    with mail_server(mailbox, ours.server, implicit=True, password=password) as port:
        sender = MailSender(account(port, security="tls", password=SecretStr(password)), ours.client)
        assert sender.check().result is Result.SENT
        outcome = sender.send(ANNA, notice(), None)
    assert outcome.result is Result.SENT, outcome.detail


HELO = [
    (
        {"EHLO": "504 5.5.2 <lab>: Helo command rejected: need fully-qualified hostname", "HELO": "504 no"},
        Result.REFUSED,
    ),
    ({"EHLO": "550 no", "HELO": "550 Access denied - Invalid HELO name"}, Result.REFUSED),
    ({"RCPT": "504 5.5.2 <lab>: Helo command rejected: need fully-qualified hostname"}, Result.REFUSED),
    ({"RCPT": "450 4.7.1 <lab>: Helo command rejected: Host not found"}, Result.RETRY),
    ({"MAIL": "550 EHLO name does not resolve"}, Result.REFUSED),
]


@pytest.mark.parametrize(("answers", "result"), HELO, ids=[str(one[0]) for one in HELO])
def test_a_name_that_the_server_does_not_like_is_told_as_such(answers: dict[str, str], result: Result) -> None:
    with scripted(answers) as port:
        sender = MailSender(open_account(port))
        for outcome in (sender.check(), sender.send(ANNA, notice(), None)):
            assert (outcome.result, outcome.scope) == (result, Scope.PROVIDER)
            assert outcome.detail.endswith(
                "does not like the name of this computer, set helo in [smtp] to one that it knows"
            )


@pytest.mark.parametrize(
    ("own", "helo", "said"),
    [
        ("watch.lab.example", "", "watch.lab.example"),
        ("localhost", "", "[127.0.0.1]"),
        ("watch.localdomain", "", "[127.0.0.1]"),
        ("watch", "", "[127.0.0.1]"),
        ("watch.local", "", "[127.0.0.1]"),
        ("watch", "eyes.lab.example", "eyes.lab.example"),
    ],
)
def test_how_this_computer_names_itself(own: str, helo: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getfqdn", lambda name="": own)
    heard: list[str] = []
    ehlo = smtplib.SMTP.ehlo

    def note(self: smtplib.SMTP, name: str = "") -> tuple[int, bytes]:
        heard.append(name or self.local_hostname)
        return ehlo(self, name)

    monkeypatch.setattr(smtplib.SMTP, "ehlo", note)
    with scripted({}) as port:
        assert MailSender(open_account(port, helo=helo)).check().result is Result.SENT
    assert heard == [said]


@pytest.mark.parametrize(
    ("answers", "result", "words"),
    [
        ({}, Result.SENT, "lets us in"),
        ({"RCPT": "550 5.1.1 no such user"}, Result.SENT, "lets us in"),
        ({"RCPT": "450 greylisted"}, Result.SENT, "lets us in"),
        (
            {"MAIL": "553 not your address"},
            Result.REFUSED,
            "mail from eyegore@lab.example (553 not your address): check the s",
        ),
        ({"MAIL": "530 login first"}, Result.REFUSED, "it wants a login or encryption"),
    ],
)
def test_a_check_sends_nothing(answers: dict[str, str], result: Result, words: str) -> None:
    with scripted({"DATA": "554 never asked for"} | answers) as port:
        outcome = MailSender(open_account(port)).check()
    assert outcome.result is result
    assert words in outcome.detail


def test_login_that_is_not_offered() -> None:
    with scripted({}) as port:
        outcome = MailSender(open_account(port, user=USER)).send(ANNA, notice(), None)
        assert (outcome.result, "check security" in outcome.detail) == (Result.REFUSED, True)
        outcome = MailSender(open_account(port, security="starttls")).send(ANNA, notice(), None)
        assert (outcome.result, "check security" in outcome.detail) == (Result.REFUSED, True)


@pytest.mark.parametrize(
    "address", ["", "anna", "anna@", "a\r\nBcc: b@c.example", "<anna@lab.example>", "a b@c.example"]
)
def test_no_mail_address(address: str) -> None:
    outcome = MailSender(account(1)).send(address, notice(), None)
    assert outcome.result is Result.REFUSED
    assert "is not a mail address" in outcome.detail


def test_subject_of_two_lines_is_one(starttls: SmtpAccount, mailbox: Mailbox) -> None:
    assert MailSender(starttls).send(ANNA, notice(subject="one\r\nBcc: b@c.example"), None).result is Result.SENT
    assert read(mailbox.mails[0])["Subject"] == "one Bcc: b@c.example"


FAULTS = [
    ("220 lab", {"MAIL": "hang"}, Result.RETRY, "no answer within 3 s; nothing was sent"),
    ("hang", {}, Result.RETRY, "no answer within 3 s; nothing was sent"),
    ("drip", {}, Result.RETRY, "no answer within 3 s; nothing was sent"),
    ("drop", {}, Result.RETRY, "it closed the connection; nothing was sent"),
    ("421 too busy", {}, Result.RETRY, "puts off the connection (421 too busy)"),
    ("554 go away", {}, Result.REFUSED, "refused the connection (554 go away)"),
    ("220 lab", {"EHLO": "drip"}, Result.RETRY, "no answer within 3 s; nothing was sent"),
    ("220 lab", {"DATA": "451 later"}, Result.RETRY, "(451 later)"),
    ("220 lab", {"DATA": "drop"}, Result.RETRY, "it closed the connection; nothing was sent"),
    ("220 lab", {".": "hang"}, Result.UNKNOWN, "no answer within 3 s; the message may have been sent"),
    ("220 lab", {".": "drip"}, Result.UNKNOWN, "no answer within 3 s; the message may have been sent"),
    ("220 lab", {".": "drop"}, Result.UNKNOWN, "it closed the connection; the message may have been sent"),
    ("220 lab", {".": "452 disk full"}, Result.RETRY, "(452 disk full)"),
    ("220 lab", {".": "554 spam"}, Result.REFUSED, "(554 spam)"),
    ("220 lab", {"QUIT": "hang"}, Result.SENT, "took the mail"),
    ("220 lab", {"QUIT": "drip"}, Result.SENT, "took the mail"),
    ("220 lab", {"QUIT": "drop"}, Result.SENT, "took the mail"),
]


@pytest.mark.parametrize(
    ("greeting", "answers", "result", "words"), FAULTS, ids=[f"{one[0]} {one[1]}" for one in FAULTS]
)
def test_server_with_trouble(greeting: str, answers: dict[str, str], result: Result, words: str) -> None:
    with scripted(answers, greeting) as port:
        limit_s = SILENT_S if {"hang", "drip"} & {greeting, *answers.values()} else AWAITED_S
        outcome = MailSender(open_account(port, timeout_s=limit_s)).send(ANNA, notice(), None)
        assert not [thread for thread in threading.enumerate() if thread.name == "warning-attempt"]
    assert outcome.result is result
    assert words in outcome.detail


def test_handshake_that_hangs_ends_in_time() -> None:
    with scripted({}, "hang") as port:
        outcome = MailSender(open_account(port, security="tls", timeout_s=SILENT_S)).send(ANNA, notice(), None)
        assert not [thread for thread in threading.enumerate() if thread.name == "warning-attempt"]
    assert outcome.result is Result.RETRY
    assert "no answer within 3 s" in outcome.detail


def test_nobody_listens_and_nobody_is_there() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        outcome = MailSender(open_account(closed.getsockname()[1])).send(ANNA, notice(), None)
    assert (outcome.result, "it refuses connections" in outcome.detail) == (Result.RETRY, True)
    outcome = MailSender(account(25, host="smtp.invalid")).send(ANNA, notice(), None)
    assert (outcome.result, "cannot be resolved" in outcome.detail) == (Result.RETRY, True)


def test_server_that_takes_no_big_mail_gets_the_text(mailbox: Mailbox, ours: Trust) -> None:
    plot(samples())  # as above: without a picture the mail is small
    with mail_server(mailbox, ours.server, size=20_000) as port:
        outcome = MailSender(account(port), ours.client).send(ANNA, notice(), samples())
    assert outcome.result is Result.SENT
    assert "without picture and table" in outcome.detail
    assert not read(mailbox.mails[0]).is_multipart()


def test_size_that_is_told_too_late(starttls: SmtpAccount, mailbox: Mailbox) -> None:
    plot(samples())
    mailbox.answers = ["552 5.3.4 too big"]
    outcome = MailSender(starttls).send(ANNA, notice(), samples())
    assert outcome.result is Result.SENT
    assert not read(mailbox.mails[0]).is_multipart()
    mailbox.answers = ["552 5.3.4 too big"] * 2
    assert MailSender(starttls).send(ANNA, notice(), samples()).result is Result.REFUSED


def test_no_secret_is_told(starttls: SmtpAccount, ours: Trust, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sender = MailSender(starttls)
    said = [repr(sender), repr(starttls), repr(vars(sender)), repr(sender.send(ANNA, notice(), samples()))]
    echo = {"EHLO": "250-lab\r\n250 AUTH PLAIN", "AUTH": f"535 {PASSWORD} is wrong"}
    with scripted(echo) as port:
        said.append(repr(MailSender(open_account(port, user=USER)).send(ANNA, notice(), None)))
    for changes in ({"host": "smtp.invalid"}, {"security": "tls"}, {"security": "none"}):
        said.append(repr(MailSender(account(starttls.port, **changes)).send(ANNA, notice(), None)))
    assert "535 *** is wrong" in said[4]
    assert PASSWORD not in "\n".join([*said, caplog.text])
