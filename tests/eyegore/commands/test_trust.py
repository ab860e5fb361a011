"""``eyegore trust`` at a terminal and in a script, with a real sshd."""

from __future__ import annotations

import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eyegore.cli import main
from eyegore.copies.ssh.line import trust_command

from ...patience import AWAITED_S
from ..copies.ssh_server import HOST, SshServer

pytestmark = pytest.mark.slow

EYEGORE = [sys.executable, "-m", "eyegore"]


@pytest.fixture
def server(tmp_path: Path, wait_until: Callable[..., None]) -> Iterator[SshServer]:
    (tmp_path / "sshd").mkdir()
    server = SshServer(tmp_path / "sshd", wait_until)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def ours(private_home: Path) -> Path:
    return private_home / ".config" / "eyegore" / "known_hosts"


def changed(server: SshServer) -> None:
    server.kill()
    server.change_host_key()
    server.start()


def at_a_terminal(answer: str, *arguments: str) -> tuple[int, str]:
    """Exit code and what is on the screen."""
    ours, theirs = pty.openpty()
    try:
        with subprocess.Popen([*EYEGORE, *arguments], stdin=theirs, stdout=subprocess.PIPE, text=True) as trusting:
            os.write(ours, f"{answer}\n".encode())
            assert trusting.stdout is not None
            said = trusting.stdout.read()
        return trusting.returncode, said
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("yes", 0), ("", 1), ("n", 1), ("what?", 1)])
def test_a_person_compares_and_answers(server: SshServer, ours: Path, answer: str, code: int) -> None:
    found, said = at_a_terminal(answer, "trust", f"ssh://{HOST}:{server.port}")
    assert found == code, said
    assert "it shows ED25519 SHA256:" in said
    assert "is it the same? [y/N]" in said
    assert ours.exists() is (code == 0)


def test_a_script_must_say_yes(server: SshServer, ours: Path) -> None:
    command = [*EYEGORE, "trust", f"ssh://{HOST}:{server.port}"]
    refused = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=AWAITED_S)
    assert (refused.returncode, ours.exists()) == (1, False)
    assert "--yes trusts it" in refused.stdout
    assert main(["trust", f"ssh://{HOST}:{server.port}", "--yes"]) == 0
    assert ours.exists()


def test_a_changed_key_needs_a_word_of_its_own(
    server: SshServer, ours: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = f"ssh://{HOST}:{server.port}"
    assert main(["trust", target, "--yes"]) == 0
    assert main(["trust", target]) == 0
    assert "its host key is known: ED25519 SHA256:" in capsys.readouterr().out
    changed(server)
    before = ours.read_bytes()
    assert main(["trust", target, "--yes"]) == 1
    told = capsys.readouterr().out
    assert "THE HOST KEY HAS CHANGED" in told
    assert f"({ours}:1)" in told
    assert ours.read_bytes() == before
    assert main(["trust", target, "--yes", "--replace"]) == 0
    assert main(["trust", target]) == 0


def test_without_a_target_all_computers_of_the_settings_are_asked_once(
    server: SshServer, ours: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copies = tmp_path / "copies.toml"
    place = f'host = "{HOST}"\nport = {server.port}\n'
    copies.write_text(
        f'[broadcast]\n{place}root = "/a"\n[targets.vault]\n{place}root = "/b"\n[targets.usb]\nroot = "/c"\n',
        encoding="utf-8",
    )
    assert main(["trust", "--yes", "--copies", str(copies)]) == 0
    assert capsys.readouterr().out.count("trusted from now on") == 1
    assert main(["trust", "vault", "--copies", str(copies)]) == 0
    assert main(["trust"]) == 2
    assert "which computer?" in capsys.readouterr().err


@pytest.mark.parametrize("change", [False, True])
def test_the_command_that_a_copy_tells_is_the_one_that_helps(
    server: SshServer, ours: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: bool
) -> None:
    (tmp_path / "day").mkdir()
    (tmp_path / "there").mkdir()
    to = f"ssh://{HOST}:{server.port}{tmp_path}/there"
    copy = ["sync", str(tmp_path / "day"), "--to", to, "--once", "--key", str(server.key)]
    copy += ["--state", str(tmp_path / "state")]
    if change:
        assert main([*copy, "--trust"]) == 0
        changed(server)
        capsys.readouterr()
        assert main([*copy, "--trust"]) == 2
    else:
        assert main(copy) == 2
    told = re.search(r'"(eyegore trust [^"]*)"', capsys.readouterr().out)
    assert told is not None
    command = shlex.split(told[1])
    assert command[1:] == ["trust", f"ssh://{HOST}:{server.port}", *(["--replace"] if change else [])]
    assert main([*command[1:], "--yes"]) == 0
    assert main(copy) == 0


def test_a_command_that_is_told_can_be_typed(server: SshServer) -> None:
    command = shlex.split(trust_command(server.target("/")))
    assert main([*command[1:], "--yes"]) == 0
    assert server.known_hosts.exists()
