"""When a message does not get there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eyegore.journal.delivery import Delivery, DeliveryState
from eyegore.limits.model import Severity
from eyegore.messages.warnings import Channel, Notice, Reason, Scope
from eyegore.warning.channels.fallback import ChannelWatch, Fallback, StateWatch

NOW = 1_000_000.0
EMAIL, SMS, CALL, OTHER = Channel.EMAIL, Channel.SMS, Channel.CALL, Channel.OTHER
REFUSED, SENT, WAITING, EXPIRED, LOST = (
    DeliveryState.REFUSED, DeliveryState.SENT, DeliveryState.WAITING, DeliveryState.EXPIRED, DeliveryState.LOST,
)  # fmt: skip
REACH = {"Ana": (EMAIL, SMS, CALL), "Ben": (EMAIL, SMS), "Cem": (EMAIL,), "Dee": ()}


def fallback() -> Fallback:
    return Fallback(lambda person: REACH[person], lambda _person, _now: ("Dee", "Ben", "Cem"))


def delivery(
    channel: Channel,
    state: DeliveryState,
    channels: tuple[Channel, ...] = (SMS, EMAIL),
    reason: Reason = Reason.RAISED,
    failing_since: float = float("nan"),
) -> Delivery:
    notice = Notice(
        "7", reason, Severity.CRITICAL, "Ana", channels, "s", "t", "s", "v", NOW, NOW + 3600, "T", 7, "4711"
    )
    return Delivery(notice, channel, "x", state, failing_since=failing_since, detail="because")


def told(notices: tuple[Notice, ...]) -> tuple[str, tuple[Channel, ...]] | None:
    (notice,) = notices or (None,)
    return None if notice is None else (notice.person, notice.channels)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([(SMS, REFUSED)], ("Ana", (CALL,))),
        ([(EMAIL, SENT), (SMS, REFUSED)], ("Ana", (CALL,))),
        ([(SMS, SENT), (EMAIL, REFUSED)], None),
        ([(EMAIL, REFUSED)], ("Ana", (CALL,))),
        ([(SMS, REFUSED), (CALL, SENT), (EMAIL, REFUSED)], None),
        ([(SMS, REFUSED), (CALL, REFUSED)], ("Ben", (SMS, EMAIL))),
        ([(SMS, EXPIRED)], ("Ana", (CALL,))),
        ([(SMS, SENT)], None),
        ([(SMS, SENT), (SMS, LOST)], ("Ana", (CALL,))),
        ([(SMS, SENT), (SMS, LOST), (CALL, SENT), (CALL, LOST)], ("Ben", (SMS, EMAIL))),
        ([(SMS, SENT), (EMAIL, REFUSED), (SMS, LOST)], ("Ana", (CALL,))),
    ],
)
def test_the_next_channel_then_the_next_person(
    history: list[tuple[Channel, DeliveryState]], expected: tuple[str, tuple[Channel, ...]] | None
) -> None:
    one = fallback()
    found = [one.instead_of(delivery(channel, state), NOW) for channel, state in history]
    assert told(found[-1]) == expected


def test_one_failure_is_answered_once() -> None:
    one = fallback()
    assert one.instead_of(delivery(SMS, REFUSED), NOW)
    assert not one.instead_of(delivery(SMS, REFUSED), NOW)
    assert not one.instead_of(delivery(SMS, EXPIRED), NOW)
    assert told(one.instead_of(delivery(CALL, REFUSED), NOW)) == ("Ben", (SMS, EMAIL))


def test_who_stands_in_is_told_why() -> None:
    one = fallback()
    one.instead_of(delivery(SMS, REFUSED), NOW)
    (notice,) = one.instead_of(delivery(CALL, REFUSED), NOW)
    assert (notice.key, notice.text) == ("7>Ben", "Ana cannot be reached, so this comes to you. \n\nt")
    failed = replace(delivery(SMS, REFUSED), notice=notice)
    (last,) = one.instead_of(failed, NOW)
    assert (last.key, last.person, last.channels) == ("7>Cem", "Cem", (EMAIL,))
    assert not one.instead_of(replace(failed, notice=last, channel=EMAIL), NOW), "nobody is left"


def test_a_channel_is_waited_for_a_while() -> None:
    one = fallback()
    assert not one.instead_of(delivery(SMS, WAITING, failing_since=NOW - 30), NOW)
    assert told(one.instead_of(delivery(SMS, WAITING, failing_since=NOW - 120), NOW)) == ("Ana", (CALL,))


def silent(channel: Channel, state: DeliveryState = WAITING, severity: Severity = Severity.CRITICAL) -> Delivery:
    one = delivery(channel, state, (SMS, CALL), failing_since=NOW)
    return replace(one, scope=Scope.PROVIDER, notice=replace(one.notice, severity=severity))


@pytest.mark.parametrize("state", [WAITING, REFUSED])
@pytest.mark.parametrize("channel", [SMS, CALL])
def test_text_messages_and_calls_fail_as_one_and_it_is_written_at_once_also_to_the_backup(
    channel: Channel, state: DeliveryState
) -> None:
    one = fallback()
    own, backup = one.instead_of(silent(channel, state), NOW)
    assert (own.person, own.channels) == ("Ana", (EMAIL,))
    assert (backup.person, backup.channels) == ("Ben", (EMAIL,)), "no text message, and no call, to anybody else"
    assert backup.text.startswith("Ana cannot be reached by telephone now, so this comes to you. ")
    other = CALL if channel is SMS else SMS
    assert not one.instead_of(silent(other, state), NOW + 1), "they fail as one"
    assert not one.instead_of(silent(channel), NOW + 200)


def test_a_call_that_got_there_makes_up_for_a_text_message() -> None:
    one = fallback()
    assert not one.instead_of(delivery(CALL, SENT, (SMS, CALL)), NOW)
    assert not one.instead_of(silent(SMS), NOW)


def test_what_is_not_critical_waits_and_is_written_to_nobody_else() -> None:
    one = fallback()
    assert not one.instead_of(silent(SMS, severity=Severity.WARNING), NOW + 30)
    assert told(one.instead_of(silent(SMS, severity=Severity.WARNING), NOW + 120)) == ("Ana", (EMAIL,))


def test_what_gets_out_after_all_and_is_lost_then_goes_another_way() -> None:
    one = fallback()
    assert len(one.instead_of(silent(SMS), NOW)) == 2
    assert not one.instead_of(delivery(SMS, SENT, (SMS, CALL)), NOW + 100)
    assert told(one.instead_of(delivery(SMS, LOST, (SMS, CALL)), NOW + 110)) == ("Cem", (EMAIL,))


def test_what_is_critical_does_not_wait_for_the_next_attempt() -> None:
    one = fallback()
    one.note(delivery(SMS, WAITING), NOW)
    assert one.overdue(NOW + 89) == []
    (late,) = one.overdue(NOW + 91)
    assert told(one.instead_of(late, NOW + 91, late=True)) == ("Ana", (CALL,))
    assert one.overdue(NOW + 200) == []
    mild = replace(delivery(EMAIL, WAITING), notice=replace(delivery(EMAIL, WAITING).notice, severity=Severity.WARNING))
    other = fallback()
    other.note(mild, NOW)
    assert other.overdue(NOW + 300) == [], "a mail that is put off wakes nobody"
    other.note(delivery(SMS, SENT), NOW)
    assert other.overdue(NOW + 300) == []


def test_after_a_restart_a_failure_is_answered_that_nobody_heard_of_and_no_other() -> None:
    before = fallback()
    before.instead_of(delivery(SMS, REFUSED), NOW)
    after = fallback()
    after.restore(before.memory())
    assert not after.unheard(delivery(SMS, REFUSED))
    assert after.unheard(delivery(EMAIL, REFUSED))
    after.note(delivery(CALL, WAITING, (CALL,)), NOW)
    assert told(after.instead_of(delivery(EMAIL, REFUSED), NOW)) == ("Ben", (SMS, EMAIL)), (
        "the call is on its way already"
    )


@pytest.mark.parametrize("reason", [Reason.ACKNOWLEDGED, Reason.CLEARED, Reason.TEST, Reason.PROOF])
def test_what_is_not_urgent_has_no_fallback(reason: Reason) -> None:
    assert not fallback().instead_of(delivery(SMS, REFUSED, reason=reason), NOW)


def test_a_channel_that_fails_is_told_once_and_again_when_it_works() -> None:
    watch = ChannelWatch()
    assert watch.news_of(delivery(SMS, WAITING, failing_since=NOW - 30), NOW) is None
    path = watch.news_of(delivery(SMS, WAITING, failing_since=NOW - 90), NOW)
    assert path is not None
    assert (path.channel, path.problem, path.since) == ("sms", "not delivered to Ana: because", NOW - 90)
    assert watch.news_of(delivery(SMS, REFUSED), NOW) is None
    assert watch.news_of(delivery(EMAIL, SENT), NOW) is None
    well = watch.news_of(delivery(SMS, SENT), NOW)
    assert well is not None
    assert well.problem == ""
    assert watch.problems == {}
    assert watch.news_of(delivery(SMS, REFUSED), NOW) is not None


def test_what_has_no_deliveries_is_an_alarm_when_it_fails_for_long() -> None:
    watch = StateWatch("heartbeat")
    assert watch.look(None, NOW) is None, "not tried yet: nothing is known"
    over = watch.look("", NOW)
    assert over is not None, "an alarm of the session before ends"
    assert over.problem == ""
    assert watch.look("", NOW) is None
    assert watch.look("the file cannot be written", NOW) is None
    assert watch.look("", NOW + 30) is None
    assert watch.look("the file cannot be written", NOW + 40) is None
    path = watch.look("the file cannot be written", NOW + 100)
    assert path is not None
    assert (path.channel, path.problem, path.since) == ("heartbeat", "the file cannot be written", NOW + 40)
    assert watch.look("the disk is full", NOW + 101) is None
    well = watch.look("", NOW + 102)
    assert well is not None
    assert well.problem == ""
