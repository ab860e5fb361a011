"""Sent is not received: what was taken is asked for until it is known what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from eyegore.journal.delivery import Delivery, DeliveryState
from eyegore.messages.warnings import Channel, Notice, Outcome, Result, Samples, Scope
from eyegore.warning.channels.dispatcher import Dispatcher
from eyegore.warning.channels.fallback import ChannelWatch
from eyegore.warning.channels.receipts import FOLLOWED_S, Receipts

from ....patience import AWAITED_S
from .some_notice import notice

WaitUntil = Callable[..., None]
NOW = 1_000_000.0
PENDING = Outcome(Result.RETRY, "no report of delivery yet (sent)", "SM1")
SILENT = Outcome(Result.UNKNOWN, "no answer within 15 s")
ARRIVED = Outcome(Result.SENT, "was delivered", "SM1")
LOST = Outcome(Result.REFUSED, "did not arrive (undelivered, 30003: the telephone is off)", "SM1")
UNHEARD = replace(LOST, detail="nobody took the call (busy)", scope=Scope.PERSON)


class Reporting:
    """A channel whose provider takes all, and then tells what became of it, in turn."""

    channel = Channel.SMS

    def __init__(self, *receipts: Outcome) -> None:
        self.receipts = list(receipts)
        self.asked: list[str] = []

    def send(self, address: str, notice: Notice, samples: Samples | None) -> Outcome:
        return Outcome(Result.SENT, "taken (queued)", "SM1")

    def receipt(self, address: str, reference: str) -> Outcome:
        self.asked.append(reference)
        return self.receipts.pop(0)


@pytest.fixture
def receipts() -> Iterator[Receipts]:
    receipts = Receipts(lambda: NOW, first_s=0.001)
    yield receipts
    assert receipts.stop(AWAITED_S)


def sent(**changes: Any) -> Delivery:
    plain = Delivery(notice(), Channel.SMS, "+49", DeliveryState.SENT, reference="SM1", changed=NOW)
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("told", "state", "arrived"),
    [
        ([ARRIVED], DeliveryState.SENT, True),
        ([PENDING, SILENT, PENDING, ARRIVED], DeliveryState.SENT, True),
        ([LOST], DeliveryState.LOST, False),
        ([PENDING, LOST], DeliveryState.LOST, False),
        ([UNHEARD], DeliveryState.LOST, False),
    ],
)
def test_it_is_asked_for_until_it_is_known(
    receipts: Receipts, wait_until: WaitUntil, told: list[Outcome], state: DeliveryState, arrived: bool
) -> None:
    sender, news = Reporting(*told), list[Delivery]()
    receipts.follow(sent(), sender, news.append)
    wait_until(lambda: news)
    (found,) = news
    assert (found.state, found.detail, found.arrived) == (state, told[-1].detail, arrived)
    assert sender.asked == ["SM1"] * len(told)


@pytest.mark.parametrize(
    ("delivery", "sender"),
    [
        (sent(reference=""), Reporting()),
        (sent(changed=NOW - FOLLOWED_S), Reporting()),
        (sent(), object()),
    ],
)
def test_what_nobody_can_tell_or_is_long_ago_is_not_asked_for(
    receipts: Receipts, delivery: Delivery, sender: object
) -> None:
    receipts.follow(delivery, sender, lambda _: None)
    assert not receipts.alive


def test_a_network_that_never_reports_is_asked_no_more_in_the_end(receipts: Receipts, wait_until: WaitUntil) -> None:
    news: list[Delivery] = []
    sender = Reporting(*[PENDING] * 20)
    receipts.follow(sent(changed=NOW - FOLLOWED_S + 0.05), sender, news.append)
    wait_until(lambda: news)
    assert (news[0].state, news[0].detail) == (DeliveryState.SENT, PENDING.detail)


def test_what_was_taken_before_a_restart_is_asked_for(wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eyegore.warning.channels.dispatcher.FIRST_ASK_S", 0.001)
    sender, news = Reporting(LOST), list[Delivery]()
    dispatcher = Dispatcher({Channel.SMS: sender}, None, news.append, lambda: NOW)
    dispatcher.recall([], ["1"], [sent(), sent(state=DeliveryState.REFUSED)])
    wait_until(lambda: news)
    assert dispatcher.stop(AWAITED_S)
    assert [one.state for one in news] == [DeliveryState.LOST]


def test_a_channel_on_which_nothing_arrives_is_an_alarm_until_something_does() -> None:
    watch = ChannelWatch()
    lost = sent(state=DeliveryState.LOST, detail="off")
    assert watch.news_of(sent(), NOW) is None
    path = watch.news_of(lost, NOW)
    assert path is not None
    assert path.problem == "not delivered to anna: off"
    assert watch.news_of(sent(), NOW) is None, "taken is not arrived"
    well = watch.news_of(sent(arrived=True), NOW)
    assert well is not None
    assert well.problem == ""
    assert watch.news_of(sent(state=DeliveryState.LOST, scope=Scope.PERSON), NOW) is None, "a call that rang in vain"
