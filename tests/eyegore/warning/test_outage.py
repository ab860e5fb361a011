"""A provider that is away for twenty minutes: who hears what, by which channel, in which order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import pytest

from eyegore.journal.delivery import Delivery, DeliveryState
from eyegore.limits.model import Severity
from eyegore.messages.events import Event
from eyegore.messages.warnings import Channel, Notice, Reason, Scope
from eyegore.warning.center import People, WarningCenter
from eyegore.warning.channels.waiting_line import WaitingLine
from eyegore.warning.duty.roster import Duty
from eyegore.warning.orders import Orders
from eyegore.warning.policy.policy import Policy

from .policy.policy_bench import RULES, START, Bench

EMAIL, SMS, CALL = Channel.EMAIL, Channel.SMS, Channel.CALL
ALL = (SMS, CALL, EMAIL)
PEOPLE = People(
    lambda _person: ALL,
    lambda person, channel: (f"{channel.value} of {person}",),
    lambda _now: Duty("Ana", "Ben", math.inf),
    lambda person, _now: tuple(one for one in ("Ben", "Ana") if one != person),
)
ROUTES = {Severity.CRITICAL: ALL, Severity.WARNING: (SMS, EMAIL)}


class Heard(NamedTuple):
    """What got to somebody."""

    time: float
    person: str
    channel: Channel
    notice: Notice


class Night(Bench):
    """Real alarms, policy, center and lines; providers that are away, or put off an address, for a while."""

    def __init__(self, away: tuple[Channel, ...] = (), put_off: tuple[Channel, ...] = (), until: float = 0.0) -> None:
        super().__init__()
        rules = replace(RULES, flood_alarms=99, routes=ROUTES, reach=lambda _person: ALL, people=("Ana", "Ben"))
        self.center = WarningCenter(Policy(rules, START), PEOPLE)
        self.away, self.put_off, self.until = away, put_off, START + until
        self.lines = {channel: WaitingLine() for channel in ALL}
        self.heard: list[Heard] = []

    def tell(self, events: Sequence[Event]) -> None:
        self.do(self.center.orders_for(events, self.now))
        self.do(self.center.tick(self.now))
        for channel, line in self.lines.items():
            while (one := line.take(self.now)) is not None:
                self.try_out(channel, replace(one, attempts=one.attempts + 1))

    def do(self, orders: Orders) -> None:
        for line in self.lines.values():
            line.over = orders.over if orders.over is not None else line.over
            gone = line.drop(lambda one: one.key in orders.unwanted or bool(self.center.answered(one.notice)))
            for one in gone:
                self.do(self.center.changed(replace(one, state=DeliveryState.CANCELLED), self.now))
        for delivery in orders.deliveries:
            self.lines[delivery.channel].put(delivery, self.now)

    def try_out(self, channel: Channel, one: Delivery) -> None:
        line = self.lines[channel]
        away = self.now < self.until and channel in self.away
        if away or (self.now < self.until and channel in self.put_off):
            pause = self.now + min(60.0, 5 * 2.0 ** (one.attempts - 1))
            since = self.now if math.isnan(one.failing_since) else one.failing_since
            scope = Scope.PROVIDER if away else Scope.ADDRESS
            line.silent(pause) if away else line.answers()
            one = replace(one, state=DeliveryState.WAITING, next_try=pause, failing_since=since, scope=scope)
            line.put(one, self.now)
        else:
            line.answers()
            self.heard.append(Heard(self.now - START, one.notice.person, channel, one.notice))
            one = replace(one, state=DeliveryState.SENT)
        self.do(self.center.changed(one, self.now))

    def what(self, person: str, *channels: Channel) -> list[tuple[Reason, str]]:
        heard = (one for one in self.heard if one.person == person and one.channel in channels)
        return [(one.notice.reason, one.notice.alarms[0]) for one in heard]


OUTAGE_S = 1200.0


def test_text_messages_and_calls_are_away_and_the_backup_has_a_mail_at_once() -> None:
    night = Night(away=(SMS, CALL), until=OUTAGE_S)
    night.go(5, out=["T1"])
    assert night.what("Ana", *ALL) == night.what("Ben", *ALL) == [(Reason.RAISED, "T1/OOL")]
    assert {one.channel for one in night.heard} == {EMAIL}


def test_after_the_outage_what_is_still_true_is_told_once() -> None:
    night = Night(away=(SMS, CALL), until=OUTAGE_S)
    night.go(400, out=["T1"])
    night.go(400, out=["T1", "T2"])
    night.go(300, out=["T2"])
    while night.now < START + OUTAGE_S + 90:
        night.go(1)
    after = [one for one in night.heard if one.time >= OUTAGE_S and one.channel is not EMAIL]
    assert after, "who is on duty is woken after all"
    assert max(one.time for one in after) <= OUTAGE_S + 61
    told = [(one.person, one.channel, alarm) for one in after for alarm in one.notice.alarms]
    assert len(told) == len(set(told)), "one message of an incident"
    assert not [one for one in after if one.notice.alarms == ("T1/OOL",)], "that is over"
    assert len(after) <= 4


@pytest.mark.parametrize("trouble", ["away", "put_off"])
def test_the_critical_one_comes_before_the_warning(trouble: str) -> None:
    night = Night(**{trouble: (SMS,)}, until=OUTAGE_S)  # type: ignore[arg-type]
    night.go(60, out=["D1"])
    night.go(60, out=["D1", "T1"])
    while night.now < START + OUTAGE_S + 400:
        night.go(1)
    bad = [one for one in night.heard if one.person == "Ana" and one.channel is SMS]
    severities = [one.notice.severity for one in bad]
    assert severities[0] is Severity.CRITICAL
    assert Severity.WARNING in severities


@pytest.mark.parametrize("trouble", ["away", "put_off"])
def test_what_was_over_before_it_got_out_is_not_told_and_that_it_is_over_neither(trouble: str) -> None:
    night = Night(**{trouble: ALL}, until=90.0)  # type: ignore[arg-type]
    night.go(30, out=["T1"])
    night.go(700, out=[])
    assert [night.what("Ana", channel) for channel in (SMS, EMAIL, CALL)] == [[], [], []]


def test_a_short_fault_at_the_onset_keeps_the_order() -> None:
    night = Night(put_off=(SMS, EMAIL), until=20.0)
    night.go(60, out=["T1"])
    night.go(700, out=[])
    for channel in (SMS, EMAIL):
        assert night.what("Ana", channel) == [(Reason.RAISED, "T1/OOL"), (Reason.CLEARED, "T1/OOL")]


def test_what_is_late_and_out_again_is_told_as_an_alarm() -> None:
    night = Night(away=ALL, until=90.0)
    night.go(30, out=["T1"])
    night.go(10, out=[])
    night.go(200, out=["T1"])
    assert night.what("Ana", SMS)[0] == night.what("Ana", EMAIL)[0] == (Reason.RAISED, "T1/OOL")
