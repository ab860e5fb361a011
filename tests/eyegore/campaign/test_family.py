"""Families of every test of the campaign."""

import pytest

from eyegore.campaign.family import family_of
from eyegore.campaign.plan import known_tests
from eyegore.limits.frame_model import Family


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
