"""Providers of warnings on this machine, settings that lead to them, and disks that can be full."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .warning.channels.mail_servers import PASSWORD, SENDER, USER, Mailbox, mail_server, trust
from .warning.channels.twilio_server import NUMBER, SID, TOKEN, TwilioServer
from .warning.warned_lab import ANNA, BEN, SETTINGS
from .written_day import Day


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def twilio_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[TwilioServer]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    server = TwilioServer()
    yield server
    server.close()


@pytest.fixture
def warning_settings(
    tmp_path: Path, mailbox: Mailbox, twilio_server: TwilioServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    monkeypatch.setenv("EYEGORE_SMTP_PASSWORD", PASSWORD)
    monkeypatch.setenv("EYEGORE_TWILIO_TOKEN", TOKEN)
    ours = trust(tmp_path)
    with mail_server(mailbox, ours.server) as port:
        path = tmp_path / "warnings.toml"
        path.write_text(
            SETTINGS.format(
                anna=ANNA, ben=BEN, port=port, user=USER, sender=SENDER, ca=ours.ca_file, sid=SID, number=NUMBER,
                url=twilio_server.url,
            )
        )  # fmt: skip
        yield path


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
def day(tmp_path: Path) -> Day:
    """An empty day folder and what writes into it."""
    folder = tmp_path / "14_Mar_19"
    folder.mkdir()
    return Day(folder)
