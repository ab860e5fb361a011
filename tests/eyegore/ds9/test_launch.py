"""A DS9 that cannot be started: what is said."""

from __future__ import annotations

import logging
import os
from pathlib import Path


def test_a_missing_ds9_is_said_and_looked_for_again(frames, viewer, told, tmp_path, wait_until, monkeypatch):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("xpaget", "xpaset"):
        (programs / name).symlink_to(Path("/bin/false"))
    monkeypatch.setenv("PATH", str(programs))
    paths = frames(tmp_path, 7)
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 not shown: DS9 is not installed: no ds9 on the PATH"))
    viewer.show(paths, 8)
    wait_until(told.matches("ObsID 8 not shown: DS9 is not installed"))
    assert all(level == logging.ERROR for level, _ in told.lines)


def test_a_ds9_that_ends_at_once_is_said(frames, viewer, told, tmp_path, wait_until, monkeypatch):
    program = tmp_path / "ds9"
    program.write_text("#!/bin/sh\necho the window system is broken >&2\necho more\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    viewer.show(frames(tmp_path, 7), 7)
    wait_until(told.matches("ObsID 7 not shown: DS9 did not start: the window system is broken"))
