from __future__ import annotations

import pytest

from eyegore.elvis.dialect import (
    DIALECTS,
    REGISTERS,
    Recognition,
    Stamp,
    compare_hk,
    parameter_info,
    recognise_explog,
    recognise_hk,
    settle,
    version_named,
)

FORMATS = [  # version, stamp, HK columns without the time, log columns, unit of the exposure time in s
    ("5.7.02", Stamp.NONE, 53, 74, 1e-3),
    ("5.7.04", Stamp.NONE, 53, 77, 1e-3),
    ("5.7.05", Stamp.CLOCK, 55, 69, 1e-3),
    ("5.7.06", Stamp.NONE, 53, 77, 1e-3),
    ("5.7.07", Stamp.NONE, 55, 77, 1e-3),
    ("5.7.08", Stamp.NONE, 55, 77, 1e-3),
    ("5.7.09", Stamp.NONE, 55, 77, 1e-3),
    ("5.8.X", Stamp.CLOCK, 55, 69, 1e-3),
    ("6.0.0", Stamp.CLOCK, 58, 78, 1e-3),
    ("6.1.0", Stamp.CLOCK, 58, 78, 1e-3),
    ("6.3.0", Stamp.DATE_CLOCK, 71, 81, 1.0),
    ("6.5.X", Stamp.DATE_CLOCK, 75, 81, 1.0),
    ("7.2.X", Stamp.DATE_CLOCK, 79, 81, 1.0),
    ("7.5.X", Stamp.DATE_CLOCK, 82, 81, 1.0),
]


def test_every_version_is_known_oldest_first() -> None:
    assert list(DIALECTS) == [version for version, *_ in FORMATS]


@pytest.mark.parametrize(("version", "stamp", "hk", "explog", "exptime"), FORMATS)
def test_formats(version: str, stamp: Stamp, hk: int, explog: int, exptime: float) -> None:
    dialect = DIALECTS[version]
    assert (dialect.stamp, len(dialect.hk_columns), len(dialect.explog_columns)) == (stamp, hk, explog)
    assert dialect.exptime_scale == exptime
    assert len(dialect.hk_units) == len(dialect.hk_descriptions) == hk
    assert len(dialect.explog_types) == len(dialect.explog_units) == explog
    assert len(set(dialect.hk_columns)) == hk
    assert bool(dialect.hk_time) is (stamp is not Stamp.NONE)


@pytest.mark.parametrize("version", DIALECTS)
def test_a_version_is_among_those_its_own_header_fits(version: str) -> None:
    dialect = DIALECTS[version]
    header = [dialect.hk_time, *dialect.hk_columns] if dialect.hk_time else dialect.hk_columns
    found = recognise_hk(header, transposed=dialect.stamp is Stamp.NONE)
    assert found.elvis == found.candidates[0]
    assert (found.unknown, found.missing) == ((), ())
    assert version in (*found.candidates, "5.7.05")
    assert version in recognise_explog(dialect.explog_columns).candidates


@pytest.mark.parametrize("version", ["5.8.X", "6.3.0", "6.5.X", "7.2.X", "7.5.X"])
def test_hk_headers_that_are_unique_are_recognised_alone(version: str) -> None:
    dialect = DIALECTS[version]
    assert recognise_hk(dialect.hk_columns, transposed=False).candidates == (version,)


def test_a_layout_of_old_files_is_ambiguous_only_while_their_shape_is_unknown() -> None:
    columns = DIALECTS["5.8.X"].hk_columns
    assert recognise_hk(columns).candidates == ("5.7.07", "5.7.08", "5.7.09", "5.8.X")
    assert recognise_hk(columns, transposed=True).candidates == ("5.7.07", "5.7.08", "5.7.09")


def test_a_header_near_a_version_is_called_a_variant_of_it() -> None:
    columns = [column for column in DIALECTS["7.5.X"].hk_columns if column != "CCD2_TEMP_B"]
    found = recognise_hk(["TimeStamp", *columns, "NEW_TEMP"])
    assert found == Recognition("7.5.X", ("NEW_TEMP",), ("CCD2_TEMP_B",), ("7.5.X",))


def test_columns_in_another_order_are_the_same_columns() -> None:
    columns = tuple(reversed(DIALECTS["7.2.X"].hk_columns))
    assert recognise_hk(columns) == Recognition("7.2.X", candidates=("7.2.X",))


@pytest.mark.parametrize("columns", [(), ("A", "B"), DIALECTS["7.5.X"].hk_columns[:20]])
def test_a_header_near_nothing_is_of_no_version(columns: tuple[str, ...]) -> None:
    assert recognise_hk(columns) == Recognition("")


def test_a_given_version_is_compared_not_recognised() -> None:
    found = compare_hk("7.2.X", ["TimeStamp", *DIALECTS["7.5.X"].hk_columns])
    assert found.elvis == "7.2.X"
    assert set(found.missing) == {"CDPUClkSt", "CDPUClkLost"}
    assert set(found.unknown) == {"CDPUClkSw", "pixelToErr", "spwStatus", "spwTmPtypeFlag", "TwoCmdsErr"}


def test_a_given_version_that_is_not_known_is_kept() -> None:
    assert compare_hk("8.0.X", ["A"]) == Recognition("8.0.X")


@pytest.mark.parametrize(
    ("hk", "log", "version"),
    [
        (("5.7.02", "5.7.04", "5.7.06"), ("5.7.04", "5.7.09"), "5.7.04"),
        (("6.0.0", "6.1.0"), ("6.1.0",), "6.1.0"),
        (("7.5.X",), ("6.5.X", "7.2.X", "7.5.X"), "7.5.X"),
        (("5.8.X",), ("5.7.05",), "5.8.X"),
        ((), ("7.5.X",), ""),
    ],
)
def test_the_log_decides_between_versions_that_share_a_header(
    hk: tuple[str, ...], log: tuple[str, ...], version: str
) -> None:
    found = Recognition(hk[0] if hk else "", candidates=hk)
    assert settle(found, Recognition(log[0], candidates=log)) == version


@pytest.mark.parametrize(
    ("text", "version"),
    [("5.7.05", "5.7.05"), ("7.5.3", "7.5.X"), ("v6.3.0", "6.3.0"), ("7.5.X", "7.5.X"), ("9.9.9", ""), ("", "")],
)
def test_version_named(text: str, version: str) -> None:
    assert version_named(text) == version


@pytest.mark.parametrize(
    ("version", "column", "unit"),
    [
        ("5.8.X", "HK_temp_top_CCD1", "degC"),
        ("6.1.0", "HK_IG1_Top_CCD1", "V"),
        ("7.5.X", "RPSU_VCCD_I", "A"),
        ("", "CCD1_OD_T", "V"),
        ("7.5.X", "HK_Temp1_RPSU", "degC"),
        ("7.5.X", "NEW_TEMP", ""),
    ],
)
def test_units(version: str, column: str, unit: str) -> None:
    found, description = parameter_info(version, column)
    assert found == unit
    assert bool(description) is bool(unit)


def test_registers() -> None:
    assert frozenset({"SPW_STATUS_REG"}) == REGISTERS
