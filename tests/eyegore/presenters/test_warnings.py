"""What the health strip and the list say of warnings."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from eyegore.limits.model import Severity
from eyegore.messages.events import WarningLine, WarningsState
from eyegore.presenters.warnings import closing_question, warning_cell, warnings_cells
from eyegore.widgets.cells.flags import Status

ARMED = WarningsState(("sms", "email", "call"), "Ana", "Ben", "path proven 08:02 by Ana", True, 0, 0)
OVERDUE = "proof overdue: Ana was asked 08:02, last proven 13/Mar 08:05 by Ben"
MADE = time.mktime((2019, 3, 14, 21, 54, 5, 0, 0, -1))
LINE = WarningLine(
    key="k",
    made=MADE,
    changed=MADE + 4,
    severity=Severity.CRITICAL,
    reason="raised",
    person="Ana",
    channel="sms",
    address="+49 170",
    subject="CRITICAL CCD2_TEMP_B",
    text="CCD2_TEMP_B -136\nACK 4711",
    state="sent",
    detail="queued\nSM5e",
    attempts=1,
    open=False,
    failed=False,
)
G, A, X, N = Status.IN_LIMITS, Status.WARNING, Status.CRITICAL, None


def strip(state: WarningsState | None) -> list[tuple[Status | None, str]]:
    return [(cell.status, f"{cell.label} {cell.text}".strip()) for cell in warnings_cells(state)]


DUTY, PROVEN, EMPTY = (N, "on duty Ana (backup Ben)"), (N, "proven 08:02 by Ana"), (N, "outbox empty")


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (None, [(Status.UNCHECKED, "warnings off")]),
        (ARMED, [(G, "warnings sms email call armed"), DUTY, PROVEN, EMPTY]),
        (
            replace(ARMED, withheld=2, waiting=3),
            [(G, "warnings sms email call armed"), DUTY, PROVEN, (N, "2 withheld"), (N, "outbox 3 waiting")],
        ),
        (replace(ARMED, proof="", proven=None), [(G, "warnings sms email call armed"), DUTY, EMPTY]),
        (
            replace(ARMED, proof=OVERDUE, proven=False),
            [
                (A, "warnings sms email call armed"),
                DUTY,
                (A, "proof overdue: Ana was asked 08:02"),
                EMPTY,
            ],
        ),
        (
            replace(ARMED, problems={"email": "login refused", "sms": ""}),
            [(A, "warnings sms call armed, email fails"), DUTY, PROVEN, EMPTY],
        ),
        (
            replace(ARMED, channels=("sms", "email"), problems={"email": "login refused", "sms": "no answer"}),
            [(A, "warnings email sms fail"), DUTY, PROVEN, EMPTY],
        ),
        (replace(ARMED, channels=()), [(A, "warnings no channel set up"), DUTY, PROVEN, EMPTY]),
        (
            replace(ARMED, on_duty=""),
            [(A, "warnings sms email call armed"), (A, "on duty nobody (backup Ben)"), PROVEN, EMPTY],
        ),
        (
            replace(ARMED, on_duty="", backup=""),
            [(A, "warnings sms email call armed"), (A, "on duty nobody"), PROVEN, EMPTY],
        ),
        (
            replace(ARMED, backup=""),
            [(G, "warnings sms email call armed"), (N, "on duty Ana"), PROVEN, EMPTY],
        ),
    ],
)
def test_strip(state: WarningsState | None, told: list[tuple[Status | None, str]]) -> None:
    assert strip(state) == told


def test_segments_have_keys_of_their_own_and_the_tip_tells_everything() -> None:
    cells = warnings_cells(
        replace(ARMED, proof=OVERDUE, proven=False, problems={"email": "login refused"}, withheld=2, waiting=3)
    )
    assert [cell.key for cell in cells] == ["warnings", "duty", "proof", "withheld", "outbox"]
    for words in ("sms: armed", "email: login refused", "Ana (backup Ben)", OVERDUE, "2 withheld", "3 waiting"):
        assert words in cells[0].tip
    assert "-W" in warnings_cells(None)[0].tip


@pytest.mark.parametrize(
    ("change", "status", "heading"),
    [
        ({}, G, "What went out"),
        ({"failed": True}, A, "What went out"),
        ({"state": "refused", "failed": True}, X, "Did not go out"),
        ({"state": "too late", "failed": True}, X, "Did not go out"),
        ({"state": "not needed any more"}, Status.OUT_OF_SERVICE, "Did not go out"),
        ({"state": "waiting", "open": True, "attempts": 0, "detail": ""}, Status.UNKNOWN, "What goes out"),
        ({"state": "being sent", "open": True, "detail": ""}, Status.UNKNOWN, "What goes out"),
        ({"state": "waiting", "open": True}, A, "What goes out"),
        ({"state": "being sent", "open": True, "failed": True, "detail": ""}, A, "What goes out"),
    ],
)
def test_state_of_a_warning(change: dict[str, object], status: Status, heading: str) -> None:
    cell = warning_cell(replace(LINE, **change))  # type: ignore[arg-type]
    assert (cell.status, cell.heading) == (status, heading)


def test_a_row_tells_what_when_whom_and_the_result() -> None:
    cell = warning_cell(LINE)
    assert (cell.time, cell.person, cell.channel, cell.address) == ("14/Mar 21:54:05", "Ana", "sms", "+49 170")
    assert (cell.answer, cell.text) == ("queued SM5e", "CCD2_TEMP_B -136\nACK 4711")
    assert cell.facts == (
        "+49 170",
        "because of: raised (CRITICAL)",
        "written 14/Mar 21:54:05",
        "sent 14/Mar 21:54:09",
        "1 attempt",
        "provider’s answer: queued\nSM5e",
    )
    untried = warning_cell(replace(LINE, attempts=0, detail="", address="", severity=Severity.NONE, reason="test"))
    assert untried.facts[0] == "because of: test"
    assert untried.facts[-1] == "not tried yet"


@pytest.mark.parametrize(
    ("waiting", "end"), [(0, "alarms."), (1, "1 message is not sent yet."), (3, "3 messages are not sent yet.")]
)
def test_the_question_before_closing(waiting: int, end: str) -> None:
    assert closing_question(replace(ARMED, waiting=waiting)).endswith(end)
