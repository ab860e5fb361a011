"""Providers of warnings on this machine: the tests reach nothing beyond it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .channels.twilio_server import TwilioServer


@pytest.fixture
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of the machine between a test and its server."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("TWILIO_EDGE", "TWILIO_REGION", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def twilio_server(no_proxy: None) -> Iterator[TwilioServer]:
    """Twilio's API at ``twilio_server.url``."""
    server = TwilioServer()
    yield server
    server.close()
