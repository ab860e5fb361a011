"""The cells of the exposure log that tell of its copies."""

from __future__ import annotations

import math

from eyegore.messages.copies import CopyState, ExposureCopies, ExposureCopy, Role
from eyegore.messages.events import Exposure
from eyegore.presenters.copy_book import CopyBook, Target
from eyegore.presenters.rows import CopyRows, row_cell

GATE = Target("gate", Role.BROADCAST)


def row(obsid: int, ccd: int) -> Exposure:
    return Exposure(obsid, f"CCD{ccd}", "BIAS01", 0.0, math.nan, ("ObsID", "CCD"), (str(obsid), f"CCD{ccd}"))


def verified(*obsids: int) -> ExposureCopies:
    return ExposureCopies("gate", Role.BROADCAST, dict.fromkeys(obsids, ExposureCopy(CopyState.VERIFIED, 3)))


def test_only_rows_of_exposures_that_changed_are_looked_at() -> None:
    rows = CopyRows(CopyBook([GATE]))
    rows.add(row(obsid, ccd) for obsid in range(100) for ccd in (1, 2, 3))
    assert len(rows.changed()) == 300
    assert rows.changed() == []
    rows.take(verified(7, 5000))
    assert sorted(rows.changed()) == ["7/CCD1", "7/CCD2", "7/CCD3"]
    assert rows.cells("7/CCD2") == {"broadcast": "■ verified"}
    assert rows.cells("8/CCD1") == rows.at_first == {"broadcast": "○ unknown"}


def test_a_row_that_comes_after_its_copy_is_told_too() -> None:
    rows = CopyRows(CopyBook([GATE]))
    rows.take(verified(7))
    assert rows.changed() == []
    rows.add([row(7, 1)])
    assert rows.changed() == ["7/CCD1"]
    assert rows.cells("7/CCD1") == {"broadcast": "■ verified"}


def test_without_copies_there_is_no_column() -> None:
    rows = CopyRows(CopyBook())
    rows.add([row(7, 1)])
    assert (rows.columns, rows.changed()) == ((), [])


def test_the_cells_stand_behind_those_of_the_log_or_where_a_person_wants_them() -> None:
    also = {"broadcast": "■ verified"}
    assert row_cell(row(7, 1), ("ObsID", "CCD", "broadcast"), also).cells == ("7", "CCD1", "■ verified")
    assert row_cell(row(7, 1), ("broadcast", "CCD", "wave"), also).cells == ("■ verified", "CCD1", "")
