"""A delivery that is not understood costs no other: it is told once, and stays where it is."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest

from eyegore.journal.delivery import COLUMNS
from eyegore.journal.outbox import Outbox

from ...damaged_store import damage

WRITTEN = Path(__file__).parents[2] / "data" / "release_0.1.0" / "journal.sqlite"


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("value", [None, -1, 1e308, math.inf, "", "x", b"\xff", "[]", "{}", "null"], ids=repr)
def test_a_delivery_damaged_in_any_field_costs_no_other(
    tmp_path: Path, column: str, value: object, caplog: pytest.LogCaptureFixture
) -> None:
    path = Path(shutil.copy(WRITTEN, tmp_path / "journal.sqlite"))
    before = Outbox(path).newest(100)
    if not damage(path, "outbox", column, value, before[0].key):
        return
    outbox = Outbox(path)
    after = outbox.newest(100)
    outbox.newest(100)
    outbox.unfinished()
    assert len(after) >= len(before) - 1
    assert caplog.text.count("is not understood and stays there") == len(before) - len(after)
    assert len(outbox.keys()) == len(before)
    assert all(isinstance(one.next_try, float | int) and isinstance(one.address, str) for one in after)
