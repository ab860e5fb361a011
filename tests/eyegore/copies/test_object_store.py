"""The recipe of docs/sync.rst for object stores, run word for word with real rclone against an S3 server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ...patience import AWAITED_S
from ..written_day import Day
from .copy_lab import SyncLab, age

DOCS = Path(__file__).parents[3] / "docs" / "sync.rst"
STORE = "vault:bucket/campaign"
CONFIG = """\
[vault]
type = s3
provider = Other
access_key_id = test
secret_access_key = test
region = us-east-1
endpoint = {url}
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("rclone") is None, reason="rclone is not installed: apt install rclone"),
]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Where an S3 server listens."""
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        said = []
        for line in server.stderr:
            said.append(line)
            if found := re.search(r"Running on (http://127\.0\.0\.1:\d+)", line):
                break
        else:
            pytest.fail(f"the S3 server did not start: {''.join(said)}")
        yield found[1]
        server.kill()


class Store:
    """A backup of a day, and a bucket that is empty before each test."""

    def __init__(self, lab: SyncLab, folder: Path, url: str) -> None:
        self.lab = lab
        programs = folder / "bin"
        programs.mkdir()
        eyegore = programs / "eyegore"
        eyegore.write_text(f'#!/bin/sh\nexec {sys.executable} -m eyegore "$@"\n')
        eyegore.chmod(0o755)
        (folder / "rclone.conf").write_text(CONFIG.format(url=url))
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self._environment |= {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONPATH": str(DOCS.parents[1]),
            "RCLONE_CONFIG": str(folder / "rclone.conf"),
            "XDG_STATE_HOME": str(lab.state),
            "DAY": str(lab.source),
            "BACKUP": str(lab.root),
            "STORE": STORE,
        }
        self._run("rclone", "purge", "vault:bucket", check=False)
        self._run("rclone", "mkdir", "vault:bucket")

    def _run(self, *command: str, given: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, input=given, capture_output=True, text=True, env=self._environment, check=check, timeout=AWAITED_S
        )

    def recipe(self) -> subprocess.CompletedProcess[str]:
        """Back up, then what the documentation says."""
        engine = self.lab.engine()
        try:
            assert engine.sync(full=True).done
        finally:
            engine.close()
        block = DOCS.read_text().partition(".. code-block:: sh\n\n")[2]
        lines = re.match(r"(?:    .*\n|\n)+", block)
        assert lines is not None
        script = "".join(line[4:] for line in lines[0].splitlines(keepends=True))
        assert script.startswith("#!/bin/sh")
        return self._run("sh", "-s", given=script, check=False)

    def names(self) -> set[str]:
        return set(self._run("rclone", "lsf", "-R", "--files-only", STORE).stdout.splitlines())

    def content(self, name: str) -> str:
        return self._run("rclone", "cat", f"{STORE}/{name}").stdout

    def put(self, content: str, name: str) -> None:
        self._run("rclone", "rcat", f"{STORE}/{name}", given=content)


@pytest.fixture
def store(day: Day, tmp_path: Path, url: str) -> Store:
    day.hk(range(50))
    day.log(range(17001, 17002))
    day.image(17001, 1)
    (day.folder / "-rf").write_bytes(b"a dash")
    (day.folder / "a b").write_bytes(b"a blank")
    age(day.folder)
    root = tmp_path / "backup"
    root.mkdir()
    return Store(SyncLab(day.folder, root, tmp_path / "state"), tmp_path, url)


def below(store: Store, names: set[str]) -> set[str]:
    return {f"{store.lab.source.name}/{name}" for name in names}


def test_all_of_a_backup_is_in_the_store_and_texts_grow_there(day: Day, store: Store) -> None:
    (store.lab.root / day.folder.name / ".eyegore-partial").mkdir(parents=True)
    (store.lab.root / day.folder.name / ".eyegore-partial" / "half.txt").write_text("half")
    done = store.recipe()
    assert done.returncode == 0, done.stderr
    assert store.names() == below(store, store.lab.names)
    day.hk(range(50, 60))
    age(day.folder)
    done = store.recipe()
    assert done.returncode == 0, done.stderr
    (hk,) = day.folder.glob("HK*")
    assert store.content(f"{day.folder.name}/{hk.name}") == hk.read_text()
    (former,) = [name for name in store.names() if name.startswith("replaced/")]
    assert former.endswith(hk.name)


def test_another_image_in_the_store_stays_and_is_told(day: Day, store: Store) -> None:
    image = next(day.folder.glob("*.fits"))
    store.put("another", f"{day.folder.name}/{image.name}")
    done = store.recipe()
    assert done.returncode == 6
    assert image.name in done.stderr
    assert store.content(f"{day.folder.name}/{image.name}") == "another"


def test_a_turned_byte_in_the_store_is_told(day: Day, store: Store) -> None:
    assert store.recipe().returncode == 0
    there = f"{day.folder.name}/a b"
    store.put("a flank", there)
    store._run("rclone", "touch", "-t", "2017-07-14T02:40:00", f"{STORE}/{there}")
    done = store.recipe()
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "a b"


def test_a_backup_that_is_not_whole_goes_nowhere(day: Day, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from eyegore.copies.engine import SyncEngine

    sync = SyncEngine.sync

    def spoiled(engine: SyncEngine, **how: bool) -> object:
        report = sync(engine, **how)
        store.lab.spoil("a b", offset=1)
        return report

    monkeypatch.setattr(SyncEngine, "sync", spoiled)
    assert store.recipe().returncode == 1
    assert store.names() == set()
