from __future__ import annotations

import pytest

from eyegore.copies.outcome import RsyncOutcome
from eyegore.copies.programs.rsync_words import explain
from eyegore.copies.programs.ssh_words import ssh_problem

CHANGED = """\
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
The fingerprint for the ED25519 key sent by the remote host is
SHA256:abcDEF123+/x.
Offending ED25519 key in /lab/two words/known_hosts:7
Host key for [gate]:2222 has changed and you have requested strict checking.
Host key verification failed.\r
"""
UNKNOWN = """\
No ED25519 host key is known for [gate]:2222 and you have requested strict checking.\r
Host key verification failed.\r
"""
CLOSED = "rsync: connection unexpectedly closed (0 bytes received so far) [sender]\n"


@pytest.mark.parametrize(
    ("stderr", "outcome", "told"),
    [
        (CHANGED, RsyncOutcome.LASTING, "line 7 of /lab/two words/known_hosts"),
        (CHANGED, RsyncOutcome.LASTING, "(now SHA256:abcDEF123+/x)"),
        (UNKNOWN, RsyncOutcome.LASTING, "host key of [gate]:2222 is not known"),
        ("Host key verification failed.", RsyncOutcome.LASTING, "could not be verified"),
        ("lab@gate: Permission denied (password).", RsyncOutcome.LASTING, "asks for a password (password)"),
        ("lab@gate: Permission denied (keyboard-interactive).", RsyncOutcome.LASTING, "asks for a password"),
        ("lab@gate: Permission denied (publickey,password).", RsyncOutcome.LASTING, "none of our keys"),
        (
            "WARNING: UNPROTECTED PRIVATE KEY FILE!\nx: Permission denied (publickey).",
            RsyncOutcome.LASTING,
            "chmod 600",
        ),
        (
            'Load key "/k": error in libcrypto\nx: Permission denied (publickey).',
            RsyncOutcome.LASTING,
            "private key cannot",
        ),
        ("Received disconnect: Too many authentication failures", RsyncOutcome.LASTING, "too many keys"),
        ("ssh: connect to host gate port 22: Connection refused\r", RsyncOutcome.PASSING, "refuses connections"),
        ("ssh: connect to host gate port 22: Connection timed out\r", RsyncOutcome.PASSING, "in time"),
        ("Connection timed out during banner exchange", RsyncOutcome.PASSING, "in time"),
        ("Timeout, server gate not responding.\r", RsyncOutcome.PASSING, "stopped answering"),
        ("ssh: Could not resolve hostname gate: Name or service not known\r", RsyncOutcome.PASSING, "resolved"),
        ("ssh: connect to host gate port 22: No route to host", RsyncOutcome.PASSING, "no way"),
        ("Connection closed by 10.0.0.1 port 22\r", RsyncOutcome.PASSING, "(Connection closed by 10.0.0.1 port 22)"),
        ("client_loop: send disconnect: Broken pipe\r", RsyncOutcome.PASSING, "broke"),
        (
            "Unable to negotiate: no matching host key type found. Their offer: ssh-rsa",
            RsyncOutcome.LASTING,
            "up to date",
        ),
        ("/root/.ssh/config: line 1: Bad configuration option: nonsense", RsyncOutcome.LASTING, "~/.ssh/config"),
        ("This account is currently not available.", RsyncOutcome.LASTING, "may not log in"),
    ],
)
def test_the_words_of_ssh(stderr: str, outcome: RsyncOutcome, told: str) -> None:
    problem = ssh_problem(stderr)
    assert problem is not None
    assert problem.outcome is outcome
    assert told in problem.sentence
    assert problem.sentence.isprintable()
    for code in (12, 255):  # rsync gives either, by chance
        assert explain(code, stderr + "\n" + CLOSED) == problem


@pytest.mark.parametrize("stderr", ["", CLOSED, 'rsync: mkdir "/x" failed: Permission denied (13)'])
def test_what_is_not_of_ssh(stderr: str) -> None:
    assert ssh_problem(stderr) is None


def test_a_file_name_that_reads_like_ssh_is_not_taken_for_it() -> None:
    said = 'rsync: [receiver] mkstemp "/b/Connection refused" failed: No space left on device (28)'
    assert "full" in explain(11, said).sentence
