from __future__ import annotations

import itertools

import pytest

from eyegore.basics.errors import SettingsError
from eyegore.campaign import plan as campaign
from eyegore.campaign.plan import family_of, known_tests
from eyegore.campaign.timing import ExposurePlan
from eyegore.limits.frame_model import Family

BORN = campaign.chamber("B_BORN")


@pytest.mark.parametrize(
    ("test", "column", "key", "value"),
    [
        ("BIAS02", 1, "rdmode", "rwd_bas_v"),
        ("BIAS01", 1, "shuttr", 0),
        ("PTC01", 11, "exptime", 1.2 * 3.5),
        ("NL02", 3, "exptime", 0.005 * 73.4),
        ("NL02", 3, "wave", 6),
        ("FLATFLUX00_800", 2, "exptime", 0.2 * 3.5),
        ("FOCUS00_590", 1, "mirr_pos", 47.2 - 0.8),
        ("PERSIST01", 3, "mirr_pos", 47.2 - 10),
        ("PERSIST01", 3, "wave", 2),
        ("CHINJ01", 2, "IG1_2_B", 2.75),
        ("CHINJ01", 2, "OD_1_T", 26.0),
        ("TP02", 4, "dwell_s", 4.75),
        ("PSF01_590", 1, "source", "point"),
    ],
)
def test_a_script_column_commands_what_the_campaign_says(test: str, column: int, key: str, value: object) -> None:
    settings = campaign.script_columns(test, BORN, "7.5.X")[column - 1].settings
    assert settings[key] == (pytest.approx(value, abs=1e-4) if isinstance(value, float) else value)


def test_defaults_are_the_versions_own() -> None:
    assert campaign.default_settings("7.5.X")["IG2_T"] == 2.0
    assert campaign.default_settings("6.3.0")["IG2_T"] == campaign.default_settings("5.7.02")["IG2_T"] == 5.0


@pytest.mark.parametrize("name", campaign.known_chambers())
def test_every_test_runs_in_every_chamber_that_has_its_filters(name: str) -> None:
    profile = campaign.chamber(name)
    tests = [test for test in campaign.known_tests() if "2000" not in test and test != "PERSIST01"]
    for test in tests:
        assert all(column.frames > 0 for column in campaign.script_columns(test, profile, "7.5.X"))


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: campaign.script_columns("BIAS9", BORN, "7.5.X"), "did you mean BIAS0"),
        (lambda: campaign.chamber("B_BORM"), "did you mean B_BORN"),
        (lambda: campaign.block_offsets("BOR"), "did you mean BORN"),
        (lambda: BORN.slot(640), "no filter for 640 nm"),
        (lambda: BORN.time_to_full_well("flat", 640), "no flat-source flux for 640 nm"),
    ],
)
def test_unknown_names_are_told_with_the_known(call: object, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        call()  # type: ignore[operator]


def test_a_block_has_its_own_chamber_and_bias_levels() -> None:
    assert campaign.chamber_of_block("CURIE").name == "B_CURIE"
    assert campaign.chamber_of_block("ALBERT").name == "B_BORN"
    assert campaign.block_offsets("ALBERT2")[1, "F"] == 2300
    assert all(
        set(campaign.block_offsets(block)) == {(c, q) for c in (1, 2, 3) for q in "EFGH"}
        for block in campaign.known_blocks()
    )


@pytest.mark.parametrize(
    ("test", "frames", "minutes"),
    [
        ("BIAS01", 10, 16),
        ("DARK01", 4, 44),
        ("CHINJ01", 36, 59),
        ("TP01", 50, 120),
        ("TP02", 18, 14),
        ("FLAT01", 170, 269),
        ("PTC01", 92, 146),
        ("PERSIST01", 12, 85),
        ("MOT_WARM", 8, 12),
    ],
)
def test_a_test_takes_as_long_as_the_campaign_reckons(test: str, frames: int, minutes: float) -> None:
    exposures = ExposurePlan([test], BORN, "7.5.X", 0.0, 1).whole()
    assert len(exposures) == frames
    assert exposures[-1].end / 60 == pytest.approx(minutes, rel=0.01, abs=0.6)


def test_exposures_follow_one_another() -> None:
    exposures = ExposurePlan(["BIAS01", "TP02"], BORN, "7.5.X", 1000.0, 20103).whole()
    assert [each.obsid for each in exposures] == list(range(20103, 20131))
    for before, after in itertools.pairwise(exposures):
        assert before.start < before.hk_first < before.hk_last < before.end <= after.start
        assert after.time == 1000 + after.start


def test_nothing_begins_in_a_pause_or_is_cut_by_the_end() -> None:
    plan = ExposurePlan(["BIAS01"], BORN, "7.5.X", 0.0, 1, repeat=True, end=2000)
    plan.stop_in(((200, 700),))
    exposures = plan.whole()
    assert exposures[-1].end <= 2000 < exposures[-1].end + 100
    assert not [each for each in exposures if 200 <= each.start < 700]
    assert [each.obsid for each in exposures] == list(range(1, len(exposures) + 1))


def test_a_repeated_session_begins_its_tests_again() -> None:
    plan = ExposurePlan(["BIAS01", "BIAS02"], BORN, "7.5.X", 0.0, 1, repeat=True)
    tests = [each.column.test for each in plan.reach(4000)]
    assert tests[:25] == ["BIAS01"] * 10 + ["BIAS02"] * 10 + ["BIAS01"] * 5


@pytest.mark.parametrize(
    ("test", "family"),
    [
        ("BIAS01", Family.BIAS),
        ("BIAS02", Family.BIAS),
        ("DARK01", Family.DARK),
        ("FLAT01", Family.FLAT),
        ("FLAT_STB", Family.FLAT),
        ("FLATFLUX00_800", Family.FLAT),
        ("PTC02_155R", Family.FLAT),
        ("NL01", Family.FLAT),
        ("NL02_160R", Family.NONLINEARITY),
        ("CHINJ01", Family.INJECTION),
        ("TP21", Family.INJECTION),
        ("FOCUS00_590", Family.FOCUS),
        ("PSF02_148K", Family.PSF),
        ("PSFLUX00_0", Family.PSF),
        ("PERSIST01", Family.PERSISTENCE),
        ("MOT_WARM", Family.WARM),
        ("COSMETICS00", Family.COSMETICS),
        ("TP00", Family.OTHER),
        ("CHINJ00", Family.OTHER),
        ("", Family.OTHER),
        ("hand made", Family.OTHER),
        (" bias01 ", Family.BIAS),
    ],
)
def test_family(test: str, family: Family) -> None:
    assert family_of(test) is family


def test_every_test_of_the_campaign_has_one() -> None:
    assert [test for test in known_tests() if family_of(test) is Family.OTHER] == []
