"""The built-in tables: what they must hold, whoever edits them."""

from __future__ import annotations

import csv
import hashlib
from importlib.resources import files
from pathlib import Path

import pytest

from eyegore.elvis.dialect import DIALECTS
from eyegore.limits import table
from eyegore.limits.model import Expected, Parameter, Range, Reading, Relative, Severity
from eyegore.limits.table import VERSIONS, load_table, table_for

CCD_TEMPERATURES = {f"CCD{ccd}_TEMP_{half}" for ccd in "123" for half in "TB"}
BOARD_TEMPERATURES = {f"{board}_PCB_TEMP_{half}" for board in ("VID", "FPGA") for half in "TB"}
PSU_TEMPERATURES = {"RPSU_TEMP1", "RPSU_TEMP_2"}


def parameters(elvis: str) -> dict[str, Parameter]:
    built_in = table_for(elvis)
    assert built_in is not None
    return dict(built_in.parameters)


@pytest.mark.parametrize(("elvis", "count"), [("6.3.0", 71), ("6.5.X", 75), ("7.2.X", 79), ("7.5.X", 82)])
def test_every_column_of_the_version_has_an_entry_in_file_order(elvis: str, count: int) -> None:
    names = list(parameters(elvis))
    assert len(names) == count
    assert names == list(DIALECTS[elvis].hk_columns)


@pytest.mark.parametrize("elvis", VERSIONS)
def test_every_parameter_has_both_limits_a_unit_and_a_description(elvis: str) -> None:
    for each in parameters(elvis).values():
        assert each.unit in {"V", "A", "degC", "flag", "count", "register"}
        assert each.description
        assert isinstance(each.safe, Range | Expected), f"{each.name}: the safe set is absolute"
        assert each.performance is not None


@pytest.mark.parametrize("elvis", VERSIONS)
def test_only_the_critical_parameters_are_critical_and_tell_what_to_do(elvis: str) -> None:
    for name, each in parameters(elvis).items():
        grades = each.severity_low, each.severity_high
        if name in CCD_TEMPERATURES:
            assert grades == (Severity.CRITICAL, Severity.CRITICAL)
        elif name in BOARD_TEMPERATURES:
            assert grades == (Severity.WARNING, Severity.CRITICAL)
        else:
            assert grades == (Severity.WARNING, Severity.WARNING)
        for response in (each.response_low, each.response_high):
            assert bool(response) == (name in CCD_TEMPERATURES | BOARD_TEMPERATURES)
            assert response == " ".join(response.split())


@pytest.mark.parametrize("elvis", VERSIONS)
def test_temperatures_know_what_is_no_reading(elvis: str) -> None:
    for name, each in parameters(elvis).items():
        expected: tuple[float, ...] = ()
        if name in CCD_TEMPERATURES:
            expected = (-246.86, -246.60, -246.08)
        elif name in BOARD_TEMPERATURES:
            expected = (-273.15,)
        elif name in PSU_TEMPERATURES:
            expected = (-273.27,)
        assert each.sentinels == expected
        assert each.valid == ((-240.0, 150.0) if expected else None)
        assert (each.unit == "degC") == bool(expected)


@pytest.mark.parametrize("elvis", VERSIONS)
def test_what_is_measured_has_a_deadband_of_a_few_times_its_noise_and_registers_say_so(elvis: str) -> None:
    text = files("eyegore.simulator").joinpath("tables", "simulated_hk.csv").read_text(encoding="utf-8")
    noise = {row["parameter"]: float(row["noise"]) for row in csv.DictReader(text.splitlines())}
    for name, each in parameters(elvis).items():
        if each.unit in ("V", "A", "degC"):
            assert each.reading is Reading.MEASURED
            assert 3 * noise[name] <= each.deadband <= 6 * noise[name]
        else:
            assert (each.reading, each.deadband) == (Reading.REGISTER, 0.0)


@pytest.mark.parametrize(
    ("elvis", "name", "safe", "performance"),
    [
        ("7.5.X", "CCD2_TEMP_B", Range(-133.0, 35.0), Range(-121.0, -119.0)),
        ("7.5.X", "CCD3_IG1_B", Range(-20.0, 20.0), Relative(-0.2, 0.2, "IG1_3_B")),
        ("7.2.X", "CCD2_IG1_B", Range(-20.0, 20.0), Relative(-0.2, 0.2, "IG1_2_B")),
        ("6.3.0", "COMM_RD_T", Range(-0.3, 25.0), Relative(-0.2, 0.2, "RD_T")),
        ("6.5.X", "FPGA_BIAS_ID1", Range(-0.3, 25.0), Relative(-0.2, 0.2, "IDH")),
        ("6.5.X", "FPGA_BIAS_ID2", Range(-0.3, 25.0), Relative(-0.2, 0.2, "IDL")),
        ("6.3.0", "RPSU_1V5VD_V", Range(1.435, 1.575), Range(1.435, 1.575)),
        ("6.3.0", "SPW_STATUS_REG", Expected(0x2FA0), Expected(12192)),
        ("7.5.X", "SPW_STATUS_REG", Expected(0x2FA0), Expected(12192)),
        ("7.5.X", "3v3ProtErr", Expected(0), Expected(0)),
    ],
)
def test_limits_are_those_of_the_lab(elvis: str, name: str, safe: object, performance: object) -> None:
    each = parameters(elvis)[name]
    assert (each.safe, each.performance) == (safe, performance)


@pytest.mark.parametrize("elvis", VERSIONS)
def test_eighteen_biases_follow_a_command_of_the_exposure_log(elvis: str) -> None:
    commanded = [p.performance.commanded for p in parameters(elvis).values() if isinstance(p.performance, Relative)]
    assert len(commanded) == len(set(commanded)) == 18


@pytest.mark.parametrize(
    ("older", "newer", "gone", "come"),
    [
        (
            "6.3.0",
            "6.5.X",
            {"stTMRErrFlg", "hkTMRErrFlg", "stRamErr"},
            {"ProtOvRideFlg", "hkInvalidFlg", "SPI_Inh_n", "3v3ProtErr", "5vProtErr", "hkTmErr", "Out_of_range"},
        ),
        (
            "6.5.X",
            "7.2.X",
            {"fpgaSpwErr"},
            {"dacExeErr", "spwTmRspErrFlg", "spwTcPktErrFlg", "adcBsyErrFlg", "CDPUClkLost"},
        ),
        (
            "7.2.X",
            "7.5.X",
            {"CDPUClkSt", "CDPUClkLost"},
            {"CDPUClkSw", "pixelToErr", "spwStatus", "spwTmPtypeFlag", "TwoCmdsErr"},
        ),
    ],
)
def test_no_table_inherits_what_its_version_dropped(older: str, newer: str, gone: set[str], come: set[str]) -> None:
    before, after = parameters(older), parameters(newer)
    assert before.keys() - after.keys() == gone
    assert after.keys() - before.keys() == come
    assert all(before[name] == after[name] for name in before.keys() & after.keys())


@pytest.mark.parametrize("elvis", ["", "5.7.02", "6.0.0", "6.1.0", "7.5", "../tables/7.5.X"])
def test_other_versions_have_no_table(elvis: str) -> None:
    assert table_for(elvis) is None


@pytest.mark.parametrize("elvis", VERSIONS)
def test_a_built_in_table_is_a_valid_table_of_the_lab(elvis: str) -> None:
    path = Path(table.__file__).parent / "tables" / f"{elvis}.toml"
    loaded = load_table(path)
    assert loaded.elvis == elvis
    assert loaded.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert dict(loaded.parameters) == parameters(elvis)


def test_nobody_can_change_a_built_in_table() -> None:
    built_in = table_for("7.5.X")
    assert built_in is not None
    with pytest.raises(TypeError):
        built_in.parameters["CCD1_OD_T"] = built_in.parameters["CCD2_OD_T"]  # type: ignore[index]
