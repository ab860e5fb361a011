from __future__ import annotations

import os
from pathlib import Path

import pytest

from eyegore.feeds.follow import DayFolder, newer_day_folder

HK = "HK_14-03-19_ROE1_01.txt"


def day(parent: Path, name: str, *, modified: float = 1e9, content: str = HK) -> Path:
    folder = parent / name
    folder.mkdir()
    if content:
        (folder / content).write_text("x")
        os.utime(folder / content, (modified, modified))
    return folder


def newest(parent: Path) -> str | None:
    found = newer_day_folder(parent, None)
    return found.path.name if found else None


def test_the_date_in_the_name_decides_not_the_order_of_the_text(tmp_path: Path) -> None:
    for name in ("28_Feb_19", "14_Mar_19", "31_Jan_19", "30_Dec_18"):
        day(tmp_path, name)
    assert newest(tmp_path) == "14_Mar_19"


def test_a_folder_without_files_of_elvis_is_passed_over(tmp_path: Path) -> None:
    day(tmp_path, "14_Mar_19")
    day(tmp_path, "15_Mar_19", content="notes.txt")
    day(tmp_path, "16_Mar_19", content="")
    (tmp_path / "17_Mar_19").write_text("a file")
    assert newest(tmp_path) == "14_Mar_19"


def test_without_dates_the_last_written_one_is_the_newest(tmp_path: Path) -> None:
    day(tmp_path, "a", modified=2e9)
    day(tmp_path, "b", modified=1e9)
    assert newest(tmp_path) == "a"


ODD = ("30_Nov_62", "31_Nov_26", "30_Nov_26_b", "29_Nov_26", "01_Nov_26", "tonight")
"""Another epoch, a day the month does not have, an ending, days of a wrong clock, no date at all."""


@pytest.mark.parametrize("odd", ODD)
def test_the_one_that_was_written_to_last_is_the_newest_whatever_its_name(tmp_path: Path, odd: str) -> None:
    day(tmp_path, "30_Nov_26", modified=1.5e9)
    day(tmp_path, odd, modified=1.5e9 + 60)
    assert newest(tmp_path) == odd


@pytest.mark.parametrize("odd", ODD)
def test_one_with_an_odd_name_is_left_when_another_is_written_to(tmp_path: Path, odd: str) -> None:
    day(tmp_path, odd, modified=1.5e9)
    current = newer_day_folder(tmp_path, None)
    assert current is not None
    new = day(tmp_path, "30_Nov_26", modified=1.5e9 + 60)
    found = newer_day_folder(tmp_path, current)
    assert found is not None
    assert found.path == new
    assert found.told(current)


@pytest.mark.parametrize("name", ["30_Nov_62", "01_Dec_26", "29_Nov_26", "tonight"])
def test_one_that_is_written_to_is_not_left_for_one_that_is_not(tmp_path: Path, name: str) -> None:
    """A folder of old files, whatever its name; also when somebody adds a file that is none of ELVIS'."""
    day(tmp_path, name, modified=1.4e9)
    day(tmp_path, "30_Nov_26", modified=1.5e9)
    (tmp_path / name / "notes.txt").write_text("added")
    assert newest(tmp_path) == "30_Nov_26"
    current = newer_day_folder(tmp_path, None)
    assert newer_day_folder(tmp_path, current) is None


def test_the_date_decides_at_midnight(tmp_path: Path) -> None:
    """ELVIS has just begun the next folder; the last row in the one before is some seconds old or new."""
    day(tmp_path, "30_Nov_26", modified=1.5e9)
    current = newer_day_folder(tmp_path, None)
    day(tmp_path, "01_Dec_26", modified=1.5e9 - 5)
    found = newer_day_folder(tmp_path, current)
    assert found is not None
    assert found.path.name == "01_Dec_26"
    assert current is not None
    assert found.told(current) == "it is newer"


def test_folders_that_got_no_file_for_long_are_not_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 29):
        os.utime(day(tmp_path, f"{number:02d}_Jan_19", modified=1.4e9), (1.4e9, 1.4e9))
    day(tmp_path, "14_Mar_19", modified=1.5e9)
    current = newer_day_folder(tmp_path, None)
    looked: list[str] = []
    listed = os.scandir

    def scandir(path: Path) -> object:
        looked.append(Path(path).name)
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert newer_day_folder(tmp_path, current) is None
    assert looked == ["14_Mar_19", tmp_path.name]


def test_nothing_in_nothing(tmp_path: Path) -> None:
    assert newest(tmp_path) is None


def test_a_missing_parent_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        newer_day_folder(tmp_path / "gone", None)


def test_the_current_folder_is_left_for_a_newer_one_only(tmp_path: Path) -> None:
    day(tmp_path, "13_Mar_19")
    day(tmp_path, "14_Mar_19")
    current = newer_day_folder(tmp_path, None)
    assert current is not None
    assert newer_day_folder(tmp_path, current) is None
    day(tmp_path, "15_Mar_19", content="")
    assert newer_day_folder(tmp_path, current) is None
    (tmp_path / "15_Mar_19" / HK).write_text("x")
    found = newer_day_folder(tmp_path, current)
    assert found is not None
    assert found.path.name == "15_Mar_19"


def test_a_current_folder_out_of_reach_is_not_given_up_for_an_older_one(tmp_path: Path) -> None:
    day(tmp_path, "13_Mar_19")
    current = DayFolder(tmp_path / "14_Mar_19", 1.5e9 * 2, 1e9)
    assert newer_day_folder(tmp_path, current) is None


def test_two_undated_folders_written_to_in_turns_do_not_alternate(tmp_path: Path) -> None:
    day(tmp_path, "a", modified=1e9)
    current = newer_day_folder(tmp_path, None)
    day(tmp_path, "b", modified=1e9 + 10)
    assert newer_day_folder(tmp_path, current) is None
    os.utime(tmp_path / "b" / HK, (1e9 + 500, 1e9 + 500))
    found = newer_day_folder(tmp_path, current)
    assert found is not None
    assert found.path.name == "b"


def test_a_link_that_leads_nowhere_hides_no_folder_and_no_file(tmp_path: Path) -> None:
    folder = day(tmp_path, "14_Mar_19")
    for link in (tmp_path / "15_Mar_19", folder / "HK_14-03-19_ROE1_00.txt"):
        link.symlink_to(link.name)  # in a circle
    assert newest(tmp_path) == "14_Mar_19"
