"""HTTP whose connections an attempt can cut; made anew for each message, so that none is stale."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from eyegore.warning.channels.attempt import Attempt

if TYPE_CHECKING:
    from requests import Session
    from requests.adapters import HTTPAdapter

WIRE_LOG = "urllib3.connectionpool"


def mount(session: Session, attempt: Attempt) -> None:
    """Let a session's connections belong to an attempt; once connected, the message may be out."""
    for scheme in ("http://", "https://"):
        session.mount(scheme, _adapter(attempt))


def _adapter(attempt: Attempt) -> HTTPAdapter:
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.connection import HTTPConnection, HTTPSConnection

    class Held(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            attempt.connected(self.sock)
            attempt.handing_over()

    class HeldTls(Held, HTTPSConnection):
        pass

    class Pool(HTTPConnectionPool):
        ConnectionCls = Held

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = HeldTls

    pools = {"http": Pool, "https": TlsPool}

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, **options)
            self.poolmanager.pool_classes_by_scheme = pools

        def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
            proxy = super().proxy_manager_for(*args, **options)
            proxy.pool_classes_by_scheme = pools
            return proxy

    return Adapter()


@contextmanager
def struck_out(*secrets: str) -> Iterator[None]:
    """Keep secrets that are part of an address out of what the library logs of each request."""

    def strike(record: logging.LogRecord) -> bool:
        said = record.getMessage()
        struck = said
        for secret in filter(None, secrets):
            struck = struck.replace(secret, "***")
        if struck != said:
            record.msg, record.args = struck, ()
        return True

    wire = logging.getLogger(WIRE_LOG)
    wire.addFilter(strike)
    try:
        yield
    finally:
        wire.removeFilter(strike)
