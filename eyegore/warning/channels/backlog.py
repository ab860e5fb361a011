"""What has not got out yet, and who got what: after an outage only what is still true is told, once; pure."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from eyegore.journal.delivery import Delivery, DeliveryState
from eyegore.messages.warnings import Channel, Notice, Reason

KEPT = 1000
"""Deliveries that ask somebody to take care and are remembered, the newest."""
NEWER, OVER = "told in a newer message", "over before it was out"


@dataclass(frozen=True)
class Sorted:
    """What is to be told, and the keys of deliveries that nobody needs any more with why not."""

    notices: tuple[Notice, ...] = ()
    unwanted: dict[str, str] = field(default_factory=dict)


class Backlog:
    """Fed with every delivery when it is made, recalled or changed, and asked before a notice becomes deliveries."""

    def __init__(self) -> None:
        self._asks: OrderedDict[str, Delivery] = OrderedDict()
        self._over: dict[tuple[str, str], float] = {}
        """When [unix s] the newest message was made by which a person hears that an alarm is over."""
        self._good: dict[str, tuple[float, Reason, frozenset[str]]] = {}
        """When [unix s] the newest good news of a person was made, what it is, and of which alarms."""

    def note(self, delivery: Delivery) -> None:
        """Note where a delivery stands."""
        notice = delivery.notice
        if notice.reason.good:
            self._good[notice.person] = notice.made, notice.reason, frozenset(notice.alarms)
        if notice.reason is Reason.CLEARED:
            for alarm in notice.alarms:
                self._over[notice.person, alarm] = max(notice.made, self._over.get((notice.person, alarm), -math.inf))
        if not (notice.reason.asks and notice.alarms):
            return
        self._asks[delivery.key] = delivery
        while len(self._asks) > KEPT:
            self._asks.popitem(last=False)

    def sort(self, notice: Notice) -> Sorted:
        """What a notice comes to, by what the person got of the same alarms so far."""
        if notice.reason.good and notice.alarms:
            return self._good_news(notice)
        if notice.reason.asks:
            return Sorted((notice,), dict.fromkeys(self._overtaken(notice), NEWER))
        return Sorted((notice,))

    def knows(self, notice: Notice) -> bool:
        """Whether its person got all of it already, by something that rings or buzzes if it would."""
        loud = [one for one in notice.channels if one.loud] or notice.channels
        got = (one for one in self._about(notice, notice.person) if _got(one) and one.channel in loud)
        return any(set(notice.alarms) <= set(one.notice.alarms) for one in got)

    def _overtaken(self, notice: Notice) -> Iterator[str]:
        """What fails to reach the same person by the same channels and tells no more than this."""
        for one in self._about(notice, notice.person):
            known = one.channel in notice.channels and one.notice.severity <= notice.severity
            if known and _says_no_more(one, notice):
                yield one.key

    def _good_news(self, notice: Notice) -> Sorted:
        """Good news goes by the channels by which the bad got there, also to who was told in somebody's place.

        Who was told nothing is not told that it is over, or that somebody took care.
        """
        asked = self._about(notice, notice.person)
        if not asked:  # it was told by a session of which nothing is known any more
            return Sorted((notice,))
        keys = {one.notice.key for one in asked}
        in_place = [one for one in self._asks.values() if one.notice.key.partition(">")[0] in keys]
        over = notice.reason is Reason.CLEARED
        unwanted = {one.key: OVER for one in (*asked, *in_place) if over and _says_no_more(one, notice)}
        got = {one.channel for one in asked if _got(one)}
        told = [_by(notice, got)] if got else []
        return Sorted((*told, *self._for_who_stood_in(notice, in_place)), unwanted)

    def _for_who_stood_in(self, notice: Notice, in_place: list[Delivery]) -> Iterator[Notice]:
        """The same for those who were told in the place of its person, and of whom nobody else thinks."""
        got: dict[str, set[Channel]] = {}
        for one in in_place:
            if ">" in one.notice.key and _got(one):
                got.setdefault(one.notice.person, set()).add(one.channel)
        for person, channels in got.items():
            if self._hears(notice, person):
                continue
            if all(">" in one.notice.key for one in self._about(notice, person)):
                written = channels - {Channel.CALL} or channels
                by = tuple(sorted(written, key=lambda one: one.name))
                yield replace(notice, key=f"{notice.key}>{person}", person=person, channels=by)

    def _hears(self, notice: Notice, person: str) -> bool:
        """Whether the person hears of it at the same time anyway, in the place of another or by themselves."""
        made, reason, alarms = self._good.get(person, (math.nan, notice.reason, frozenset()))
        return (made, reason) == (notice.made, notice.reason) and set(notice.alarms) <= alarms

    def _about(self, notice: Notice, person: str) -> list[Delivery]:
        """What asked a person to take care of any of these alarms, since they last heard that it is over."""
        alarms = set(notice.alarms)
        theirs = (one for one in self._asks.values() if one.notice.person == person)
        return [one for one in theirs if any(self._lasts(one, alarm) for alarm in alarms & set(one.notice.alarms))]

    def _lasts(self, delivery: Delivery, alarm: str) -> bool:
        return delivery.notice.made > self._over.get((delivery.notice.person, alarm), -math.inf)


def _says_no_more(delivery: Delivery, notice: Notice) -> bool:
    """Whether a delivery was tried, is not out, and is about nothing that the notice is not about."""
    fails = delivery.state.open and delivery.attempts > 0
    return fails and set(delivery.notice.alarms) <= set(notice.alarms)


def _got(delivery: Delivery) -> bool:
    """Whether a delivery got there, or is on its way without any trouble."""
    return delivery.state is DeliveryState.SENT or (delivery.state.open and math.isnan(delivery.failing_since))


def _by(notice: Notice, got: set[Channel]) -> Notice:
    """The notice by those of its channels by which the person was told; who was only rung up is written to."""
    return replace(notice, channels=tuple(one for one in notice.channels if one in got) or notice.channels)
