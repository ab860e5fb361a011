"""An address where no DS9 listens is told as such: XPA alone does not tell a closed port from a busy program."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from eyegore.basics.errors import Ds9Error
from eyegore.ds9.program import nobody_at
from eyegore.ds9.running_ds9 import RunningDs9
from eyegore.ds9.xpa import Ds9SilentError, Transport


@pytest.fixture
def closed() -> str:
    """A port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def busy() -> Iterator[str]:
    """A port at which somebody listens, who says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as there:
        yield f"127.0.0.1:{there.getsockname()[1]}"


def test_who_listens_is_somebody(busy: str, tmp_path: Path) -> None:
    assert nobody_at(busy) == ""
    with socket.socket(socket.AF_UNIX) as there:
        there.bind(str(tmp_path / "s"))
        there.listen()
        assert nobody_at(str(tmp_path / "s")) == ""
    assert "nobody listens" in nobody_at(str(tmp_path / "s"))


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/nowhere/DS9_ds9.123", "nobody listens at /nowhere"),
        ("nowhere.invalid:14285", "no computer of the name"),
    ],
)
def test_where_nobody_can_be_is_told(address: str, told: str) -> None:
    assert told in nobody_at(address)


def test_a_port_where_nobody_listens_is_not_called_busy(closed: str, transport: Transport) -> None:
    session = RunningDs9(closed, transport, threading.Event())
    xpa, address = session.connect()
    with pytest.raises(Ds9Error) as why:
        xpa.get(address, "version")
    assert f"nobody listens at {closed}" in session.failed(why.value)


def test_one_that_listens_and_does_not_answer_is_busy_or_frozen(busy: str, transport: Transport) -> None:
    session = RunningDs9(busy, transport, threading.Event())
    assert "frozen or busy" in session.failed(Ds9SilentError("DS9 does not answer"))
