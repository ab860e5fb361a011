"""``eyegore limits show | check | diff``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from eyegore.commands import limits
from eyegore.limits.table import VERSIONS, load_table, table_for

ERROR = """\
elvis = "lab"
[parameters."A[bold]"]
unit = "V"
description = "a [b]voltage[/b]"
safe = { kind = "range", low = 2, high = 1 }
"""


@pytest.fixture(autouse=True)
def plain_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Output is read by a program, unless the test says otherwise."""
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Output is read by a person, in 100 columns without styles."""
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "100")


def eyegore(*arguments: object) -> int:
    parser = argparse.ArgumentParser(prog="eyegore")
    limits.add_parser(parser.add_subparsers(required=True), "")
    args = parser.parse_args(["limits", *map(str, arguments)])
    status = args.run(args)
    assert isinstance(status, int)
    return status


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """The 7.5.X table with two edits and one renamed parameter that the lab added."""
    path = tmp_path / "lab [night].toml"
    text = built_in_text("7.5.X")
    text = text.replace("low = -133.0", "low = -132.5", 1).replace("= 0x2FA0 }", '= "2FA1" }')
    path.write_text(text + '\n[parameters.VACUUM]\nunit = "mbar"\ndescription = "gauge"\n', encoding="utf-8")
    return path


def built_in_text(elvis: str) -> str:
    built_in = table_for(elvis)
    assert built_in is not None
    return Path(built_in.source).read_text(encoding="utf-8")


@pytest.mark.parametrize("elvis", VERSIONS)
def test_show_prints_a_line_for_each_parameter(elvis: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert eyegore("show", elvis) == 0
    heading, *lines = (line.split("\t") for line in capsys.readouterr().out.splitlines())
    built_in = table_for(elvis)
    assert built_in is not None
    assert heading == ["parameter", "safe (S)", "performance (P)", "severity", "description"]
    assert [line[0] for line in lines] == list(built_in.parameters)
    assert [
        "CCD2_TEMP_B",
        "−133 … 35 °C",
        "−121 … −119 °C",
        "CRITICAL",
        "CCD2 temperature, bottom sensor",
    ] in lines
    assert [
        "VID_PCB_TEMP_T",
        "−10 … 40 °C",
        "−10 … 40 °C",
        "WARNING / CRITICAL",
        "video board temperature, top",
    ] in lines


@pytest.mark.parametrize(("chosen", "heading"), [("S", "safe (S)"), ("P", "performance (P)")])
def test_show_one_set(chosen: str, heading: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert eyegore("show", "--set", chosen) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"parameter\t{heading}\tseverity\tdescription"


def test_show_has_a_column_for_delta_where_the_table_has_any(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(
        'elvis = "lab"\n[parameters.P]\nunit = "degC"\ndescription = "x"\n'
        'delta = { low = -1, high = 1, samples = 60 }\nseverity = { low = "NONE", high = "WARNING" }\n'
        '[parameters.Q]\nunit = "V"\ndescription = "y"\n',
        encoding="utf-8",
    )
    assert eyegore("show", path, "--set", "S") == 0
    assert capsys.readouterr().out.splitlines() == [
        "parameter\tsafe (S)\tdelta\tseverity\tdescription",
        "P\tno limit\t−1 … +1 °C/min over 60 samples\tNONE / WARNING\tx",
        "Q\tno limit\t\tNONE\ty",
    ]


@pytest.mark.usefixtures("terminal")
def test_show_on_a_terminal_is_a_table_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert eyegore("show", "7.5.X") == 0
    out = capsys.readouterr().out
    rows = [line for line in out.splitlines() if line.startswith(" CCD2_TEMP_B ")]
    assert len(rows) == 1
    assert "−133 … 35 °C" in rows[0]
    assert "CRITICAL" in rows[0]
    assert "ELVIS 7.5.X: 82 parameters, 82 with limits" in out
    assert out.count("If not, suspect this one.") == 6, "each text once, for the parameters it is for"
    assert max(len(line) for line in out.splitlines() if not line.startswith("from ")) <= 100


def test_show_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert eyegore("show", "7.5.X", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    built_in = table_for("7.5.X")
    assert built_in is not None
    assert (told["elvis"], told["source"], told["digest"]) == ("7.5.X", built_in.source, built_in.digest)
    assert list(told["parameters"]) == list(built_in.parameters)
    bias = told["parameters"]["CCD1_OD_T"]
    assert bias["safe"] == {"kind": "range", "low": -0.3, "high": 30.0}
    assert bias["performance"] == {"kind": "relative", "low": -0.2, "high": 0.2, "commanded": "OD_1_T", "settle": 5.0}
    assert bias["severity"] == {"low": "WARNING", "high": "WARNING"}
    assert told["parameters"]["SPW_STATUS_REG"]["safe"] == {"kind": "expected", "equals": 12192, "mask": None}
    assert told["parameters"]["RPSU_TEMP1"]["sentinels"] == [-273.27]
    assert told["parameters"]["RPSU_TEMP1"]["valid"] == [-240.0, 150.0]


def test_show_one_set_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert eyegore("show", "7.5.X", "--json", "--set", "P") == 0
    each = json.loads(capsys.readouterr().out)["parameters"]["CCD1_TEMP_T"]
    assert "performance" in each
    assert "safe" not in each


def test_show_as_toml_is_the_start_of_a_table_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert eyegore("show", "6.5.X", "--toml") == 0
    copy = tmp_path / "lab.toml"
    copy.write_text(capsys.readouterr().out, encoding="utf-8")
    built_in = table_for("6.5.X")
    assert built_in is not None
    assert load_table(copy).digest == built_in.digest


@pytest.mark.parametrize("name", ["6.1.0", "nowhere.toml"])
def test_a_version_without_limits_is_said_to_be_none(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert eyegore("show", name) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"{name}: neither a file nor an ELVIS version with limits (6.3.0, 6.5.X, 7.2.X, 7.5.X)\n"


def test_check_tells_what_can_be_used(lab: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.toml"
    own.write_text('elvis = "8"\n[parameters.P]\nunit = "V"\ndescription = ""\n'.replace('""', '"x"'), encoding="utf-8")
    assert eyegore("check", lab, own) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{lab}: can be used: ELVIS 7.5.X, 83 parameters, 82 with limits",
        f"{own}: can be used: ELVIS 8, 1 parameters, 0 with limits"
        " (ELVIS 8 has no built-in table: whether a parameter is missing cannot be told)",
    ]


def test_check_prints_every_error_of_every_file(lab: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad, none = tmp_path / "bad.toml", tmp_path / "none.toml"
    bad.write_text(ERROR, encoding="utf-8")
    assert eyegore("check", bad, lab, none) == 2
    assert capsys.readouterr().out.splitlines() == [
        f"{bad}:2: A[bold]: severity: missing: a parameter with limits needs {{ low = ..., high = ... }}",
        f"{bad}:5: A[bold]: safe.high: 1.0 must be above low = 2.0",
        f"{lab}: can be used: ELVIS 7.5.X, 83 parameters, 82 with limits",
        f"{none}: cannot be read: No such file or directory",
    ]


def test_diff_of_the_same_is_silent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "copy.toml"
    copy.write_text(built_in_text("7.2.X").replace("0x2FA0 }", '"12192" }') + "# a comment\n", encoding="utf-8")
    assert eyegore("diff", "7.2.X", copy) == 0
    assert capsys.readouterr().out == ""


def test_diff_names_parameter_field_and_both_values(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert eyegore("diff", "7.5.X", lab) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"parameter\tfield\t7.5.X\t{lab}",
        "CCD3_TEMP_T\tsafe\t−133 … 35 °C\t−132.5 … 35 °C",
        "SPW_STATUS_REG\tsafe\t= 0x2FA0\t= 0x2FA1",
        "SPW_STATUS_REG\tperformance\t= 0x2FA0\t= 0x2FA1",
        "VACUUM\t\tabsent\tpresent",
    ]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("sentinels = [-273.27]", "", "RPSU_TEMP1\tsentinels\t-273.27\tnone"),
        ("high = 150.0 }", "high = 151.0 }", "CCD1_TEMP_T\tvalid\t-240.0 … 150.0 °C\t-240.0 … 151.0 °C"),
        ('high = "CRITICAL"', 'high = "WARNING"', "CCD1_TEMP_T\tseverity\tCRITICAL\tCRITICAL / WARNING"),
        ('unit = "A"', 'unit = "mA"', "RPSU_VCCD_I\tunit\tA\tmA"),
    ],
)
def test_diff_misses_no_field(
    before: str, after: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = tmp_path / "changed.toml"
    changed.write_text(built_in_text("6.3.0").replace(before, after, 1), encoding="utf-8")
    assert eyegore("diff", "6.3.0", changed) == 1
    assert told in capsys.readouterr().out.splitlines()


def test_diff_of_two_versions(capsys: pytest.CaptureFixture[str]) -> None:
    assert eyegore("diff", "6.5.X", "7.2.X") == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "\telvis\t6.5.X\t7.2.X"
    assert "fpgaSpwErr\t\tpresent\tabsent" in lines
    assert len(lines) == 8


@pytest.mark.usefixtures("terminal")
def test_diff_on_a_terminal_is_a_table(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert eyegore("diff", "7.5.X", lab) == 1
    out = capsys.readouterr().out
    assert "4 differences" in out
    assert "[night]" in out.replace("\n", ""), "brackets of a file name are no markup"


def test_diff_with_a_file_that_cannot_be_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(ERROR, encoding="utf-8")
    assert eyegore("diff", "7.5.X", bad) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 2


@pytest.mark.parametrize("arguments", [[], ["show"], ["check"], ["diff"]])
def test_help_teaches_by_example(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        eyegore(*arguments, "--help")
    assert "eyegore limits " in capsys.readouterr().out.split("options:")[1]


@pytest.mark.parametrize(
    "arguments", [[], ["check"], ["diff", "7.5.X"], ["show", "--set", "X"], ["show", "--json", "--toml"]]
)
def test_a_wrong_command_line_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        eyegore(*arguments)
    assert "usage: eyegore limits" in capsys.readouterr().err
