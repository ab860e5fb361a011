from __future__ import annotations

import math
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from eyegore.copies.ledger import FileState, LedgerEntry, SyncError, SyncLedger, ledger_path

from ...damaged_store import damage

ENTRY = LedgerEntry("a\n b/\udcff'.fits", 5, 1_000_000_007, FileState.VERIFIED, 17001, 1.5, 2.5, "abc", "wörds \udcff")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return ledger_path(tmp_path / "state", tmp_path / "14 Mar:19", "/mnt/b")


def test_entries_are_there_after_a_restart_whatever_their_names(path: Path) -> None:
    ledger = SyncLedger(path)
    ledger.put([ENTRY])
    ledger.close()
    again = SyncLedger(path)
    (entry,) = again.entries().values()
    again.close()
    assert (entry.path, entry.stamp, entry.state, entry.checksum) == (ENTRY.path, ENTRY.stamp, ENTRY.state, "abc")
    assert entry.error == "wörds ?"


def test_what_another_writer_found_is_seen(path: Path) -> None:
    one, other = SyncLedger(path), SyncLedger(path)
    assert one.entries() == {}
    other.put([LedgerEntry("x", 1, 2, FileState.MISMATCH)])
    assert one.entries()["x"].state is FileState.MISMATCH
    one.close()
    other.close()


def test_only_one_copies(path: Path) -> None:
    one, other = SyncLedger(path), SyncLedger(path)
    one.alone()
    with pytest.raises(SyncError, match="another Eyegore"):
        other.alone(within_s=0)
    one.close()
    other.alone()
    other.close()


KILLED = """
import os, sys
from pathlib import Path
from eyegore.copies.programs.rsync import RsyncRun
from eyegore.copies.ledger import SyncLedger

ledger = SyncLedger(Path(sys.argv[1]))
ledger.alone()
RsyncRun(["rsync"], timeout_s=60, idle_s=60, lock=ledger.lock).run()
"""


def test_the_rsync_of_one_that_was_killed_is_waited_for(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    working, ended = tmp_path / "working", tmp_path / "ended"
    os.mkfifo(working)
    os.mkfifo(ended)
    program = tmp_path / "bin" / "rsync"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ntrap '' TERM\necho > '{working}'\nread end < '{ended}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    with subprocess.Popen([sys.executable, "-c", KILLED, str(path)]) as killed:
        working.read_text()
        killed.kill()
    ledger = SyncLedger(path)
    with pytest.raises(SyncError, match="the rsync of one that was killed"):
        ledger.alone(within_s=0.1)
    ended.write_text("\n")
    ledger.alone(within_s=30)
    ledger.close()


def test_one_that_cannot_be_read_is_set_aside(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database" * 1000)
    ledger = SyncLedger(path)
    assert ledger.entries() == {}
    ledger.close()
    assert len(list(path.parent.glob("*.broken-*"))) == 1


def test_a_ledger_of_2026_is_read_and_written_on(path: Path) -> None:
    path.parent.mkdir(parents=True)
    shutil.copy(Path(__file__).parents[2] / "data" / "stores" / "ledger.sqlite", path)
    ledger = SyncLedger(path)
    assert ledger.entries() == {ENTRY.path: replace(ENTRY, error="")}
    assert ledger.kept("device") == "17"
    ledger.put([replace(ENTRY, path="other")])
    ledger.close()
    again = SyncLedger(path)
    assert len(again.entries()) == 2
    again.close()


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir(parents=True)
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    with pytest.raises(SyncError, match="of another program"):
        SyncLedger(path)


def test_folders_and_targets_have_ledgers_of_their_own(tmp_path: Path) -> None:
    paths = {ledger_path(tmp_path, tmp_path / folder, to) for folder in "ab" for to in "xy"}
    assert len(paths) == 4


DAMAGES = (None, -1, 1e308, math.inf, "", "x", b"", b"\xff\xfe", "[]")


@pytest.mark.parametrize("column", [each.name for each in fields(LedgerEntry)])
@pytest.mark.parametrize("value", DAMAGES, ids=repr)
def test_a_ledger_damaged_in_any_field_is_set_aside(
    path: Path, column: str, value: object, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = SyncLedger(path)
    ledger.put([ENTRY])
    ledger.close()
    damage(path, "files", column, value)
    again = SyncLedger(path)
    kept = dict(again.entries())
    again.put([ENTRY])
    again.close()
    aside = [one for one in path.parent.glob("*.broken-*") if not one.name.endswith("-wal")]
    assert bool(kept) is not bool(aside)
    assert all(str(one) in caplog.text for one in aside)
    assert all(isinstance(entry.since, float | int) and isinstance(entry.path, str) for entry in kept.values())
