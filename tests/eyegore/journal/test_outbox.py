"""The outbox holds the newest of each delivery, whichever threads write at the same time."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eyegore.journal.delivery import Delivery, DeliveryState
from eyegore.journal.journal import Journal
from eyegore.journal.outbox import Outbox
from eyegore.messages.warnings import Channel

from ...patience import AWAITED_S
from ..warning.channels.some_notice import notice


def test_a_slow_write_does_not_bring_back_what_was_true_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "day.journal"
    journal = Journal(path)
    ours = False
    outbox = Outbox(path, lambda: ours)
    sms, mail = Delivery(notice(), Channel.SMS, "+49"), Delivery(notice(), Channel.EMAIL, "a@lab.example")
    inside, sent, go = threading.Event(), threading.Event(), threading.Event()
    write = Outbox._write

    def slow(outbox: Outbox, statement: str, deliveries: list[Delivery]) -> Any:
        if deliveries[0].state is DeliveryState.SENDING:
            inside.set()
            go.wait(AWAITED_S)
        write(outbox, statement, deliveries)
        if deliveries[0].state is DeliveryState.SENT:
            sent.set()

    monkeypatch.setattr(Outbox, "_write", slow)
    assert outbox.mark(replace(sms, state=DeliveryState.SENDING)) != ""
    ours = True
    threads = [
        threading.Thread(target=outbox.mark, args=[one]) for one in (mail, replace(sms, state=DeliveryState.SENT))
    ]
    threads[0].start()
    assert inside.wait(AWAITED_S)
    threads[1].start()
    sent.wait(0.2)  # it may be written now, or must wait
    go.set()
    for thread in threads:
        thread.join(AWAITED_S)
    assert {one.channel: one.state for one in outbox.newest(9)} == {
        Channel.SMS: DeliveryState.SENT,
        Channel.EMAIL: DeliveryState.WAITING,
    }
    journal.close()
