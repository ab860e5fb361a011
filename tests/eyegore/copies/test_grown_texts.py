"""What of a text that grew is read back, and when all of it is."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from eyegore.copies.local_side import LocalSide
from eyegore.copies.report import Likeness
from eyegore.copies.scan import SourceFile
from eyegore.copies.side import WHOLE_S, GrownTexts, OtherSide
from eyegore.copies.ssh import side as ssh_side
from eyegore.copies.ssh.side import SshSide

from .ssh_server import SshServer

NAME = "HK_14-03-19_ROE1_01.txt"
ROWS = b"".join(b"row %d\n" % row for row in range(1000))


def text(size: int) -> SourceFile:
    return SourceFile(NAME, size, 0, True, None)


def spoil(path: Path, offset: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(b"#")


# --- what is remembered -----------------------------------------------------------------------------------------------


@pytest.fixture
def source(tmp_path: Path) -> Iterator[BinaryIO]:
    path = tmp_path / NAME
    path.write_bytes(ROWS)
    with path.open("rb", buffering=0) as file:
        yield file


def test_a_beginning_is_known_until_the_text_is_another_or_shorter_or_a_while_has_passed(source: BinaryIO) -> None:
    now = [0.0]
    texts = GrownTexts(lambda: now[0])
    number = source.fileno()

    def length(size: int, there: int = 1) -> int:
        return texts.beginning(text(size), number, (there,)).length

    texts.keep(text(100), number, hashlib.sha256(ROWS[:100]), texts.beginning(text(100), number, (1,)))
    assert (length(120), length(120, there=2), length(99)) == (100, 0, 0)
    now[0] = WHOLE_S - 1
    texts.keep(text(120), number, hashlib.sha256(ROWS[:120]), texts.beginning(text(120), number, (1,)))
    assert length(130) == 120
    now[0] = WHOLE_S  # since it was read whole, not since it was last added to
    assert length(130) == 0


@pytest.mark.parametrize("offset", [0, 4999])
def test_a_text_that_was_rewritten_is_not_known(source: BinaryIO, offset: int) -> None:
    texts = GrownTexts()
    texts.keep(text(5000), source.fileno(), hashlib.sha256(ROWS[:5000]), texts.beginning(text(5000), source.fileno()))
    spoil(Path(source.name), offset)
    assert texts.beginning(text(6000), source.fileno()).length == 0


# --- both sides -------------------------------------------------------------------------------------------------------


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """The source, and its copy below a target."""
    source, there = tmp_path / "day", tmp_path / "root" / "day"
    for folder in (source, there):
        folder.mkdir(parents=True)
        (folder / NAME).write_bytes(ROWS[:2000])
    return source, there


@pytest.fixture(params=["local", pytest.param("ssh", marks=pytest.mark.slow)])
def side(
    request: pytest.FixtureRequest, folders: tuple[Path, Path], tmp_path: Path, wait_until: Callable[..., None]
) -> Iterator[OtherSide]:
    if request.param == "local":
        yield LocalSide(*folders)
        return
    (tmp_path / "sshd").mkdir()
    server = SshServer(tmp_path / "sshd", wait_until)
    server.start()
    server.make_known()
    ssh = SshSide(folders[0], server.target(folders[1]))
    yield ssh
    ssh.close()
    server.kill()


def likeness(side: OtherSide, size: int, *, from_disk: bool = False) -> tuple[Likeness, str]:
    (compared,) = side.compare([text(size)], from_disk=from_disk)
    return compared.likeness, compared.checksum


def grow(folders: tuple[Path, Path], until: int) -> None:
    for folder in folders:
        with (folder / NAME).open("ab") as file:
            file.write(ROWS[file.tell() : until])


def test_only_what_was_added_is_read_until_all_is_asked_for(side: OtherSide, folders: tuple[Path, Path]) -> None:
    assert likeness(side, 2000)[0] is Likeness.EQUAL
    spoil(folders[1] / NAME, 3)
    grow(folders, 3000)
    assert likeness(side, 3000) == (Likeness.EQUAL, hashlib.sha256(ROWS[:3000]).hexdigest())
    assert likeness(side, 3000, from_disk=True)[0] is Likeness.DIFFERENT
    assert likeness(side, 3000)[0] is Likeness.DIFFERENT  # and nothing of it is trusted any more


@pytest.mark.parametrize("offset", [2000, 2999])
def test_what_was_added_is_read(side: OtherSide, folders: tuple[Path, Path], offset: int) -> None:
    likeness(side, 2000)
    grow(folders, 3000)
    spoil(folders[1] / NAME, offset)
    assert likeness(side, 3000)[0] is Likeness.DIFFERENT


def test_a_text_put_in_the_place_of_another_is_read_whole(side: OtherSide, folders: tuple[Path, Path]) -> None:
    likeness(side, 2000)
    grow(folders, 3000)
    other = folders[0] / "other"
    other.write_bytes(b"#" + ROWS[1:3000])
    os.replace(other, folders[0] / NAME)
    assert likeness(side, 3000)[0] is Likeness.DIFFERENT


def test_a_copy_that_was_cut_is_short_wherever_it_was_cut(side: OtherSide, folders: tuple[Path, Path]) -> None:
    likeness(side, 2000)
    grow(folders, 3000)
    for size in (2500, 1500, 0):
        os.truncate(folders[1] / NAME, size)
        assert likeness(side, 3000)[0] is Likeness.SHORT


def test_one_that_was_away_is_read_whole(side: OtherSide, folders: tuple[Path, Path]) -> None:
    likeness(side, 2000)
    (folders[1] / NAME).rename(folders[1] / "away")
    assert side.absent([text(2000)]) == {NAME}
    (folders[1] / "away").rename(folders[1] / NAME)
    spoil(folders[1] / NAME, 0)
    assert likeness(side, 2000)[0] is Likeness.DIFFERENT


def test_sizes_are_found_with_the_stat_of_gnu_and_with_another(
    side: OtherSide, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folders[1] / "line\nend").touch()
    files = [SourceFile(name, 0, 0, False, None) for name in ("not there", "line\nend")]
    for script in (ssh_side.SIZES, ssh_side.SIZES.replace("--printf= .", "--no-such-option")):
        monkeypatch.setattr(ssh_side, "SIZES", script)
        assert side.absent([text(2000), *files]) == {"not there"}
        assert side.absent([text(2000), files[1]]) == set()
