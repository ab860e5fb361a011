"""Each name leads to its own sender."""

from __future__ import annotations

from eyegore.alarms.other_by_name import OtherByName
from eyegore.limits.model import Severity
from eyegore.warning_messages import Channel, Notice, Outcome, Reason, Result, Samples, Sender

NOTICE = Notice("k", Reason.TEST, Severity.CRITICAL, "anna", (Channel.OTHER,), "", 0, "", "s", "t", "t", "t", 0.0, 9.0)


class Told:
    """A sender that keeps what it was given."""

    channel = Channel.OTHER

    def __init__(self) -> None:
        self.addresses: list[str] = []

    def send(self, address: str, notice: Notice, samples: Samples | None) -> Outcome:
        self.addresses.append(address)
        return Outcome(Result.SENT, "")


def test_only_the_sender_of_the_name_is_asked() -> None:
    chat, push = Told(), Told()
    sender: Sender = OtherByName({"chat": chat, "push": push})
    assert sender.send("push", NOTICE, None).result is Result.SENT
    assert (chat.addresses, push.addresses) == ([], ["push"])


def test_a_name_without_sender_is_refused_and_told() -> None:
    outcome = OtherByName({}).send("chat", NOTICE, None)
    assert outcome.result is Result.REFUSED
    assert "chat has no URL" in outcome.detail
