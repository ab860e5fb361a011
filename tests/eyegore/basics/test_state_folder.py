"""Names of what is remembered stay what they were: a file that is not found again is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from eyegore.basics.state_folder import kept_path, state_dir


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
