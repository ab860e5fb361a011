"""Warnings between the alarms and the outbox: what to tell whom, what came back, what to try instead; no I/O here.

Used on the monitor's thread only. What it decides is written with the alarms that caused it, in one transaction, before
anything is sent.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from eyegore.journal.delivery import Delivery
from eyegore.limits.model import LimitSet, LimitTable, Phase, Range
from eyegore.messages.events import (
    Alarm,
    AlarmChanged,
    AlarmState,
    Event,
    HkAccepted,
    LayoutChanged,
    Said,
    WarningLine,
    WarningsState,
)
from eyegore.messages.warnings import Channel, Notice, Result, Samples
from eyegore.warning.channels.backlog import Backlog
from eyegore.warning.channels.fallback import Answered, ChannelWatch, Fallback
from eyegore.warning.channels.sample_plot import RecentSamples
from eyegore.warning.channels.start_check import Checked
from eyegore.warning.channels.waiting_line import PARKED_S
from eyegore.warning.duty.roster import Duty
from eyegore.warning.notices import of_fault, of_reply
from eyegore.warning.orders import Orders
from eyegore.warning.policy.audience import UNHURRIED
from eyegore.warning.policy.policy import Policy, PolicyMemory
from eyegore.warning.replies.desk import Heard, ReplyDesk
from eyegore.warning.replies.path_proof import PathProof, Proof
from eyegore.warning.replies.reply import Reply

DEEDS: Mapping[AlarmState | None, str] = {AlarmState.ACKED: "acknowledged", AlarmState.SHELVED: "shelved"}
FAULT_AGAIN_S = 3600.0
"""How often people are told at most that the warnings are at fault [s]."""


@dataclass(frozen=True)
class People:
    """Who can be told how: ``addresses`` by person and channel, ``others`` who stands in for a person at a time."""

    reach: Callable[[str], tuple[Channel, ...]]
    addresses: Callable[[str, Channel], tuple[str, ...]]
    duty: Callable[[float], Duty]
    others: Callable[[str, float], tuple[str, ...]]


@dataclass(frozen=True)
class CenterMemory:
    """What survives a restart; there is no ``desk`` and no ``proof`` where there was no way back."""

    policy: PolicyMemory
    fallback: Mapping[str, Answered] = field(default_factory=dict)
    watch: Mapping[str, str] = field(default_factory=dict)
    desk: Heard | None = None
    proof: Proof | None = None


class WarningCenter:
    """``desk`` takes replies and ``proof`` asks for them, None where there is no way back."""

    def __init__(
        self,
        policy: Policy,
        people: People,
        *,
        desk: ReplyDesk | None = None,
        proof: PathProof | None = None,
        limit_set: LimitSet = LimitSet.SAFE,
    ) -> None:
        self._policy, self._people, self._desk, self._proof = policy, people, desk, proof
        self._limit_set = limit_set
        self._recent = RecentSamples()
        self._table: LimitTable | None = None
        self._phase: Phase | None = None
        self._fallback = Fallback(people.reach, people.others)
        self._backlog = Backlog()
        self._watch = ChannelWatch()
        self._answered: dict[str, str] = {}
        self._over: dict[str, float] = {}  # since when [unix s] alarms are over; never changed, but made anew
        self._fault_told = -math.inf
        self._replying: set[tuple[str, str]] = set()
        """Parameters and the people who answered a message about them just now, and are told so by an answer."""

    def orders_for(self, events: Iterable[Event], now: float) -> Orders:
        """What follows from what the monitor told at unix time ``now`` [s]."""
        notices: list[Notice] = []
        answered: dict[str, str] = {}
        before = self._over
        for event in events:
            if isinstance(event, HkAccepted):
                self._recent.add(event.rows)
            elif isinstance(event, LayoutChanged):
                self._table, self._phase = event.table, event.phase
            elif isinstance(event, AlarmChanged):
                self._note_end(event.alarm, now)
                codes = self._policy.codes(event.alarm) if event.entry.person else ()
                replied = (event.alarm.parameter, event.entry.person) in self._replying
                notices += self._policy.notices_for(event, now, replied=replied)
                why = f"{DEEDS.get(event.entry.after, 'lowered')} by {event.entry.person}"
                taken = [code for code in codes if not self._policy.waits(code)]
                answered |= dict.fromkeys(taken, why)
                if self._desk is not None:
                    for code in (one for one in taken if one not in self._answered):
                        self._desk.note(code, event.entry.person, now)
        self._answered |= answered
        orders = self._orders(notices, now)
        orders.over = self._over if self._over is not before else None
        orders.answered = {code: why for code, why in answered.items() if code in self._answered}
        return orders

    def _note_end(self, alarm: Alarm, now: float) -> None:
        """Whether an alarm is over; of those that have been for long nobody waits for the word."""
        if alarm.active == (alarm.key in self._over):
            lately = {
                key: since for key, since in self._over.items() if abs(now - since) < PARKED_S and key != alarm.key
            }
            self._over = lately if alarm.active else lately | {alarm.key: now}

    def answered(self, notice: Notice) -> str:
        """Who took care of all that a notice asks to be taken care of, "" when nobody did."""
        if not notice.reason.asks or not notice.code:
            return ""
        return self._answered.get(notice.code) or ("answered before" if self._policy.answered(notice.code) else "")

    def tick(self, now: float) -> Orders:
        """Time has passed."""
        self._replying.clear()
        notices = self._policy.tick(now)
        if self._proof is not None:
            notices = [*notices, *self._proof.tick(now, self._people.duty(now).primary, self._policy.fresh_code)]
        orders = self._orders(notices, now)
        for delivery in self._fallback.overdue(now):
            orders.add(self._way_round(delivery, now, late=True))
        return orders

    def due(self, now: float) -> float:
        """When a tick is due that must not wait for the next second, after ``now`` [unix s]; infinite for none."""
        return self._policy.due(now)

    def _orders(self, notices: Sequence[Notice], now: float) -> Orders:
        orders = Orders()
        for asked in notices:
            found = self._backlog.sort(asked)
            orders.unwanted |= found.unwanted
            for notice in found.notices:
                orders.deliveries += self._deliveries(notice, now)
        for notice in notices:
            if self._desk is not None and notice.code and not notice.reason.good:  # it asks anew
                self._desk.reissue(notice.code)
            if notice.reason.asks:
                self._answered.pop(notice.code, None)
        return orders

    def _deliveries(self, notice: Notice, now: float) -> list[Delivery]:
        samples = self._samples(notice.parameter) if Channel.EMAIL in notice.channels and notice.parameter else None
        deliveries = [
            Delivery(notice, channel, address, changed=now, samples=samples if channel is Channel.EMAIL else None)
            for channel in notice.channels
            for address in self._people.addresses(notice.person, channel)
        ]
        for delivery in deliveries:
            self._fallback.note(delivery, now)
            self._backlog.note(delivery)
        return deliveries

    def _samples(self, name: str) -> Samples | None:
        times, values = self._recent.of(name)
        if not times.size:
            return None
        parameter = self._table.parameters.get(name) if self._table else None
        limit = parameter.during(self._phase).limit(self._limit_set) if parameter else None
        low, high = (limit.low, limit.high) if isinstance(limit, Range) else (float("nan"), float("nan"))
        return Samples(name, parameter.unit if parameter else "", times, values, low, high)

    def fault(self, now: float) -> Orders:
        """These warnings failed: those on duty are told, by all their channels, once in a while."""
        if 0.0 <= now - self._fault_told < FAULT_AGAIN_S:
            return Orders()
        self._fault_told = now
        duty = self._people.duty(now)
        people = dict.fromkeys(person for person in (duty.primary, duty.backup) if person)
        notices = [of_fault(one, self._people.reach(one), now) for one in people or self._people.others("", now)]
        return Orders(deliveries=[one for notice in notices for one in self._deliveries(notice, now)])

    # --- what came back ----------------------------------------------------------------------------------------------

    def changed(self, delivery: Delivery, now: float) -> Orders:
        """A delivery got on, or did not."""
        orders = self._way_round(delivery, now)
        orders.events.append(line_of(delivery))
        return orders

    def checked(self, news: Checked, now: float) -> Orders:
        """It was looked whether a channel can be used."""
        outcome, path = news.outcome, self._watch.checked(news.channel, news.outcome, now)
        orders = Orders(paths=[path] if path is not None else [])
        if outcome.result is not Result.SENT:
            how = "cannot be sent" if outcome.result is Result.REFUSED else "may not get out"
            orders.events.append(
                Said(logging.WARNING, f"warnings by {news.channel.value} {how}: {outcome.detail}", now)
            )
        return orders

    def _way_round(self, delivery: Delivery, now: float, *, late: bool = False) -> Orders:
        """What follows from how a delivery stands: nothing more for what nobody waits for."""
        path = self._watch.news_of(delivery, now)
        orders = Orders(paths=[path] if path is not None else [])
        self._fallback.note(delivery, now)
        self._backlog.note(delivery)
        alarms = delivery.notice.alarms
        ended = bool(alarms) and all(one in self._over for one in alarms)
        in_a_moment = ended and delivery.state.open  # that it is over is told in its place, by the same channel
        if not self.answered(delivery.notice) and not in_a_moment:
            for instead in self._fallback.instead_of(delivery, now, late=late):
                if not self._backlog.knows(instead) and not _is_too_loud(instead, delivery.notice):
                    orders.deliveries += self._deliveries(instead, now)
        return orders

    def recall(self, kept: Iterable[Delivery], now: float) -> list[Delivery]:
        """Take what the outbox kept of before, oldest first; returns what failed with nothing following: not heard."""
        found = list(kept)
        for delivery in found:
            self._fallback.note(delivery, now)
            self._backlog.note(delivery)
        return [one for one in found if one.notice.expires > now and self._fallback.unheard(one)]

    def know(self, people: Mapping[str, str]) -> None:
        """Names by address are these from now on."""
        if self._desk is not None:
            self._desk.know(people)

    def replied(self, replies: Iterable[Reply], now: float) -> Orders:
        """People answered."""
        orders = Orders()
        if self._desk is None:
            return orders
        for reply in replies:
            taken = self._desk.take_reply(reply, now)
            orders.commands += taken.commands
            self._replying |= {(one.parameter, one.person) for one in taken.commands}
            orders.events += taken.entries
            if taken.answer:
                orders.deliveries += self._answer(reply, taken.person, taken.answer, now)
        return orders

    def _answer(self, reply: Reply, person: str, text: str, now: float) -> list[Delivery]:
        channel = Channel.EMAIL if "@" in reply.sender else Channel.SMS
        notice = of_reply(reply.reference, person, channel, text, now)
        return [Delivery(notice, channel, address, changed=now) for address in self._people.addresses(person, channel)]

    # --- state -------------------------------------------------------------------------------------------------------

    def state(self, channels: Sequence[Channel], waiting: int, now: float) -> WarningsState:
        """How the warnings stand."""
        duty = self._people.duty(now)
        proof = self._proof.state(now) if self._proof is not None else None
        return WarningsState(
            channels=tuple(channel.value for channel in channels),
            on_duty=duty.primary,
            backup=duty.backup,
            proof=proof.text if proof is not None else "",
            proven=None if proof is None or (math.isnan(proof.proven) and not proof.overdue) else not proof.overdue,
            withheld=self._policy.withheld,
            waiting=waiting,
            problems=dict(self._watch.problems),
            duty_ends=duty.until,
        )

    def memory(self) -> CenterMemory:
        """What must survive a restart."""
        return CenterMemory(
            self._policy.memory(),
            self._fallback.memory(),
            self._watch.problems,
            self._desk.heard if self._desk is not None else None,
            self._proof.memory() if self._proof is not None else None,
        )

    def restore(self, memory: CenterMemory) -> None:
        """Take back what :meth:`memory` gave; before the first event."""
        self._policy.restore(memory.policy)
        self._fallback.restore(memory.fallback)
        self._watch.problems = dict(memory.watch)
        if self._desk is not None and memory.desk is not None:
            self._desk.heard = memory.desk
        if self._proof is not None and memory.proof is not None:
            self._proof.restore(memory.proof)


def _is_too_loud(instead: Notice, notice: Notice) -> bool:
    """Whether somebody would be rung or buzzed in place of a mail about what is no reason for it."""
    written = not any(channel.loud for channel in notice.channels)
    return written and notice.parameter in UNHURRIED and any(channel.loud for channel in instead.channels)


def line_of(delivery: Delivery) -> WarningLine:
    """A delivery as the window shows it."""
    notice = delivery.notice
    return WarningLine(
        key=delivery.key,
        made=notice.made,
        changed=delivery.changed,
        severity=notice.severity,
        reason=notice.reason.value,
        person=notice.person,
        channel=delivery.channel.value,
        address=delivery.address,
        subject=notice.subject,
        text=_said(delivery),
        state=delivery.state.value,
        detail=delivery.detail,
        attempts=delivery.attempts,
        open=delivery.state.open,
        failed=delivery.state.failed or delivery.doubtful,
    )


def _said(delivery: Delivery) -> str:
    notice = delivery.notice
    return {Channel.SMS: notice.short, Channel.CALL: notice.spoken}.get(delivery.channel, notice.text)
