"""Between the alarms and the outbox: an answer stops what it answers, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from eyegore.alarms.board import EntryContext
from eyegore.journal.delivery import Delivery, DeliveryState
from eyegore.limits.model import Severity
from eyegore.messages.events import Action, Event
from eyegore.messages.warnings import Channel, Reason
from eyegore.warning.center import People, WarningCenter
from eyegore.warning.duty.roster import Duty
from eyegore.warning.orders import Orders
from eyegore.warning.policy.policy import Policy
from eyegore.warning.replies.desk import ReplyDesk
from eyegore.warning.replies.reply import Reply

from ..restarted import restarted
from .policy.policy_bench import RULES, START, Bench

SMS, CALL = Channel.SMS, Channel.CALL
REACH: dict[str, tuple[Channel, ...]] = {"Ana": (SMS, CALL), "Ben": (SMS,), "Cleo": ()}
PEOPLE = People(
    lambda person: REACH[person],
    lambda person, channel: (f"{channel.value} of {person}",) if channel in REACH[person] else (),
    lambda _now: Duty("Ana", "Ben", math.inf),
    lambda person, _now: tuple(one for one in ("Ben", "Ana") if one != person),
)


def center() -> WarningCenter:
    return WarningCenter(Policy(replace(RULES, flood_alarms=99)), PEOPLE)


class Lab(Bench):
    """Real alarms before a center; ``deliveries`` are what is in the queue."""

    def __init__(self) -> None:
        super().__init__()
        self.center = center()
        self.deliveries: list[Delivery] = []
        self.cancelled: list[Delivery] = []

    @property
    def frame(self) -> EntryContext:
        return EntryContext(self.now, news=min(START, self.now) - 600)

    def tell(self, events: Sequence[Event]) -> None:
        orders = self.center.orders_for(events, self.now)
        orders.add(self.center.tick(self.now))
        self.do(orders)

    def do(self, orders: Orders) -> None:
        if orders.answered:
            gone = [one for one in self.deliveries if self.center.answered(one.notice)]
            self.cancelled += gone
            self.deliveries = [one for one in self.deliveries if one not in gone]
        self.deliveries += orders.deliveries

    def fails(self, delivery: Delivery) -> None:
        self.do(self.center.changed(replace(delivery, state=DeliveryState.REFUSED, detail="no"), self.now))

    def queue(self, *reasons: Reason) -> list[str]:
        return [one.notice.parameter for one in self.deliveries if one.notice.reason in reasons and one.channel is SMS]


@pytest.fixture
def lab() -> Lab:
    return Lab()


def test_one_answer_to_two_incidents_stops_both_and_no_third(lab: Lab) -> None:
    lab.go(2, out=["T1"])
    lab.go(34, step=2)
    lab.go(2, out=["T1", "T2"])
    lab.go(34, step=2)
    lab.go(2, out=["T1", "T2", "T3"])
    assert lab.queue(Reason.RAISED) == ["T1", "T2", "T3"]
    lab.ack("T1", "T2")
    lab.go(3)
    assert lab.queue(Reason.RAISED) == ["T3"]
    assert {one.channel for one in lab.cancelled} == {SMS, CALL}
    assert lab.queue(Reason.ACKNOWLEDGED), "who was told hears of it"


def test_half_an_answer_stops_nothing(lab: Lab) -> None:
    lab.go(3, out=["T1", "T2"])
    (code,) = {one.notice.code for one in lab.deliveries}
    lab.ack("T1")
    lab.go(2)
    assert lab.cancelled == []
    lab.act(Action.SHELVE, "T2", seconds=600)
    assert {one.notice.code for one in lab.cancelled} == {code}


def test_what_is_over_by_itself_is_told_nevertheless(lab: Lab) -> None:
    lab.go(3, out=["T1"])
    lab.go(20, out=[])
    assert lab.queue(Reason.RAISED) == ["T1"]
    lab.ack("T1")
    assert lab.queue(Reason.RAISED) == []


def test_nobody_is_rung_up_for_what_was_answered(lab: Lab) -> None:
    lab.go(3, out=["T1"])
    sms, call = lab.deliveries
    lab.ack("T1")
    lab.fails(sms)
    lab.fails(call)
    assert not [one for one in lab.deliveries if one.notice.reason is Reason.RAISED]


def test_what_waits_behind_a_queue_goes_another_way(lab: Lab) -> None:
    lab.go(3, out=["T1"])
    assert {one.notice.person for one in lab.deliveries} == {"Ana"}
    lab.go(100, step=2)
    assert {one.notice.person for one in lab.deliveries} == {"Ana", "Ben"}


def test_after_a_kill_what_failed_meanwhile_is_answered_once(lab: Lab) -> None:
    lab.go(3, out=["T1"])
    sms, call = lab.deliveries
    lab.fails(sms)
    refused = [replace(one, state=DeliveryState.REFUSED) for one in (sms, call)]
    for killed_before in (True, False):
        memory = restarted(lab.center.memory())
        lab.center = center()
        lab.center.restore(memory)
        unheard = lab.center.recall(refused, lab.now)
        assert [one.channel for one in unheard] == ([CALL] if killed_before else [])
        for one in unheard:
            lab.fails(one)
    assert [one.notice.person for one in lab.deliveries] == ["Ana", "Ana", "Ben"]


@pytest.mark.parametrize(("name", "instead"), [("EXPOSURES", []), ("IMAGES", [SMS])])
def test_a_mail_about_a_late_exposure_that_fails_at_night_is_no_text_message(name: str, instead: list[Channel]) -> None:
    lab = Lab()
    reach = dict.fromkeys(("Ana", "Ben"), (Channel.EMAIL, SMS))
    people = replace(PEOPLE, reach=reach.__getitem__, addresses=lambda person, channel: (f"{channel.value} {person}",))
    night = replace(RULES, routes={Severity.WARNING: (Channel.EMAIL,)}, lab_offset_s=lambda now: -now)
    lab.center = WarningCenter(Policy(night), people)
    lab.tell(lab.board.timer(name, Severity.WARNING, "late", START, START, lab.frame))
    lab.go(10)
    (mail,) = lab.deliveries
    assert mail.channel is Channel.EMAIL
    lab.fails(mail)
    assert [one.channel for one in lab.deliveries[1:]] == instead


def test_two_sessions_do_not_give_the_same_codes() -> None:
    codes = {Policy(RULES, first).fresh_code() for first in range(100)}
    assert len(codes) == 100


@pytest.mark.parametrize("jump", [-7200.0, -90.0, 7200.0])
def test_a_clock_that_is_set_holds_nothing_back(lab: Lab, jump: float) -> None:
    lab.go(3, out=["T1"])
    lab.go(1, out=["T1", "T2"])
    lab.now += jump
    lab.go(40, out=["T1", "T2"])
    assert lab.queue(Reason.RAISED)[:2] == ["T1", "T2"]
    lab.go(40, out=["T1", "T2", "T3"])
    assert "T3" in lab.queue(Reason.RAISED), "what happens after that is news"
    lab.go(700, step=5)
    assert {one.notice.parameter for one in lab.deliveries if one.notice.reason is Reason.ESCALATED} >= {"T1"}


@pytest.mark.parametrize("way", ["reply", "window"])
def test_who_answers_hears_of_it_once(lab: Lab, way: str) -> None:
    """As the answer to the reply, or else as a message."""
    policy = Policy(RULES)
    desk = ReplyDesk({"+491": "Ana", "+492": "Ben"}, policy.alarms, START)
    lab.center = WarningCenter(policy, PEOPLE, desk=desk)
    lab.go(3, out=["T1"])
    code = lab.deliveries[0].notice.code
    if way == "reply":
        orders = lab.center.replied([Reply("SM1", "+491", f"ACK {code}", lab.now)], lab.now)
        lab.do(orders)
        for command in orders.commands:
            lab.do(lab.center.orders_for(lab.board.command(command, lab.frame), lab.now))
    else:
        lab.ack("T1")
    lab.go(3)
    answers = [one.notice for one in lab.deliveries if one.notice.reason is Reason.ACKNOWLEDGED]
    assert [(one.person, "ack" in one.text.lower()) for one in answers] == [("Ana", True)]
