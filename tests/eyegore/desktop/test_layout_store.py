"""The remembered layout may fail; the session may not."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from eyegore.desktop.app import Desktop
from eyegore.desktop.layout_store import LayoutStore

PAST_LAYOUT = Path(__file__).parents[2] / "data" / "release_0.1.0" / "window.json"


def test_a_layout_comes_back(private_home: Path) -> None:
    store = LayoutStore()
    assert store.path.is_relative_to(private_home)
    assert store.load() == {}
    store.save({"page": 2, "sash": [0.5]})
    assert LayoutStore().load() == {"page": 2, "sash": [0.5]}
    assert [path.name for path in store.path.parent.iterdir()] == ["window.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b"\xff\xfe"])
def test_a_broken_layout_is_ignored(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "window.json"
    path.write_bytes(content)
    assert LayoutStore(path).load() == {}


def test_a_layout_that_cannot_be_written_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    LayoutStore(tmp_path / "file" / "window.json").save({"page": 1})
    assert "could not be remembered" in caplog.text


def test_a_damaged_layout_is_kept_beside(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    path.write_bytes(b'{"page": 2')
    store = LayoutStore(path)
    assert store.load() == {}
    store.save({"page": 1})
    (aside,) = tmp_path.glob("window.json.broken-*")
    assert aside.read_bytes() == b'{"page": 2'
    assert str(aside) in store.trouble
    assert LayoutStore(path).load() == {"page": 1}


def leaves(part: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of all parts of a layout."""
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, value in inside:
        yield (*path, name)
        yield from leaves(value, (*path, name))


DAMAGES = (
    None,
    True,
    -1,
    10**30,
    1e308,
    math.nan,
    "",
    "x",
    "99999999999x-1+0+0",
    [],
    [[]],
    [None],
    {},
    {"x": []},
    {"": {}},
)


@pytest.mark.parametrize("first", range(4))
def test_a_layout_damaged_anywhere_costs_no_start(
    tmp_path: Path, open_desktop: Callable[..., Desktop], private_home: Path, first: int
) -> None:
    desktop = open_desktop(tmp_path)
    text = PAST_LAYOUT.read_text()
    LayoutStore().path.parent.mkdir(parents=True, exist_ok=True)
    for place in list(leaves(json.loads(text)))[first::4]:
        for damage in DAMAGES:
            layout = json.loads(text)
            *above, last = place
            part = layout
            for name in above:
                part = part[name]
            part[last] = damage
            desktop.take_back(layout)
    desktop.root.update()


def test_a_part_that_cannot_be_taken_back_is_told_and_the_file_kept(
    tmp_path: Path, open_desktop: Callable[..., Desktop], private_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = {"dark": False, "images": {"colours": ["grey"]}, "page": 2}
    LayoutStore().save(damaged)
    open_desktop(tmp_path)
    (aside,) = LayoutStore().path.parent.glob("window.json.broken-*")
    assert json.loads(aside.read_text()) == damaged
    assert f"Panes: unhashable type: 'list') and not used: it is kept as {aside}" in caplog.text
