from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[], Path]]:
    """Mounts a fresh tmpfs on one and the same folder, each time it is called."""
    folder = tmp_path / "mounted"
    folder.mkdir()

    def mount() -> Path:
        command = ["mount", "-t", "tmpfs", "-o", "size=4m", "eyegore-test", str(folder)]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as why:
            pytest.skip(f"mounting is not permitted here: {why}")
        return folder

    yield mount
    while folder.is_mount():
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def open_room() -> Iterator[Path]:
    """A folder that any user may write in; pytest keeps its own from everybody but us."""
    with tempfile.TemporaryDirectory(prefix="eyegore-test-") as name:
        Path(name).chmod(0o777)
        yield Path(name)
