"""A file is there whole or as it was, and nothing goes into a folder that is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from eyegore.basics.errors import SettingsError
from eyegore.basics.files import (
    WriteError,
    kept_path,
    lies_in,
    make_folder,
    refuse_inside,
    state_dir,
    whole_file,
    write_whole,
)


@pytest.mark.parametrize(("content", "found"), [("10 °C\n", "10 °C\n".encode()), (b"\x00\xff", b"\x00\xff")])
def test_text_and_bytes_take_the_place_of_what_was_there(tmp_path: Path, content: str | bytes, found: bytes) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    write_whole(path, content)
    assert path.read_bytes() == found
    assert os.listdir(tmp_path) == ["a"]


def test_what_was_there_stays_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    with whole_file(path, on_disk=True) as file:
        file.write(b"new")
        file.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new"


@pytest.mark.parametrize(
    ("why", "told"), [(OSError(28, "No space left on device"), WriteError), (KeyboardInterrupt(), KeyboardInterrupt)]
)
def test_what_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, why: BaseException, told: type[BaseException]
) -> None:
    path = tmp_path / "a"
    path.write_text("old")

    def write() -> None:
        with whole_file(path) as file:
            file.write(b"half")
            raise why

    with pytest.raises(told):
        write()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]


def test_the_error_names_the_file_and_the_reason(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"gone/a cannot be written: No such file or directory$"):
        write_whole(tmp_path / "gone" / "a", "x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(WriteError, match="folder cannot be written"):
        write_whole(tmp_path / "folder", "x")
    assert os.listdir(tmp_path) == ["folder"]
    (tmp_path / "file").touch()
    with pytest.raises(WriteError, match=r"file/x cannot be written: Not a directory$"):
        make_folder(tmp_path / "file" / "x")


def test_others_may_read_it_as_they_may_read_any_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "a", "x")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


def test_a_long_name_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / ("ä" * 120)
    write_whole(path, "x")
    assert path.read_text() == "x"


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """A folder that is read, and ways that lead to it."""
    (tmp_path / "day" / "deep").mkdir(parents=True)
    (tmp_path / "beside").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "day")
    (tmp_path / "deep link").symlink_to(tmp_path / "day" / "deep")
    return tmp_path / "day"


@pytest.mark.parametrize(
    "place", ["day", "day/x", "day/not/there/x", "link", "link/x", "deep link/x", "beside/../day/x", "day/deep/.."]
)
def test_a_place_in_a_folder_that_is_read_is_refused(day: Path, place: str) -> None:
    for read in (day, day.parent / "link", day / "deep" / ".."):
        assert lies_in(day.parent / place, read)
    with pytest.raises(SettingsError, match="day, where nothing is written: look elsewhere"):
        refuse_inside(day.parent / place, [day.parent / "beside", day], "look elsewhere")


@pytest.mark.parametrize("place", ["beside", "beside/x", "day2/x", "day/../x", "link/../x", "x"])
def test_a_place_beside_it_is_taken(day: Path, place: str) -> None:
    assert not lies_in(day.parent / place, day)
    refuse_inside(day.parent / place, [day, day.parent / "not there"], "")


def test_the_folder_one_is_in_is_known(day: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(day)
    assert lies_in(Path("x"), Path())
    assert not lies_in(Path("../x"), Path())


def test_the_state_folder_is_that_of_the_user_or_the_one_given(private_home: Path) -> None:
    assert state_dir(None) == private_home / ".local/state/eyegore"
    assert state_dir(Path("~/elsewhere")) == private_home / "elsewhere"


@pytest.mark.parametrize(
    ("folder", "also", "name"),
    [
        ("/data/14_Mar_19", "", "14_Mar_19-0f3cdfa550.sqlite"),
        ("/data/14_Mar_19", "gate:/data:0", "14_Mar_19-4a10e28154.sqlite"),
        ("/data/14 Mär 19/...", "", "folder-64e39dba15.sqlite"),
        ("/data/14 Mär 19/...", "gate:/data:0", "folder-781356b7b8.sqlite"),
    ],
)
def test_a_file_is_called_as_it_was_in_2026(folder: str, also: str, name: str) -> None:
    assert kept_path(Path("/state"), folder, also) == Path("/state") / name
