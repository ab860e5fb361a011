"""When a proof of the path is asked, and what the strip says of it."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from eyegore.messages.warnings import Channel, Reason
from eyegore.warning.replies.path_proof import ANSWER_S, CATCH_UP_S, PathProof, ProofTimes

from ...restarted import restarted

BERLIN = ZoneInfo("Europe/Berlin")
TIMES = ProofTimes((time(8), time(20)), BERLIN)


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


EIGHT = at("2024-03-14T08:00")


def proof(started: float = EIGHT - 600, times: ProofTimes = TIMES) -> PathProof:
    return PathProof(times, started, channels=(Channel.SMS,))


def asked(one: PathProof, now: float, person: str = "Ana", code: str = "5000") -> list[str]:
    return [notice.code for notice in one.tick(now, person, lambda: code)]


@pytest.mark.parametrize(
    ("now", "latest"),
    [
        ("2024-03-14T08:00", "2024-03-14T08:00"),
        ("2024-03-14T07:59", "2024-03-13T20:00"),
        ("2024-03-14T23:00", "2024-03-14T20:00"),
        ("2024-03-31T08:30", "2024-03-31T08:00"),  # the clock went forward that night
        ("2024-10-27T07:30", "2024-10-26T20:00"),  # and back
    ],
)
def test_latest_due_time_is_on_the_labs_clock(now: str, latest: str) -> None:
    assert TIMES.latest(at(now)) == at(latest)


def test_no_times_are_never_due() -> None:
    one = proof(times=ProofTimes((), BERLIN))
    assert asked(one, EIGHT) == []
    assert not one.state(EIGHT).overdue


def test_proof_is_asked_once_when_due() -> None:
    one = proof()
    assert asked(one, EIGHT - 1) == []
    (notice,) = one.tick(EIGHT, "Ana", lambda: "5000")
    assert (notice.reason, notice.person, notice.code, notice.channels) == (Reason.PROOF, "Ana", "5000", (Channel.SMS,))
    assert all("ACK 5000" in text for text in (notice.subject, notice.text, notice.short))
    assert notice.expires == EIGHT + ANSWER_S
    assert asked(one, EIGHT + 1) == []
    assert asked(one, at("2024-03-14T20:00"), code="5001") == ["5001"]


def test_strip_from_not_yet_to_proven() -> None:
    one = proof()
    assert one.state(EIGHT - 1).text == "path not proven yet"
    asked(one, EIGHT)
    assert one.state(EIGHT + 60).text == "proof asked 08:00, waiting for Ana"
    assert one.came_back("5000", "Ben", EIGHT + 120)
    state = one.state(EIGHT + 121)
    assert (state.text, state.overdue) == ("path proven 08:02 by Ben", False)
    assert one.state(at("2024-03-15T07:00")).text == "path proven 14/Mar 08:02 by Ben"


def test_no_answer_is_overdue_until_it_comes() -> None:
    one = proof()
    asked(one, EIGHT)
    assert not one.state(EIGHT + ANSWER_S).overdue
    late = one.state(EIGHT + ANSWER_S + 1)
    assert (late.text, late.overdue) == ("proof overdue: Ana was asked 08:00", True)
    assert one.came_back("5000", "Ana", EIGHT + 3000)
    assert one.state(EIGHT + 3001).text == "path proven 08:50 by Ana"


def test_overdue_tells_when_it_was_last_proven() -> None:
    one = proof()
    asked(one, EIGHT)
    one.came_back("5000", "Ana", EIGHT + 60)
    asked(one, at("2024-03-14T20:00"), "Ben", "5001")
    text = one.state(at("2024-03-14T21:00")).text
    assert text == "proof overdue: Ben was asked 20:00, last proven 08:01 by Ana"


def test_only_the_newest_code_proves_and_only_once() -> None:
    one = proof()
    assert not one.came_back("", "Ana", EIGHT)
    asked(one, EIGHT)
    assert not one.came_back("4999", "Ana", EIGHT + 1)
    assert one.came_back("5000", "Ana", EIGHT + 1)
    assert not one.came_back("5000", "Ben", EIGHT + 2)


def test_nobody_on_duty_is_told_and_made_good_when_somebody_comes() -> None:
    one = proof()
    assert asked(one, EIGHT, person="") == []
    state = one.state(EIGHT + 1)
    assert (state.text, state.overdue) == ("path not proven: nobody on duty at 08:00", True)
    assert asked(one, EIGHT + 900) == ["5000"]
    assert not one.state(EIGHT + 901).overdue


def test_nobody_is_woken_by_a_proof_of_hours_ago() -> None:
    assert asked(proof(started=EIGHT + CATCH_UP_S + 1), EIGHT + CATCH_UP_S + 1) == []
    one = proof()
    asked(one, EIGHT, person="")
    assert asked(one, EIGHT + CATCH_UP_S + 1) == []
    assert one.state(EIGHT + CATCH_UP_S + 2).overdue
    assert asked(proof(started=EIGHT + 600), EIGHT + 601) == ["5000"]


def test_restart_asks_no_second_time_and_still_knows_the_code() -> None:
    one = proof()
    asked(one, EIGHT)
    new = proof(started=EIGHT + 30)
    new.restore(restarted(one.memory()))
    assert asked(new, EIGHT + 60) == []
    assert new.came_back("5000", "Ana", EIGHT + 61)
    again = proof(started=EIGHT + 90)
    again.restore(restarted(new.memory()))
    assert again.state(EIGHT + 100) == new.state(EIGHT + 100)
    assert not again.came_back("5000", "Ana", EIGHT + 101)


def test_a_proof_missed_while_eyegore_did_not_run_is_no_trouble() -> None:
    one = proof(started=EIGHT + 3 * CATCH_UP_S)
    one.restore(restarted(proof().memory()))
    assert asked(one, EIGHT + 3 * CATCH_UP_S, person="") == []
    assert not one.state(EIGHT + 3 * CATCH_UP_S).overdue


def test_memory_of_before_the_first_proof_can_be_restored() -> None:
    one = proof()
    one.restore(restarted(proof().memory()))
    assert asked(one, EIGHT) == ["5000"]
