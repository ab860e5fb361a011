"""When alarms lasted, from live events and from the journal."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from eyegore.alarms.spans import AlarmSpan, AlarmSpans
from eyegore.limits.model import Severity
from eyegore.messages.events import Alarm, AlarmChanged, AlarmEntry, AlarmKind, AlarmState, Transition

NAN = float("nan")
OUT = Alarm("T", AlarmKind.OOL, AlarmState.UNACK, Severity.CRITICAL, True, -136.0, "degC", 103.0, 100.0, -136.0, 101.0)
BACK = replace(OUT, state=AlarmState.RTN_UNACK, active=False, time=200.0, worst=-137.0, worst_time=150.0)
SEEN = (AlarmState.UNACK, AlarmState.ACKED)


def entry(
    what: str, data_time: float, before: AlarmState | None = None, after: AlarmState | None = None, **others: object
) -> AlarmEntry:
    fields: dict[str, object] = {
        "time": data_time, "data_time": data_time, "parameter": "T", "kind": AlarmKind.OOL,
        "before": before, "after": after, "severity": Severity.CRITICAL, "value": -136.0, "limit": "", "context": "S",
        "person": "", "comment": "",
        "table": "", "what": Transition.__members__.get(what.upper()),
    }  # fmt: skip
    return AlarmEntry(**(fields | others))  # type: ignore[arg-type]


def told(alarm: Alarm, what: str = "raised", **others: object) -> AlarmChanged:
    return AlarmChanged(alarm, entry(what, alarm.time, **others), "")  # type: ignore[arg-type]


def spans(*entries: AlarmEntry) -> list[AlarmSpan]:
    book = AlarmSpans()
    book.past(entries)
    return book.of("T")


def test_an_alarm_lasts_then_is_over() -> None:
    book = AlarmSpans()
    book.take(told(OUT))
    assert book.of("T") == [AlarmSpan("T", AlarmKind.OOL, Severity.CRITICAL, 100.0, math.inf, -136.0, 101.0)]
    assert book.of("T")[0].lasting
    assert book.of("other") == []
    book.take(told(BACK, "returned"))
    assert book.of("T") == [AlarmSpan("T", AlarmKind.OOL, Severity.CRITICAL, 100.0, 200.0, -137.0, 150.0)]


def test_a_person_who_lowers_it_has_seen_it() -> None:
    book = AlarmSpans()
    book.take(told(OUT))
    book.take(told(BACK, "returned"))
    book.take(
        told(
            replace(BACK, state=AlarmState.NORMAL),
            "mine",
            before=AlarmState.RTN_UNACK,
            after=AlarmState.NORMAL,
            person="me",
        )
    )
    assert [span.seen for span in book.of("T")] == [True]


@pytest.mark.parametrize(
    ("state", "seen"), [(AlarmState.UNACK, False), (AlarmState.ACKED, True), (AlarmState.SHELVED, False)]
)
def test_what_lasts_is_seen_when_it_is_acknowledged(state: AlarmState, seen: bool) -> None:
    book = AlarmSpans()
    book.take(told(OUT))
    book.take(told(replace(OUT, state=state), "acknowledged", person="me"))
    assert [span.seen for span in book.of("T")] == [seen]


def test_shelving_does_not_unsee() -> None:
    book = AlarmSpans()
    book.take(told(replace(OUT, state=AlarmState.ACKED)))
    book.take(told(replace(OUT, state=AlarmState.SHELVED), "shelved", person="me"))
    assert [span.seen for span in book.of("T")] == [True]


def test_the_kinds_of_one_parameter_are_apart() -> None:
    book = AlarmSpans()
    book.take(told(OUT))
    book.take(told(replace(OUT, kind=AlarmKind.INVALID, since=120.0)))
    book.take(told(BACK, "returned"))
    assert [(span.kind, span.lasting) for span in book.of("T")] == [(AlarmKind.OOL, False), (AlarmKind.INVALID, True)]


JOURNAL = [
    pytest.param([entry("raised", 100)], [(100.0, math.inf, False)], id="lasts"),
    pytest.param([entry("raised", 100), entry("returned", 200)], [(100.0, 200.0, False)], id="over"),
    pytest.param([entry("returned", 200)], [], id="the begin is not kept any more"),
    pytest.param([entry("pending", 90), entry("glitch", 91)], [], id="a glitch is none"),
    pytest.param(
        [entry("raised", 100), entry("ok", 150, *SEEN, person="me"), entry("returned", 200)],
        [(100.0, 200.0, True)],
        id="acknowledged with a comment",
    ),
    pytest.param(
        [entry("raised", 100), entry("returned", 110, person="joker")], [(100.0, math.inf, False)],
        id="a comment of a person is no step",
    ),
    pytest.param(
        [entry("raised", 100), entry("raised", 300)], [(100.0, 300.0, False), (300.0, math.inf, False)],
        id="an end was lost",
    ),
    pytest.param(
        [entry("raised", 100), entry("x", 120, *SEEN, person="me"), entry("risen", 130)],
        [(100.0, math.inf, False)],
        id="worse opens it again",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "expected"), JOURNAL)
def test_the_journal_is_paired(entries: list[AlarmEntry], expected: list[tuple[float, float, bool]]) -> None:
    assert [(span.since, span.until, span.seen) for span in spans(*entries)] == expected


def test_the_worst_of_the_journal_comes_at_the_end() -> None:
    (span,) = spans(entry("raised", 100.0), entry("returned", 200.0, value=-140.0))
    assert span.worst == -140.0
    assert math.isnan(span.worst_time)
    (span,) = spans(entry("raised", 100.0), entry("returned", 200.0))
    assert (span.worst, span.worst_time) == (-136.0, 100.0)


def test_after_a_restart_the_standing_alarm_tells_more_than_the_journal() -> None:
    book = AlarmSpans()
    book.past([entry("raised", 103.0)])
    book.stand([OUT])
    assert [(span.since, span.worst_time) for span in book.of("T")] == [(100.0, 101.0)]
    book.past([])
    book.stand([replace(OUT, state=AlarmState.NORMAL, active=False, since=NAN, worst=NAN, time=180.0)])
    assert [(span.until, span.worst) for span in book.of("T")] == [(180.0, -136.0)]


def test_another_excursion_ends_the_one_whose_end_is_lost() -> None:
    book = AlarmSpans()
    book.past([entry("raised", 103.0)])
    book.stand([replace(OUT, since=500.0)])
    assert [(span.since, span.until) for span in book.of("T")] == [(103.0, 500.0), (500.0, math.inf)]


def test_the_number_is_bounded_and_what_lasts_is_kept() -> None:
    book = AlarmSpans(most=3)
    book.stand([replace(OUT, parameter="L")])
    book.past(one for at in range(10) for one in (entry("raised", 10.0 * at), entry("returned", 10.0 * at + 5)))
    assert [span.since for span in book.of("T")] == [70.0, 80.0, 90.0]
    assert len(book.of("L")) == 1


def test_the_revision_tells_of_changes() -> None:
    book = AlarmSpans()
    known = book.revision
    book.take(told(OUT))
    assert book.revision > known
