"""Reading a limit table: what is accepted, and that each error names file, line, parameter and field."""

from __future__ import annotations

import textwrap
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from eyegore.basics.toml_file import TomlError
from eyegore.limits.model import Delta, Expected, Phase, PhaseRule, Range, Reading, Relative, Severity, Verdict
from eyegore.limits.table import load_table, table_for

GRADED = 'severity = { low = "WARNING", high = "WARNING" }'


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "lab.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def entry(*lines: str) -> str:
    """A table of one parameter P, right but for ``lines``; its [parameters.P] is line 2."""
    return "\n".join(['elvis = "lab"', "[parameters.P]", 'unit = "V"', 'description = "a voltage"', *lines, ""])


def errors(path: Path) -> list[str]:
    with pytest.raises(TomlError) as caught:
        load_table(path)
    return str(caught.value).splitlines()


def test_everything_a_parameter_can_have(tmp_path: Path) -> None:
    text = entry(
        'safe = { kind = "range", low = 0, high = 30.5 }',
        'performance = { kind = "relative", low = -0.2, high = 0.2, commanded = "OD_1_T" }',
        "delta = { low = -1.0, high = 2.0, samples = 60 }",
        "sentinels = [-1, 99.99]",
        "valid = { low = -5.0, high = 100.0 }",
        'severity = { low = "NONE", high = "CRITICAL" }',
        'response = """\\',
        "    call \\",
        '    somebody"""',
    )
    each = load_table(write(tmp_path, text)).parameters["P"]
    assert (each.name, each.unit, each.description) == ("P", "V", "a voltage")
    assert each.safe == Range(0.0, 30.5)
    assert each.performance == Relative(-0.2, 0.2, "OD_1_T")
    assert each.delta == Delta(-1.0, 2.0, 60)
    assert each.sentinels == (-1.0, 99.99)
    assert each.valid == (-5.0, 100.0)
    assert (each.severity_low, each.severity_high) == (Severity.NONE, Severity.CRITICAL)
    assert [each.todo(verdict) for verdict in (Verdict.LOW, Verdict.HIGH)] == ["call somebody"] * 2


def test_what_to_do_may_differ_by_side(tmp_path: Path) -> None:
    text = entry(GRADED, 'response = "look"', 'response_high = "stop"')
    each = load_table(write(tmp_path, text)).parameters["P"]
    sides = (Verdict.LOW, Verdict.DELTA_LOW, Verdict.HIGH, Verdict.DELTA_HIGH, Verdict.UNEXPECTED)
    assert [each.todo(side) for side in sides] == ["look", "look", "stop", "stop", "stop"]
    assert each.todo(Verdict.UNCHECKED) == "Too low: look Too high: stop"


def test_a_parameter_may_be_without_limits(tmp_path: Path) -> None:
    each = load_table(write(tmp_path, entry())).parameters["P"]
    assert (each.safe, each.performance, each.delta, each.severity_high) == (None, None, None, Severity.NONE)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0x2FA0", 12192),
        ('"0x2FA0"', 12192),
        ('"2FA0"', 12192),
        ('"2fa0"', 12192),
        ("12192", 12192),
        ('" 12192 "', 12192),
        ("12192.0", 12192),
        ("0", 0),
        ('"-3"', -3),
    ],
)
def test_decimal_and_hexadecimal_text_are_the_same_expected_value(tmp_path: Path, written: str, value: int) -> None:
    text = entry(f'safe = {{ kind = "expected", equals = {written}, mask = "0xFFFF" }}', GRADED)
    assert load_table(write(tmp_path, text)).parameters["P"].safe == Expected(value, 0xFFFF)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('safe = { kind = "range", low = 2, high = 1 }', "P: safe.high: 1.0 must be above low = 2.0"),
        ('safe = { kind = "range", low = 1, high = 1 }', "P: safe.high: 1.0 must be above low = 1.0"),
        ('safe = { kind = "range", low = true, high = 1 }', "P: safe.low: must be a number, not True"),
        ('safe = { kind = "range", low = "0", high = 1 }', "P: safe.low: must be a number, not '0'"),
        ('safe = { kind = "range", low = nan, high = 1 }', "P: safe.low: must be a finite number, not nan"),
        ('safe = { kind = "range", low = 0, high = inf }', "P: safe.high: must be a finite number, not inf"),
        ('safe = { kind = "range", low = 0 }', "P: safe.high: missing"),
        ('safe = { kind = "range", low = 0, high = 1, hi = 2 }', "P: safe.hi: unknown key"),
        ("safe = { low = 0, high = 1 }", 'P: safe: kind is missing: "range", "relative" or "expected"'),
        ('safe = { kind = "A", low = 0, high = 1 }', 'P: safe: kind must be "range", "relative" or "expected"'),
        ("safe = 3", "P: safe: must be a table { ... }, not 3"),
        ('performance = { kind = "relative", low = 0, high = 1 }', "P: performance.commanded: missing"),
        (
            'performance = { kind = "relative", low = 0, high = 1, commanded = "" }',
            "P: performance.commanded: must not be empty",
        ),
        (
            'safe = { kind = "expected", equals = "2FG0" }',
            "P: safe.equals: '2FG0' is neither a decimal nor a hexadecimal number",
        ),
        ('safe = { kind = "expected", equals = true }', "P: safe.equals: must be a whole number, not True"),
        ('safe = { kind = "expected", equals = 1.5 }', "P: safe.equals: must be a whole number, not 1.5"),
        ('safe = { kind = "expected", equals = 0, mask = 0 }', "P: safe.mask: must be greater than 0, not 0"),
        ("delta = { low = 0, high = 1, samples = 1 }", "P: delta.samples: must be greater than or equal to 2, not 1"),
        ("sentinels = [0, false]", "P: sentinels.1: must be a number, not False"),
        ("valid = { low = 2, high = 1 }", "P: valid.high: 1.0 must be above low = 2.0"),
        (
            'severity = { low = "BAD", high = "NONE" }',
            "P: severity.low: must be 'NONE', 'WARNING' or 'CRITICAL', not 'BAD'",
        ),
        ("severity = { low = 1, high = 2 }", "P: severity.low: must be 'NONE', 'WARNING' or 'CRITICAL', not 1"),
        ("response = 3", "P: response: must be text, not 3"),
        ("hysteresis = 3", "P: hysteresis: unknown key"),
    ],
)
def test_an_error_names_file_line_parameter_and_field(tmp_path: Path, line: str, message: str) -> None:
    path = write(tmp_path, entry(GRADED, line) if "severity" not in line else entry(line))
    assert f"{path}:{6 if 'severity' not in line else 5}: {message}" in errors(path)


@pytest.mark.parametrize(
    ("safe", "performance", "nests"),
    [
        ('{ kind = "range", low = 0, high = 1 }', '{ kind = "range", low = 0, high = 1 }', True),
        ('{ kind = "range", low = 0, high = 1 }', '{ kind = "range", low = -1, high = 1 }', False),
        ('{ kind = "range", low = 0, high = 1 }', '{ kind = "range", low = 0, high = 2 }', False),
        ('{ kind = "range", low = 0, high = 1 }', '{ kind = "relative", low = -9, high = 9, commanded = "X" }', True),
        ('{ kind = "range", low = 0, high = 1 }', '{ kind = "expected", equals = 1 }', True),
        ('{ kind = "range", low = 0, high = 1 }', '{ kind = "expected", equals = 2 }', False),
        ('{ kind = "expected", equals = 0x23 }', '{ kind = "expected", equals = 0x23 }', True),
        ('{ kind = "expected", equals = 0x23 }', '{ kind = "expected", equals = 0x24 }', False),
        ('{ kind = "expected", equals = 0x20, mask = 0xF0 }', '{ kind = "expected", equals = 0x23 }', True),
        ('{ kind = "expected", equals = 0x23 }', '{ kind = "expected", equals = 0x23, mask = 0xF0 }', True),
        ('{ kind = "expected", equals = 2 }', '{ kind = "range", low = 1, high = 3 }', False),
    ],
)
def test_performance_lies_inside_safe(tmp_path: Path, safe: str, performance: str, nests: bool) -> None:
    path = write(tmp_path, entry(f"safe = {safe}", f"performance = {performance}", GRADED))
    if nests:
        load_table(path)
    else:
        assert errors(path) == [
            f"{path}:6: P: performance: must lie inside safe: "
            "what is good enough for the data must be safe for the hardware"
        ]


def test_the_valid_range_must_leave_room_for_a_violation(tmp_path: Path) -> None:
    lines = 'safe = { kind = "range", low = -133, high = 35 }', "valid = { low = -133, high = 150 }", GRADED
    path = write(tmp_path, entry(*lines))
    assert errors(path) == [
        f"{path}:6: P: valid: must reach beyond safe on both sides, else a reading there is never out of limits"
    ]


@pytest.mark.parametrize(
    "limit", ["safe = { kind = 'range', low = 0.0, high = 10.0 }",
              "performance = { kind = 'relative', low = -5.0, high = 5.0, commanded = 'OD_1_T' }"],
)  # fmt: skip
def test_a_deadband_must_leave_a_way_back(tmp_path: Path, limit: str) -> None:
    lines = (limit, "severity = { low = 'WARNING', high = 'WARNING' }", "deadband = 5.1")
    name = limit.partition(" ")[0]
    assert errors(write(tmp_path, entry(*lines))) == [
        f"{tmp_path / 'lab.toml'}:7: P: deadband: leaves nothing between the limits of {name}: "
        "what is out would never be over"
    ]
    load_table(write(tmp_path, entry(*lines[:2], "deadband = 5.0")))


def test_the_reading_follows_from_the_unit_unless_it_is_said(tmp_path: Path) -> None:
    def reading(*lines: str) -> Reading:
        return load_table(write(tmp_path, entry(*lines))).parameters["P"].reading

    assert reading() is Reading.MEASURED
    assert reading("reading = 'register'") is Reading.REGISTER


def test_limits_need_a_severity(tmp_path: Path) -> None:
    path = write(tmp_path, entry('safe = { kind = "expected", equals = 0 }'))
    assert errors(path) == [
        f"{path}:2: P: severity: missing: a parameter with limits needs {{ low = ..., high = ... }}"
    ]


def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    text = """\
elvis = ""
surplus = 1
[parameters.A]
description = "no unit"
safe = { kind = "range", low = 2, high = 1 }
performance = { kind = "range", low = "x", high = 1 }
[parameters."B b"]
unit = ""
[parameters." C"]
unit = "V"
description = "blank before the name"
[parameters]
D = 1
"""
    path = write(tmp_path, text)
    assert errors(path) == [
        f"{path}:1: elvis: must not be empty",
        f"{path}:2: surplus: unknown key",
        f"{path}:3: A: unit: missing",
        f"{path}:3: A: severity: missing: a parameter with limits needs {{ low = ..., high = ... }}",
        f"{path}:5: A: safe.high: 1.0 must be above low = 2.0",
        f"{path}:6: A: performance.low: must be a number, not 'x'",
        f"{path}:7: B b: description: missing",
        f"{path}:8: B b: unit: must not be empty",
        f"{path}:9: ' C': cannot be the name of a column, not ' C'",
        f"{path}:13: D: must be a table {{ ... }}, not 1",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "{}: elvis: missing"),
        ('elvis = "lab"\nparameters = {}', "{}:2: parameters: must not be empty"),
        ('elvis = "lab"\nparameters = 3', "{}:2: parameters: must be a table of parameters, not 3"),
        ('elvis = "lab"\n\nx = = 3', "{}:3: is not TOML: Invalid value"),
        ("x = [" * 5000, "{}:1: is not TOML: "),
        ("[parameters.A]\n[parameters.B]\n[parameters.A]", "{}:3: A: has a second entry here: remove or rename one"),
        ("[parameters.A]\nunit = 'V'\nunit = 'A'\n", "{}:3: is not TOML: this key is there twice"),
        (b"a = 1\n# \xb0C\n", "{}:2: is not UTF-8 text (byte 0xB0)"),
    ],
)
def test_a_broken_file(tmp_path: Path, text: str | bytes, message: str) -> None:
    path = write(tmp_path, text)
    assert errors(path)[0].startswith(message.format(path))


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert errors(tmp_path / "none.toml") == [f"{tmp_path}/none.toml: cannot be read: No such file or directory"]
    assert errors(tmp_path) == [f"{tmp_path}: cannot be read: Is a directory"]


def test_a_table_for_a_version_must_have_all_its_parameters(tmp_path: Path) -> None:
    built_in = table_for("7.5.X")
    assert built_in is not None
    text = Path(built_in.source).read_text(encoding="utf-8").replace("[parameters.CCD1_OD_T]", "[parameters.CCD1_OD]")
    path = write(tmp_path, text)
    assert errors(path) == [
        f"{path}: CCD1_OD_T: no entry, though ELVIS 7.5.X writes it "
        "(one without safe and performance leaves it unchecked)"
    ]


def test_a_file_saved_by_a_windows_editor(tmp_path: Path) -> None:
    text = (
        b"\xef\xbb\xbf" + entry('safe = { kind = "range", low = 0, high = 1 }', GRADED).replace("\n", "\r\n").encode()
    )
    assert load_table(write(tmp_path, text)).parameters["P"].safe == Range(0.0, 1.0)


VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(max_size=5),
        st.sampled_from(["range", "relative", "expected", "WARNING", "CRITICAL", "0x2FA0"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["kind", "low", "high", "commanded", "equals", "mask", "samples"]), inner, max_size=5
        ),
    ),
    max_leaves=8,
)
FIELDS = [
    "response_low",
    "unit",
    "description",
    "safe",
    "performance",
    "delta",
    "sentinels",
    "valid",
    "severity",
    "response",
]


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(each) for each in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(letter):08x}" for letter in value if not 0xD800 <= ord(letter) < 0xE000) + '"'
    return repr(value)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=st.dictionaries(st.sampled_from(FIELDS), VALUES), name=st.text(max_size=4))
def test_any_toml_is_a_table_or_a_table_error(tmp_path: Path, fields: dict[str, object], name: str) -> None:
    lines = [f"{key} = {toml(value)}" for key, value in fields.items()]
    path = write(tmp_path, "\n".join(['elvis = "lab"', f"[parameters.{toml(name)}]", *lines]))
    tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        parameters, told = len(load_table(path).parameters), []
    except TomlError as why:
        parameters, told = 0, str(why).split("\n")
    assert parameters or told
    assert all(line.startswith(str(path)) for line in told)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60))
def test_any_bytes_are_a_table_or_a_table_error(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(TomlError, match=r"lab\.toml"):
        load_table(write(tmp_path, content))


def test_the_example_of_the_documentation_is_a_table(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "limits.rst").read_text(encoding="utf-8")
    example = text.split(".. code-block:: toml\n")[1].split("\nThe keys\n")[0]
    parameters = load_table(write(tmp_path, textwrap.dedent(example))).parameters
    assert list(parameters) == ["CCD1_TEMP_T", "CCD1_OD_T", "SPW_STATUS_REG"]
    assert parameters["CCD1_TEMP_T"].delta == Delta(-5.0, 5.0, 60)
    assert parameters["SPW_STATUS_REG"].safe == Expected(0x2FA0, 0xFFF0)


SAFE = 'safe = { kind = "range", low = 0, high = 30 }'
PHASES = "[phases]\nsensors = ['P']\ncold_below = -100\nwarm_above = 0\nhysteresis = 5\n"


def test_hard_limits_lie_outside_the_soft_ones(tmp_path: Path) -> None:
    text = entry('safe = { kind = "range", low = 0, high = 30, lolo = -5, hihi = 30 }', GRADED)
    assert load_table(write(tmp_path, text)).parameters["P"].safe == Range(0.0, 30.0, -5.0, 30.0)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([SAFE.replace("}", ", lolo = 1 }"), GRADED], "P: safe.lolo: 1.0 must not be above low"),
        ([SAFE.replace("}", ", hihi = 29 }"), GRADED], "P: safe.hihi: 29.0 must not be below"),
        (
            [SAFE.replace("}", ", lolo = -1 }"), 'severity = { low = "CRITICAL", high = "NONE" }'],
            "P: severity: CRITICAL where safe has lolo",
        ),
        (
            [SAFE.replace("}", ", hihi = 99 }"), "valid = { low = -1, high = 99 }", GRADED],
            "P: valid: must reach beyond safe",
        ),
        ([SAFE, GRADED, "out_of_service = ''"], "P: out_of_service: must not"),
        (['phase.hot = { only = "safe" }', GRADED, PHASES], "P: phase.hot: must be 'warm'"),
        (["phase.warm = {}", GRADED, PHASES], "P: phase.warm: is empty"),
        (
            [SAFE, GRADED,
             'phase.cold = { performance = { kind = "range", low = -1, high = 3 } }', PHASES],
            "P: phase: cold: must lie inside safe",
        ),
        (
            ['phase.warm = { only = "safe", performance = { kind = "range", low = 0, high = 3 } }', GRADED, PHASES],
            "P: phase.warm: only",
        ),
        ([SAFE, GRADED, 'phase.warm = { only = "safe" }'], "phases: missing"),
        ([PHASES.replace("'P'", "'Q'")], "phases: sensors: 'Q'"),
        ([PHASES.replace("-100", "-9")], "phases: hysteresis: cold"),
    ],
)  # fmt: skip
def test_what_does_not_nest_or_fit_is_refused(tmp_path: Path, lines: list[str], message: str) -> None:
    (error,) = errors(write(tmp_path, entry(*lines)))
    assert message in error


def test_limits_of_a_phase(tmp_path: Path) -> None:
    text = entry(
        SAFE,
        'performance = { kind = "range", low = 10, high = 20 }',
        GRADED,
        'phase.warm = { only = "safe" }',
        'phase.cold = { performance = { kind = "range", low = 14, high = 16 },'
        " delta = { low = -1, high = 1, samples = 9 } }",
        PHASES,
    )
    table = load_table(write(tmp_path, text))
    each = table.parameters["P"]
    assert table.phases == PhaseRule(("P",), -100.0, 0.0, 5.0)
    assert each.during(Phase.WARM).performance == Range(0, 30)
    assert (each.during(Phase.COLD).performance, each.during(Phase.COLD).delta) == (Range(14, 16), Delta(-1, 1, 9))
    assert each.during(Phase.COLD).safe == each.safe
    assert each.during(Phase.WARM_UP) is each.during(None) is each
