"""In which order deliveries go out, whatever the provider does meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from eyegore.journal.delivery import Delivery, DeliveryState
from eyegore.limits.model import Severity
from eyegore.messages.warnings import Channel, Reason, Scope
from eyegore.warning.channels.waiting_line import LONGEST_WAIT_S, ORDER_KEPT_S, PARKED_S, WaitingLine

from .some_notice import notice

NOW = 1_000_000.0
CRITICAL, WARNING = Severity.CRITICAL, Severity.WARNING


def one(key: str, severity: Severity = CRITICAL, reason: Reason = Reason.RAISED, **changes: Any) -> Delivery:
    made = changes.pop("made", NOW)
    alarms, address = changes.pop("alarms", ("T1/OOL",)), changes.pop("address", "anna")
    about = notice(key=key, severity=severity, reason=reason, made=made, expires=made + 3600, alarms=alarms)
    return replace(Delivery(about, Channel.SMS, address), **changes)


def failed(delivery: Delivery, until: float, scope: Scope = Scope.PROVIDER) -> Delivery:
    state = DeliveryState.WAITING
    return replace(delivery, state=state, attempts=1, next_try=until, failing_since=NOW, scope=scope)


def taken(line: WaitingLine, now: float = NOW) -> list[str]:
    found = []
    while (delivery := line.take(now)) is not None:
        found.append(delivery.notice.key)
    return found


def line(*deliveries: Delivery, now: float = NOW) -> WaitingLine:
    found = WaitingLine()
    for delivery in deliveries:
        found.put(delivery, now)
    return found


BACK = one("back", reason=Reason.CLEARED)


def test_the_gravest_goes_first_and_of_these_the_oldest() -> None:
    found = line(one("mild", WARNING, made=NOW - 9), one("second"), one("first", made=NOW - 5))
    assert taken(found) == ["first", "second", "mild"]


@pytest.mark.parametrize("reason", [Reason.CLEARED, Reason.ACKNOWLEDGED])
@pytest.mark.parametrize("scope", Scope)
def test_good_news_waits_for_the_bad(reason: Reason, scope: Scope) -> None:
    found = line(failed(one("out"), NOW + 300, scope), one("back", reason=reason))
    assert taken(found) == []
    assert taken(found, NOW + 300) == ["out", "back"]


@pytest.mark.parametrize(
    "good", [replace(BACK, address="ben"), one("other", reason=Reason.CLEARED, alarms=("T2/OOL",))]
)
def test_good_news_waits_for_no_other(good: Delivery) -> None:
    assert taken(line(failed(one("out"), NOW + 300, Scope.ADDRESS), good)) == [good.notice.key]


def test_what_is_milder_waits_for_what_its_address_puts_off_but_not_for_ever() -> None:
    grave = failed(one("grave"), NOW + 300, Scope.ADDRESS)
    mild = one("mild", WARNING, alarms=("T2/OOL",))
    assert taken(line(grave, mild)) == []
    assert taken(line(grave, mild), NOW + 300) == ["grave", "mild"]
    assert taken(line(grave, replace(mild, address="ben"))) == ["mild"]
    again = replace(grave, next_try=NOW + ORDER_KEPT_S + 300)
    assert taken(line(again, mild, now=NOW + ORDER_KEPT_S), NOW + ORDER_KEPT_S) == ["mild"]


def test_while_the_provider_is_silent_only_what_is_critical_and_new_is_tried() -> None:
    found = line(failed(one("first"), NOW + 60))
    found.silent(NOW + 60)
    found.put(one("mild", WARNING), NOW + 1)
    found.put(one("new", made=NOW + 1, alarms=("T2/OOL",)), NOW + 1)
    found.put(one("over", reason=Reason.CLEARED, alarms=("T3/OOL",)), NOW + 1)
    assert taken(found, NOW + 2) == ["new"]
    assert taken(found, NOW + 60) == ["first", "over", "mild"]


def test_as_soon_as_one_gets_out_the_others_follow_the_gravest_first() -> None:
    mild = one("mild", WARNING, alarms=("T2/OOL",))
    found = line(failed(mild, NOW + 10), failed(one("grave"), NOW + 300), BACK)
    found.put(failed(one("put off", address="ben"), NOW + 200, Scope.ADDRESS), NOW)
    found.silent(NOW + 300)
    found.answers()
    assert taken(found, NOW + 1) == ["grave", "back", "mild"]
    assert taken(found, NOW + 200) == ["put off"]


def test_what_is_late_waits_for_the_word_that_it_is_over_but_not_for_ever() -> None:
    both = failed(one("both", alarms=("T1/OOL", "T2/OOL")), NOW)
    found = line(failed(one("late"), NOW), both, one("fresh"))
    found.over = {"T1/OOL": NOW}
    assert taken(found, NOW + 1) == ["both", "fresh"]
    found.put(BACK, NOW + 60)
    assert taken(found, NOW + 60) == [], "good news takes its place"
    assert taken(found, NOW + PARKED_S) == ["late", "back"]


@pytest.mark.parametrize("jump", [-7200.0, 5 * 3600.0])
def test_a_clock_that_is_set_holds_nothing_up(jump: float) -> None:
    found = line(failed(one("out"), NOW + 60), one("mild", WARNING))
    found.silent(NOW + 60)
    assert taken(found, NOW + jump) == ["out", "mild"]


def test_it_tells_how_long_to_wait_and_what_was_dropped() -> None:
    found = line(failed(one("1"), NOW + 60), failed(one("2"), NOW + 30), replace(one("3"), next_try=NOW + 1e9))
    assert found.pause(NOW) == 30
    assert [gone.notice.key for gone in found.drop(lambda delivery: delivery.notice.key == "2")] == ["2"]
    assert found.pause(NOW) == 60
    assert taken(found, NOW + LONGEST_WAIT_S) == ["1", "3"]
    assert len(found) == 0
