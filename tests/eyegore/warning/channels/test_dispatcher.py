"""The outbox and the dispatcher: nothing is lost, nothing is doubled unless nobody can know."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from eyegore.journal.delivery import Delivery, DeliveryState, delivery_of, row_of
from eyegore.journal.journal import Journal
from eyegore.journal.outbox import Outbox
from eyegore.journal.schema import JournalError
from eyegore.limits.model import Severity
from eyegore.messages.warnings import Channel, Notice, Outcome, Reason, Result, Samples, Scope
from eyegore.warning.channels.dispatcher import LONGEST_WAIT_S, Dispatcher

from ....patience import AWAITED_S

WaitUntil = Callable[..., None]
NOW = 1_000_000.0
SENT = Outcome(Result.SENT, "250 taken", "id-1")
RETRY = Outcome(Result.RETRY, "451 greylisted")
SILENT = Outcome(Result.UNKNOWN, "no answer within 15 s")
REFUSED = Outcome(Result.REFUSED, "535 the login was refused")


def notice(key: str = "1", severity: Severity = Severity.CRITICAL, made: float = NOW) -> Notice:
    return Notice(
        key, Reason.RAISED, severity, "Ana", (Channel.EMAIL,), "sübject", "text", "short", "spoken",
        made, made + 3600, "T", 7, "4711",
    )  # fmt: skip


def delivery(key: str = "1", channel: Channel = Channel.EMAIL, **changes: object) -> Delivery:
    return replace(Delivery(notice(key), channel, "ana@lab.invalid"), **changes)  # type: ignore[arg-type]


class Script:
    """A channel that answers what it is told to, in turn, and then that all is well."""

    def __init__(self, *answers: Outcome, channel: Channel = Channel.EMAIL) -> None:
        self.channel = channel
        self.answers = list(answers)
        self.sent: list[str] = []

    def send(self, address: str, notice: Notice, samples: Samples | None) -> Outcome:
        self.sent.append(notice.key)
        return self.answers.pop(0) if self.answers else SENT


class Traced(Script):
    """One whose provider can be asked; ``known`` are the keys it has."""

    known: frozenset[str] = frozenset()
    unsure = False

    def settle(self, address: str, notice: Notice, since: float) -> Outcome:
        if self.unsure:
            return SILENT
        return SENT if notice.key in self.known else RETRY


class Desk:
    """A dispatcher with a clock that is set forward to the next attempt."""

    def __init__(self, outbox: Outbox | None, *senders: Script) -> None:
        self.now = NOW
        self.news: list[Delivery] = []
        self.dispatcher = Dispatcher({one.channel: one for one in senders}, outbox, self.take, lambda: self.now)

    def take(self, changed: Delivery) -> None:
        if changed.state is DeliveryState.WAITING:
            self.now = max(self.now, changed.next_try)
        self.news.append(changed)

    def last(self, key: str = "1") -> Delivery | None:
        return next((one for one in reversed(self.news) if one.notice.key == key), None)

    def states(self, key: str = "1") -> list[str]:
        return [one.state.name for one in self.news if one.notice.key == key]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "night.sqlite") as journal:
        yield journal


@pytest.fixture
def outbox(journal: Journal) -> Outbox:
    return Outbox(journal.path)


Start = Callable[..., Desk]


@pytest.fixture
def start(outbox: Outbox) -> Iterator[Start]:
    desks: list[Desk] = []

    def begin(*senders: Script, unfinished: list[Delivery] | None = None) -> Desk:
        desk = Desk(outbox, *senders)
        desk.dispatcher.start(outbox.unfinished() if unfinished is None else unfinished)
        desks.append(desk)
        return desk

    yield begin
    for desk in desks:
        assert desk.dispatcher.stop(AWAITED_S)


def done(desk: Desk, key: str = "1") -> Callable[[], bool]:
    return lambda: (last := desk.last(key)) is not None and not last.state.open


@given(st.floats(allow_nan=True), st.text(), st.sampled_from(list(DeliveryState)), st.booleans())
def test_a_delivery_comes_back_as_it_was(failing: float, words: str, state: DeliveryState, doubtful: bool) -> None:
    given_one = delivery(failing_since=0.0 if math.isnan(failing) else failing, state=state, doubtful=doubtful)
    given_one = replace(given_one, detail=words.encode("utf-8", "replace").decode(), attempts=3)
    assert delivery_of(row_of(given_one)) == given_one


def test_samples_come_back_as_they_were() -> None:
    samples = Samples("T", "degC", np.arange(3.0), np.array([1.0, math.nan, 3.0]), -133.0)
    found = delivery_of(row_of(delivery(samples=samples))).samples
    assert found is not None
    np.testing.assert_array_equal(found.values, samples.values)
    assert (found.parameter, found.unit, found.low) == ("T", "degC", -133.0)
    assert math.isnan(found.high)


def test_it_is_written_with_the_alarm_and_only_once(journal: Journal, outbox: Outbox) -> None:
    journal.record([], {"a": 1}, [delivery(), delivery("2")])
    journal.record([], {"a": 2}, [delivery(detail="another")])
    assert [(one.notice.key, one.detail) for one in outbox.unfinished()] == [("1", ""), ("2", "")]


def test_what_went_out_is_kept_with_the_answer(outbox: Outbox, start: Start, wait_until: WaitUntil) -> None:
    sender = Script()
    desk = start(sender)
    outbox.mark(delivery())
    desk.dispatcher.put([delivery()])
    wait_until(done(desk))
    (kept,) = outbox.newest(10)
    assert (kept.state, kept.attempts, kept.detail, kept.reference) == (DeliveryState.SENT, 1, "250 taken", "id-1")
    assert outbox.unfinished() == []
    assert desk.states() == ["SENDING", "SENT"]


def test_what_could_not_be_sent_is_tried_again_with_growing_pauses(start: Start, wait_until: WaitUntil) -> None:
    sender = Script(RETRY, RETRY, replace(RETRY, retry_after=1000.0))
    desk = start(sender, unfinished=[delivery()])
    wait_until(done(desk))
    tries = [one for one in desk.news if one.state is DeliveryState.WAITING]
    pauses = [round(one.next_try - one.changed) for one in tries]
    assert 4 <= pauses[0] <= 6
    assert 8 <= pauses[1] <= 12
    assert pauses[2] == 1000
    assert [one.failing_since for one in tries] == [NOW] * 3
    last = desk.last()
    assert last is not None
    assert (last.state, last.attempts, last.doubtful) == (DeliveryState.SENT, 4, False)


def test_what_was_refused_is_not_tried_again(start: Start, wait_until: WaitUntil) -> None:
    sender = Script(REFUSED)
    desk = start(sender, unfinished=[delivery()])
    wait_until(done(desk))
    assert desk.states() == ["SENDING", "REFUSED"]
    assert sender.sent == ["1"]


def test_without_an_answer_it_is_sent_again_and_marked(start: Start, wait_until: WaitUntil) -> None:
    desk = start(Script(SILENT), unfinished=[delivery()])
    wait_until(done(desk))
    last = desk.last()
    assert last is not None
    assert last.detail == "250 taken (possibly sent twice)"


def test_a_provider_that_knows_of_it_spares_the_second_message(start: Start, wait_until: WaitUntil) -> None:
    sender = Traced(SILENT)
    sender.known = frozenset("1")
    desk = start(sender, unfinished=[delivery()])
    wait_until(done(desk))
    assert sender.sent == ["1"]
    last = desk.last()
    assert last is not None
    assert (last.state, last.detail) == (DeliveryState.SENT, "250 taken")


@pytest.mark.parametrize(("unsure", "detail"), [(False, "250 taken"), (True, "250 taken (possibly sent twice)")])
def test_what_never_came_is_sent_again_without_a_doubt(
    start: Start, wait_until: WaitUntil, unsure: bool, detail: str
) -> None:
    sender = Traced(SILENT)
    sender.unsure = unsure
    desk = start(sender, unfinished=[delivery()])
    wait_until(done(desk))
    assert sender.sent == ["1", "1"]
    last = desk.last()
    assert last is not None
    assert last.detail == detail


def test_what_is_too_late_is_said_and_not_sent(start: Start, wait_until: WaitUntil) -> None:
    sender = Script()
    old = delivery(detail="451 greylisted")
    desk = start(sender, unfinished=[replace(old, notice=notice(made=NOW - 7200))])
    wait_until(done(desk))
    last = desk.last()
    assert last is not None
    assert (last.state, last.detail) == (DeliveryState.EXPIRED, "not out in time, last: 451 greylisted")
    assert sender.sent == []


def test_the_graver_goes_first(start: Start, outbox: Outbox, wait_until: WaitUntil) -> None:
    sender = Script()
    mild = replace(delivery("mild"), notice=notice("mild", Severity.WARNING))
    desk = start(sender, unfinished=[mild, delivery("grave")])
    wait_until(done(desk, "mild"))
    assert sender.sent == ["grave", "mild"]


def test_a_channel_that_hangs_holds_up_no_other(start: Start, wait_until: WaitUntil) -> None:
    let_go = threading.Event()

    class Hanging(Script):
        def send(self, address: str, notice: Notice, samples: Samples | None) -> Outcome:
            assert let_go.wait(AWAITED_S)
            return super().send(address, notice, samples)

    desk = start(Hanging(), Script(channel=Channel.SMS), unfinished=[delivery(), delivery("2", Channel.SMS)])
    wait_until(done(desk, "2"))
    assert not done(desk)()
    assert desk.dispatcher.waiting() == 1
    let_go.set()
    wait_until(done(desk))


def test_a_sender_that_fails_is_tried_again(start: Start, wait_until: WaitUntil) -> None:
    class Broken(Script):
        def send(self, address: str, notice: Notice, samples: Samples | None) -> Outcome:
            if not self.sent:
                self.sent.append("failed")
                raise RuntimeError("a fault of ours")
            return super().send(address, notice, samples)

    desk = start(Broken(), unfinished=[delivery()])
    wait_until(done(desk))
    assert desk.states() == ["SENDING", "WAITING", "SENDING", "SENT"]


def test_what_nobody_needs_any_more_is_not_sent(outbox: Outbox) -> None:
    sender = Script()
    desk = Desk(outbox, sender)
    desk.dispatcher.put([delivery(), delivery("2")])
    desk.dispatcher.cancel(lambda one: one.notice.key == "1", "acknowledged by Ana")
    assert desk.states() == ["CANCELLED"]
    assert desk.dispatcher.waiting() == 1
    desk.dispatcher.start()
    assert desk.dispatcher.stop(AWAITED_S)
    assert "1" not in sender.sent


def test_what_is_being_sent_is_not_tried_again_when_nobody_needs_it(start: Start, wait_until: WaitUntil) -> None:
    class Answered(Script):
        def send(self, address: str, notice: Notice, samples: Samples | None) -> Outcome:
            desk.dispatcher.cancel(lambda one: one.notice.key == "1", "acknowledged by Ana")
            return super().send(address, notice, samples)

    sender = Answered(RETRY)
    desk = start(sender, unfinished=[])
    desk.dispatcher.put([delivery()])
    wait_until(lambda: "CANCELLED" in desk.states())
    assert desk.states() == ["SENDING", "WAITING", "CANCELLED"]
    assert desk.dispatcher.waiting() == 0


def test_a_key_is_sent_once(start: Start, outbox: Outbox, wait_until: WaitUntil) -> None:
    outbox.mark(delivery("0", state=DeliveryState.SENT))
    sender = Script()
    desk = start(sender)
    desk.dispatcher.recall(outbox.unfinished(), outbox.keys())
    desk.dispatcher.put([delivery("0"), delivery(), delivery(), delivery("2")])
    wait_until(done(desk, "2"))
    assert sender.sent == ["1", "2"]


@pytest.mark.parametrize("scope", Scope)
def test_good_news_and_what_is_milder_wait_while_the_bad_news_is_put_off(
    start: Start, wait_until: WaitUntil, scope: Scope
) -> None:
    class Slow(Script):
        def send(self, address: str, notice: Notice, samples: Samples | None) -> Outcome:
            if not self.sent:  # meanwhile the alarm ends, and another begins
                desk.dispatcher.put([back, mild])
            return super().send(address, notice, samples)

    def about(key: str, alarm: str, **changes: object) -> Delivery:
        return delivery(notice=replace(notice(key), alarms=(alarm,), **changes))  # type: ignore[arg-type]

    back, mild = about("back", "T", reason=Reason.CLEARED), about("mild", "U", severity=Severity.WARNING)
    sender = Slow(replace(RETRY, scope=scope), replace(RETRY, scope=scope))
    desk = start(sender, unfinished=[])
    desk.dispatcher.put([about("out", "T")])
    wait_until(done(desk, "mild"))
    wait_until(done(desk, "back"))
    assert sender.sent == ["out", "out", "out", "back", "mild"]


@pytest.mark.parametrize("jump", [-7200.0, 5 * 3600.0])
def test_a_clock_that_is_set_makes_nothing_late(outbox: Outbox, wait_until: WaitUntil, jump: float) -> None:
    sender = Script(RETRY)

    class Still(Desk):
        def take(self, changed: Delivery) -> None:
            self.news.append(changed)

    desk = Still(outbox, sender)
    desk.dispatcher.put([delivery()])
    desk.dispatcher.start()
    wait_until(lambda: desk.states()[-1:] == ["WAITING"])
    desk.now += jump
    wait_until(done(desk))
    assert desk.dispatcher.stop(AWAITED_S)
    assert desk.states() == ["SENDING", "WAITING", "SENDING", "SENT"]


def test_a_provider_does_not_put_off_a_warning_for_a_day(start: Start, wait_until: WaitUntil) -> None:
    sender = Script(replace(RETRY, retry_after=86_400.0))
    desk = start(sender, unfinished=[])
    desk.dispatcher.put([delivery()])
    wait_until(done(desk))
    (first,) = [one for one in desk.news if one.state is DeliveryState.WAITING]
    assert first.next_try == NOW + LONGEST_WAIT_S


def test_a_channel_that_is_gone_from_the_settings_refuses(start: Start, outbox: Outbox) -> None:
    desk = start(unfinished=[delivery()])
    assert desk.states() == ["REFUSED"]
    assert outbox.newest(1)[0].detail == "email is not set up"


def test_a_file_that_cannot_be_written_holds_nothing_up(
    tmp_path: Path, journal: Journal, outbox: Outbox, start: Start, wait_until: WaitUntil
) -> None:
    away = tmp_path / "away.sqlite"
    desk = start(Script(), unfinished=[])
    journal.path.rename(away)
    with pytest.raises(JournalError):
        outbox.newest(1)
    desk.dispatcher.put([delivery()])
    wait_until(done(desk))
    away.rename(journal.path)
    desk.dispatcher.put([delivery("2")])
    wait_until(done(desk, "2"))
    assert {one.notice.key: one.state for one in outbox.newest(9)} == dict.fromkeys("12", DeliveryState.SENT)


def test_what_could_not_be_marked_is_marked_later_also_when_the_journal_writes_it_first(
    tmp_path: Path, journal: Journal, start: Start, wait_until: WaitUntil
) -> None:
    away = tmp_path / "away.sqlite"
    ours = [False]
    outbox = Outbox(journal.path, lambda: ours[0])
    desk = Desk(outbox, Script())
    journal.path.rename(away)
    desk.dispatcher.put([delivery()])
    desk.dispatcher.start()
    wait_until(done(desk))
    assert desk.dispatcher.stop(AWAITED_S)
    away.rename(journal.path)
    journal.record([], {}, [delivery()])
    assert outbox.flush() == f"{journal.path} is not ours to write"
    assert [one.state for one in outbox.unfinished()] == [DeliveryState.WAITING]
    ours[0] = True
    assert outbox.flush() == ""
    assert [one.state for one in outbox.newest(9)] == [DeliveryState.SENT]
