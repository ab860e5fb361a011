"""The demo as a process: what it leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("how", [subprocess.Popen.terminate, lambda demo: demo.send_signal(2)], ids=["TERM", "INT"])
def test_stopped_early_it_says_so_and_leaves_nothing(tmp_path: Path, how: object) -> None:
    assert callable(how)
    with subprocess.Popen(
        [sys.executable, "-m", "eyegore", "demo", "--headless"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as demo:
        assert demo.stderr is not None
        assert any(b"ELVIS 7.5.X" in line for line in demo.stderr)
        how(demo)
        said, _ = demo.communicate(timeout=10)
    assert demo.returncode == 0
    assert said.endswith(b"Stopped before the planted excursion was over.\n")
    assert list(tmp_path.iterdir()) == []
