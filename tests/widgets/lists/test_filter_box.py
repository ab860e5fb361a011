from __future__ import annotations

import pytest

from eyegore.widgets.lists.filter_box import RowFilter

COLUMNS = ("ObsID", "CCD", "test", "date", "IG1_1_T", "IG1_1_B", "operator")
SHOWN = ("ObsID", "CCD", "test", "date")
ROW = ("20103", "CCD2", "PTC01", "140319D215405T", "6.00", "5.90", "21:54 shift")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", True),
        ("ptc", True),
        ("201 ccd2", True),
        ("201 ccd3", False),
        ("5.90", False),  # not in a column that is shown
        ("IG1_1_B:5.9", True),
        ("ig1:5.9", True),  # one of the columns that begin so
        ("ig1:7", False),
        ("ccd:2", True),
        ("CCD:1", False),
        ("obsid:20103 test:PTC", True),
        ("obsid:20103 test:FLAT", False),
        ("21:54", False),
        ("operator:21:54", True),
        ("test:", True),
        (":", False),
    ],
)
def test_words_are_found(text: str, found: bool) -> None:
    assert RowFilter(text, COLUMNS, SHOWN).matches(ROW) is found


def test_a_short_row_is_not_an_error() -> None:
    assert not RowFilter("operator:x", COLUMNS, SHOWN).matches(ROW[:2])
    assert RowFilter("ccd2", COLUMNS, SHOWN).matches(ROW[:2])


@pytest.mark.parametrize(("text", "active"), [("", False), ("   ", False), ("x", True), ("ccd:", True)])
def test_a_filter_without_words_is_none(text: str, active: bool) -> None:
    assert bool(RowFilter(text, COLUMNS, SHOWN)) is active
