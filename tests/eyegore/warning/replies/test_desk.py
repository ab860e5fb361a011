"""What replies do: only those of people on the roster, with a code that waits, and each once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from eyegore.messages.events import Action, AlarmKind, NoteKind
from eyegore.warning.replies.desk import (
    GRACE_S,
    KEPT_S,
    MOST_ISSUED,
    REFUSALS,
    WINDOW_S,
    WRONG_CODES,
    ReplyDesk,
    Taken,
    address_key,
)
from eyegore.warning.replies.reply import Reply

from ...restarted import restarted

NOW = 1_700_000_000.0
ANA, BEN = "+49301234", "ben@lab.org"
PEOPLE = {"+49 30 1234": "Ana", "Ben@Lab.org": "Ben"}
WAITING = {"4711": ("CCD2_TEMP_B/OOL",), "4712": ("P1/OOL", "P2/TREND")}


def waiting(code: str) -> tuple[str, ...]:
    return WAITING.get(code, ())


def desk(started: float = NOW - 3600, proof: Callable[[str, str, float], bool] | None = None) -> ReplyDesk:
    return ReplyDesk(PEOPLE, waiting, started, proof)


def reply(text: str, sender: str = ANA, reference: str = "SM1", received: float = NOW - 10) -> Reply:
    return Reply(reference, sender, text, received)


def took(text: str, sender: str = ANA, one: ReplyDesk | None = None, reference: str = "SM1", now: float = NOW) -> Taken:
    return (one or desk()).take_reply(reply(text, sender, reference), now)


def journal(taken: Taken) -> str:
    (noted,) = taken.entries
    assert noted.entry.kind is NoteKind.REPLY
    assert noted.entry.comment == noted.text
    return noted.text


def test_acknowledgement_lowers_the_flag_in_the_persons_name() -> None:
    taken = took("ACK 4711 called the plumber")
    (command,) = taken.commands
    assert (command.action, command.parameter, command.person) == (Action.LOWER, "CCD2_TEMP_B", "Ana")
    assert command.comment == "called the plumber (by SMS)"
    assert taken.person == taken.entries[0].entry.person == "Ana"
    assert "ACK 4711 called the plumber" in journal(taken)
    assert taken.answer == "Eyegore: CCD2_TEMP_B acknowledged"


def test_a_code_of_many_alarms_acts_on_all() -> None:
    taken = took("ack 4712", sender=BEN)
    assert [(one.parameter, one.kind, one.person, one.comment) for one in taken.commands] == [
        ("P1", AlarmKind.OOL, "Ben", "by e-mail"),
        ("P2", AlarmKind.TREND, "Ben", "by e-mail"),
    ]
    assert taken.answer == "Eyegore: 2 alarms acknowledged"


def test_shelving_ends_after_the_time_given() -> None:
    (command,) = took("SHELVE 4711 15 min pump").commands
    assert (command.action, command.until, command.comment) == (Action.SHELVE, NOW + 900, "pump (by SMS)")


def test_long_shelving_tells_what_critical_alarms_allow() -> None:
    assert took("shelve 4711 1d").answer.endswith("shelved for 12 h, what is critical for 4 h at most")


def test_shelving_without_a_time_asks_and_leaves_the_code_open() -> None:
    one = desk()
    taken = took("SHELVE 4711", one=one)
    assert taken.commands == ()
    assert "for how long" in taken.answer
    assert took("SHELVE 4711 1h", one=one, reference="SM2").commands


def test_one_reply_may_acknowledge_and_shelve() -> None:
    assert [one.action for one in took("ACK 4711\nSHELVE 4711 1h").commands] == [Action.LOWER, Action.SHELVE]


def test_the_same_order_twice_in_one_reply_is_one() -> None:
    assert len(took("ACK 4711\nACK 4711").commands) == 1


@pytest.mark.parametrize("sender", ["+49309999", "", "Ana", "1234", "eve@lab.org", "49301234", "+493012345"])
def test_stranger_changes_nothing_gets_no_answer_and_is_journalled(sender: str) -> None:
    taken = took("ACK 4711", sender=sender)
    assert (taken.commands, taken.answer, taken.person) == ((), "", "")
    assert "not on the roster" in journal(taken)


def test_a_stranger_leaves_the_code_open() -> None:
    one = desk()
    took("ACK 4711", "+49309999", one)
    assert took("ACK 4711", ANA, one, "SM2").commands


@pytest.mark.parametrize("text", ["ACK 9999", "ack 4711a", "hello", "", "> ACK 4711"])
def test_wrong_code_or_no_order_changes_nothing_and_is_journalled(text: str) -> None:
    taken = took(text)
    assert taken.commands == ()
    assert "no alarm waits" in journal(taken) or "not understood" in journal(taken)
    assert taken.answer


def test_same_message_twice_is_taken_once() -> None:
    one = desk()
    assert took("ACK 4711", one=one).commands
    assert took("ACK 4711", one=one) == Taken()


def test_repeated_code_changes_nothing_and_names_who_was_first() -> None:
    one = desk()
    took("ACK 4711", one=one)
    again = took("ack 4711", BEN, one, "mail1", NOW + 120)
    assert again.commands == ()
    assert "4711 was answered by Ana 2 min ago" in journal(again)
    assert again.answer.startswith("Eyegore: 4711 was answered by Ana")


def test_who_acknowledged_in_the_window_is_named_and_the_words_are_kept() -> None:
    one = desk()
    one.note("4711", "Cem", NOW - 180)
    taken = took("ACK 4711 pump is off", one=one)
    (command,) = taken.commands
    assert (command.action, command.parameter, command.person) == (Action.COMMENT, "CCD2_TEMP_B", "Ana")
    assert command.comment == "pump is off (by SMS)"
    assert taken.answer == "Eyegore: 4711 was answered by Cem 3 min ago, your words are kept"
    assert took("ACK 4711", one=one, reference="SM2").commands == ()
    assert took("SHELVE 4711 1h pump", one=one, reference="SM3").commands, "to shelve is more than to acknowledge"


def test_the_words_of_a_second_answer_are_kept() -> None:
    one = desk()
    took("ACK 4711", one=one)
    (command,) = took("ack 4711 called the plumber", BEN, one, "mail1", NOW + 120).commands
    assert (command.action, command.comment) == (Action.COMMENT, "called the plumber (by e-mail)")


def test_code_given_anew_counts_again() -> None:
    one = desk()
    took("ACK 4711", one=one)
    one.note("4711", "Cem", NOW)
    one.reissue("4711")
    (command,) = took("ACK 4711", one=one, reference="SM2").commands
    assert command.action is Action.LOWER


@pytest.mark.parametrize(("before_start", "counts"), [(GRACE_S - 1, True), (GRACE_S + 1, False), (86_400.0, False)])
def test_reply_from_before_the_start_is_ignored_but_remembered(before_start: float, counts: bool) -> None:
    one = desk(started=NOW)
    taken = one.take_reply(reply("ACK 4711", received=NOW - before_start), NOW)
    assert bool(taken.commands) is counts
    if not counts:
        assert taken == Taken()
    assert "SM1" in one.heard.seen


def restarted_desk(one: ReplyDesk, now: float) -> ReplyDesk:
    new = desk(now)
    new.heard = restarted(one.heard)
    return new


def test_nothing_is_done_again_after_a_restart() -> None:
    one = desk()
    took("ACK 4711", one=one)
    new = restarted_desk(one, NOW + 60)
    assert took("ACK 4711", one=new) == Taken()
    assert "was answered by Ana" in journal(took("ACK 4711", one=new, reference="SM2"))


def test_who_sends_wrong_codes_is_not_heard_for_an_hour_also_after_a_restart() -> None:
    one = desk()
    for number in range(WRONG_CODES):
        took(f"ACK {9000 + number}", one=one, reference=f"SM{number}")
    one = restarted_desk(one, NOW)
    taken = took("ACK 4711", one=one, reference="right")
    assert (taken.commands, taken.answer) == ((), "")
    assert "not heard" in journal(taken)
    assert took("ACK 4711", BEN, one, "other person").commands
    assert took("ACK 4712", ANA, one, "later", NOW + WINDOW_S).commands


def test_answers_to_alarms_that_are_over_are_no_wrong_codes_also_after_a_restart() -> None:
    one = desk()
    for number in range(3 * WRONG_CODES):
        one.reissue(str(8000 + number))
    one = restarted_desk(one, NOW)
    for number in range(3 * WRONG_CODES):
        taken = took(f"ACK {8000 + number}", one=one, reference=f"SM{number}")
        assert f"the alarm of {8000 + number} is over" in journal(taken)
    assert took("ACK 4711", one=one, reference="right").commands


def test_only_the_newest_codes_count_as_given_out() -> None:
    one = desk()
    for number in range(1000, 1000 + 2 * MOST_ISSUED):
        one.reissue(str(number))
    one.reissue("1000")
    assert len(one.heard.issued) == MOST_ISSUED
    assert "no alarm waits for 1001" in journal(took("ACK 1001", one=one))
    assert "the alarm of 1000 is over" in journal(took("ACK 1000", one=one, reference="SM2"))


def test_a_telephone_that_answers_by_itself_is_not_answered_for_ever() -> None:
    one = desk()
    answers = [took("I am driving", one=one, reference=f"SM{number}").answer for number in range(2 * REFUSALS)]
    assert [bool(answer) for answer in answers] == [True] * REFUSALS + [False] * REFUSALS
    assert took("I am driving", one=one, reference="later", now=NOW + WINDOW_S).answer
    assert took("ACK 4711", one=one, reference="right").answer


def test_help_is_answered() -> None:
    taken = took("HELP")
    assert taken.commands == ()
    assert "SHELVE 4711 1h" in taken.answer
    assert len(taken.answer) <= 160
    assert "asked for help" in journal(taken)


def test_old_references_and_codes_are_forgotten() -> None:
    one = desk()
    took("ACK 4711", one=one)
    took("hello", one=one, reference="SM2", now=NOW + KEPT_S + 1)
    assert list(one.heard.seen) == ["SM2"]
    assert one.heard.used == {}


def proof_of(code: str) -> Callable[[str, str, float], bool]:
    return lambda given_code, person, _now: (given_code, person) == (code, "Ana")


def test_proof_of_the_path_comes_back() -> None:
    proof = proof_of("5000")
    one = desk(proof=lambda *given: proof(*given))
    taken = one.take_reply(reply("ack 5000"), NOW)
    assert taken.commands == ()
    assert "path proven" in taken.answer
    proof = proof_of("")
    again = one.take_reply(reply("ack 5000", reference="SM2"), NOW)
    assert "was answered by Ana" in again.answer


def test_a_stranger_proves_nothing() -> None:
    asked: list[str] = []
    one = desk(proof=lambda code, _person, _now: bool(asked.append(code)))
    one.take_reply(reply("ack 5000", sender="+49309999"), NOW)
    assert asked == []


def test_control_signs_do_not_reach_the_journal() -> None:
    text = journal(took("hello\x1b[2J\r\n" + "x" * 5000, sender="+1\x1b555"))
    assert text.isprintable()
    assert len(text) < 400


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+49 (30) 12-34", ANA),
        ("0049301234", ANA),
        ("+49.30.1234", ANA),
        (" Ben@LAB.org ", BEN),
    ],
)
def test_spellings_of_one_address(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)


@given(st.text(), st.text(), st.dictionaries(st.from_regex("[0-9]{4}", fullmatch=True), st.just(("P",))))
def test_no_reply_raises_and_none_acts_but_on_a_waiting_code(text: str, sender: str, codes: dict[str, object]) -> None:
    one = ReplyDesk({**PEOPLE, "x@y": "Eve"}, lambda code: ("P/OOL",) if code in codes else (), NOW - 10)
    for address in (sender, "x@y"):
        taken = one.take_reply(Reply(address, address, text, NOW), NOW)
        assert not taken.commands or (taken.person and any(code in text for code in codes))
