"""After an outage only what is still true is told, once, to those whom it concerns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from eyegore.journal.delivery import Delivery, DeliveryState
from eyegore.limits.model import Severity
from eyegore.messages.warnings import Channel, Notice, Reason
from eyegore.warning.channels.backlog import NEWER, OVER, Backlog

from .some_notice import notice

EMAIL, SMS, CALL = Channel.EMAIL, Channel.SMS, Channel.CALL
WAITING, SENT, CANCELLED, LOST = (
    DeliveryState.WAITING, DeliveryState.SENT, DeliveryState.CANCELLED, DeliveryState.LOST,
)  # fmt: skip
OUT = notice(key="1-RAISED-1-anna", alarms=("T1/OOL", "T2/OOL"), channels=(SMS, CALL, EMAIL))
BACK = replace(OUT, key="1-CLEARED-1-anna", reason=Reason.CLEARED, channels=(SMS, EMAIL), code="")
ACK = replace(BACK, key="1-ACKNOWLEDGED-1-anna", reason=Reason.ACKNOWLEDGED)


def delivery(about: Notice, channel: Channel, state: DeliveryState = WAITING, attempts: int = 1) -> Delivery:
    failing = 1.0 if state is WAITING and attempts else float("nan")
    return Delivery(about, channel, channel.value, state, attempts=attempts, failing_since=failing)


def backlog(*deliveries: Delivery) -> Backlog:
    found = Backlog()
    for one in deliveries:
        found.note(one)
    return found


def told(found: Backlog, about: Notice) -> list[tuple[str, tuple[Channel, ...]]]:
    return [(one.person, one.channels) for one in found.sort(about).notices]


@pytest.mark.parametrize(
    ("change", "taken_over"),
    [
        ({"reason": Reason.RISEN}, True),
        ({"alarms": ("T1/OOL", "T2/OOL", "T3/OOL")}, True),
        ({"alarms": ("T1/OOL",)}, False),
        ({"person": "ben"}, False),
        ({"severity": Severity.WARNING}, False),
        ({"channels": (EMAIL,)}, False),
        ({"reason": Reason.TEST, "alarms": ()}, False),
    ],
)
def test_a_newer_message_takes_the_place_of_what_is_not_out(change: dict[str, Any], taken_over: bool) -> None:
    late = delivery(OUT, SMS)
    found = backlog(late).sort(replace(OUT, key="1-RISEN-1-anna", **change))
    assert found.unwanted == ({late.key: NEWER} if taken_over else {})
    assert len(found.notices) == 1


@pytest.mark.parametrize("state", [SENT, CANCELLED, LOST])
def test_what_is_out_or_given_up_is_left_alone(state: DeliveryState) -> None:
    assert backlog(delivery(OUT, SMS, state)).sort(replace(OUT, key="2")).unwanted == {}


def test_what_was_only_just_made_is_left_alone() -> None:
    assert backlog(delivery(OUT, SMS, attempts=0)).sort(replace(OUT, key="2")).unwanted == {}


@pytest.mark.parametrize("good", [BACK, ACK])
def test_good_news_goes_the_way_of_the_bad(good: Notice) -> None:
    assert told(backlog(delivery(OUT, SMS, SENT), delivery(OUT, EMAIL, SENT)), good) == [("anna", (SMS, EMAIL))]
    assert told(backlog(delivery(OUT, SMS), delivery(OUT, EMAIL, SENT)), good) == [("anna", (EMAIL,))]
    assert told(backlog(delivery(OUT, SMS, LOST), delivery(OUT, EMAIL, SENT)), good) == [("anna", (EMAIL,))]
    assert told(backlog(delivery(OUT, CALL, SENT)), good) == [("anna", (SMS, EMAIL))], "nobody is rung up for it"
    assert told(backlog(delivery(OUT, SMS, attempts=0)), good) == [("anna", (SMS,))], "it is on its way"
    assert told(backlog(), good) == [("anna", (SMS, EMAIL))], "told before a restart"
    old = replace(good, alarms=())
    assert told(backlog(delivery(OUT, SMS)), old) == [("anna", (SMS, EMAIL))], "made by an earlier release"


def test_what_is_over_before_it_was_out_is_not_told() -> None:
    late = [delivery(OUT, SMS), delivery(OUT, CALL), delivery(OUT, EMAIL)]
    found = backlog(*late).sort(BACK)
    assert found.notices == ()
    assert found.unwanted == {one.key: OVER for one in late}


def test_what_is_out_in_part_still_is_not_over() -> None:
    assert backlog(delivery(OUT, SMS)).sort(replace(BACK, alarms=("T1/OOL",))).unwanted == {}


def test_who_got_nothing_need_not_know_that_somebody_took_care() -> None:
    assert told(backlog(delivery(OUT, SMS)), ACK) == []
    cancelled = backlog(delivery(OUT, SMS, CANCELLED))
    assert told(cancelled, ACK) == []
    assert told(cancelled, BACK) == []


def test_who_was_told_in_the_place_of_somebody_hears_of_it_too() -> None:
    for_ben = replace(OUT, key=f"{OUT.key}>ben", person="ben")
    found = backlog(delivery(OUT, SMS, LOST), delivery(for_ben, SMS, SENT), delivery(for_ben, CALL, SENT))
    (good, *_) = [one for one in found.sort(ACK).notices if one.person == "ben"]
    assert (good.key, good.channels) == (f"{ACK.key}>ben", (SMS,))
    found.note(delivery(replace(OUT, key="1-ESCALATED-1-ben", person="ben"), SMS, SENT))
    assert "ben" not in [one.person for one in found.sort(ACK).notices], "he is told by himself"


def test_nobody_is_told_again_in_somebodys_place() -> None:
    for_ben = replace(OUT, key=f"{OUT.key}>ben", person="ben")
    by_mail = replace(for_ben, channels=(EMAIL,))
    found = backlog(delivery(replace(OUT, key="1-ESCALATED-1-ben", person="ben"), EMAIL, SENT))
    assert found.knows(by_mail)
    assert not found.knows(for_ben), "he may be asleep"
    assert not found.knows(replace(by_mail, alarms=("T1/OOL", "T9/OOL")))
    assert not found.knows(replace(by_mail, person="cem"))


def test_what_was_told_of_an_excursion_that_is_over_counts_for_no_other() -> None:
    """Neither does who stood in then hear of this one, nor count as knowing of it."""
    made = OUT.made
    cleo = replace(OUT, key=f"{OUT.key}>cleo", person="cleo")
    over = replace(BACK, made=made + 60)
    before = [
        delivery(OUT, SMS), delivery(cleo, SMS, SENT), delivery(over, SMS, SENT),
        delivery(replace(over, key=f"{over.key}>cleo", person="cleo"), SMS, SENT),
    ]  # fmt: skip
    again = replace(OUT, key="2-RAISED-1-anna", made=made + 7200)
    found = backlog(*before, delivery(again, SMS, SENT))
    assert not found.knows(replace(again, person="cleo"))
    assert told(found, replace(BACK, key="2-CLEARED-1-anna", made=made + 7300)) == [("anna", (SMS,))]


@pytest.mark.parametrize("good", [BACK, ACK])
def test_who_stood_in_for_several_hears_of_it_once(good: Notice) -> None:
    """So does who was told by themselves and stood in as well."""
    asked = replace(OUT, key="1-ESCALATED-1-ben", person="ben")
    stood_in = [replace(one, key=f"{one.key}>cleo", person="cleo") for one in (OUT, asked)]
    also = replace(asked, key=f"{asked.key}>anna", person="anna")
    found = backlog(
        delivery(OUT, SMS, SENT), delivery(asked, SMS, LOST), *(delivery(one, SMS, SENT) for one in (*stood_in, also))
    )
    heard: list[str] = []
    for one in (good, replace(good, key=f"{good.key}-ben", person="ben")):
        for news in found.sort(one).notices:
            heard.append(news.person)
            found.note(delivery(news, SMS, WAITING, 0))
    assert sorted(set(heard) - {"ben"}) == sorted(one for one in heard if one != "ben") == ["anna", "cleo"]


def test_what_is_over_is_not_told_in_somebodys_place_either() -> None:
    cleo = delivery(replace(OUT, key=f"{OUT.key}>cleo", person="cleo"), SMS)
    assert backlog(delivery(OUT, SMS), cleo).sort(BACK).unwanted == {f"{OUT.key}/sms/sms": OVER, cleo.key: OVER}
    assert backlog(delivery(OUT, SMS), cleo).sort(ACK).unwanted == {}
