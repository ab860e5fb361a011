"""Killed at any moment: nothing that is to be told is lost, nothing is told twice without saying so."""

from __future__ import annotations

import email
import os
import random
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from eyegore.journal.delivery import Delivery, DeliveryState
from eyegore.journal.journal import Journal, JournalReader, journal_path
from eyegore.journal.outbox import Outbox
from eyegore.messages.events import AlarmEntry, AlarmState, NoteKind
from eyegore.messages.warnings import Channel
from eyegore.session.service import Service
from eyegore.session.settings import Session
from eyegore.simulator.simulator import SimulatedSession, Simulator
from eyegore.warning.channels.mail_message import message_id
from eyegore.warning.channels.twilio_sender import sms_body
from eyegore.warning.policy.policy import Policy

from ...patience import AWAITED_S
from .channels.mail_servers import PASSWORD, SENDER, Mailbox
from .channels.twilio_server import TOKEN, TwilioServer
from .warned_lab import ANNA

pytestmark = pytest.mark.slow

WaitUntil = Callable[..., None]
OUT = ("CCD1_TEMP_T", "CCD2_TEMP_T", "CCD3_TEMP_T", "CCD1_TEMP_B", "CCD2_TEMP_B")
"""What is made to go out, each 8 s after the one before."""


class Transactions:
    """What a kill after each transaction would leave: who is told of what, and what is there to tell it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.faults: list[str] = []
        self.acknowledged: list[str] = []
        self._keys: set[str] = set()
        real = Journal.record

        def record(
            journal: Journal,
            entries: Sequence[AlarmEntry],
            state: Mapping[str, Any] | None,
            deliveries: Sequence[Delivery] = (),
            later: Container[str] = (),
        ) -> None:
            real(journal, entries, state, deliveries, later)
            self._look(entries, state or {}, deliveries)

        monkeypatch.setattr(Journal, "record", record)

    def _look(self, entries: Sequence[AlarmEntry], state: Mapping[str, Any], deliveries: Sequence[Delivery]) -> None:
        self._keys |= {one.notice.key for one in deliveries}
        for case in state["warnings"]["policy"]["book"]["cases"]:
            if case["told"] and not any(key.startswith(case["name"]) for key in self._keys):
                self.faults.append(f"{case['told']} count as told of {case['name']}, but nothing is there to tell it")
        replies = [entry.comment for entry in entries if entry.kind is NoteKind.REPLY]
        self.acknowledged += [entry.parameter for entry in entries if entry.after is AlarmState.ACKED]
        if replies and not self.acknowledged:
            self.faults.append(f"taken, but nothing done: {replies}")


def test_each_transaction_is_whole(
    tmp_path: Path,
    warning_settings: Path,
    mailbox: Mailbox,
    twilio_server: TwilioServer,
    wait_until: WaitUntil,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = Transactions(monkeypatch)
    plants = ["CCD2_TEMP_B:step:-136@30+1000"]
    elvis = Simulator(tmp_path / "day", SimulatedSession(images=False, seconds=100_000, force=True, plants=plants))
    elvis.append_rows(40)
    session = Session(tmp_path / "day", watch_disk=False, state=tmp_path / "state", warnings=warning_settings)
    service = Service(session)
    service.start()
    try:
        wait_until(lambda: twilio_server.messages and mailbox.mails)
        code = re.findall(r"ACK ([0-9]{4})", twilio_server.messages[0]["body"])[0]
        twilio_server.arrive(ANNA, f"ACK {code}")
        wait_until(lambda: seen.acknowledged)
    finally:
        assert service.stop(AWAITED_S)
    assert seen.faults == []


def test_an_error_in_the_warnings_themselves_wakes_somebody(
    tmp_path: Path,
    warning_settings: Path,
    mailbox: Mailbox,
    twilio_server: TwilioServer,
    wait_until: WaitUntil,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Policy, "tick", broken)
    Simulator(tmp_path / "day", SimulatedSession(images=False, seconds=100, force=True)).append_rows(5)
    service = Service(Session(tmp_path / "day", watch_disk=False, state=tmp_path / "state", warnings=warning_settings))
    service.start()
    try:
        wait_until(lambda: len(twilio_server.messages) == 2 and len(mailbox.mails) == 2)
    finally:
        assert service.stop(AWAITED_S)
    assert {one["body"] for one in twilio_server.messages} == {
        "Eyegore's warnings have an error of their own: look at the screen yourself. An alarm may go untold until this"
        " is mended; the log says what happened."
    }
    assert len(twilio_server.messages) == 2, "once"


class Eyegore:
    """A real process that warns; ``kill`` is kill -9."""

    def __init__(self, tmp_path: Path, settings: Path) -> None:
        self.path = journal_path(tmp_path / "state", tmp_path / "day")
        self._command = [
            sys.executable, "-m", "eyegore", "-p", str(tmp_path / "day"), "--headless", "-W",
            "--settings", str(settings), "--state", str(tmp_path / "state"),
        ]  # fmt: skip
        self._log = tmp_path / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def seen(self) -> str:
        """All that anybody on this computer can see of it."""
        assert self._process is not None
        return Path(f"/proc/{self._process.pid}/cmdline").read_text() + self._log.read_text(errors="replace")

    def rows(self) -> list[Delivery]:
        return Outbox(self.path).newest(1000) if self.path.exists() else []


def test_killed_again_and_again_with_providers_that_fail(
    tmp_path: Path, warning_settings: Path, mailbox: Mailbox, twilio_server: TwilioServer, wait_until: WaitUntil
) -> None:
    chance = random.Random(int(os.environ.get("EYEGORE_TEST_SEED", "4")))
    rounds = int(os.environ.get("EYEGORE_TEST_KILLS", "4"))
    warning_settings.write_text(warning_settings.read_text() + "[rates]\nper_parameter = 60\ntotal = 300\n")
    plants = [f"{name}:step:-150@{40 + 8 * number}+9000" for number, name in enumerate(OUT)]
    elvis = Simulator(tmp_path / "day", SimulatedSession(images=False, seconds=100_000, force=True, plants=plants))
    elvis.append_rows(30)
    eyegore = Eyegore(tmp_path, warning_settings)
    pause = threading.Event()
    try:
        for _ in range(rounds):
            twilio_server.plant(*chance.choices(["", "drop", "html 500", "bad body", "20429"], k=3))
            mailbox.answers += chance.choices(["250 ok", "421 4.3.0 later", "452 4.3.1 full"], k=2)
            eyegore.start()
            pause.wait(chance.uniform(0.0, 2.0))
            elvis.append_rows(round(100 / rounds))
            pause.wait(chance.uniform(0.2, 3.0))
            eyegore.kill()
        twilio_server.faults.clear()
        mailbox.answers.clear()
        eyegore.start()
        wait_until(lambda: told(eyegore.rows()) >= set(OUT), message="not all were told")
        wait_until(lambda: not any(row.state.open for row in eyegore.rows()))
        seen = eyegore.seen
    finally:
        eyegore.kill()
    rows = eyegore.rows()
    with JournalReader(eyegore.path) as journal:
        raised = {entry.parameter for entry in journal.entries() if entry.after is AlarmState.UNACK}
    assert raised >= set(OUT)
    assert told(rows) >= raised & set(OUT)
    assert {row.state for row in rows} <= {DeliveryState.SENT, DeliveryState.REFUSED}, rows
    compare(rows, Channel.SMS, [sms_body(row.notice) for row in rows], [one["body"] for one in twilio_server.messages])
    letters = [email.message_from_bytes(mail.original_content or b"") for mail in mailbox.mails]
    compare(
        rows,
        Channel.EMAIL,
        [message_id(SENDER, row.address, row.notice.key) for row in rows],
        [letter["Message-ID"] for letter in letters],
    )
    for secret in (PASSWORD, TOKEN):
        assert secret not in seen


def told(rows: Sequence[Delivery]) -> set[str]:
    """The parameters that somebody was told of, or is about to be."""
    return {name for name in OUT for row in rows if name in row.notice.text and row.notice.reason.asks}


def compare(rows: Sequence[Delivery], channel: Channel, wanted: Sequence[str], got: Sequence[str]) -> None:
    """What the provider got is what the outbox says; more only where that is said."""
    due, most = Counter[str](), Counter[str]()
    for row, name in zip(rows, wanted, strict=True):
        if row.channel is channel:
            due[name] += row.state is DeliveryState.SENT
            most[name] += row.attempts if re.search("sent twice|sent [0-9]+ times", row.detail) else 1
    found = Counter(got)
    assert not due - found, "lost"
    assert not found - most, "doubled without a word"
