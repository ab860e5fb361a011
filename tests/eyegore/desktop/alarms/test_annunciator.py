"""The annunciator with players of the tests' own: small scripts that note their calls."""

from __future__ import annotations

import io
import os
import stat
import tempfile
import threading
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eyegore.desktop.alarms import annunciator as module
from eyegore.desktop.alarms.annunciator import Annunciator
from eyegore.desktop.alarms.tones import installed_players, wav
from eyegore.limits.model import Severity

from ....patience import AWAITED_S

C, W = Severity.CRITICAL, Severity.WARNING
Until = Callable[[Callable[[], object]], None]


class Player:
    """A script that notes the file it was given, then does ``more``."""

    def __init__(self, folder: Path, name: str, more: str = "") -> None:
        self.notes = folder / f"{name}.notes"
        self.notes.touch()
        self.script = folder / name
        self._pid = folder / f"{name}.pid"
        lines = "#!/bin/sh", f'echo $$ > "{self._pid}"', f'echo "$@" >> "{self.notes}"', more, ""
        self.script.write_text("\n".join(lines), encoding="utf-8")
        self.script.chmod(0o700)

    @property
    def command(self) -> list[str]:
        return [str(self.script), "-q"]

    @property
    def played(self) -> list[str]:
        return [Path(line.split()[-1]).stem for line in self.notes.read_text(encoding="utf-8").splitlines()]

    @property
    def running(self) -> bool:
        """Whether what was started last is still there."""
        return Path("/proc", self._pid.read_text(encoding="ascii").strip()).exists()


class Bell:
    """Notes on which thread it was rung."""

    def __init__(self) -> None:
        self.rung: list[str] = []

    def __call__(self) -> None:
        self.rung.append(threading.current_thread().name)


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of temporary files, which must be empty after the test."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert os.listdir(folder) == []


@pytest.fixture
def make(bell: Bell, temporary: Path) -> Iterator[Callable[..., Annunciator]]:
    made: list[Annunciator] = []

    def one(*players: Player, repeat_s: float = 60.0) -> Annunciator:
        made.append(Annunciator(bell, [player.command for player in players], repeat_s))
        return made[-1]

    yield one
    assert [one.stop(AWAITED_S) for one in made] == [True] * len(made)


def test_a_warning_is_played_once_from_a_private_file(
    make: Callable[..., Annunciator], tmp_path: Path, temporary: Path, wait_until: Until, bell: Bell
) -> None:
    player = Player(tmp_path, "player")
    one = make(player)
    one.update({"T/OOL": W})
    wait_until(lambda: player.played == ["warning"])
    (folder,) = temporary.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / "warning.wav").read_bytes() == wav(W)
    assert player.notes.read_text(encoding="utf-8").startswith("-q ")
    one.update({"T/OOL": W})
    one.update({"T/OOL": W, "U/OOL": C})
    wait_until(lambda: player.played == ["warning", "critical"])
    assert bell.rung == []


def test_critical_repeats_until_it_is_acknowledged(
    make: Callable[..., Annunciator], tmp_path: Path, wait_until: Until
) -> None:
    player = Player(tmp_path, "player")
    one = make(player, repeat_s=0.02)
    one.update({"T/OOL": C})
    wait_until(lambda: len(player.played) >= 3)
    for count, other in enumerate(("U/OOL", "V/OOL"), start=1):  # each sounds once
        one.update({other: W})
        wait_until(lambda count=count: player.played.count("warning") == count)
    assert one.stop(AWAITED_S)
    assert "critical" not in player.played[player.played.index("warning") :]


def test_silence(make: Callable[..., Annunciator], tmp_path: Path, wait_until: Until) -> None:
    player = Player(tmp_path, "player")
    one = make(player)
    one.silence(3600)
    assert 3590 < one.silent_s <= 3600
    one.update({"T/OOL": C})
    wait_until(one._inbox.empty)
    assert player.played == []
    one.silence(0)
    assert one.silent_s == 0
    wait_until(lambda: player.played == ["critical"])


@pytest.mark.parametrize("more", ["exit 3", "kill -9 $$"])
def test_a_player_that_fails_gives_way_to_the_next(
    make: Callable[..., Annunciator], tmp_path: Path, wait_until: Until, more: str, bell: Bell,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    bad, good = Player(tmp_path, "bad", more), Player(tmp_path, "good")
    make(bad, good).update({"T/OOL": W})
    wait_until(lambda: good.played == ["warning"])
    assert bad.played == ["warning"]
    assert bell.rung == []
    assert "bad cannot play the alarm tone: ended with" in caplog.text


def test_the_bell_rings_where_nothing_plays(
    make: Callable[..., Annunciator], tmp_path: Path, wait_until: Until, bell: Bell
) -> None:
    gone = Player(tmp_path, "gone")
    gone.script.unlink()
    make(gone).update({"T/OOL": C})
    wait_until(lambda: bell.rung == ["annunciator"])
    make().update({"T/OOL": C})
    wait_until(lambda: bell.rung == ["annunciator"] * 2)


def test_a_player_that_hangs_is_ended_and_holds_nobody_up(
    make: Callable[..., Annunciator], tmp_path: Path, wait_until: Until, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PLAY_LIMIT_S", 0.2)
    slow = Player(tmp_path, "slow", "sleep 1000")
    one = make(slow)
    one.update({"T/OOL": W})
    wait_until(lambda: bell.rung)
    assert not slow.running


def test_stop_ends_what_plays(
    make: Callable[..., Annunciator], tmp_path: Path, wait_until: Until, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PLAY_LIMIT_S", 1000)
    slow = Player(tmp_path, "slow", "sleep 1000")
    one = make(slow)
    one.update({"T/OOL": W})
    wait_until(lambda: slow.played)
    assert one.stop(AWAITED_S)
    assert not slow.running
    assert bell.rung == []
    one.update({"U/OOL": C})  # too late: nothing happens
    assert not one.alive


def test_an_error_of_the_bell_does_not_end_the_worker(
    temporary: Path, tmp_path: Path, wait_until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    rung: list[float] = []

    def broken() -> None:
        rung.append(time.monotonic())
        raise RuntimeError("no bell")

    one = Annunciator(broken, [], repeat_s=0.02)
    one.update({"T/OOL": C})
    wait_until(lambda: len(rung) >= 2)
    assert one.stop(AWAITED_S)
    assert "no bell" in caplog.text


def test_without_alarms_stop_is_harmless(bell: Bell) -> None:
    assert Annunciator(bell).stop()


@pytest.mark.parametrize("severity", [C, W])
def test_tones_are_short_and_not_clipped(severity: Severity) -> None:
    with wave.open(io.BytesIO(wav(severity))) as tone:
        assert (tone.getnchannels(), tone.getsampwidth()) == (1, 2)
        assert 0.2 < tone.getnframes() / tone.getframerate() < 1.5
        samples = memoryview(tone.readframes(tone.getnframes())).cast("h")
    assert max(samples) > 10_000
    assert max(abs(one) for one in samples) < 32_767
    assert samples[0] == samples[-1] == 0


def test_players_are_tried_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pw-play", "aplay"):
        (tmp_path / name).touch(mode=0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert installed_players() == [("aplay", "-q"), ("pw-play",)]
