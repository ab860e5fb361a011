"""Warnings from the row of HK to the provider and back, with real servers on this machine."""

from __future__ import annotations

import email
import email.policy
import logging
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eyegore.basics.errors import SettingsError
from eyegore.cli import main
from eyegore.journal.journal import Journal, JournalReader, journal_path
from eyegore.journal.outbox import Outbox
from eyegore.messages.events import (
    Event,
    Flag,
    FlagChanged,
    FlagState,
    HkAccepted,
    NoteKind,
    Said,
    WarningLine,
    WarningsState,
)
from eyegore.session.service import Service
from eyegore.session.settings import Session
from eyegore.simulator.simulator import SimulatedSession, Simulator
from eyegore.warning.channels.gsm7 import segments

from ...patience import AWAITED_S
from .channels.mail_servers import PASSWORD, Mailbox
from .channels.twilio_server import TOKEN, TwilioServer
from .warned_lab import ANNA

pytestmark = pytest.mark.slow

WaitUntil = Callable[..., None]


class Ear:
    """A subscriber that keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def flag(self, parameter: str) -> Flag | None:
        flags = [one.flag for one in self.events if isinstance(one, FlagChanged) and one.flag.parameter == parameter]
        return flags[-1] if flags else None

    def rows(self) -> int:
        return sum(event.rows.times.size for event in self.events if isinstance(event, HkAccepted))

    def said(self) -> str:
        return "\n".join(event.text for event in self.events if isinstance(event, Said))

    def lines(self) -> dict[str, WarningLine]:
        return {event.key: event for event in self.events if isinstance(event, WarningLine)}


@pytest.fixture
def ear() -> Ear:
    return Ear()


Start = Callable[[], Service]


@pytest.fixture
def start(tmp_path: Path, warning_settings: Path, ear: Ear) -> Iterator[Start]:
    services: list[Service] = []

    def begin() -> Service:
        session = Session(tmp_path / "day", watch_disk=False, state=tmp_path / "state", warnings=warning_settings)
        service = Service(session, [lambda event: ear.events.append(event)])
        services.append(service)
        service.start()
        return service

    yield begin
    for service in services:
        assert service.stop(AWAITED_S)


def simulator(folder: Path) -> Simulator:
    plants = ["CCD2_TEMP_B:step:-136@30+1000"]
    return Simulator(folder, SimulatedSession(images=False, seconds=100_000, force=True, plants=plants))


def test_a_critical_value_reaches_the_person_on_duty_and_the_answer_acknowledges(
    tmp_path: Path, start: Start, ear: Ear, mailbox: Mailbox, twilio_server: TwilioServer, wait_until: WaitUntil,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("eyegore.warning.channels.mail_message.PLOT_S", AWAITED_S)  # the mail waits for its picture
    elvis = simulator(tmp_path / "day")
    elvis.append_rows(25)
    start()
    wait_until(lambda: ear.rows() == 25)
    assert (twilio_server.messages, mailbox.mails) == ([], [])
    elvis.append_rows(10)
    wait_until(lambda: twilio_server.messages and mailbox.mails)
    (message,) = twilio_server.messages
    assert message["to"] == ANNA
    assert "CCD2_TEMP_B" in message["body"]
    assert segments(message["body"]) <= 2
    found = re.search(r"\b[0-9]{4}\b(?!-)", message["body"].partition("ACK")[2])
    assert found, message["body"]
    (mail,) = mailbox.mails
    assert mail.rcpt_tos == ["anna@lab.example"]
    letter = email.message_from_bytes(mail.original_content or b"", policy=email.policy.default)
    assert any(part.get_content_type() == "image/png" for part in letter.walk())
    assert "CRITICAL" in str(letter["Subject"])
    twilio_server.arrive(ANNA, f"ACK {found[0]} on my way")
    wait_until(lambda: (flag := ear.flag("CCD2_TEMP_B")) is not None and flag.state is FlagState.ACKNOWLEDGED)
    flag = ear.flag("CCD2_TEMP_B")
    assert flag is not None
    assert (flag.acknowledged_by, flag.comment) == ("anna", "on my way (by SMS)")
    wait_until(lambda: all(not line.open for line in ear.lines().values()))
    assert {line.state for line in ear.lines().values()} == {"sent"}
    with JournalReader(journal_path(tmp_path / "state", tmp_path / "day")) as journal:
        replies = [entry for entry in journal.entries() if entry.kind is NoteKind.REPLY]
    assert [entry.person for entry in replies] == ["anna"]


def test_a_critical_value_does_not_wait_for_the_next_second(
    tmp_path: Path, start: Start, ear: Ear, mailbox: Mailbox, twilio_server: TwilioServer, wait_until: WaitUntil,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("eyegore.session.service.TICK_S", 10 * AWAITED_S)
    elvis = simulator(tmp_path / "day")
    elvis.append_rows(25)
    start()
    wait_until(lambda: "read up to now" in ear.said())
    elvis.append_rows(10)
    wait_until(lambda: twilio_server.messages)
    assert "CCD2_TEMP_B" in twilio_server.messages[0]["body"]


def test_after_a_restart_nothing_goes_out_twice(
    tmp_path: Path, start: Start, ear: Ear, mailbox: Mailbox, twilio_server: TwilioServer, wait_until: WaitUntil
) -> None:
    elvis = simulator(tmp_path / "day")
    elvis.append_rows(25)
    first = start()
    wait_until(lambda: ear.rows() == 25)
    elvis.append_rows(10)
    wait_until(lambda: twilio_server.messages and mailbox.mails)
    wait_until(lambda: all(not line.open for line in ear.lines().values()))
    assert first.stop(AWAITED_S)
    ear.events.clear()
    start()
    wait_until(lambda: ear.rows() == 35)
    wait_until(lambda: any(isinstance(event, WarningsState) for event in ear.events))
    states = [event for event in ear.events if isinstance(event, WarningsState)]
    assert (states[-1].channels, states[-1].on_duty, states[-1].backup) == (("sms", "call", "email"), "anna", "ben")
    assert states[-1].waiting == 0
    assert (len(twilio_server.messages), len(mailbox.mails)) == (1, 1)
    assert {line.state for line in ear.lines().values()} == {"sent"}, "the window knows what went out before"


def test_a_channel_that_refuses_is_an_alarm_and_another_way_is_found(
    tmp_path: Path, start: Start, ear: Ear, twilio_server: TwilioServer, mailbox: Mailbox, wait_until: WaitUntil
) -> None:
    elvis = simulator(tmp_path / "day")
    elvis.append_rows(25)
    start()
    wait_until(lambda: ear.rows() == 25)
    twilio_server.refuse("21211")
    elvis.append_rows(10)
    wait_until(lambda: twilio_server.calls)
    assert twilio_server.calls[0]["to"] == ANNA
    wait_until(lambda: any("SMS: not delivered to anna" in line.subject for line in ear.lines().values()))
    (refused,) = [line for line in ear.lines().values() if line.state == "refused"]
    assert refused.channel == "sms"
    assert "phone number" in refused.detail.lower() or "number" in refused.detail


def test_a_swap_entered_meanwhile_is_taken_up_and_said(
    tmp_path: Path, start: Start, warning_settings: Path, ear: Ear, wait_until: WaitUntil,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    simulator(tmp_path / "day").append_rows(25)
    start()
    wait_until(lambda: ear.rows() == 25)
    text = warning_settings.read_text()
    swapped = text.replace('primary = "anna"\nbackup = "ben"', 'primary = "ben"\nbackup = "anna"')
    assert swapped != text
    warning_settings.write_text(swapped)
    wait_until(lambda: "was changed: on duty ben, backup anna" in ear.said())
    wait_until(lambda: [one for one in ear.events if isinstance(one, WarningsState)][-1].on_duty == "ben")
    assert main(["roster", "today", "--settings", str(warning_settings)]) == 0
    assert "Ben Okafor (ben)\tAnna Berg (anna)" in capsys.readouterr().out
    with JournalReader(journal_path(tmp_path / "state", tmp_path / "day")) as journal:
        assert [one for one in journal.entries() if "was changed: on duty ben" in one.comment]


def test_who_is_never_told_is_said_at_the_start(
    warning_settings: Path, start: Start, ear: Ear, wait_until: WaitUntil
) -> None:
    warning_settings.write_text(f'quiet = [{{ from = "22:00", to = "22:00" }}]\n{warning_settings.read_text()}')
    start()
    wait_until(lambda: "the quiet hours of anna, ben never end: no WARNING is sent to them" in ear.said())


def test_a_password_that_is_wrong_is_found_at_the_start(
    tmp_path: Path, start: Start, ear: Ear, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EYEGORE_SMTP_PASSWORD", "größe")
    start()
    wait_until(lambda: "warnings by email cannot be sent: the SMTP server" in ear.said())
    assert "check user and EYEGORE_SMTP_PASSWORD (they hold letters that not every server takes" in ear.said()
    wait_until(lambda: [one for one in ear.events if isinstance(one, WarningsState)][-1].problems.keys() == {"email"})


def test_who_asks_for_warnings_must_not_believe_that_there_are_some(
    warning_settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EYEGORE_TWILIO_TOKEN")
    with pytest.raises(SettingsError, match=r"without: EYEGORE_TWILIO_TOKEN .auth token of .twilio."):
        Service(Session(tmp_path / "day", warnings=warning_settings))
    with pytest.raises(SettingsError, match="no such file"):
        Service(Session(tmp_path / "day", warnings=tmp_path / "none.toml"))


def test_a_second_session_that_would_warn_of_the_same_folder_is_refused(tmp_path: Path, warning_settings: Path) -> None:
    """People would be told everything twice, and an answer to one would not reach the other."""
    session = Session(tmp_path / "day", watch_disk=False, state=tmp_path / "state", warnings=warning_settings)
    with (
        Journal(journal_path(session.state, session.folder)),
        pytest.raises(SettingsError, match=rf"process {os.getpid()}\) already writes .*--state DIR"),
    ):
        Service(session)
    Service(session)


def test_a_test_by_hand_tells_what_each_provider_answered(
    warning_settings: Path, mailbox: Mailbox, twilio_server: TwilioServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["warnings", "test", "anna", "--settings", str(warning_settings)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[:4] for line in out[1:]] == [
        ["anna", "sms", ANNA, "sent"], ["anna", "call", ANNA, "sent"], ["anna", "email", "anna@lab.example", "sent"],
    ]  # fmt: skip
    assert (len(twilio_server.messages), len(twilio_server.calls), len(mailbox.mails)) == (1, 1, 1)
    twilio_server.plant("20003")
    assert main(["warnings", "test", "ben", "--channel", "sms", "--settings", str(warning_settings)]) == 1
    assert main(["warnings", "test", "zoe", "--settings", str(warning_settings)]) == 2
    assert "'zoe' is not in the settings" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("channel", "status", "code", "exit_status", "words"),
    [
        ("sms", "undelivered", 30003, 1, "refused\tthe text message to {anna} did not arrive (undelivered, 30003: "),
        (
            "sms",
            "sent",
            None,
            0,
            "sent\tTwilio took the text message to {anna} (queued); the text message to {anna}: no r",
        ),
        ("call", "no-answer", None, 1, "refused\tnobody took the call to {anna} (no-answer)"),
    ],
)
def test_a_test_by_hand_asks_what_arrived(
    warning_settings: Path, twilio_server: TwilioServer, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, channel: str, status: str, code: int | None, exit_status: int, words: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("eyegore.commands.warnings.RECEIPT_WAIT_S", 0.0)
    twilio_server.doom(ANNA, status, code)
    assert main(["warnings", "test", "anna", "--channel", channel, "--settings", str(warning_settings)]) == exit_status
    assert words.format(anna=ANNA) in capsys.readouterr().out


def test_what_twilio_took_and_did_not_deliver_goes_another_way(
    tmp_path: Path, start: Start, ear: Ear, twilio_server: TwilioServer, wait_until: WaitUntil
) -> None:
    elvis = simulator(tmp_path / "day")
    elvis.append_rows(25)
    start()
    wait_until(lambda: ear.rows() == 25)
    twilio_server.doom(ANNA, "undelivered", 30003)
    elvis.append_rows(10)
    wait_until(lambda: twilio_server.calls)
    assert twilio_server.calls[0]["to"] == ANNA
    wait_until(lambda: any(line.state == "did not arrive" for line in ear.lines().values()))
    (lost,) = [line for line in ear.lines().values() if line.channel == "sms" and line.failed]
    assert "30003: the telephone is off or out of reach" in lost.detail


def test_no_secret_is_anywhere(
    tmp_path: Path,
    start: Start,
    warning_settings: Path,
    ear: Ear,
    twilio_server: TwilioServer,
    wait_until: WaitUntil,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    elvis = simulator(tmp_path / "day")
    elvis.append_rows(25)
    service = start()
    wait_until(lambda: ear.rows() == 25)
    twilio_server.plant("20003", "20003", "html 500")
    elvis.append_rows(10)
    wait_until(lambda: any(line.failed for line in ear.lines().values()))
    assert main(["settings", "show", str(warning_settings)]) in (0, 2)
    assert main(["warnings", "list", "--state", str(tmp_path / "state"), "-p", str(tmp_path / "day")]) == 0
    assert service.stop(AWAITED_S)
    told = capsys.readouterr()
    places = {
        "log": caplog.text,
        "output": told.out + told.err,
        "events": repr(ear.events),
        "command line": Path("/proc/self/cmdline").read_text(),
        "threads": repr(threading.enumerate()),
    }
    places |= {str(path): path.read_bytes().decode("latin-1") for path in (tmp_path / "state").rglob("*.sqlite*")}
    assert len(places) >= 6
    for place, text in places.items():
        for secret in (PASSWORD, TOKEN):
            assert secret not in text, f"a secret in {place}"


def test_a_full_disk_holds_up_no_warning(
    tmp_path: Path,
    start: Start,
    ear: Ear,
    mailbox: Mailbox,
    twilio_server: TwilioServer,
    wait_until: WaitUntil,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elvis = simulator(tmp_path / "day")
    elvis.append_rows(25)
    service = start()
    wait_until(lambda: ear.rows() == 25)
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    def no_room(*_args: object) -> None:
        raise full

    with monkeypatch.context() as patched:
        patched.setattr("eyegore.journal.journal.transaction", no_room)
        elvis.append_rows(10)
        wait_until(lambda: twilio_server.messages and mailbox.mails)
        wait_until(lambda: "the journal cannot be written" in ear.said())
    wait_until(lambda: "the journal is written again" in ear.said())
    assert service.stop(AWAITED_S)
    kept = Outbox(journal_path(tmp_path / "state", tmp_path / "day")).newest(10)
    assert {(one.channel.value, one.state.value) for one in kept} == {("sms", "sent"), ("email", "sent")}
    assert (len(twilio_server.messages), len(mailbox.mails)) == (1, 1)
