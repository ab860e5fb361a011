"""Real ssh, real rsync and a real sshd on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eyegore.basics.errors import SettingsError
from eyegore.copies.outcome import RsyncOutcome, RsyncVerdict
from eyegore.copies.programs.rsync import RsyncResult, RsyncRun
from eyegore.copies.ssh import line as ssh_line
from eyegore.copies.ssh.host_key import shown_by
from eyegore.copies.ssh.line import SshLine, fingerprints, own_file, trust_command
from eyegore.copies.target import SyncTarget

from ....patience import AWAITED_S
from ..ssh_server import SshServer

pytestmark = pytest.mark.slow

ODD_NAMES = ["two words.fits", "-dash", "new\nline", "\"quotes'`$(touch x);&", "é 中", "col:on", "*?[a]"]


def reached(line: SshLine) -> RsyncVerdict:
    """How the connection answers to a command."""
    return line.run(["rsync", "--version"], timeout_s=30).verdict


@pytest.fixture
def server(tmp_path: Path, wait_until: Callable[..., None]) -> Iterator[SshServer]:
    folder = tmp_path / "sshd"
    folder.mkdir()
    server = SshServer(folder, wait_until)
    server.start()
    server.make_known()
    yield server
    server.kill()


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., SshLine]]:
    """Connections that are closed, and leave nothing behind."""
    made: list[SshLine] = []

    def line(target: SyncTarget, **options: int) -> SshLine:
        made.append(SshLine(target, **options))
        return made[-1]

    with tempfile.TemporaryDirectory(prefix="ey-") as base:  # the path of a socket must be short
        monkeypatch.setattr(tempfile, "tempdir", base)
        yield line
        for one in made:
            one.close()
        assert list(Path(base).iterdir()) == []


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "14_Mar_80"
    folder.mkdir()
    for name in ODD_NAMES:
        (folder / name).write_bytes(name.encode() * 100)
    return folder


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    folder = tmp_path / "back up"
    folder.mkdir()
    return folder


def copying(line: SshLine, source: Path, target: SyncTarget, *options: str, **more: Any) -> RsyncRun:
    command = ["rsync", "-rt", "--partial-dir=.rsync-partial", *options, *line.options, "--"]
    return RsyncRun([*command, f"{source}/", target.address], **({"timeout_s": 60, "idle_s": 30} | more))


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_odd_names_arrive_in_a_folder_with_a_blank(
    server: SshServer, lines: Callable[..., SshLine], source: Path, backup: Path
) -> None:
    target = server.target(backup)
    result = copying(lines(target), source, target).run()
    assert (result.outcome, result.files, result.stderr) == (RsyncOutcome.DONE, len(ODD_NAMES), "")
    assert content(backup) == content(source)


def test_all_that_is_sent_uses_one_connection_until_it_is_closed(
    server: SshServer, lines: Callable[..., SshLine], source: Path, backup: Path, wait_until: Callable[..., None]
) -> None:
    target = server.target(backup)
    line = lines(target)
    for _ in range(3):
        assert copying(line, source, target).run().outcome is RsyncOutcome.DONE
        assert reached(line).outcome is RsyncOutcome.DONE
    assert server.connections == 1
    line.close()
    wait_until(lambda: server.connections == 0)
    assert reached(line).outcome is RsyncOutcome.DONE  # opens it again


def test_words_of_a_command_arrive_as_they_are(server: SshServer, lines: Callable[..., SshLine]) -> None:
    words = ["two words", "$HOME;`id`", "'", "new\nline", "-n", "*", ""]
    answer = lines(server.target("/")).run(["printf", "%s|", *words], timeout_s=20)
    assert (answer.code, answer.output.decode()) == (0, "|".join([*words, ""]))


def test_a_command_gets_much_on_its_input(server: SshServer, lines: Callable[..., SshLine]) -> None:
    given = os.urandom(3_000_000)
    assert lines(server.target("/")).run(["cat"], given=given, timeout_s=20).output == given


def test_a_command_that_fails_is_told(server: SshServer, lines: Callable[..., SshLine]) -> None:
    answer = lines(server.target("/")).run(["sha256sum", "/not/there"], timeout_s=20)
    assert (answer.code, answer.verdict.outcome) == (1, RsyncOutcome.PASSING)
    assert "/not/there" in answer.verdict.sentence


def test_a_command_that_hangs_is_ended(server: SshServer, lines: Callable[..., SshLine]) -> None:
    line = lines(server.target("/"))
    endless = ["sh", "-c", "while echo; do sleep 0.1; done"]  # until nobody listens
    late = line.run(endless, timeout_s=0.5)
    assert late.verdict.outcome is RsyncOutcome.PASSING
    assert "0.5 s" in late.verdict.sentence
    assert line.run(endless, timeout_s=99, stopped=lambda: True).verdict.outcome is RsyncOutcome.CANCELLED


# --- host keys ------------------------------------------------------------------------------------------------------


def test_an_unknown_host_is_refused_until_it_is_trusted(
    server: SshServer, lines: Callable[..., SshLine], source: Path, backup: Path
) -> None:
    server.known_hosts.unlink()
    target = server.target(backup)
    line = lines(target)
    result = copying(line, source, target).run()
    assert result.outcome is RsyncOutcome.LASTING
    assert f"the host key of [127.0.0.1]:{server.port} is not known" in result.sentence
    assert not server.known_hosts.exists()
    assert trust_command(target) in reached(line).sentence
    shown_by(target).trust()
    assert copying(line, source, target).run().outcome is RsyncOutcome.DONE


def test_a_changed_host_key_is_refused(
    server: SshServer, lines: Callable[..., SshLine], source: Path, backup: Path
) -> None:
    target = server.target(backup)
    line = lines(target)
    server.kill()
    server.change_host_key()
    server.start()
    result = copying(line, source, target).run()
    for verdict in (result, reached(line)):
        assert verdict.outcome is RsyncOutcome.LASTING
        assert "HAS CHANGED" in verdict.sentence
        assert f"line 1 of {server.known_hosts}" in verdict.sentence
    assert f"{trust_command(target)} --replace" in reached(line).sentence
    assert content(backup) == {}
    server.make_known()
    assert copying(line, source, target).run().outcome is RsyncOutcome.DONE


def test_a_key_that_the_user_knows_is_known(
    server: SshServer, lines: Callable[..., SshLine], source: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = replace(server.target(backup), known_hosts=None)
    line = lines(target)
    assert "is not known" in reached(line).sentence
    monkeypatch.setattr(ssh_line, "YOURS", ("/not/there", str(server.known_hosts)))
    before = server.known_hosts.read_text()
    assert copying(line, source, target).run().outcome is RsyncOutcome.DONE
    assert fingerprints(target).startswith("ED25519 SHA256:")
    assert not own_file(target).exists()
    assert server.known_hosts.read_text() == before


# --- logging in -----------------------------------------------------------------------------------------------------


def test_a_server_that_asks_for_a_password_is_told_and_holds_up_nobody(
    server: SshServer, lines: Callable[..., SshLine], source: Path, backup: Path
) -> None:
    server.ask_for_password()
    target = server.target(backup)
    result = copying(lines(target), source, target).run()
    assert result.outcome is RsyncOutcome.LASTING
    assert "asks for a password" in result.sentence


def test_a_login_that_prompts_is_told(
    server: SshServer, lines: Callable[..., SshLine], source: Path, backup: Path
) -> None:
    server.force_command("printf 'Password: '; read answer; exit 1")
    target = server.target(backup)
    result = copying(lines(target), source, target).run()
    assert result.outcome is RsyncOutcome.LASTING
    assert "prints text" in result.sentence


def test_a_login_that_says_nothing_is_given_up(
    server: SshServer, lines: Callable[..., SshLine], source: Path, backup: Path
) -> None:
    server.force_command("cat >/dev/null")
    target = server.target(backup)
    result = copying(lines(target), source, target, idle_s=2).run()
    assert result.outcome is RsyncOutcome.PASSING
    assert "nothing moved for 2 s" in result.sentence


def test_a_key_that_is_not_accepted_is_told(server: SshServer, lines: Callable[..., SshLine]) -> None:
    (server.folder / "authorized_keys").write_text("")
    verdict = reached(lines(server.target("/")))
    assert verdict.outcome is RsyncOutcome.LASTING
    assert "none of our keys" in verdict.sentence


def test_a_key_that_others_may_read_is_told(server: SshServer, lines: Callable[..., SshLine]) -> None:
    server.key.chmod(0o644)
    assert "chmod 600" in reached(lines(server.target("/"))).sentence


def test_a_key_that_is_not_there_is_told_at_once(server: SshServer) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        SshLine(server.target("/", key=Path("/not/there")))


def test_a_missing_ssh_is_told(server: SshServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SettingsError, match="openssh-client"):
        SshLine(server.target("/"))


def test_a_missing_rsync_on_the_other_side_is_told(
    server: SshServer, lines: Callable[..., SshLine], source: Path, backup: Path
) -> None:
    server.kill()
    server.start("SetEnv PATH=/nowhere")
    target = server.target(backup)
    line = lines(target)
    result = copying(line, source, target).run()
    assert result.outcome is RsyncOutcome.LASTING
    assert "rsync is not installed on the other side" in result.sentence


def test_paths_that_ssh_would_misread(
    server: SshServer, lines: Callable[..., SshLine], source: Path, backup: Path, tmp_path: Path
) -> None:
    odd = tmp_path / 'it\'s 100%h "${HOME}" ~'
    odd.mkdir()
    key, known = odd / "key", odd / "known hosts"
    shutil.copy(server.key, key)
    server.known_hosts.unlink()
    target = replace(server.target(backup), key=key, known_hosts=known)
    line = lines(target)
    assert shown_by(target).trust() == known
    assert copying(line, source, target).run().outcome is RsyncOutcome.DONE
    assert content(backup) == content(source)


# --- the server goes away ---------------------------------------------------------------------------------------------


def test_a_server_killed_in_mid_transfer_leaves_no_half_file_and_is_taken_up_again(
    server: SshServer,
    lines: Callable[..., SshLine],
    source: Path,
    backup: Path,
    wait_until: Callable[..., None],
) -> None:
    (source / "big").write_bytes(os.urandom(20_000_000))
    target = server.target(backup)
    line = lines(target)
    run = copying(line, source, target, "--bwlimit=2000")
    results: list[RsyncResult] = []
    thread = threading.Thread(target=lambda: results.append(run.run()), name="rsync under test")
    thread.start()
    wait_until(lambda: run.progress.name == "big" and run.progress.bytes > 1_000_000)
    server.kill()
    thread.join(AWAITED_S)
    assert not thread.is_alive()
    assert results[0].outcome is RsyncOutcome.PASSING
    assert "the connection broke" in results[0].sentence
    assert "big" not in content(backup)
    refused = copying(line, source, target).run()
    assert refused.outcome is RsyncOutcome.PASSING
    assert "refuses connections" in refused.sentence
    server.start()
    assert copying(line, source, target).run().outcome is RsyncOutcome.DONE
    left = {name: data for name, data in content(backup).items() if not name.startswith(".big.")}
    assert left == content(source)


def test_a_line_that_is_cut_in_mid_transfer_is_noticed_and_the_next_run_does_not_wait_for_it(
    server: SshServer,
    lines: Callable[..., SshLine],
    source: Path,
    backup: Path,
    wait_until: Callable[..., None],
) -> None:
    (source / "big").write_bytes(os.urandom(20_000_000))
    target = server.target(backup)
    line = lines(target, alive_s=1, connect_s=2)
    run = copying(line, source, target, "--bwlimit=2000")
    results: list[RsyncResult] = []
    thread = threading.Thread(target=lambda: results.append(run.run()), name="rsync under test")
    thread.start()
    wait_until(lambda: run.progress.name == "big" and run.progress.bytes > 1_000_000)
    server.freeze()
    thread.join(AWAITED_S)
    assert not thread.is_alive()
    assert results[0].outcome is RsyncOutcome.PASSING
    assert "connection broke" in results[0].sentence
    assert "in time" in reached(line).sentence
    server.kill()
    server.start()
    assert copying(line, source, target).run().outcome is RsyncOutcome.DONE
    assert content(backup)["big"] == content(source)["big"]


def test_a_copy_is_cancelled_in_mid_transfer(
    server: SshServer,
    lines: Callable[..., SshLine],
    source: Path,
    backup: Path,
    wait_until: Callable[..., None],
) -> None:
    (source / "big").write_bytes(os.urandom(20_000_000))
    target = server.target(backup)
    run = copying(lines(target), source, target, "--bwlimit=2000")
    results: list[RsyncResult] = []
    thread = threading.Thread(target=lambda: results.append(run.run()), name="rsync under test")
    thread.start()
    wait_until(lambda: run.progress.bytes > 1_000_000)
    run.cancel()
    thread.join(AWAITED_S)
    assert not thread.is_alive()
    assert results[0].outcome is RsyncOutcome.CANCELLED
    assert "big" not in content(backup)


def test_a_target_that_does_not_answer_is_given_up(lines: Callable[..., SshLine], server: SshServer) -> None:
    server.kill()
    with socket.create_server(("127.0.0.1", server.port)):  # takes the connection and says nothing
        verdict = reached(lines(server.target("/"), connect_s=1))
    assert verdict.outcome is RsyncOutcome.PASSING
    assert "in time" in verdict.sentence
