"""Which file of a folder is the image of an ObsID and CCD."""

from __future__ import annotations

from pathlib import Path

import pytest

from eyegore.basics.errors import SettingsError
from eyegore.ds9.image_files import NameTemplate, image_files


@pytest.mark.parametrize(
    ("template", "name", "fields"),
    [
        ("EUC_%i_*D*T_ROE%i_CCD%i.fits", "EUC_20103_140319D_100000T_ROE1_CCD2.fits", (20103, 1, 2)),
        ("EUC_%i_*D*T_ROE%i_CCD%i.fits", "EUC_191_251116D150614T_ROE1_CCD1.fits", (191, 1, 1)),
        ("EUC_%i_*D*T_ROE%i_CCD%i.fits", ".EUC_191_251116D150614T_ROE1_CCD1.fits", None),
        ("EUC_%i_*D*T_ROE%i_CCD%i.fits", "EUC_191_251116D150614T_ROE1_CCD1.fits.bak", None),
        ("*%i_%i_%i.fits", ".hidden1_1_1.fits", None),
        ("img_%05d_R%d_%d.fits", "img_00017_R2_3.fits", (17, 2, 3)),
        ("100%% %i[ab]%i?%i.fits", "100% 7a1x2.fits", (7, 1, 2)),
        ("(%i)+%i.%i", "(7)+1.2", (7, 1, 2)),
        ("%i_%i_%i", "7_1_x", None),
    ],
)
def test_a_template_finds_its_fields(template: str, name: str, fields: tuple[int, int, int] | None) -> None:
    assert NameTemplate(template).match(name) == fields


@pytest.mark.parametrize("template", ["", "EUC.fits", "%i_%i", "%i%i%i%i", "%s_%i_%i_%i", "%i_%i_%i_%", "%f_%i_%i"])
def test_a_template_without_three_integers_is_refused(template: str) -> None:
    with pytest.raises(SettingsError, match="must have three integer fields"):
        NameTemplate(template)


def test_a_template_with_a_folder_is_refused() -> None:
    with pytest.raises(SettingsError, match="give the folder with -p"):
        NameTemplate("day/%i_%i_%i.fits")


def test_obsids_ccds_and_roe_are_chosen_and_of_several_files_the_newest(tmp_path: Path) -> None:
    for name in (
        "EUC_7_310119D_100000T_ROE1_CCD1.fits",
        "EUC_7_010219D_090000T_ROE1_CCD1.fits",
        "EUC_7_310119D_100000T_ROE2_CCD2.fits",
        "EUC_7_310119D_100000T_ROE1_CCD3.fits",
        "EUC_8_310119D_100000T_ROE1_CCD1.fits",
        "EUC_77_310119D_100000T_ROE1_CCD1.fits",
        "other",
    ):
        (tmp_path / name).touch()
    found = image_files(tmp_path, NameTemplate(), 1, range(7, 9), (1, 2))
    assert {key: path.name for key, path in found.paths.items()} == {
        (7, 1): "EUC_7_010219D_090000T_ROE1_CCD1.fits",
        (8, 1): "EUC_8_310119D_100000T_ROE1_CCD1.fits",
    }
    assert found.notes == (
        "CCD1 of ObsID 7 has 2 files: EUC_7_010219D_090000T_ROE1_CCD1.fits is taken, the newest",
    )  # fmt: skip


def test_a_folder_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="gone cannot be read: No such file"):
        image_files(tmp_path / "gone", NameTemplate(), 1, range(1), (1,))
