"""The lab edits its limit table while a session uses it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eyegore.messages.events import LimitsEdited
from eyegore.session.side_workers import LimitsFile

from ...patience import AWAITED_S

WaitUntil = Callable[..., None]
TABLE = """\
elvis = "lab"
[parameters.CCD2_TEMP_B]
unit = "degC"
description = "a temperature"
safe = { kind = "range", low = %s, high = 35.0 }
severity = { low = "CRITICAL", high = "CRITICAL" }
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "lab.toml"
    path.write_text(TABLE % -133.0)
    return path


@pytest.fixture
def edits(path: Path) -> Iterator[list[LimitsEdited]]:
    found: list[LimitsEdited] = []
    watch = LimitsFile(path, found.append, look_s=0.01)
    watch.start()
    yield found
    watch.stop()
    assert watch.join(AWAITED_S)


def write(path: Path, text: str) -> None:
    """As an editor does: another file in its place."""
    beside = path.with_suffix(".new")
    beside.write_text(text)
    os.replace(beside, path)


def test_an_edited_table_is_read(path: Path, edits: list[LimitsEdited], wait_until: WaitUntil) -> None:
    write(path, TABLE % -140.0)
    wait_until(lambda: edits)
    (edited,) = edits
    assert edited.table is not None
    assert (edited.path, edited.problem) == (str(path), "")
    write(path, TABLE % -150.0)
    wait_until(lambda: len(edits) == 2)
    assert edits[1].table is not None
    assert edits[1].table.digest != edited.table.digest


def test_a_table_that_is_not_right_tells_why(path: Path, edits: list[LimitsEdited], wait_until: WaitUntil) -> None:
    write(path, TABLE % '"cold"')
    wait_until(lambda: edits)
    assert edits[0].table is None
    assert edits[0].problem == f"{path}:5: CCD2_TEMP_B: safe.low: must be a number, not 'cold'"


def test_a_table_that_is_away_for_a_while_is_no_edit(
    path: Path, edits: list[LimitsEdited], wait_until: WaitUntil
) -> None:
    text = path.read_text()
    path.unlink()
    write(path, text)
    wait_until(lambda: edits)
    assert [edited.table is not None for edited in edits] == [True]
