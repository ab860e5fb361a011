"""Ingest and the folder itself: deleted, renamed, unmounted, re-pointed, locked, followed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eyegore.feeds import ingest as ingest_module
from eyegore.feeds.ingest import Ingest
from eyegore.messages.events import SourceKind

from ...patience import AWAITED_S

if TYPE_CHECKING:
    from .conftest import Inbox
from ..written_day import Day

Wait = Callable[..., None]
Start = Callable[..., Ingest]


def test_a_folder_deleted_and_made_again_is_picked_up(
    running: Ingest, day: Day, inbox: Inbox, wait_until: Wait
) -> None:
    shutil.rmtree(day.folder)
    wait_until(lambda: SourceKind.OFFLINE in inbox.kinds)
    day.folder.mkdir()
    day.hk(range(700, 705))
    wait_until(lambda: inbox.rows[100:] == [700, 701, 702, 703, 704])
    assert inbox.kinds.count(SourceKind.ONLINE) == 2
    day.hk(range(705, 706))
    wait_until(lambda: inbox.rows[-1] == 705)
    assert not any(inbox.whole.values())


def test_a_folder_renamed_and_made_again_is_the_one_watched(
    running: Ingest, day: Day, inbox: Inbox, wait_until: Wait
) -> None:
    old = day.folder.with_name("old")
    day.folder.rename(old)
    day.folder.mkdir()
    day.hk(range(700, 702))
    wait_until(lambda: inbox.rows[100:] == [700, 701])
    with (old / "HK_14-03-19_ROE1_01.txt").open("a") as file:
        file.write("this must not be read\n")
    day.hk(range(702, 704))
    wait_until(lambda: inbox.rows[100:] == [700, 701, 702, 703])
    assert inbox.bad == []


def test_an_image_that_is_another_one_in_the_new_folder_is_no_more_whole(
    running: Ingest, day: Day, inbox: Inbox, wait_until: Wait
) -> None:
    day.folder.rename(day.folder.with_name("old"))
    new = day.folder.with_name("new")
    shutil.copytree(day.folder.with_name("old"), new)
    day.folder = new
    name = day.image(17001, share=0.5, age=3600).name
    new.rename(new.with_name("14_Mar_19"))
    wait_until(lambda: not inbox.whole[name])
    wait_until(lambda: any("bytes" in image.problem for image in inbox.images))
    assert sum(inbox.whole.values()) == 2


def test_a_repointed_link_is_followed(
    tmp_path: Path, day: Day, inbox: Inbox, ingesting: Start, wait_until: Wait
) -> None:
    day.hk(range(10))
    other = type(day)(tmp_path / "15_Mar_19")
    other.folder.mkdir()
    other.hk(range(700, 705), date=other.next_day)
    link = tmp_path / "today"
    link.symlink_to(day.folder)
    ingesting(link)
    wait_until(lambda: inbox.caught_up)
    (tmp_path / "next").symlink_to(other.folder)
    (tmp_path / "next").rename(link)
    wait_until(lambda: inbox.rows[10:] == [700, 701, 702, 703, 704])
    other.hk(range(705, 706), date=other.next_day)
    wait_until(lambda: inbox.rows[-1] == 705)


def test_an_unmounted_folder_is_waited_for_and_its_files_go_on(
    mounted: Callable[[], Path], day: Day, inbox: Inbox, ingesting: Start, wait_until: Wait
) -> None:
    day.folder = mounted()
    day.hk(range(10))
    day.image(17001, age=3600)
    ingesting(day.folder)
    wait_until(lambda: inbox.caught_up)
    subprocess.run(["umount", str(day.folder)], check=True)
    wait_until(lambda: SourceKind.OFFLINE in inbox.kinds)
    mounted()
    day.hk(range(12))
    day.image(17001, age=3600)
    wait_until(lambda: len(inbox.rows) == 12)
    assert inbox.rows == list(range(12)), "the rows known before are not read again"
    assert all(inbox.whole.values())
    day.hk(range(12, 13))
    wait_until(lambda: inbox.rows[-1] == 12)


def test_a_folder_that_does_not_exist_yet_is_waited_for(
    tmp_path: Path, day: Day, inbox: Inbox, ingesting: Start, wait_until: Wait
) -> None:
    day.folder = tmp_path / "later"
    ingesting(day.folder)
    wait_until(lambda: SourceKind.OFFLINE in inbox.kinds)
    assert not inbox.caught_up
    day.folder.mkdir()
    day.hk(range(3))
    wait_until(lambda: len(inbox.rows) == 3)
    wait_until(lambda: inbox.caught_up)


def test_follow_takes_the_newest_day_and_switches(
    tmp_path: Path, day: Day, inbox: Inbox, ingesting: Start, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_module, "FOLLOW_S", 0.05)
    ingesting(tmp_path, follow=True)
    wait_until(lambda: inbox.kinds == [SourceKind.OFFLINE])
    day.hk(range(3))
    wait_until(lambda: len(inbox.rows) == 3)
    assert inbox.kinds == [SourceKind.OFFLINE, SourceKind.SWITCHED, SourceKind.ONLINE]
    later = type(day)(tmp_path / "15_Mar_19")
    later.folder.mkdir()
    day.hk(range(3, 5))
    wait_until(lambda: len(inbox.rows) == 5)
    later.hk(range(700, 703), date=later.next_day)
    wait_until(lambda: inbox.rows[5:] == [700, 701, 702])
    switched = [event for event in inbox.events if event.kind is SourceKind.SWITCHED]
    assert [event.path for event in switched] == [str(day.folder), str(later.folder)]
    later.hk(range(703, 704), date=later.next_day)
    wait_until(lambda: inbox.rows[-1] == 703)


AS_NOBODY = """
import os, sys, time
from pathlib import Path
from eyegore.feeds.ingest import Ingest
from eyegore.messages.events import CaughtUp, HkRows, SourceEvent
import watchdog.observers, eyegore.elvis.ccd_frame
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
folder = Path(sys.argv[1])
said, caught = [], []
def post(message):
    if isinstance(message, SourceEvent):
        said.append(message.kind.value)
    elif isinstance(message, HkRows) and not message.preview:
        said.append(f"rows {len(message.times)}")
    elif isinstance(message, CaughtUp):
        caught.append(message)
def wait(for_):
    end = time.monotonic() + 20
    while not for_():
        assert time.monotonic() < end, said
        time.sleep(0.01)
ingest = Ingest(folder, post)
ingest.start()
wait(lambda: caught)
folder.chmod(0)
wait(lambda: said[-1] == "offline")
time.sleep(0.6)
folder.chmod(0o700)
wait(lambda: said[-1] == "online")
with next(folder.iterdir()).open("a") as file:
    file.write(sys.argv[2] + "\\n")
wait(lambda: said[-1] == "rows 1")
ingest.stop()
assert ingest.join(120)
print(*said, sep=",")
"""


def test_a_folder_without_permission_is_picked_up_when_it_is_given_back(open_room: Path, day: Day) -> None:
    """In a process that is not root, whom permissions do not stop."""
    day.folder = open_room / "day"
    day.folder.mkdir()
    path = day.hk(range(3))
    line = path.read_text().splitlines()[-1]
    for each, mode in ((day.folder, 0o700), (path, 0o600)):
        each.chmod(mode)
        if os.getuid() == 0:
            os.chown(each, 65534, 65534)
    command = [sys.executable, "-c", AS_NOBODY, str(day.folder), line]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=AWAITED_S, cwd="/")
    assert done.stderr == ""
    assert done.stdout.strip() == "online,rows 3,offline,online,rows 1"
