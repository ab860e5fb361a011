"""The dispatcher killed before, during and after an attempt."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ....patience import AWAITED_S

pytestmark = pytest.mark.slow

PROCESS = """
import os, signal, sys, time
from pathlib import Path
sys.path[:0] = [{root!r}]
from {package}.test_dispatcher import Desk, Script, Traced, delivery
from eyegore.journal.journal import Journal
from eyegore.journal.outbox import Outbox

class Posted({kind}):
    def send(self, address, notice, samples):
        if {die!r} == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        with open({post!r}, "a") as post:
            post.write(notice.key + "\\n")
        if {die!r} == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return super().send(address, notice, samples)

    @property
    def known(self):
        return Path({post!r}).read_text().split()

journal = Journal(Path({path!r}))
outbox = Outbox(journal.path)
journal.record([], {{"a": 1}}, [delivery()])
if {die!r} == "written":
    os.kill(os.getpid(), signal.SIGKILL)
desk = Desk(outbox, Posted())
desk.dispatcher.start(outbox.unfinished())
while desk.dispatcher.waiting():
    time.sleep(0.01)
assert desk.dispatcher.stop(120)
print(outbox.newest(1)[0].state.name, outbox.newest(1)[0].detail)
"""


@pytest.mark.parametrize(
    ("kind", "die", "messages", "detail"),
    [
        ("Script", "written", 1, "SENT 250 taken"),
        ("Script", "before", 1, "SENT 250 taken (possibly sent twice)"),
        ("Script", "after", 2, "SENT 250 taken (possibly sent twice)"),
        ("Traced", "after", 1, "SENT 250 taken"),
    ],
)
def test_killed_at_any_moment_it_is_sent(tmp_path: Path, kind: str, die: str, messages: int, detail: str) -> None:
    post = tmp_path / "post"
    post.touch()
    path = tmp_path / "night.sqlite"

    def run(die: str) -> subprocess.CompletedProcess[str]:
        root = str(Path(__file__).parents[str(__package__).count(".") + 1])
        code = PROCESS.format(kind=kind, die=die, post=str(post), path=str(path), root=root, package=__package__)
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=AWAITED_S, check=False
        )

    assert run(die).returncode == -signal.SIGKILL
    again = run("")
    assert (again.stdout.strip(), again.stderr) == (detail, "")
    assert len(post.read_text().splitlines()) == messages
    assert run("").stdout.strip() == detail, "a third start sends nothing"
    assert len(post.read_text().splitlines()) == messages
    assert os.path.exists(path)
