"""Documents never go into a folder that is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from eyegore.basics.errors import SettingsError
from eyegore.basics.files import WriteError
from eyegore.reports.paper import day_name, output_folder


@pytest.mark.parametrize("inside", ["day", "day/look", "day/deep/er", "elsewhere/../day/x", "link/x"])
def test_a_folder_in_one_that_is_read_is_refused(tmp_path: Path, inside: str) -> None:
    day = tmp_path / "day"
    day.mkdir()
    (tmp_path / "link").symlink_to(day)
    with pytest.raises(SettingsError, match="nothing is written"):
        output_folder(tmp_path / inside, "", [day])
    assert list(day.iterdir()) == []


def test_the_usual_folder_here_is_refused_where_here_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="-o"):
        output_folder(None, "quicklook_day", [Path()])


def test_a_folder_beside_it_is_made(tmp_path: Path) -> None:
    day = tmp_path / "day"
    day.mkdir()
    assert output_folder(tmp_path / "day_looked_at" / "deep", "", [day]).is_dir()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="cannot be written"):
        output_folder(tmp_path / "file" / "x", "", [])


@pytest.mark.parametrize(
    ("name", "told"), [("14_Mar_19", "14_Mar_19"), ("a b/../c d", "c_d"), ("...", "folder"), ("Ü", "folder")]
)
def test_documents_are_called_by_the_folder(tmp_path: Path, name: str, told: str) -> None:
    (tmp_path / name.split("/")[0]).mkdir()
    assert day_name(tmp_path / name) == told
