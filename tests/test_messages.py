"""The table of messages in docs/warnings.rst is what the program says."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent


def test_the_table_of_messages_is_what_the_program_says(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("messages_of_docs", TOP / "docs/messages.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, made)
    spec.loader.exec_module(made)
    assert made.page() in (TOP / "docs/warnings.rst").read_text(encoding="utf-8"), "out of date: make messages"
