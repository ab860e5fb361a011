"""What a person reads and hears: all that rule 19 asks for, in as much room as the channel has."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace

import pytest

from eyegore.alarms.words import IMAGE_RESPONSES, TIMER_RESPONSES, response_to
from eyegore.limits.model import Limit, LimitSet, Parameter, Range, Severity, Verdict, describe
from eyegore.limits.table import VERSIONS, table_for
from eyegore.messages.events import Alarm, AlarmKind, AlarmState
from eyegore.messages.warnings import Reason
from eyegore.warning.channels.gsm7 import gsm_text, segments
from eyegore.warning.policy.rules import Circumstances
from eyegore.warning.policy.text import Telling, words
from eyegore.warning.replies.reply import orders_of

CCD = Range(-133.0, 35.0)
ALARM = Alarm(
    "CCD1_TEMP_T", AlarmKind.OOL, AlarmState.UNACK, Severity.CRITICAL, active=True, value=-136.05, unit="degC",
    time=951_000_005.0, since=951_000_000.0, worst=-136.05, limit=describe(CCD, "degC"), incident=3,
    first_out="CCD1_TEMP_T", side=Verdict.LOW, bounds=CCD.bounds,
)  # fmt: skip
OVER = replace(ALARM, active=False, state=AlarmState.RTN_UNACK, value=-120.0, time=951_000_070.0)
INVALID = replace(
    ALARM, parameter="COMM_IG2_T", kind=AlarmKind.INVALID, severity=Severity.WARNING, side=Verdict.INVALID, unit="V"
)
HK = Alarm(
    "HK rows", AlarmKind.DEADMAN, AlarmState.UNACK, Severity.CRITICAL, active=True, since=951_000_000.0,
    time=951_000_061.0, limit="no HK row for 61 s (ELVIS stopped?)", side=Verdict.STALE,
)  # fmt: skip
AROUND = Circumstances(
    "FLAT_01", 2345, -0.828274, -136.05, "Switch the heater on.", "degC", "CCD1 temperature, top sensor", 951_000_005.0
)
TELLING = Telling(
    Reason.RAISED, Severity.CRITICAL, (ALARM,), code="4711", circumstances={ALARM.key: AROUND}, withheld=2,
    why="nobody is on duty", lab="Clean room", note="Lab: +44 1234", lab_now=951_000_006.0,
)  # fmt: skip


def test_rule_19_a_mail_says_all() -> None:
    assert words(TELLING).subject == "Clean room: CRITICAL CCD1_TEMP_T −136.1 °C, below −133 °C [4711]"
    assert words(TELLING).text == (
        "CRITICAL CCD1_TEMP_T −136.1 °C, below −133 °C\n"
        "\n"
        "CRITICAL CCD1_TEMP_T −136.1 °C, below −133 °C\n"
        "  what        CCD1 temperature, top sensor\n"
        "  since       19/Feb 22:40:00 (clock of the lab)\n"
        "  limit       −133 … 35 °C\n"
        "  worst       −136.1 °C\n"
        "  now         −136.1 °C\n"
        "  trend       −0.83 °C per minute\n"
        "  test        FLAT_01 ObsID 2345\n"
        "  what to do  Switch the heater on.\n"
        "\n"
        'To acknowledge, answer "ACK 4711", and a comment if you like; or "SHELVE 4711 1h".\n'
        "\n"
        "2 messages were withheld before this one: there were more than the limit.\n"
        "\n"
        "You are told because nobody is on duty.\n"
        "\n"
        "Lab: +44 1234\n"
    )


def test_rule_19_a_text_message_says_all() -> None:
    assert words(TELLING).short == (
        "Clean room: CRITICAL CCD1_TEMP_T -136.1 degC, below -133 degC; since 22:40; 2 messages withheld before; "
        "-0.83 degC per minute; FLAT_01 ObsID 2345; nobody is on duty. Switch the heater on. Reply ACK 4711"
    )


def test_a_call_is_fit_for_a_voice() -> None:
    assert words(TELLING).spoken == (
        "This is Eyegore at Clean room. Critical alarm. C C D 1 temperature, top sensor, minus 136.1 degrees Celsius, "
        "below minus 133 degrees Celsius. Since 22:40. Falling 0.83 degrees Celsius per minute. What to do: Switch the "
        "heater on. To acknowledge, answer by text message: A, C, K, and then 4, 7, 1, 1. I repeat: 4, 7, 1, 1."
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ROE serial (VRCLK) clock supply", "R O E serial clock supply, "),
        ("CCD1 output-drain voltage, top half (quadrants G,H)", "C C D 1 output-drain voltage, top half, "),
        ("16-bit SpaceWire status register; nominal 0x2FA0 = 12192", "16-bit SpaceWire status register, "),
        ("", "C C D 1 temperature top "),
    ],
)
def test_a_call_names_a_parameter_in_words(name: str, told: str) -> None:
    around = {ALARM.key: replace(AROUND, name=name)}
    assert f"Critical alarm. {told}minus 136.1" in words(replace(TELLING, circumstances=around)).spoken


def said(reason: Reason, *alarms: Alarm, **more: object) -> str:
    """The subject of a message without code, and behind a bar what its text message adds but for what to do."""
    told = words(replace(TELLING, reason=reason, alarms=alarms, severity=max(one.severity for one in alarms),
                         code="", withheld=0, why="", lab="", **more))  # fmt: skip
    body = told.short.removeprefix(gsm_text(told.subject))
    todo = response_to(alarms[0], AROUND.response)
    return f"{told.subject} |{body.removesuffix(f' {todo}')}"


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (said(Reason.RAISED, OVER),
         "CRITICAL CCD1_TEMP_T back in limits, was −136.1 °C, below −133 °C |; from 22:40:00 to 22:41:10; "
         "FLAT_01 ObsID 2345"),
        (said(Reason.RAISED, replace(INVALID, active=False)),
         "WARNING COMM_IG2_T has valid readings again |; from 22:40:00 to 22:40:05"),
        (said(Reason.RAISED, replace(HK, active=False)),
         "CRITICAL HK rows arrive again (it was: no HK row for 61 s (ELVIS stopped?)) |; from 22:40:00 to 22:41:01"),
        (said(Reason.CLEARED, OVER), "CCD1_TEMP_T back in limits |; from 22:40:00 to 22:41:10; worst -136.1 degC"),
        (said(Reason.CLEARED, *(replace(INVALID, active=False, parameter=f"P{one}", time=INVALID.time + 60 * one)
                               for one in range(6))),
         "P0 and 5 more have valid readings again |; from 22:40:00 to 22:45:05"),
        (said(Reason.CLEARED, replace(HK, active=False)), "HK rows arrive again |; from 22:40:00 to 22:41:01"),
        (said(Reason.ESCALATED, ALARM, waited=600.0),
         "CRITICAL nobody acknowledged for 10 min: CCD1_TEMP_T −136.1 °C, below −133 °C |; since 22:40; "
         "-0.83 degC per minute; FLAT_01 ObsID 2345."),
        (said(Reason.AGAIN, ALARM, lab_now=951_100_000.0),
         "CRITICAL still out, acknowledged an hour ago: CCD1_TEMP_T −136.1 °C, below −133 °C |; since 19/Feb 22:40; "
         "-0.83 degC per minute; FLAT_01 ObsID 2345."),
        (said(Reason.REPEATED, ALARM, waited=2400.0),
         "CRITICAL still nobody acknowledged, for 40 min: CCD1_TEMP_T −136.1 °C, below −133 °C |; since 22:40; "
         "-0.83 degC per minute; FLAT_01 ObsID 2345."),
        (said(Reason.CHATTER, OVER, turns={ALARM.key: 3}),
         "CRITICAL goes out and back (3 times): CCD1_TEMP_T back in limits, was −136.1 °C, below −133 °C |; from "
         "22:40:00 to 22:41:10; FLAT_01 ObsID 2345."),
        (said(Reason.CLEARED, OVER, turns={ALARM.key: 7}),
         "CCD1_TEMP_T back in limits |; from 22:40:00 to 22:41:10; 7 times out and back; worst -136.1 degC"),
        (said(Reason.MORNING, replace(OVER, severity=Severity.WARNING), replace(INVALID, active=False)),
         "WARNING over in quiet hours: CCD1_TEMP_T back in limits, was −136.1 °C, below −133 °C (and 1 more alarm) |; "
         "from 22:40:00 to 22:41:10; also COMM_IG2_T; FLAT_01 ObsID 2345"),
        (said(Reason.RISEN, HK), "CRITICAL worse than told before: HK rows: no HK row for 61 s (ELVIS stopped?) |; "
         "since 22:40."),
        (said(Reason.ACKNOWLEDGED, ALARM, by="Ana", verb="acknowledged", comment="at it"),
         "CCD1_TEMP_T acknowledged by Ana |; at it; go back to sleep"),
        (said(Reason.RAISED, replace(HK, parameter="WARNINGS by call", severity=Severity.WARNING, limit="not "
                                     "delivered to Ana: no such number")),
         "WARNING telephone calls: not delivered to Ana: no such number |; since 22:40."),
        (said(Reason.RAISED, replace(ALARM, kind=AlarmKind.TREND, severity=Severity.WARNING, unit="", value=math.nan,
                                     limit="reaches −133 °C at 03:41 (25 ± 4 min)"),
              circumstances={"CCD1_TEMP_T/TREND": replace(AROUND, value=-131.0)}),
         "WARNING CCD1_TEMP_T −131.0 °C, reaches −133 °C at 03:41 (25 ± 4 min) |; since 22:40; "
         "-0.83 degC per minute; FLAT_01 ObsID 2345."),
    ],
)  # fmt: skip
def test_every_message_has_the_same_shape_and_says_what_is_true(told: str, text: str) -> None:
    assert told == text


def test_a_value_that_no_longer_comes_is_the_last_one() -> None:
    old = words(replace(TELLING, circumstances={ALARM.key: replace(AROUND, old=True)})).text
    assert "  last        −136.1 °C at 19/Feb 22:40:05, no value since\n" in old
    assert "  now " not in old


def test_what_ran_out_is_told_in_its_newest_words() -> None:
    full = replace(HK, parameter="DATA VOLUME", limit="full at 17:40 (51 min), 12 GB free")
    around = {full.key: Circumstances(text="full at 17:46 (41 min), 10 GB free")}
    told = words(Telling(Reason.ESCALATED, Severity.CRITICAL, (full,), waited=600, circumstances=around))
    assert told.subject == "CRITICAL nobody acknowledged for 10 min: DATA VOLUME: full at 17:46 (41 min), 10 GB free"


def test_a_flood_counts_what_is_out_not_what_is_new() -> None:
    alarms = tuple(replace(ALARM, parameter=f"CCD{one}_TEMP_T", since=ALARM.since - one) for one in range(11))
    flood = Telling(Reason.FLOOD, Severity.CRITICAL, alarms, code="4711", raised=11)
    assert words(flood).subject == "CRITICAL flood: 11 alarms, 11 still out, 11 of them critical [4711]"
    assert words(replace(flood, flood_over=True)).subject == (
        "flood is over: 11 alarms, 11 still out, 11 of them critical [4711]"
    )
    assert "First out was CCD10_TEMP_T: begin there" in words(flood).short


# --- what to do is never cut -----------------------------------------------------------------------------------------

TABLES = [table for elvis in VERSIONS if (table := table_for(elvis)) is not None]


def limits_of(each: Parameter) -> Iterator[tuple[AlarmKind, Limit | None]]:
    yield AlarmKind.OOL, each.limit(LimitSet.SAFE)
    yield AlarmKind.PERFORMANCE, each.limit(LimitSet.PERFORMANCE)
    yield AlarmKind.INVALID, each.limit(LimitSet.SAFE)
    yield AlarmKind.TREND, each.limit(LimitSet.SAFE)


def alarms_of_tables() -> Iterator[tuple[Alarm, str]]:
    """Each alarm that the shipped tables can raise, with a long value, and what they say to do."""
    known = {(each.name, each.response_low): each for table in TABLES for each in table.parameters.values()}
    for each in known.values():
        for (kind, limit), side in itertools.product(limits_of(each), (Verdict.LOW, Verdict.HIGH)):
            bounds = limit.bounds if isinstance(limit, Range) else Range(-math.inf, math.inf).bounds
            text = "reaches −133 °C at 03:41 (125 ± 14 min)" if kind is AlarmKind.TREND else describe(limit, each.unit)
            value = -12345.678 if side is Verdict.LOW else 12345.678
            yield replace(
                ALARM, parameter=each.name, kind=kind, unit=each.unit, value=value, worst=value, limit=text, side=side,
                bounds=bounds,
            ), each.todo(side)  # fmt: skip


def alarms_in_words() -> Iterator[tuple[Alarm, str]]:
    longest = "x" * 120
    for name in (*TIMER_RESPONSES, "VOLUME OF backup", "BACKUP a@b:/mnt", "BROADCAST campaign", "WARNINGS by answers"):
        yield replace(HK, parameter=name, limit=longest), ""
    for about in (*IMAGE_RESPONSES, "fluence"):
        yield replace(HK, parameter=f"IMAGE CCD1 {about}", kind=AlarmKind.FRAME, limit=longest), ""


def test_what_to_do_is_never_cut_whatever_is_wrong() -> None:
    seen = 0
    for alarm, todo in (*alarms_of_tables(), *alarms_in_words()):
        circumstances = {alarm.key: replace(AROUND, test="PERSIST01_LONG_NAME", response=todo, value=math.nan)}
        telling = replace(
            TELLING, reason=Reason.ESCALATED, alarms=(alarm,) * 9, waited=7200.0, lab="Mullard Space Science Lab",
            circumstances=circumstances,
        )  # fmt: skip
        told, answer = words(telling), "Reply ACK 4711"
        text = told.short
        assert segments(text) <= 2
        do = gsm_text(response_to(alarm, todo))
        assert text.endswith(f". {do} {answer}")
        head = gsm_text(told.subject.removeprefix(f"{telling.lab}: ").removesuffix(" (and 8 more alarms) [4711]"))
        if not alarm.kind.in_words or alarm.kind is AlarmKind.TREND:
            assert head in text, "the parameter, its value and the limit have room too"
        seen += 1
    assert seen > 700


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.asks and reason is not Reason.FLOOD])
def test_what_to_do_is_never_cut_whyever_it_is_told(reason: Reason) -> None:
    longest, todo = max(alarms_of_tables(), key=lambda one: (len(response_to(*one)), len(one[0].parameter)))
    around = {longest.key: replace(AROUND, response=todo)}
    text = words(replace(TELLING, reason=reason, alarms=(longest,), circumstances=around)).short
    assert text.endswith(f". {gsm_text(response_to(longest, todo))} Reply ACK 4711")


# --- safe whatever comes ---------------------------------------------------------------------------------------------


def test_no_line_of_a_person_gets_into_the_subject() -> None:
    telling = Telling(Reason.ACKNOWLEDGED, Severity.CRITICAL, (ALARM,), by="Ana\r\nBcc: x", verb="acknowledged")
    assert words(telling).subject == "CCD1_TEMP_T acknowledged by Ana Bcc: x"


@pytest.mark.parametrize("reason", Reason)
def test_our_own_words_that_come_back_order_nothing(reason: Reason) -> None:
    told = words(Telling(reason, Severity.CRITICAL, (ALARM,), code="4711", verb="acknowledged", waited=600))
    for text in (told.subject, told.text, told.short, told.spoken, f"Re: {told.subject}"):
        assert orders_of(text) == ()


def test_a_long_list_is_cut() -> None:
    text = words(Telling(Reason.FLOOD, Severity.CRITICAL, (ALARM,) * 100, raised=100)).text
    assert "and 80 more alarms" in text
    assert text.count("what to do") == 5
