"""One pass over a folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from eyegore.basics.errors import SettingsError
from eyegore.feeds.ingest import read_folder
from eyegore.messages.events import CaughtUp, ExposureRows, HkRows, ImageFile

if TYPE_CHECKING:
    from .conftest import Inbox
from ..written_day import Day


def read(folder: Path, inbox: Inbox, **options: Any) -> None:
    for message in read_folder(folder, **options):
        inbox.post(message)


def test_the_logs_come_first_and_the_end_is_told(day: Day, inbox: Inbox) -> None:
    day.hk(range(100, 120), number=2)
    day.hk(range(100))
    day.log(range(17003, 17004), name="EXP_LOG_150319.txt")
    day.log(range(17001, 17003))
    day.image(17001, age=3600)
    read(day.folder, inbox)
    order = [type(message) for message in inbox.all]
    assert order.count(CaughtUp) == 1
    assert order[-1] is CaughtUp
    assert order.index(ExposureRows) < order.index(HkRows) < order.index(ImageFile)
    assert order[: order.index(HkRows)].count(ExposureRows) == order.count(ExposureRows)
    assert inbox.rows == list(range(120))
    assert not any(message.preview for message in inbox.all if isinstance(message, HkRows))
    assert inbox.obsids == [17001] * 3 + [17002] * 3 + [17003] * 3


def test_an_image_written_a_moment_ago_is_whole_after_a_second_look(day: Day, inbox: Inbox) -> None:
    fresh, short = day.image(17001), day.image(17002, share=0.5)
    read(day.folder, inbox)
    assert inbox.whole == {fresh.name: True, short.name: False}
    assert isinstance(inbox.all[-1], CaughtUp)


def test_a_last_line_without_its_end_is_told(day: Day, inbox: Inbox) -> None:
    path = day.hk(range(10))
    path.write_bytes(path.read_bytes()[:-5])
    read(day.folder, inbox)
    assert inbox.rows == list(range(9))
    assert [bad.line for bad in inbox.bad] == [11]


def test_what_is_not_wanted_is_left_out(day: Day, inbox: Inbox) -> None:
    day.log(range(17001, 17002))
    day.image(17001, age=3600)
    read(day.folder, inbox, images=False, exposures=False)
    assert [type(message) for message in inbox.all[1:]] == [CaughtUp]


def test_the_version_can_be_given(day: Day, inbox: Inbox) -> None:
    day.hk(range(3))
    read(day.folder, inbox, elvis="7.2.X")
    assert [header.elvis for header in inbox.headers] == ["7.2.X"]
    inbox.clear()
    read(day.folder, inbox, elvis="")
    assert [header.elvis for header in inbox.headers] == ["7.5.X"]


def test_an_empty_folder_is_read_as_well(day: Day, inbox: Inbox) -> None:
    read(day.folder, inbox)
    assert inbox.caught_up


@pytest.mark.parametrize(
    ("make", "said"),
    [(lambda path: None, "does not exist"), (lambda path: path.write_text(""), "is not a folder")],
    ids=["missing", "a file"],
)
def test_no_folder_is_said_in_one_line(tmp_path: Path, make: Callable[[Path], object], said: str) -> None:
    path = tmp_path / "day"
    make(path)
    with pytest.raises(SettingsError, match=said) as raised:
        next(iter(read_folder(path)))
    assert "\n" not in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_folder_without_permission_is_said(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *ignored: False)  # root, who runs the tests, has every permission
    with pytest.raises(SettingsError, match="permission"):
        list(read_folder(day.folder))


def test_a_folder_that_vanishes_meanwhile_was_not_read_to_its_end(day: Day) -> None:
    day.hk(range(10))
    messages = read_folder(day.folder)
    next(messages)
    day.folder.rename(day.folder.with_name("elsewhere"))
    with pytest.raises(SettingsError, match=r"is gone$"):
        list(messages)
