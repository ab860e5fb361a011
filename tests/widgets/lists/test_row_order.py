from __future__ import annotations

import itertools

import pytest
from hypothesis import given, strategies as st

from eyegore.widgets.lists.row_order import RowOrder, is_number, sort_value


@pytest.mark.parametrize(
    "ascending",
    [
        ["-1e3", "-2.5", "0", "+.5", "3", "10", "1.2E+2"],
        ["−133.02", "−2", "1e−06", "5"],
        ["141298D235959T", "010119D000000T", "140319D215405T", "140319D215406T", "130420D000000T"],
        ["PTC1", "ptc2", "PTC10", "TP00", "TP11"],
        ["7", "140319D215405T", "ABC"],
        ["CCD1", "CCD2_a", "CCD2_b"],
        ["1_000", "1_001"],
    ],
)
def test_cells_sort_by_their_kind(ascending: list[str]) -> None:
    mixed = ascending[::-1]
    assert sorted(mixed, key=lambda text: sort_value(text) or ()) == ascending


@pytest.mark.parametrize("text", ["", "  ", "nan", "NaN"])
def test_empty_cells_have_no_value(text: str) -> None:
    assert sort_value(text) is None
    assert not is_number(text)


@pytest.mark.parametrize(
    ("text", "number"), [("-119.98", True), ("1e5", True), ("1e999", False), ("0x2FA0", False), ("I1I2I3", False)]
)
def test_numbers_are_told_from_text(text: str, number: bool) -> None:
    assert is_number(text) is number


def test_any_text_can_be_compared() -> None:
    odd = ["²", "x²1", "1²", "٣", "a1b", "1a1", "inf", "-", "0x1", "1e5x", "991399D999999T"]
    assert len(sorted(odd, key=lambda text: sort_value(text) or ())) == len(odd)


CELLS = st.lists(st.sampled_from(["", "1", "1.0", "2", "-3", "10", "a2", "a10", "b", "140319D215405T"]), max_size=40)


@given(CELLS, st.booleans(), st.integers(0, 40))
def test_rows_that_join_lie_where_a_sort_would_put_them(cells: list[str], descending: bool, known: int) -> None:
    rows = [(str(i), sort_value(cell), i) for i, cell in enumerate(cells)]
    sorted_at_once = RowOrder(descending)
    sorted_at_once.fill(rows)
    joined = RowOrder(descending)
    joined.fill(rows[:known])
    for row in rows[known:]:
        place = joined.insert(*row)
        assert list(joined)[place] == row[0]
    assert list(joined) == list(sorted_at_once)


@given(CELLS, st.booleans())
def test_the_order_is_stable_and_empty_cells_are_last(cells: list[str], descending: bool) -> None:
    order = RowOrder(descending)
    order.fill((str(i), sort_value(cell), i) for i, cell in enumerate(cells))
    values = [sort_value(cells[int(key)]) for key in order]
    filled = [value for value in values if value is not None]
    assert values[: len(filled)] == filled
    assert filled == sorted(filled, reverse=descending)
    for one, other in itertools.pairwise(order):
        if sort_value(cells[int(one)]) == sort_value(cells[int(other)]):
            assert int(one) < int(other)


@given(CELLS, st.data())
def test_a_row_taken_out_leaves_the_others_in_order(cells: list[str], data: st.DataObject) -> None:
    order = RowOrder()
    order.fill((str(i), sort_value(cell), i) for i, cell in enumerate(cells))
    before = list(order)
    for key in data.draw(st.lists(st.sampled_from(before), unique=True)) if before else []:
        order.remove(key)
        before.remove(key)
        assert list(order) == before
        assert key not in order
