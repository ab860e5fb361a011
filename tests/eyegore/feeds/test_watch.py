"""FolderWatch on real folders, with the real watchdog."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from eyegore.basics.files import Mount
from eyegore.feeds import watch as watch_module
from eyegore.feeds.watch import EVERYTHING, FolderWatch
from eyegore.messages.events import SourceEvent, SourceKind, WatcherState

from ...patience import AWAITED_S

Wait = Callable[..., None]


class Seen:
    """What a watch woke us with and said."""

    def __init__(self) -> None:
        self.wakes: list[frozenset[str]] = []
        self.states: list[WatcherState] = []
        self.events: list[SourceEvent] = []

    def wake(self, names: frozenset[str]) -> None:
        self.wakes.append(names)

    def post(self, message: WatcherState | SourceEvent) -> None:
        if isinstance(message, WatcherState):
            self.states.append(message)
        else:
            self.events.append(message)

    def woken_by(self, name: str) -> bool:
        return any(name in names for names in self.wakes)

    @property
    def state(self) -> tuple[str, bool] | None:
        return (self.states[-1].kind, self.states[-1].alive) if self.states else None


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def watching(seen: Seen, wait_until: Wait) -> Iterator[Callable[..., FolderWatch]]:
    """Starts a watch and waits for the first it says."""
    started: list[FolderWatch] = []

    def start(root: Path, **options: Any) -> FolderWatch:
        watch = FolderWatch(root, seen.wake, seen.post, **{"cycle_s": 0.05, **options})
        started.append(watch)
        watch.start()
        wait_until(lambda: seen.states)
        return watch

    yield start
    for watch in started:
        watch.stop()
    assert all(watch.join(AWAITED_S) for watch in started)


def wakes_for(folder: Path, seen: Seen, wait_until: Wait) -> None:
    """The watch is not deaf: a new file in the folder wakes it."""
    name = f"new{len(seen.wakes)}.txt"
    (folder / name).write_text("x")
    wait_until(lambda: seen.woken_by(name), message=f"deaf to {folder}")


def append(folder: Path) -> None:
    with (folder / "old.txt").open("a") as file:
        file.write("row\n")


def rename(folder: Path) -> None:
    (folder / "old.txt").rename(folder / "new.txt")


def rename_in(folder: Path) -> None:
    (folder.parent / "new.txt").write_text("")
    (folder.parent / "new.txt").rename(folder / "new.txt")


def delete(folder: Path) -> None:
    (folder / "old.txt").unlink()


class TestInotify:
    @pytest.fixture
    def folder(self, tmp_path: Path, watching: Callable[..., FolderWatch], seen: Seen, wait_until: Wait) -> Path:
        folder = tmp_path / "day"
        folder.mkdir()
        (folder / "old.txt").write_text("row\n")
        watching(folder)
        wait_until(lambda: seen.state == ("inotify", True))
        wait_until(lambda: EVERYTHING in seen.wakes)
        return folder

    @pytest.mark.parametrize(
        ("change", "name"),
        [(append, "old.txt"), (rename, "new.txt"), (rename, "old.txt"), (rename_in, "new.txt"), (delete, "old.txt")],
    )
    def test_a_change_wakes_with_the_files_name(
        self, folder: Path, seen: Seen, wait_until: Wait, change: Callable[[Path], None], name: str
    ) -> None:
        seen.wakes.clear()
        change(folder)
        wait_until(lambda: seen.woken_by(name))

    def test_reading_does_not_wake(self, folder: Path, seen: Seen, wait_until: Wait) -> None:
        wakes_for(folder, seen, wait_until)
        seen.wakes.clear()
        assert (folder / "old.txt").read_text() == "row\n"
        os.listdir(folder)
        wakes_for(folder, seen, wait_until)  # events come in order: one of the reading would be here by now
        assert not seen.woken_by("old.txt")
        assert EVERYTHING not in seen.wakes

    def test_a_deleted_folder_is_watched_again_once_it_is_back(
        self, folder: Path, seen: Seen, wait_until: Wait
    ) -> None:
        shutil.rmtree(folder)
        wait_until(lambda: seen.state == ("polling", True))
        assert seen.states[-1].reason == "waiting for the folder"
        folder.mkdir()
        wait_until(lambda: seen.state == ("inotify", True))
        wakes_for(folder, seen, wait_until)

    def test_a_folder_replaced_between_two_looks_is_watched_again(
        self, folder: Path, seen: Seen, wait_until: Wait
    ) -> None:
        seen.wakes.clear()
        folder.rename(folder.with_name("elsewhere"))
        folder.mkdir()
        wait_until(lambda: EVERYTHING in seen.wakes)
        wait_until(lambda: _deaf_no_more(folder, seen))

    def test_a_watch_that_died_is_replaced(
        self, tmp_path: Path, watching: Callable[..., FolderWatch], seen: Seen, wait_until: Wait
    ) -> None:
        other = tmp_path / "other"
        other.mkdir()
        watch = watching(other)
        wait_until(lambda: watch.observing)
        first = watch._observer
        assert first is not None
        first.stop()
        wait_until(lambda: watch._observer not in (None, first))
        wakes_for(other, seen, wait_until)


def _deaf_no_more(folder: Path, seen: Seen) -> bool:
    name = f"try{len(list(folder.iterdir()))}.txt"
    (folder / name).write_text("x")
    return any(name.startswith("try") for names in seen.wakes for name in names)


def test_a_folder_that_does_not_exist_is_waited_for(
    tmp_path: Path, watching: Callable[..., FolderWatch], seen: Seen, wait_until: Wait
) -> None:
    folder = tmp_path / "later" / "day"
    watching(folder)
    assert seen.states[-1].reason == "waiting for the folder"
    folder.mkdir(parents=True)
    wait_until(lambda: seen.state == ("inotify", True))
    wakes_for(folder, seen, wait_until)


def test_a_file_is_not_a_folder(tmp_path: Path, watching: Callable[..., FolderWatch], seen: Seen) -> None:
    (tmp_path / "file").write_text("")
    watching(tmp_path / "file")
    assert seen.states[-1].reason == "waiting for the folder"


def test_a_link_that_is_repointed_is_followed(
    tmp_path: Path, watching: Callable[..., FolderWatch], seen: Seen, wait_until: Wait
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    link = tmp_path / "today"
    link.symlink_to("one")
    watching(link)
    wait_until(lambda: seen.state == ("inotify", True))
    wakes_for(tmp_path / "one", seen, wait_until)
    seen.wakes.clear()
    (tmp_path / "next").symlink_to("two")
    (tmp_path / "next").rename(link)
    wait_until(lambda: EVERYTHING in seen.wakes)
    wait_until(lambda: _deaf_no_more(tmp_path / "two", seen))


def test_a_remount_is_noticed_and_watched(
    mounted: Callable[[], Path], watching: Callable[..., FolderWatch], seen: Seen, wait_until: Wait
) -> None:
    folder = mounted()
    watching(folder)
    wait_until(lambda: seen.state == ("inotify", True))
    assert "tmpfs" in seen.states[-1].reason
    seen.wakes.clear()
    subprocess.run(["umount", str(folder)], check=True)
    wait_until(lambda: EVERYTHING in seen.wakes)
    wait_until(lambda: seen.states and "tmpfs" not in seen.states[-1].reason)
    mounted()
    wait_until(lambda: "tmpfs" in seen.states[-1].reason)
    wakes_for(folder, seen, wait_until)


@pytest.mark.parametrize(
    ("kind", "polling", "expected"),
    [
        ("nfs4", None, "polling"),
        ("fuse.sshfs", None, "polling"),
        ("ext4", None, "inotify"),
        ("ext4", True, "polling"),
        ("nfs4", False, "inotify"),
    ],
)
def test_polling_is_chosen_by_file_system_or_asked_for(
    tmp_path: Path,
    watching: Callable[..., FolderWatch],
    seen: Seen,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    polling: bool | None,
    expected: str,
) -> None:
    monkeypatch.setattr(watch_module, "mount_of", lambda path: Mount(1, "/", kind))
    watching(tmp_path, polling=polling)
    assert seen.state == (expected, True)
    assert seen.states[-1].reason


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.EMFILE, "max_user_instances"), (errno.ENOSPC, "max_user_watches"), (errno.EIO, "refused")],
)
def test_polls_and_says_so_where_inotify_is_refused(
    tmp_path: Path,
    watching: Callable[..., FolderWatch],
    seen: Seen,
    wait_until: Wait,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    said: str,
) -> None:
    from watchdog.observers import inotify

    def refuse(*ignored: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(inotify.InotifyWatchGroup, "_add_all_callbacks", refuse)
        patch.setattr(watch_module, "RETRY_S", 0.1)
        watching(tmp_path)
        assert seen.state == ("polling", True)
        assert said in seen.states[-1].reason
    wait_until(lambda: seen.state == ("inotify", True), message="inotify was not tried again")


def test_a_hanging_folder_is_said_and_stops_at_once(
    tmp_path: Path,
    watching: Callable[..., FolderWatch],
    seen: Seen,
    wait_until: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hang, answer = threading.Event(), threading.Event()
    look = watch_module._place

    def slow(root: Path) -> watch_module.Place | None:
        if hang.is_set():
            answer.wait(2 * AWAITED_S)
        return look(root)

    monkeypatch.setattr(watch_module, "_place", slow)
    watch = watching(tmp_path, answer_s=0.1)
    wait_until(lambda: seen.state == ("inotify", True))
    hang.set()
    wait_until(lambda: seen.state == ("inotify", False))
    assert [event.kind for event in seen.events] == [SourceKind.OFFLINE]
    answer.set()
    wait_until(lambda: seen.state == ("inotify", True))
    assert [event.kind for event in seen.events] == [SourceKind.OFFLINE, SourceKind.ONLINE]
    answer.clear()
    wait_until(lambda: seen.state == ("inotify", False))
    watch.stop()
    assert watch.join(AWAITED_S), "stop() waits for a file system that hangs"
    answer.set()


OVERFLOWING = """
import os, signal, sys, threading
from pathlib import Path
from eyegore.feeds.watch import FolderWatch
from eyegore.messages.events import SourceEvent, WatcherState
ready, told = threading.Event(), threading.Event()
def post(message):
    if isinstance(message, WatcherState) and message.kind == "inotify":
        ready.set()
    if isinstance(message, SourceEvent):
        sys.stdout.write(message.kind.value + "\\n")
        told.set()
watch = FolderWatch(Path(sys.argv[1]), lambda names: None, post, cycle_s=0.05)
watch.start()
assert ready.wait(120)
os.kill(os.getpid(), signal.SIGSTOP)
told.wait(120)
watch.stop()
watch.join()
"""


def test_lost_events_are_said_and_looked_for(tmp_path: Path) -> None:
    """The queue of the kernel (16384 events) overflows while the process stands still."""
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    if limit > 20_000:
        pytest.skip(f"the machine queues {limit} events")
    command = [sys.executable, "-c", OVERFLOWING, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        os.waitpid(process.pid, os.WUNTRACED)
        for turn in range(2):  # a file made and removed is three events that cannot be merged
            for number in range(limit // 6 + 1):
                path = tmp_path / f"{turn}_{number}"
                os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
                path.unlink()
        os.kill(process.pid, 18)
        output, _ = process.communicate(timeout=AWAITED_S)
    assert process.returncode == 0
    assert output.split() == ["overflow"]
