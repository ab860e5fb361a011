"""The table of the checks of frames: what the built-in one must hold, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from eyegore.basics.toml_file import TomlError, UnreadableError
from eyegore.limits.frame_model import METRICS, CheckLimit, Family, ImageVerdict, Reference
from eyegore.limits.table import built_in_checks, load_checks

WRITTEN = """default_offset = 2800.0

[[check]]
name = "std_pre"
description = "noise"
low = 0.86
high = 1.44
out = "FAIL"
flag = "RON_OOL"

[[check]]
name = "fluence"
description = "signal"
tests = ["PTC01"]
levels = [50, 110]
of = 65536.0
tolerance = 0.1
out = "FAIL"
flag = "FLUENCE_OOL"

[blocks.BORN]
CCD1 = { E = 1.0, F = 2.0, G = 3.0, H = 4.0 }
CCD2 = { E = 5.0, F = 6.0, G = 7.0, H = 8.0 }
CCD3 = { E = 9.0, F = 10.0, G = 11.0, H = 12.0 }
"""


def limits(name: str, family: Family, test: str = "X", column: int = 1) -> list[CheckLimit]:
    return [
        limit
        for limit in built_in_checks().limits
        if limit.name == name and limit.holds_for(family, test) and (not limit.columns or column in limit.columns)
    ]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "frames.toml"


def test_a_table_is_read_whole(path: Path) -> None:
    path.write_text(WRITTEN)
    table = load_checks(path)
    assert [(limit.name, limit.low, limit.high) for limit in table.limits] == [
        ("std_pre", 0.86, 1.44),
        ("fluence", pytest.approx(29491.2), pytest.approx(36044.8)),
        ("fluence", pytest.approx(58982.4), pytest.approx(72089.6)),
    ]
    assert [limit.columns for limit in table.limits[1:]] == [{1}, {2}]
    assert table.offset("BORN", 3, "F") == 10.0
    assert table.source == str(path)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ('"std_pre"', '"std_per"', ":4: check 1 (std_per): name: 'std_per' is nothing that is measured"),
        ("low = 0.86\n", "", ":3: check 1 (std_pre): low: missing: low and high, or levels"),
        ("low = 0.86", "low = 1.5", ":7: check 1 (std_pre): high: 1.44 must not be below low = 1.5"),
        ("low = 0.86", "low = nan", ":6: check 1 (std_pre): low: must be a finite number"),
        ("low = 0.86", 'low = "0.86"', ":6: check 1 (std_pre): low: must be a number"),
        ('out = "FAIL"\nflag = "RON', 'out = "BAD"\nflag = "RON', ":8: check 1 (std_pre): out: must be 'WARNING' or"),
        ("high = 1.44", "high = 1.44\nlimit = 1", ":8: check 1 (std_pre): limit: unknown key"),
        ("high = 1.44", 'high = 1.44\nfamilies = ["flats"]', ":8: check 1 (std_pre): families: no family 'flats'"),
        ("high = 1.44", "high = 1.44\ncolumns = [0]", ":8: check 1 (std_pre): columns: script columns are counted"),
        ("high = 1.44", 'high = 1.44\nreference = "x"', ":8: check 1 (std_pre): reference: no reference 'x'"),
        ("of = 65536.0\n", "", ":11: check 2 (fluence): of: missing, though there are levels"),
        ("tolerance = 0.1", "tolerance = 0.1\nlow = 3.0", ":18: check 2 (fluence): low: low and high, or levels; not"),
        ("tolerance = 0.1", "tolerance = 0.1\ncolumns = [3]", ":18: check 2 (fluence): columns: there are 1, for 2"),
        ("levels = [50, 110]", "levels = [0]", ":15: check 2 (fluence): levels: must hold one level above 0"),
        ("CCD3 = {", "CCD4 = {", "blocks.BORN: CCD3: missing"),
        ("E = 5.0", "E = -5.0", "blocks.BORN: CCD2.E: "),
        ("default_offset = 2800.0", "", "default_offset: missing"),
        ("[[check]]", "[[check]", "is not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_line_entry_and_field(path: Path, old: str, new: str, error: str) -> None:
    assert old in WRITTEN
    path.write_text(WRITTEN.replace(old, new, 1))
    with pytest.raises(TomlError) as caught:
        load_checks(path)
    assert str(path) in str(caught.value)
    assert error in str(caught.value)


def test_all_errors_are_told_at_once(path: Path) -> None:
    path.write_text(WRITTEN.replace('"std_pre"', '"x"').replace("CCD3 =", "CCD5 ="))
    with pytest.raises(TomlError) as caught:
        load_checks(path)
    assert len(str(caught.value).splitlines()) == 3


def test_a_file_that_is_not_there(path: Path) -> None:
    with pytest.raises(UnreadableError, match="cannot be read"):
        load_checks(path)


# --- the built-in table ----------------------------------------------------------------------------------------------


def test_every_check_has_a_unit_a_description_and_a_verdict() -> None:
    for limit in built_in_checks().limits:
        assert limit.unit == METRICS[limit.name]
        assert limit.description
        assert limit.out in (ImageVerdict.WARNING, ImageVerdict.FAIL)
        assert limit.low <= limit.high


def test_offsets_of_every_block() -> None:
    table = built_in_checks()
    assert len(table.blocks) == 25
    assert table.offset("BORN", 2, "E") == 2940
    assert table.offset("", 2, "E") == 2800
    for offsets in table.blocks.values():
        assert set(offsets) == {(ccd, letter) for ccd in (1, 2, 3) for letter in "EFGH"}
        assert all(1500 < offset < 3500 for offset in offsets.values())


@pytest.mark.parametrize(
    ("name", "family", "test", "column", "low", "high"),
    [
        ("std_img", Family.BIAS, "BIAS01", 1, 0.86, 1.44),
        ("std_pre", Family.PSF, "PSF01_800", 1, 0.86, 1.44),
        ("gradient_ove_pre", Family.FLAT, "PTC01", 1, -10, 10),
        ("saturated_fraction", Family.FLAT, "PTC01", 1, 0, 0.1),
        ("saturated_fraction", Family.PERSISTENCE, "PERSIST01", 3, 0.002, 0.2),
        ("lost_pixels", Family.OTHER, "", 1, 0, 0),
        ("fluence", Family.DARK, "DARK01", 1, -2, 5),
        ("fluence", Family.FLAT, "PTC01", 1, 2949.12, 3604.48),
        ("fluence", Family.FLAT, "PTC01", 11, 58982.4, 72089.6),
        ("fluence", Family.FLAT, "PTC02_730", 6, 53084.2, 64880.6),
        ("fluence", Family.FLAT, "FLATFLUX00_590", 4, 47185.9, 57671.7),
        ("fluence", Family.FLAT, "FLAT01", 3, 44236.8, 54067.2),
        ("fluence", Family.FLAT, "FLAT02_880", 2, 44236.8, 54067.2),
        ("fluence", Family.FLAT, "FLAT_STB", 1, 17694.7, 21626.9),
        ("fluence", Family.FLAT, "NL01", 1, -10, 20),
        ("fluence", Family.FLAT, "NL01", 2, 29491.2, 36044.8),
        ("fluence", Family.FLAT, "NL01", 5, 412.877, 504.627),
        ("fluence", Family.FLAT, "NL01", 31, 56033.3, 68485.1),
        ("fluence", Family.FLAT, "NL01", 36, 29491.2, 36044.8),
        ("spot_flux", Family.FOCUS, "FOCUS00_800", 5, 124621, 233664),
        ("spot_width", Family.FOCUS, "FOCUS00_800", 5, 0.5, 10),
        ("spot_width", Family.PSF, "PSF01_800", 5, 1.2, 3),
        ("spot_peak", Family.PSF, "PSF01_800", 1, 1925, 3575),
        ("spot_peak", Family.PSF, "PSF02_148K", 5, 34650, 64350),
        ("background", Family.FOCUS, "FOCUS00_800", 1, -5, 10),
        ("background", Family.PSF, "PSF01_800", 1, -1, 5),
        ("background", Family.PERSISTENCE, "PERSIST01", 4, 0, 200),
    ],
)
def test_limits_are_those_the_laboratory_agreed_on(
    name: str, family: Family, test: str, column: int, low: float, high: float
) -> None:
    (limit,) = limits(name, family, test, column)
    assert (limit.low, limit.high) == (pytest.approx(low, rel=1e-5), pytest.approx(high, rel=1e-5))
    assert limit.reference is Reference.NONE


@pytest.mark.parametrize(
    ("name", "family", "test", "column"),
    [
        ("fluence", Family.NONLINEARITY, "NL02", 1),
        ("fluence", Family.BIAS, "BIAS01", 1),
        ("std_img", Family.FLAT, "PTC01", 1),
        ("offset_img", Family.DARK, "DARK01", 1),
        ("offset_pre", Family.PERSISTENCE, "PERSIST01", 2),
        ("background", Family.PERSISTENCE, "PERSIST01", 1),
        ("saturated_fraction", Family.PERSISTENCE, "PERSIST01", 1),
        ("spot_peak", Family.FOCUS, "FOCUS00_800", 1),
    ],
)
def test_what_nobody_agreed_on_is_not_checked(name: str, family: Family, test: str, column: int) -> None:
    assert limits(name, family, test, column) == []


def test_injection_follows_the_voltages_where_they_tell_a_level() -> None:
    told, free = limits("injection_level", Family.INJECTION)
    assert (told.reference, told.low, told.high) == (Reference.INJECTED_LEVEL, 0.5, 1.5)
    assert (free.reference, free.low, free.high) == (Reference.NONE, -10, 66191.4)


def test_warm_frames_have_offsets_in_one_mode_and_noise_in_the_other() -> None:
    assert {limit.modes for limit in limits("offset_pre", Family.WARM)} == {frozenset({"rwd_bas_v"})}
    assert {limit.modes for limit in limits("std_img", Family.WARM)} == {frozenset({"rwd_bas_vs"})}


def test_the_table_is_the_same_each_time() -> None:
    assert built_in_checks() is built_in_checks()
