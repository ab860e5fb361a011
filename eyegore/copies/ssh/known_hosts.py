"""Which files say what the host keys of other computers are, and what a person types to trust one."""

from __future__ import annotations

import os
import pwd
import re
import shlex
import subprocess
from pathlib import Path
from urllib.parse import quote

from eyegore.basics.files import config_path
from eyegore.copies.programs.rsync import plain_environment
from eyegore.copies.target import SyncTarget

YOURS = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2")
"""Those of ssh itself, as it finds them: read, never written."""
LOOK_S = 20.0
"""How long ssh-keygen may take to look into a file [s]; it takes milliseconds."""


def own_file(target: SyncTarget) -> Path:
    """The file that new keys are written to: that of the settings, or Eyegore's own."""
    return target.known_hosts if target.known_hosts is not None else config_path("known_hosts")


def others(target: SyncTarget) -> tuple[str, ...]:
    """The files that count as well; none where the settings name one. A key that is in any of them is right."""
    return () if target.known_hosts is not None else YOURS


def fingerprints(target: SyncTarget) -> str:
    """Kind and SHA256 of the host keys known for the target, for comparison; "" when none is."""
    host = f"[{target.host}]:{target.port}" if target.port not in (0, 22) else target.host
    home = pwd.getpwuid(os.getuid()).pw_dir  # where ssh looks, whatever HOME says
    found: dict[str, None] = {}
    for file in (str(own_file(target)), *(name.replace("~", home, 1) for name in others(target))):
        if Path(file).is_file():
            told = ssh_keygen("-l", "-F", host, "-f", file)
            found |= dict.fromkeys(re.findall(r"^(?!#)\S+ (\S+ SHA256:\S+)", told, re.MULTILINE))
    return ", ".join(found)


def ssh_keygen(*words: str, check: bool = False) -> str:
    """What ssh-keygen says; with ``check`` CalledProcessError where it fails. Raises TimeoutExpired."""
    done = subprocess.run(
        ["ssh-keygen", *words],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=LOOK_S, check=check, env=plain_environment(),
    )  # fmt: skip
    return done.stdout.decode("utf-8", "replace")


def trust_command(target: SyncTarget) -> str:
    """What to type to trust the host key of this computer; it needs no settings, and no key of ours."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    if target.port:
        user = f"{quote(target.user)}@" if target.user else ""
        computer = f"ssh://{user}{host}:{target.port}"
    else:
        computer = f"{target.user}@{host}" if target.user else host
    file = ["--known-hosts", str(target.known_hosts)] if target.known_hosts is not None else []
    return shlex.join(["eyegore", "trust", computer, *file])
