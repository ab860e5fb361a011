from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from eyegore.session.side_workers import DiskSpace, FreeSpace

from ...patience import AWAITED_S


class WaitUntil(Protocol):
    def __call__(self, predicate: Callable[[], object], timeout: float = 10, message: str = "") -> None: ...


@pytest.fixture
def posted() -> list[FreeSpace]:
    return []


class Volumes:
    """Volumes that answer, or hang until they are let go."""

    def __init__(self) -> None:
        self.hanging: set[str] = set()
        self.let_go = threading.Event()
        self.asked: list[str] = []

    def free(self, path: Path) -> float:
        self.asked.append(str(path))
        if str(path) in self.hanging:
            assert self.let_go.wait(AWAITED_S)
        return 3e9


@pytest.fixture
def volumes() -> Iterator[Volumes]:
    volumes = Volumes()
    yield volumes
    volumes.let_go.set()


def test_the_free_space_of_a_folder(tmp_path: Path, posted: list[FreeSpace], wait_until: WaitUntil) -> None:
    (tmp_path / "file").touch()
    backup_path = tmp_path / "file" / "none"
    space = DiskSpace({"data": tmp_path, "backup": backup_path, "later": tmp_path / "later"}, posted.append)
    assert not space.alive
    space.start()
    wait_until(lambda: len(posted) == 2)
    assert space.alive
    space.stop()
    assert space.join()
    data, backup = sorted(posted, key=lambda one: one.name, reverse=True)
    assert (data.name, data.problem) == ("data", "")
    assert data.free > 0
    assert math.isnan(backup.free)
    assert backup.problem == f"{backup_path} cannot be asked for its free space (Not a directory)"


def test_a_folder_that_was_there_and_is_gone_is_a_problem(
    tmp_path: Path, posted: list[FreeSpace], wait_until: WaitUntil
) -> None:
    folder = tmp_path / "day"
    folder.mkdir()
    space = DiskSpace({"data": folder}, posted.append, period_s=0.02)
    space.start()
    wait_until(lambda: posted)
    folder.rmdir()
    wait_until(lambda: posted[-1].problem)
    space.stop()
    assert space.join()
    assert posted[0].problem == ""
    assert posted[-1].problem == f"{folder} cannot be asked for its free space (No such file or directory)"


def test_it_asks_again(posted: list[FreeSpace], volumes: Volumes, wait_until: WaitUntil) -> None:
    space = DiskSpace({"data": Path("/data")}, posted.append, period_s=0.01, free=volumes.free)
    space.start()
    wait_until(lambda: len(posted) >= 3)
    space.stop()
    assert space.join()
    assert {one.free for one in posted} == {3e9}


def test_a_volume_that_hangs_is_told_and_holds_up_no_other(
    posted: list[FreeSpace], volumes: Volumes, wait_until: WaitUntil
) -> None:
    volumes.hanging.add("/backup")
    paths = {"backup": Path("/backup"), "data": Path("/data")}
    space = DiskSpace(paths, posted.append, period_s=0.02, answer_s=0.01, free=volumes.free)
    space.start()
    wait_until(lambda: sum(one.name == "data" for one in posted) >= 3 and any(one.problem for one in posted))
    assert volumes.asked.count("/backup") == 1
    problem = next(one for one in posted if one.name == "backup")
    assert problem.problem == "/backup does not answer: its file system hangs"
    assert math.isnan(problem.free)
    space.stop()
    assert not space.join(0.05)
    volumes.hanging.clear()
    volumes.let_go.set()
    assert space.join(AWAITED_S)
    assert all(one.problem for one in posted if one.name == "backup")  # nothing is posted after the stop


def test_an_error_of_the_receiver_is_logged(
    volumes: Volumes, caplog: pytest.LogCaptureFixture, wait_until: WaitUntil
) -> None:
    volumes.hanging.add("/data")

    def refuse(_one: FreeSpace) -> None:
        raise RuntimeError("full queue")

    space = DiskSpace({"data": Path("/data")}, refuse, period_s=0.01, free=volumes.free)
    space.start()
    wait_until(lambda: not space.alive)
    space.stop()
    volumes.let_go.set()
    assert space.join(AWAITED_S)
    assert "'disk space' ended on an error" in caplog.text
