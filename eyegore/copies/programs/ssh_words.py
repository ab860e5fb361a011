"""What ssh complains of when it cannot reach a computer, and what a person can do about it."""

from __future__ import annotations

import re
from collections.abc import Callable

from eyegore.basics.safe_text import cut, one_line
from eyegore.copies.outcome import RsyncOutcome, RsyncVerdict

Match = re.Match[str]
TRUST = "eyegore trust TARGET"
CHANGED = r"REMOTE HOST IDENTIFICATION HAS CHANGED|^Host key for .* has changed"
UNKNOWN = r"^No \S+ host key is known for (?P<host>\S+) and you have requested strict checking"


def ssh_problem(stderr: str, trust: str = TRUST) -> RsyncVerdict | None:
    """What ssh's own words mean; None when there are none that are known. ``trust`` is the command to be told."""
    for words, outcome, sentence in PROBLEMS:
        if match := re.search(words, stderr, re.MULTILINE):
            told = sentence if isinstance(sentence, str) else sentence(match, stderr)
            return RsyncVerdict(outcome, told.replace(TRUST, trust))
    return None


RESTRICTED: tuple[tuple[str, str], ...] = (
    (r"sftp connections? only|internal-sftp|sftp-server", "takes files by sftp only"),
    (r"account is (currently )?not available|nologin", "may not log in"),
    (r"rrsync|scponly|rssh|git.?shell|restricted", "may run some commands only"),
)
"""What a login says that runs no command of ours -> what it is."""
ALLOW = (
    "copies are made and verified by sh, rsync and sha256sum there: have its administrator allow them (no "
    "ForceCommand, a usual shell), or mount it (sshfs) and copy to the mount"
)


def refused_command(host: str, code: int, said: str) -> RsyncVerdict:
    """A login on ``host`` took us and did not what it was asked to: it ended with ``code`` and ``said`` something."""
    does = next(
        (words for sign, words in RESTRICTED if re.search(sign, said, re.IGNORECASE)), "runs no commands for us"
    )
    first = cut(one_line(said.strip()), 100) if said.strip() else "nothing"
    return RsyncVerdict(RsyncOutcome.LASTING, f"the account on {host} {does} (code {code}, it said: {first}): {ALLOW}")


def _changed(match: Match, stderr: str) -> str:
    place = re.search(r"Offending \S+ key in (.+):(\d+)\s*$", stderr, re.MULTILINE)
    where = f"line {place[2]} of {place[1]}" if place else "its line in known_hosts"
    key = re.search(r"SHA256:[A-Za-z0-9+/]+", stderr)
    told = f" (now {key[0]})" if key else ""
    return (
        f"THE HOST KEY OF THE TARGET HAS CHANGED{told}: it is another computer, it was installed anew, or somebody "
        f"listens in. Nothing was sent. The old key is {where}. Ask its administrator; if the change is right: "
        f'"{TRUST} --replace"'
    )


def _unknown(match: Match, stderr: str) -> str:
    return (
        f"the host key of {match['host']} is not known here: nothing was sent. Compare its fingerprint with the "
        f'administrator\'s and trust it once: "{TRUST}"'
    )


def _denied(match: Match, stderr: str) -> str:
    ways = match["ways"].split(",")
    if "publickey" not in ways:
        return (
            f"the target asks for a password ({match['ways']}), which nobody can type here: have it accept keys, "
            "and put our public key there (ssh-copy-id)"
        )
    return "the target accepts none of our keys: put the public key there (ssh-copy-id), check user and key"


def _dead(match: Match, stderr: str) -> str:
    return f"the connection broke ({_line(match, stderr)}): check network and target; it is tried again"


def _line(match: Match, stderr: str) -> str:
    start, end = stderr.rfind("\n", 0, match.start()) + 1, stderr.find("\n", match.end())
    return stderr[start : end if end >= 0 else len(stderr)].strip().rstrip(".")


PROBLEMS: tuple[tuple[str, RsyncOutcome, str | Callable[[Match, str], str]], ...] = (
    (CHANGED, RsyncOutcome.LASTING, _changed),
    (UNKNOWN, RsyncOutcome.LASTING, _unknown),
    (
        r"REVOKED HOST KEY|Host certificate .*(invalid|revoked)",
        RsyncOutcome.LASTING,
        "the host key of the target was revoked: ask its administrator, nothing was sent",
    ),
    (
        r"Host key verification failed",
        RsyncOutcome.LASTING,
        f'the host key of the target could not be verified: nothing was sent; compare it and trust it once: "{TRUST}"',
    ),
    (
        r"UNPROTECTED PRIVATE KEY FILE",
        RsyncOutcome.LASTING,
        "other users may read our private key, so ssh does not use it: chmod 600 that file",
    ),
    (
        r"^Load key .*(incorrect passphrase|error in libcrypto|invalid format)",
        RsyncOutcome.LASTING,
        "our private key cannot be used: it is damaged, of an unknown kind or has a passphrase nobody can type here",
    ),
    (
        r"Too many authentication failures",
        RsyncOutcome.LASTING,
        "the target was offered too many keys: name the one to be used in the settings",
    ),
    (r"Permission denied \((?P<ways>[a-z-]+(,[a-z-]+)*)\)", RsyncOutcome.LASTING, _denied),
    (
        r"Connection refused",
        RsyncOutcome.PASSING,
        "the target refuses connections: check that it runs sshd, and the port; it is tried again",
    ),
    (
        r"Could not resolve hostname (?P<host>[^:\s]+)",
        RsyncOutcome.PASSING,
        "the name of the target cannot be resolved: check it, and whether this computer is on the network",
    ),
    (
        r"No route to host|Network is unreachable",
        RsyncOutcome.PASSING,
        "there is no way to the target: check whether this computer is on the network; it is tried again",
    ),
    (
        r"Connection timed out|Operation timed out|timed out during banner exchange",
        RsyncOutcome.PASSING,
        "the target does not answer in time: check that it runs, network and firewall; it is tried again",
    ),
    (
        r"not responding\.",
        RsyncOutcome.PASSING,
        "the target stopped answering: check that it runs, and the network; it is tried again",
    ),
    (
        r"no matching (host key type|key exchange method|cipher|MAC) found",
        RsyncOutcome.LASTING,
        "the two ssh versions have no encryption in common: bring the older side up to date",
    ),
    (
        r"Bad owner or permissions on|Bad configuration option|terminating, \d+ bad configuration",
        RsyncOutcome.LASTING,
        "a configuration file of ssh cannot be used: mend ~/.ssh/config",
    ),
    (
        r"This account is (currently )?not available|[Yy]our (account|password) has expired",
        RsyncOutcome.LASTING,
        "the account on the target may not log in: ask its administrator",
    ),
    (
        r"[Cc]onnection (closed|reset) by|Broken pipe|kex_exchange_identification|client_loop: send disconnect"
        r"|Connection to .* closed by remote host",
        RsyncOutcome.PASSING,
        _dead,
    ),
)
"""What ssh 9 writes to its standard error -> what it means; the first that fits counts."""
