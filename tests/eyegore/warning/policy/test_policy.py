"""The rules of telling people, by number, and what must hold whatever happens."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from eyegore.alarms.board import EntryContext
from eyegore.messages.events import Action, AlarmChanged, AlarmKind, FlagCommand
from eyegore.messages.warnings import Channel, Notice, Reason
from eyegore.warning.duty.roster import Duty

from ...restarted import restarted
from .policy_bench import CRITICAL, START, WARNING, Bench, told

T1 = "CRITICAL T1 −140.0 °C, below −133 °C"
D1 = "WARNING D1 31.00 V, above 30 V"
WORSE = "CRITICAL worse than told before: P 9 mbar, above 5 mbar"


def asked(head: str) -> str:
    """What the backup is asked of what nobody answered."""
    grade, said = head.split(" ", 1)
    return f"{grade} nobody acknowledged for 10 min: {said}"


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_critical_alarm_is_told_with_the_next_tick(bench: Bench) -> None:
    assert bench.policy.due(bench.now) == math.inf
    assert bench.go(out=["T1"]) == []
    assert bench.policy.due(bench.now) == bench.now + bench.rules.hold_critical_s
    assert bench.go() == [f"Ana: {T1}"]
    assert bench.policy.due(bench.now) == math.inf
    (notice,) = bench.notices
    assert (notice.reason, notice.severity, notice.channels) == (Reason.RAISED, CRITICAL, (Channel.SMS, Channel.CALL))
    assert (notice.parameter, notice.incident, notice.made) == ("T1", 1, bench.now)
    assert notice.expires == bench.now + bench.rules.expires_s


def test_what_nobody_is_to_be_told_of(bench: Bench) -> None:
    bench.act(Action.SHELVE, "T2", seconds=3600)
    assert bench.go(2, out=["D1", "T2", "QUIET"]) == []
    assert bench.go(300, out=["T2", "QUIET"]) == []
    assert bench.go(300, out=[]) == []


def test_what_is_older_than_the_start_tells_nobody_ever(bench: Bench) -> None:
    old = bench.board.timer("images", CRITICAL, "none", START - 900, START - 900, bench.frame)
    assert [event.entry.old for event in old if isinstance(event, AlarmChanged)] == [True]
    bench.tell(old)
    assert bench.go(2000) == []
    bench.ack("images")
    assert bench.go(100) == []


def test_rule_13_what_is_still_out_when_watching_begins_is_told_once_however_old(bench: Bench) -> None:
    bench.tell(bench.board.timer("HK rows", CRITICAL, "no row", START - 90_000, START - 90_000, bench.frame))
    assert bench.go(10) == []
    bench.tell(bench.board.found(bench.frame))
    assert bench.go(5) == ["Ana: CRITICAL was already out when watching began: HK rows: no row"]
    (notice,) = bench.notices
    assert (notice.reason, notice.channels) == (Reason.FOUND, (Channel.SMS, Channel.CALL))
    assert bench.board.found(bench.frame) == []
    assert bench.go(601) == ["Ben: CRITICAL nobody acknowledged for 10 min: HK rows: no row"], "it is never silent"


@pytest.mark.parametrize("action", [Action.LOWER, Action.SHELVE, None])
def test_what_somebody_saw_or_what_is_over_is_not_told_when_watching_begins(
    bench: Bench, action: Action | None
) -> None:
    bench.tell(bench.board.timer("HK rows", CRITICAL, "no row", START - 90_000, START - 90_000, bench.frame))
    if action is not None:
        bench.act(action, "HK rows")
    else:
        bench.tell(bench.board.timer_well("HK rows", START - 80_000, bench.frame))
    bench.tell(bench.board.found(bench.frame))
    assert bench.go(30) == []


@pytest.mark.parametrize("mail", [True, False])
@pytest.mark.parametrize(
    ("hour", "night"), [(3, True), (7.9, True), (8, False), (14, False), (19.9, False), (22, True)]
)
def test_a_late_exposure_is_no_text_message_by_itself_at_night(mail: bool, hour: float, night: bool) -> None:
    """By the clock of the lab; it is written, or told in the morning. With something else it is told at once."""
    lab_offset = (hour * 3600 - START) % 86_400
    route = (Channel.EMAIL, Channel.SMS) if mail else (Channel.SMS,)
    bench = Bench(routes={WARNING: route, CRITICAL: (Channel.SMS,)}, lab_offset_s=lambda _now: lab_offset)
    bench.tell(bench.board.timer("EXPOSURES", WARNING, "frame 7 is 6 min late", START, START, bench.frame))
    bench.go(660, step=10)
    loud = {channel for notice in bench.notices for channel in notice.channels if channel.loud}
    quiet = {channel for notice in bench.notices for channel in notice.channels if not channel.loud}
    dawns = hour == 7.9
    assert loud == (set() if night and not dawns else {Channel.SMS})
    assert quiet == ({Channel.EMAIL} if mail else set())
    bench.go(20, out=["D1"])
    assert bench.notices[-1].channels == route


def test_what_nobody_awaits_any_more_is_not_well_again(bench: Bench) -> None:
    bench.tell(bench.board.timer("EXPOSURES", WARNING, "late", bench.now, bench.now, bench.frame))
    assert len(bench.go(10)) == 1
    bench.ack("EXPOSURES", person="Ben")
    bench.tell(bench.board.let_go("EXPOSURES", bench.frame))
    assert bench.go(100) == ["Ana: EXPOSURES acknowledged by Ben"]


def test_a_killed_session_tells_what_happened_while_it_was_down(bench: Bench) -> None:
    bench.go(10)
    bench.restart()
    late = bench.board.timer("HK rows", CRITICAL, "no row", bench.now - 5, bench.now - 5, bench.frame)
    bench.policy.restore(bench.policy.memory())
    bench.tell(late)
    assert bench.go(2) == ["Ana: CRITICAL HK rows: no row"]


def test_rule_15_an_answer_within_the_first_half_second_needs_no_message(bench: Bench) -> None:
    bench.go(out=["T1"])
    bench.ack("T1")
    assert bench.go(700) == []


def test_rule_15_an_answer_stops_the_chain_and_is_told_with_its_comment(bench: Bench) -> None:
    bench.go(599, out=["T1"])
    bench.ack("T1", person="Cleo", comment="on\nmy way")
    assert bench.go(1200) == ["Ana: T1 acknowledged by Cleo"]
    assert "Comment: on my way" in bench.notices[-1].text
    assert (bench.notices[-1].channels, bench.notices[-1].code) == ((Channel.SMS,), "")


def test_rule_15_nobody_answers_and_it_ends(bench: Bench) -> None:
    bench.go(2, out=["T1"])
    assert bench.go(1200) == [f"Ben: {asked(T1)}"]
    assert bench.go(100, out=[]) == ["Ana: T1 back in limits", "Ben: T1 back in limits"]
    assert bench.go(8000, step=10) == []


def test_rule_15_what_is_back_wakes_no_backup(bench: Bench) -> None:
    bench.go(599, out=["T1"])
    assert bench.go(1200, out=[]) == ["Ana: T1 back in limits"]


def test_rule_15_nobody_answers_what_is_critical_and_it_is_never_silent(bench: Bench) -> None:
    bench.go(700, out=["T1"], step=10)
    bench.go(7200, step=10)
    times = {name: [made(one) for one in bench.notices if one.person == name] for name in ("Ana", "Ben", "Cleo")}
    assert times == {"Ana": [0, 30, 60, 90, 120], "Ben": [10, 40, 70, 100, 130], "Cleo": []}
    bench.ack("T1", person="Ben")
    assert bench.go(3500, step=10) == ["Ana: T1 acknowledged by Ben", "Ben: T1 acknowledged by Ben"]


def test_rule_15_nobody_answers_a_warning_and_the_backup_hears_of_it_once(bench: Bench) -> None:
    bench.go(8000, out=["D1"], step=10)
    assert told_reasons(bench) == [Reason.RAISED, Reason.ESCALATED]


def made(notice: Notice) -> int:
    """When a message was made [min]."""
    return round((notice.made - START) / 60)


@pytest.mark.parametrize("next_backup", ["Ben", "Ana", ""])
def test_rule_15_the_next_shift_hears_of_it_when_it_begins(next_backup: str) -> None:
    first, second = Duty("Ana", "Ben", START + 1200), Duty("Cleo", next_backup, math.inf)
    bench = Bench(duty=lambda now: first if now < first.until else second)
    bench.go(2450, out=["T1"], step=10)
    told = [(made(one), one.person, one.reason) for one in bench.notices]
    assert told[:3] == [
        (0, "Ana", Reason.RAISED), (10, "Ben", Reason.ESCALATED), (20, "Cleo", Reason.REPEATED),
    ]  # fmt: skip
    later = {"Ben": [(40, "Ben", Reason.REPEATED)], "Ana": [(30, "Ana", Reason.REPEATED)], "": []}
    assert told[3:] == later[next_backup], "and who is off shift sleeps"


def test_rule_15_an_alarm_a_minute_before_the_end_of_a_shift(bench: Bench) -> None:
    first, second = Duty("Ana", "Ben", START + 60), Duty("Ben", "Cleo", math.inf)
    bench = Bench(duty=lambda now: first if now < first.until else second)
    bench.go(1200, out=["T1"], step=10)
    told = [(made(one), one.person, one.reason) for one in bench.notices]
    assert told == [(0, "Ana", Reason.RAISED), (1, "Ben", Reason.REPEATED), (10, "Cleo", Reason.ESCALATED)]


def test_rule_15_nobody_acknowledged_is_told_only_when_somebody_was_asked() -> None:
    bench = Bench(total=1)
    bench.go(50, out=["D1"], step=10)
    assert bench.go(500, out=["D1", "D2"], step=10) == [], "withheld by the limit"
    bench.ack("D1", person="Ben")
    assert bench.go(1200, step=10) == ["Ana: D1 acknowledged by Ben"]


def test_rule_15_again_wakes_nobody_who_is_off_shift() -> None:
    first, second = Duty("Ana", "Ben", START + 1800), Duty("Cleo", "Dora", math.inf)
    bench = Bench(duty=lambda now: first if now < first.until else second)
    bench.go(700, out=["T1"], step=10)
    bench.ack("T1", person="Ana")
    bench.go(10)
    assert bench.go(3700, step=10) == [f"Cleo: CRITICAL still out, acknowledged an hour ago: {T1[9:]}"]


@pytest.mark.parametrize(("again", "told"), [(True, []), (False, [f"Cleo: {WORSE}"])])
def test_rule_15_what_gets_worse_wakes_nobody_who_is_off_shift(again: bool, told: list[str]) -> None:
    first, second = Duty("Ana", "Ben", START + 60), Duty("Cleo", "Dora", math.inf)
    bench = Bench(duty=lambda now: first if now < first.until else second)
    bench.go(70, out=["P"])
    assert bench.go(10, P=9.0 if not again else 2.5) == told


def test_rule_16_what_came_and_went_in_quiet_hours_is_told_in_the_morning() -> None:
    bench = Bench(quiet=lambda _person, now: now < START + 5000)
    for _ in range(2):
        bench.go(600, out=["D1"], step=10)
        bench.go(600, out=[], step=10)
    bench.go(60, out=["D2"], step=10)
    bench.go(60, out=["D3"], step=10)
    bench.ack("D3", person="Ben")
    assert bench.go(1000, out=[], step=10) == []
    bench.restart()
    (told,) = bench.go(1600, step=10)
    assert told == ("Ana: WARNING over in quiet hours: D1 back in limits, was 31.00 V, above 30 V (and 1 more alarm)")
    summary = bench.notices[-1]
    assert "D2" in summary.text
    assert "D3" not in summary.text, "somebody has seen it"
    assert (summary.reason, summary.severity, summary.channels) == (Reason.MORNING, WARNING, (Channel.SMS,))
    assert set(bench.policy.parameters(summary.code)) == {"D1", "D2"}
    assert bench.go(4000, step=10) == []
    bench.ack("D1", "D2")
    assert bench.go(100) == []


def test_rule_16_a_moment_in_quiet_hours_is_told_in_the_morning_too() -> None:
    bench = Bench(quiet=lambda _person, now: now < START + 60)
    bench.go(4, out=["D1"])
    (told,) = bench.go(70, out=[])
    assert told == "Ana: WARNING over in quiet hours: D1 back in limits, was 31.00 V, above 30 V"


def turn(bench: Bench, times: int, name: str = "T1", seconds: int = 60) -> None:
    for _ in range(times):
        bench.go(seconds, out=[name], step=10)
        bench.go(seconds, out=[], step=10)


def test_rule_14_what_chatters_is_told_once_and_its_turns_at_the_end(bench: Bench) -> None:
    turn(bench, 10)
    assert told_reasons(bench) == [Reason.RAISED, Reason.CHATTER, Reason.ESCALATED]
    assert told(bench.notices)[1] == (
        "Ana: CRITICAL goes out and back (3 times): T1 back in limits, was −140.0 °C, below −133 °C"
    )
    turn(bench, 5)
    assert bench.go(1200, step=10) == [
        "Ana: T1 back in limits", "Ben: T1 back in limits",
    ]  # fmt: skip
    assert "15 times out and back" in bench.notices[-1].short


def test_rule_14_an_answer_tells_the_turns_and_silences_what_chatters(bench: Bench) -> None:
    turn(bench, 4)
    bench.go(10, out=["T1"])
    bench.ack("T1")
    assert bench.go(2) == ["Ana: T1 acknowledged by Ana"]
    before = len(bench.notices)
    turn(bench, 20)
    assert bench.notices[before:] == []
    assert bench.go(1200, step=10) == ["Ana: T1 back in limits"]
    assert "24 times out and back" in bench.notices[-1].short


def test_rule_14_what_chattered_and_stays_out_is_told_whoever_answered(bench: Bench) -> None:
    turn(bench, 4)
    bench.go(10, out=["T1"])
    bench.ack("T1")
    bench.go(60, out=[])
    assert bench.go(590, out=["T1"], step=10) == []
    assert bench.go(1200, step=10) == [f"Ana: {T1}", f"Ben: {asked(T1)}"]


def test_rule_14_what_goes_out_in_hours_does_not_chatter(bench: Bench) -> None:
    for _ in range(3):
        bench.go(60, out=["T1"], step=10)
        bench.go(1200, out=[], step=10)
    assert told_reasons(bench) == [Reason.RAISED, Reason.CLEARED] * 3


def test_rule_14_what_gets_worse_while_it_chatters_is_told(bench: Bench) -> None:
    turn(bench, 4, "P")
    bench.go(20, out=["P"])
    assert bench.go(3, P=9.0) == [f"Ana: {WORSE}"]


def test_the_last_word_is_never_that_all_is_well_while_it_is_out(bench: Bench) -> None:
    """However often it came and went before, and however many messages there were."""
    bench = Bench(per_parameter=2, total=3)
    for seconds in (60, 400, 700, 100, 350, 320, 90, 800):
        bench.go(seconds, out=["T1"], step=10)
        assert not good_was_last(bench)
        bench.go(seconds, out=[], step=10)
    bench.go(60, out=["T1"], step=10)
    assert not good_was_last(bench)


def good_was_last(bench: Bench) -> bool:
    return [one for one in bench.notices if one.person == "Ana"][-1].reason is Reason.CLEARED


def test_rule_14_one_parameter_that_chatters_is_no_flood() -> None:
    bench = Bench(flood_alarms=3)
    turn(bench, 8, "D1")
    assert Reason.FLOOD not in told_reasons(bench)


def test_rule_15_good_news_takes_no_room_of_what_is_bad() -> None:
    bench = Bench(total=3)
    for name in ("D1", "D2"):
        bench.go(120, out=[name])
        bench.ack(name, person="Ben")
        bench.go(400, out=[], step=10)
    assert told_reasons(bench) == [Reason.RAISED, Reason.ACKNOWLEDGED, Reason.CLEARED] * 2
    assert bench.go(10, out=["D3"]) == ["Ana: WARNING D3 31.00 V, above 30 V"]


def test_rule_15_an_answer_that_is_over_at_once_is_one_word() -> None:
    bench = Bench(quiet=lambda _person, now: START + 100 <= now < START + 900)
    bench.go(110, out=["D1"])
    bench.ack("D1", person="Ben")
    assert bench.go(1000, out=[], step=10) == ["Ana: D1 back in limits"]


def test_rule_15_who_answers_a_message_gets_one_answer(bench: Bench) -> None:
    bench.go(700, out=["T1"], step=10)
    (event,) = bench.board.command(FlagCommand(Action.LOWER, "T1", "Ben"), bench.frame)
    assert isinstance(event, AlarmChanged)
    bench.notices += bench.policy.notices_for(event, bench.now, replied=True)
    assert bench.go(2) == ["Ana: T1 acknowledged by Ben"]


def test_rule_15_a_rise_in_severity_is_told_at_once_also_after_an_answer(bench: Bench) -> None:
    bench.go(60, out=["P"])
    bench.ack("P")
    bench.go(5)
    bench.go(1, P=9)
    assert bench.go(1) == [f"Ana: {WORSE}"]


def test_rule_11_told_again_after_an_hour(bench: Bench) -> None:
    bench.go(2, out=["T1"])
    bench.ack("T1")
    bench.go(2)
    assert bench.go(3600) == [f"Ana: CRITICAL still out, acknowledged an hour ago: {T1[9:]}"]
    bench.ack("T1")
    assert bench.go(2) == ["Ana: T1 acknowledged by Ana"]


def test_rule_14_one_incident_is_one_message_and_one_more(bench: Bench) -> None:
    assert bench.go(8, out=["T1", "D1"]) == [f"Ana: {T1}"]
    assert bench.go(4, out=["T1", "D1", "D2", "T2"]) == []
    assert bench.go(60) == ["Ana: CRITICAL T2 −140.0 °C, below −133 °C (and 2 more alarms)"]
    first, second = bench.notices
    assert (first.code, second.parameter) == (second.code, "T2")
    assert "The incident began with T1." in second.text
    assert set(bench.policy.parameters(first.code)) == {"T1", "T2", "D1", "D2"}


@pytest.mark.parametrize(("second", "seconds"), [("PCB_TEMP", 1), ("T2", 27)])
def test_rule_14_what_is_critical_in_another_subsystem_is_told_at_once(bench: Bench, second: str, seconds: int) -> None:
    bench.go(3, out=["T1"])
    bench.go(1, out=["T1", second])
    assert bench.go(seconds - 1) == []
    assert bench.go(1) == [f"Ana: CRITICAL {second} −140.0 °C, below −133 °C"]
    assert bench.notices[0].code == bench.notices[1].code
    assert "The incident began with T1." in bench.notices[1].text


def test_rule_14_what_is_graver_than_what_was_told_does_not_wait(bench: Bench) -> None:
    assert bench.go(9, out=["D1"]) == [f"Ana: {D1}"]
    bench.go(1, out=["D1", "T1"])
    assert bench.go(1) == [f"Ana: {T1}"]


def test_a_shelf_is_an_answer_and_what_is_still_out_after_it_is_told(bench: Bench) -> None:
    bench.go(10, out=["T1"])
    bench.act(Action.SHELVE, "T1", "Ben", "vent", 600)
    assert bench.go(599) == ["Ana: T1 shelved by Ben"]
    assert bench.go(3) == [f"Ana: {T1}"]


DUTIES = [
    (Duty("", "Ben", math.inf), {}, ["Ben"], "nobody is on duty"),
    (Duty("Ana", "Ben", math.inf), {"Ana": ()}, ["Ben"], "Ana cannot be reached"),
    (Duty("", "", math.inf), {"Ana": ()}, ["Ben", "Cleo"], "nobody is on duty and there is no backup"),
    (Duty("Ana", "Ben", math.inf), {"Ana": (), "Ben": (), "Cleo": (Channel.EMAIL,)}, ["Cleo"], "Ben neither"),
    (Duty("Ana", "Ben", math.inf), {"Ana": (), "Ben": (), "Cleo": ()}, ["Ana"], "Ana cannot be reached"),
]


@pytest.mark.parametrize(("duty", "reach", "people", "why"), DUTIES)
def test_somebody_is_told_whoever_is_on_duty(
    duty: Duty, reach: dict[str, tuple[Channel, ...]], people: list[str], why: str
) -> None:
    bench = Bench(duty=lambda _now: duty, reach=lambda person: reach.get(person, tuple(Channel)))
    bench.go(2, out=["T1"])
    assert [notice.person for notice in bench.notices] == people
    assert all(why in notice.text and notice.channels for notice in bench.notices)


@pytest.mark.parametrize(("backup", "people"), [("", ["Ben", "Cleo"]), ("Ana", ["Ben", "Cleo"]), ("Cleo", ["Cleo"])])
def test_without_another_backup_everybody_else_is_asked(backup: str, people: list[str]) -> None:
    bench = Bench(duty=lambda _now: Duty("Ana", backup, math.inf))
    bench.go(700, out=["T1"])
    assert [notice.person for notice in bench.notices if notice.reason is Reason.ESCALATED] == people


def test_a_severity_without_a_route_tells_nobody() -> None:
    bench = Bench(routes={CRITICAL: (Channel.CALL,)})
    assert bench.go(700, out=["D1"]) == []
    bench.go(2, out=["D1", "T1"])
    assert [notice.channels for notice in bench.notices] == [(Channel.CALL,)]


def test_good_news_calls_nobody_who_can_be_written_to() -> None:
    bench = Bench(routes={CRITICAL: (Channel.CALL,)}, reach=lambda _person: (Channel.CALL, Channel.EMAIL))
    bench.go(2, out=["T1"])
    bench.ack("T1")
    bench.go(2)
    assert [notice.channels for notice in bench.notices] == [(Channel.CALL,), (Channel.EMAIL,)]


def test_rule_16_the_next_message_tells_how_many_were_withheld() -> None:
    bench = Bench(per_parameter=2)
    for _ in range(4):
        bench.go(120, out=["D1"], step=10)
        bench.go(700, out=[], step=10)
    assert told_reasons(bench) == [Reason.RAISED, Reason.CLEARED] * 2
    assert bench.policy.withheld == 2
    bench.go(10, out=["D2"])
    assert "2 messages were withheld" in bench.notices[-1].text
    assert "2 messages withheld before" in bench.notices[-1].short
    assert bench.policy.withheld == 0


def told_reasons(bench: Bench) -> list[Reason]:
    return [notice.reason for notice in bench.notices]


def test_rule_16_nothing_critical_is_withheld() -> None:
    bench = Bench(total=1, per_parameter=1)
    bench.go(40, out=["D1"])
    assert bench.go(70, out=["D1", "D2"]) == []
    for _ in range(3):
        assert bench.go(3, out=["D1", "D2", "T1"])[0] == f"Ana: {T1}"
        bench.ack("T1", person="Ben")
        assert bench.go(700, out=["D1", "D2"], step=10)[:2] == ["Ana: T1 acknowledged by Ben", "Ana: T1 back in limits"]


def test_rule_16_what_was_withheld_and_is_still_out_is_told_when_the_limit_allows() -> None:
    bench = Bench(total=1)
    bench.go(10, out=["D1"])
    assert bench.go(3000, out=["D1", "D2"], step=10) == []
    assert bench.go(700, step=10) == ["Ana: WARNING D2 31.00 V, above 30 V"]


def test_rule_16_quiet_hours_hold_back_what_is_not_critical_until_they_end() -> None:
    bench = Bench(quiet=lambda _person, now: now < START + 5000)
    assert bench.go(1200, out=["D1"]) == []
    assert bench.go(1200, out=["D1", "D2"]) == []
    assert bench.go(2, out=["D1", "D2", "T1"]) == [f"Ana: {T1}"]
    bench.ack("T1")
    bench.go(100, out=["D1", "D3"])
    bench.go(100, out=["D1", "P"])
    told = bench.go(2600, step=10)
    assert told[:2] == ["Ana: T1 back in limits", f"Ana: {D1} (and 1 more alarm)"]
    assert set(bench.policy.parameters(bench.notices[-2].code)) == {"D1", "P"}
    assert told[2] == "Ana: WARNING over in quiet hours: D2 back in limits, was 31.00 V, above 30 V (and 1 more alarm)"


MANY = [f"F{number}" for number in range(12)]


def test_rule_14_a_flood_is_a_summary_and_its_end_another() -> None:
    bench = Bench()
    assert bench.go(60, out=MANY) == ["Ana: WARNING flood: 12 alarms, 12 still out"]
    code = bench.notices[-1].code
    assert bench.policy.parameters(code) == tuple(MANY)
    assert bench.go(3, out=[*MANY, "T1"]) == [f"Ana: {T1}"]
    assert bench.go(60, out=["D1", *MANY]) == []
    bench.ack(*MANY, "T1", "D1")
    assert bench.go(2) == ["Ana: F0 and 11 more acknowledged by Ana"]
    assert bench.go(600, out=[]) == ["Ana: flood is over: 14 alarms, none still out"]
    assert bench.policy.parameters(code) == ()


def test_a_flood_nobody_answers_goes_to_the_backup_in_one_message() -> None:
    bench = Bench()
    bench.go(60, out=MANY)
    assert bench.go(700) == [
        "Ana: flood is over: 12 alarms, 12 still out",
        f"Ben: {asked('WARNING F0 31.00 V, above 30 V')} (and 11 more alarms)",
    ]


def test_the_summary_of_a_flood_is_renewed_now_and_then() -> None:
    bench = Bench(flood_every_s=100)
    bench.go(60, out=MANY)
    assert bench.go(100, out=[*MANY[1:], "D1", "D2"]) == ["Ana: WARNING flood: 14 alarms, 13 still out"]


def test_codes_have_four_digits_and_are_not_given_twice_among_the_living(bench: Bench) -> None:
    codes = []
    for name in ("D1", "D2", "D3", "T1", "T2", "T3"):
        bench.go(61, out=[name], step=10)
        codes.append(next(notice.code for notice in reversed(bench.notices) if notice.code))
        bench.restart()
    assert len(set(codes)) == 6
    assert all(code.isdigit() and len(code) == 4 for code in codes)
    assert [bench.policy.parameters(code) for code in codes][:2] == [("D1",), ("D2",)]
    bench.ack("D1")
    assert bench.policy.parameters(codes[0]) == ()
    assert bench.policy.parameters("0000") == ()


def test_other_kinds_of_alarm_say_what_they_are_about(bench: Bench) -> None:
    bench.go(100, out=[], T1=math.nan)
    frame = EntryContext(bench.now)
    bench.tell(bench.board.timer("T2", WARNING, "reaches 35 °C in 9 min", bench.now, bench.now, frame, AlarmKind.TREND))
    bench.go(700, out=[], step=10)
    subjects = [notice.subject.rpartition(" [")[0] or notice.subject for notice in bench.notices]
    assert subjects == [
        "WARNING T1: no valid reading", "WARNING T2: reaches 35 °C in 9 min", "T1 has valid readings again",
        "WARNING nobody acknowledged for 10 min: T2: reaches 35 °C in 9 min",
    ]  # fmt: skip


def test_the_same_thing_has_the_same_key_whatever_came_between(bench: Bench) -> None:
    bench.go(1, out=["T1"])
    memory = restarted(bench.policy.memory())
    bench.go(700)
    first = {notice.key for notice in bench.notices}
    bench.policy.restore(memory)
    again = [*bench.policy.tick(bench.now), *bench.policy.tick(bench.now + 700)]
    assert {notice.key for notice in again} == first


def test_a_comment_is_no_news(bench: Bench) -> None:
    bench.go(10, out=["T1"])
    bench.act(Action.COMMENT, "T1", comment="hm")
    bench.act(Action.COMMENT, "D1", comment="risen")
    assert bench.go(100) == []


def test_many_at_once_are_one_message() -> None:
    bench = Bench(total=3)
    event = next(one for one in bench.board.timer("HK rows", CRITICAL, "x", START + 1, START + 1, bench.frame))
    assert isinstance(event, AlarmChanged)
    for number in range(301):
        alarm = replace(event.alarm, parameter=f"X{number}", incident=number, first_out=f"X{number}")
        entry = replace(event.entry, parameter=alarm.parameter, incident=number)
        bench.notices += bench.policy.notices_for(AlarmChanged(alarm, entry, ""), START + 2)
    bench.notices += bench.policy.tick(START + 3)
    assert told(bench.notices) == ["Ana: CRITICAL X0: x (and 300 more alarms)"]


def test_in_a_flood_an_alarm_goes_over_to_the_incident_it_comes_again_with() -> None:
    bench = Bench(flood_every_s=200)
    bench.go(60, out=MANY)
    bench.go(10, out=[*MANY, "D3"])
    bench.go(40, out=MANY)
    assert bench.go(200, out=[*MANY, "D2", "D3"]) == ["Ana: WARNING flood: 14 alarms, 14 still out"]
    code = bench.notices[-1].code
    assert {"D2", "D3"} < set(bench.policy.parameters(code))
