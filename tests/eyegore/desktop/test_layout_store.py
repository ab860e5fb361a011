"""The remembered layout may fail; the session may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from eyegore.desktop.layout_store import LayoutStore


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
