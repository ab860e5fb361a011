"""From the monitor's words to cells; no window needed."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from eyegore.limits.model import Expected, LimitSet, LimitTable, Parameter, Phase, Range, Relative, Severity, Verdict
from eyegore.messages.events import Drift, Exposure, Flag, FlagState, Health
from eyegore.presenters.flags import chart_cell, chart_cells, flag_cell, groups_of
from eyegore.presenters.health import health_cells, window_title, worst_status
from eyegore.presenters.rows import exposure_columns, row_cell, shown_first
from eyegore.widgets.cells.flags import HealthCell, Status, TrendCell

FLAG = Flag("CCD2_TEMP_B", FlagState.NORMAL, Verdict.IN_LIMITS, Severity.NONE, -120.0, "degC", 0.0)
HEALTH = Health(
    now=0.0,
    folder="/data/21_Feb_80",
    online=True,
    elvis="7.5.X",
    limit_set=LimitSet.SAFE,
    hk_age=1.0,
    explog_age=42.0,
    image_age=38.0,
    hk_stale=False,
    checked=82,
    total=82,
    watcher="inotify",
    watcher_alive=True,
    raised=0,
    critical=0,
    shelved=0,
    invalid=0,
    hk_rows=100,
    bad_lines=0,
    obsids=2,
    exposure_rows=6,
    images=6,
    clock_skew=0.0,
)


@pytest.mark.parametrize(
    ("state", "live", "severity", "status", "blink"),
    [
        (FlagState.NO_DATA, Verdict.UNCHECKED, Severity.NONE, Status.UNKNOWN, False),
        (FlagState.NORMAL, Verdict.IN_LIMITS, Severity.NONE, Status.IN_LIMITS, False),
        (FlagState.RAISED, Verdict.LOW, Severity.CRITICAL, Status.CRITICAL, True),
        (FlagState.RAISED, Verdict.HIGH, Severity.WARNING, Status.WARNING, True),
        (FlagState.RAISED, Verdict.HIGH, Severity.NONE, Status.WARNING, True),
        (FlagState.PENDING, Verdict.LOW, Severity.NONE, Status.IN_LIMITS, False),
        (FlagState.ACKNOWLEDGED, Verdict.LOW, Severity.CRITICAL, Status.CRITICAL, False),
        (FlagState.SHELVED, Verdict.LOW, Severity.CRITICAL, Status.MUTED, False),
        (FlagState.INVALID, Verdict.INVALID, Severity.NONE, Status.INVALID, False),
        (FlagState.STALE, Verdict.STALE, Severity.NONE, Status.STALE, False),
        (FlagState.UNCHECKED, Verdict.UNCHECKED, Severity.NONE, Status.UNCHECKED, False),
        (FlagState.OUT_OF_SERVICE, Verdict.UNCHECKED, Severity.NONE, Status.OUT_OF_SERVICE, False),
    ],
)
def test_flag_states(state: FlagState, live: Verdict, severity: Severity, status: Status, blink: bool) -> None:
    cell = flag_cell(replace(FLAG, state=state, live=live, severity=severity))
    assert (cell.status, cell.blink) == (status, blink)


def test_green_is_only_what_is_in_limits() -> None:
    for state in FlagState:
        cell = flag_cell(replace(FLAG, state=state))
        green = cell.status is Status.IN_LIMITS and not cell.pending
        assert green == (state in (FlagState.NORMAL, FlagState.LATCHED))
        assert cell.pending == (state is FlagState.PENDING)


def test_a_muted_flag_tells_what_it_would_show() -> None:
    cell = flag_cell(replace(FLAG, state=FlagState.SHELVED, live=Verdict.LOW, severity=Severity.CRITICAL))
    assert cell.live is Status.CRITICAL


def test_a_latched_flag_tells_how_bad_it_was() -> None:
    flag = replace(FLAG, state=FlagState.LATCHED, latched=True, severity=Severity.CRITICAL, since=60.0, worst=-136.0)
    cell = flag_cell(flag)
    assert (cell.latched, cell.live, cell.worst, cell.since) == (True, Status.CRITICAL, "−136 °C", "01/Jan 00:01:00")


def test_the_tip_tells_where_a_value_is_heading() -> None:
    cell = flag_cell(FLAG, "reaches −133 °C at 03:41 (25 ± 4 min)")
    assert cell.value == "−120 °C, reaches −133 °C at 03:41 (25 ± 4 min)"
    assert flag_cell(FLAG).value == "−120 °C"


def test_parameters_are_grouped_as_the_hardware_is() -> None:
    names = ["CCD3_OD_T", "CCD2_TEMP_T", "VID_PCB_TEMP_T", "RPSU_28V_PRI_I", "CCD1_IG1_B", "spwStatus", "CCD1_TEMP_B"]
    assert groups_of(names) == [
        ("CCD temperatures", ("CCD2_TEMP_T", "CCD1_TEMP_B")),
        ("Board temperatures", ("VID_PCB_TEMP_T",)),
        ("Output and reset drains", ("CCD3_OD_T",)),
        ("Injection gates", ("CCD1_IG1_B",)),
        ("Power supply unit", ("RPSU_28V_PRI_I",)),
        ("Status words", ("spwStatus",)),
    ]


def test_charts_have_the_absolute_limits() -> None:
    table = LimitTable(
        "7.5.X",
        "",
        "",
        {
            "A": Parameter("A", "V", "an A", Range(1, 2)),
            "B": Parameter("B", "V", "", Relative(-1, 1, "X")),
            "C": Parameter("C", "flag", "", Expected(0)),
        },
    )
    a, b, c, d = chart_cells("ABCD", table, LimitSet.SAFE, {"D": ("K", "a D")}, {"A": FLAG})
    assert (a.low, a.high, a.unit, a.description, a.status) == (1, 2, "V", "an A", Status.IN_LIMITS)
    assert (b.low, b.high) == (-math.inf, math.inf)
    assert (c.unit, c.decimals) == ("", 0)
    assert (d.unit, d.description, d.status) == ("K", "a D", Status.UNKNOWN)


DRIFT = Drift(-133.0, 13260.0, 25.2, 3.4, "reaches −133 °C at 03:41 (25 ± 4 min)")


def test_of_both_sets_the_tighter_limits_are_drawn_and_of_a_phase_its_own() -> None:
    usual = Parameter("T", "degC", "", Range(-133, 35), Range(-121, -119))
    parameter = replace(usual, phases={Phase.WARM: replace(usual, performance=usual.safe)})
    table = LimitTable(
        "lab", "", "", {"T": parameter, "V": Parameter("V", "V", "", Range(0, 30), Relative(-1, 1, "C"))}
    )

    def drawn(name: str, limit_set: LimitSet, phase: Phase | None) -> tuple[float, float]:
        cell = chart_cell(name, table, limit_set, {}, None, phase=phase)
        return cell.low, cell.high

    assert drawn("T", LimitSet.SAFE, None) == drawn("T", LimitSet.BOTH, Phase.WARM) == (-133, 35)
    assert drawn("T", LimitSet.BOTH, Phase.COLD) == drawn("T", LimitSet.PERFORMANCE, None) == (-121, -119)
    assert drawn("V", LimitSet.BOTH, None) == (0, 30)
    assert drawn("V", LimitSet.PERFORMANCE, None) == (-math.inf, math.inf)


def test_charts_tell_where_a_value_is_heading() -> None:
    table = LimitTable("7.5.X", "", "", {"A": Parameter("A", "degC", "", Range(-133, 35))})
    a, b = chart_cells("AB", table, LimitSet.SAFE, {}, {"A": FLAG}, {"A": DRIFT})
    assert a.trend == TrendCell(-133.0, 13260.0, "−133 °C at 03:41", "−133 °C at 03:41 (25 ± 4 min)")
    assert b.trend is None


@pytest.mark.parametrize(
    ("state", "live", "foretold"),
    [
        (FlagState.NORMAL, Verdict.IN_LIMITS, True),
        (FlagState.LATCHED, Verdict.IN_LIMITS, True),
        (FlagState.SHELVED, Verdict.IN_LIMITS, True),
        (FlagState.STALE, Verdict.IN_LIMITS, False),
        (FlagState.SHELVED, Verdict.STALE, False),
        (FlagState.INVALID, Verdict.INVALID, False),
        (FlagState.RAISED, Verdict.LOW, False),
        (FlagState.PENDING, Verdict.LOW, False),
    ],
)
def test_no_chart_foretells_what_is_unknown_or_has_come(state: FlagState, live: Verdict, foretold: bool) -> None:
    flag = replace(FLAG, state=state, live=live)
    cell = chart_cell("A", None, LimitSet.SAFE, {"A": ("degC", "")}, flag, DRIFT)
    assert (cell.trend is not None) is foretold


def test_rows_follow_the_columns_of_the_table() -> None:
    exposure = Exposure(7, "CCD2", "BIAS01", 0.0, 0.0, ("ObsID", "CCD"), ("7", "CCD2"))
    assert row_cell(exposure, ("ObsID", "CCD")).cells == ("7", "CCD2")
    cell = row_cell(exposure, exposure_columns(("CCD",), ("ObsID", "new")))
    assert (cell.key, cell.group, cell.cells) == ("7/CCD2", "7", ("CCD2", "7", ""))
    assert shown_first(["OBSID", "junk", "Test"]) == ["OBSID", "Test"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, Status.IN_LIMITS),
        ({"critical": 1, "raised": 1, "hk_stale": True}, Status.CRITICAL),
        ({"raised": 1}, Status.WARNING),
        ({"hk_stale": True}, Status.STALE),
        ({"online": False}, Status.STALE),
        ({"invalid": 1}, Status.INVALID),
        ({"checked": 0}, Status.UNCHECKED),
        ({"total": 0}, Status.UNKNOWN),
        ({"hk_age": math.nan}, Status.UNKNOWN),
    ],
)
def test_the_worst_state_is_carried_by_title_and_icon(change: dict[str, object], status: Status) -> None:
    assert worst_status(replace(HEALTH, **change)) is status  # type: ignore[arg-type]


def test_the_title() -> None:
    assert window_title(None, "/data/21_Feb_80/", "BORN") == "Eyegore — 21_Feb_80 — BORN"
    assert window_title(replace(HEALTH, raised=2), "", "") == "2 WARNING — Eyegore — no folder"
    assert window_title(replace(HEALTH, raised=2, critical=1), "/d", "").startswith("1 CRITICAL")
    assert window_title(replace(HEALTH, hk_stale=True), "/d", "") == "STALE — Eyegore — d"


def cells(health: Health | None) -> dict[str, HealthCell]:
    return {cell.key: cell for cell in health_cells(health, images=True, exposures=True)}


def test_the_strip_is_never_green_by_default() -> None:
    empty = replace(
        HEALTH, hk_age=math.nan, explog_age=math.nan, image_age=math.nan, total=0, checked=0, watcher="", online=False
    )
    for health in (None, empty):
        assert Status.IN_LIMITS not in {cell.status for cell in cells(health).values()}
    assert (cells(empty)["folder"].text, cells(empty)["folder"].status) == ("not looked yet", Status.UNKNOWN)


def test_the_strip_of_a_healthy_session() -> None:
    strip = cells(HEALTH)
    assert (strip["hk"].text, strip["hk"].status) == ("1 s", Status.IN_LIMITS)
    assert (strip["explog"].text, strip["images"].text, strip["checked"].text) == ("42 s", "38 s", "82/82 checked")
    assert {"bad", "skew", "running"}.isdisjoint(strip)


@pytest.mark.parametrize(("running", "text"), [(("ingest",), "1 worker"), (("ingest", "images"), "2 workers")])
def test_the_strip_tells_what_is_running(running: tuple[str, ...], text: str) -> None:
    cell = cells(replace(HEALTH, running=running))["running"]
    assert (cell.text, cell.status) == (text, None)
    assert cell.tip == f"running: {', '.join(running)}"


def test_the_strip_in_trouble() -> None:
    strip = cells(
        replace(HEALTH, hk_stale=True, hk_age=7200.0, bad_lines=3, clock_skew=-600.0, checked=80, online=False)
    )
    assert (strip["hk"].text, strip["hk"].status) == ("no row for 2 h", Status.STALE)
    assert (strip["bad"].text, strip["skew"].text, strip["folder"].text) == (
        "3 bad lines",
        "10 min behind",
        "not there",
    )
    assert strip["checked"].status is Status.UNCHECKED
