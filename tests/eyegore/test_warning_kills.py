"""Killed at any moment: nothing that is to be told is lost, nothing is told twice without saying so."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from eyegore.alarms.delivery import Delivery
from eyegore.alarms.journal import Journal
from eyegore.elvis.simulator import Simulator
from eyegore.messages import AlarmEntry
from eyegore.service import Service
from eyegore.settings import Session

from .alarms.mail_servers import Mailbox
from .alarms.twilio_server import TwilioServer
from .warned_lab import ANNA

WaitUntil = Callable[..., None]


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
        ) -> None:
            real(journal, entries, state, deliveries)
            self._look(entries, state or {}, deliveries)

        monkeypatch.setattr(Journal, "record", record)

    def _look(self, entries: Sequence[AlarmEntry], state: Mapping[str, Any], deliveries: Sequence[Delivery]) -> None:
        self._keys |= {one.notice.key for one in deliveries}
        for case in state["warnings"]["policy"]["book"]["cases"]:
            if case["told"] and not any(key.startswith(case["name"]) for key in self._keys):
                self.faults.append(f"{case['told']} count as told of {case['name']}, but nothing is there to tell it")
        replies = [entry.comment for entry in entries if entry.kind == "REPLY"]
        self.acknowledged += [entry.parameter for entry in entries if entry.after == "ACKED"]
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
    elvis = Simulator(tmp_path / "day", images=False, seconds=100_000, force=True, plants=plants)
    elvis.append_rows(40)
    session = Session(tmp_path / "day", watch_disk=False, state=tmp_path / "state", warnings=warning_settings)
    service = Service(session)
    service.start()
    try:
        wait_until(lambda: twilio_server.messages and mailbox.mails, timeout=20)
        code = re.findall(r"ACK ([0-9]{4})", twilio_server.messages[0]["body"])[0]
        twilio_server.arrive(ANNA, f"ACK {code}")
        wait_until(lambda: seen.acknowledged, timeout=20)
    finally:
        assert service.stop(10.0)
    assert seen.faults == []
