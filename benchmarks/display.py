"""The screen that the windows are drawn on: the one there is, else a private virtual one."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
from collections.abc import Iterator

SCREEN = "1366x768x24"
START_S = 20.0


@contextlib.contextmanager
def display() -> Iterator[str]:
    """``DISPLAY`` of the environment, set to that of an own Xvfb where there is none."""
    if name := os.environ.get("DISPLAY"):
        yield name
        return
    if shutil.which("Xvfb") is None:
        raise SystemExit("no display and no Xvfb: sudo apt-get install --no-install-recommends xvfb")
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]
    quiet = subprocess.DEVNULL
    with (
        open(reader, "rb", buffering=0) as numbers,
        subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, pass_fds=(writer,)) as server,
    ):
        os.close(writer)
        try:
            told = b""
            while not told.endswith(b"\n"):
                part = numbers.read(16) if select.select([numbers], [], [], START_S)[0] else b""
                if not part:
                    raise SystemExit(f"Xvfb did not start (exit code {server.poll()})")
                told += part
            os.environ["DISPLAY"] = f":{int(told)}"
            yield os.environ["DISPLAY"]
        finally:
            os.environ.pop("DISPLAY", None)
            server.terminate()
