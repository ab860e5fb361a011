"""One try at a provider, that ends in time whatever the other side does: silence, or a byte a second."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from eyegore.messages.warnings import Outcome, Result, Scope
from eyegore.warning.channels.network_words import trouble, unexpected

if TYPE_CHECKING:
    from requests import Session
    from requests.adapters import HTTPAdapter

T = TypeVar("T")
GRACE_S = 0.5
"""How long after its end [s] a try may take to notice that its connection was cut."""
WIRE_LOG = "urllib3.connectionpool"


class _Work(Generic[T]):
    """What a thread came back with: a result or an error."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self.result: list[T] = []
        self.error: BaseException | None = None

    def __call__(self) -> None:
        try:
            self.result.append(self._work())
        except BaseException as why:  # noqa: BLE001 - the thread's outermost frame; it is raised again where it was asked
            self.error = why


class Attempt:
    """A time limit of ``seconds`` [s] over everything: name, connection, login, message and answer.

    Time-outs of sockets start anew with every byte. Here the connection is cut from outside when the time is over; a
    try that has none yet (names are looked up without a limit) is left behind, and stopped as soon as it gets one.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.handed_over = False
        """Whether the provider may have got the message."""
        self._end = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._over = False
        self._held: list[socket.socket] = []

    @property
    def left(self) -> float:
        """What is left of the time [s], for the time-out of a socket; never 0, which would mean "do not wait"."""
        return max(self._end - time.monotonic(), 0.01)

    def connected(self, connection: socket.socket) -> None:
        """Tell of a connection, so that it can be cut; TimeoutError when it comes too late to be used."""
        with self._lock:
            if self._over:
                raise TimeoutError
            # a number of our own: what TLS wraps gives its number away, and what it made has no dup()
            self._held.append(socket.socket(fileno=os.dup(connection.fileno())))

    def handing_over(self) -> None:
        """From here on the message may arrive; TimeoutError when nobody waits for that any more."""
        with self._lock:
            if self._over:
                raise TimeoutError
            self.handed_over = True

    def run(self, work: Callable[[], T]) -> T:
        """What ``work`` returns or raises; TimeoutError when it does not in time."""
        done = _Work(work)
        thread = threading.Thread(target=done, name="warning-attempt", daemon=True)
        thread.start()
        thread.join(self.left)
        late = thread.is_alive()
        self._finish()
        thread.join(GRACE_S)
        if done.result:
            return done.result[0]
        if late or done.error is None:  # its error then is only that the connection was cut
            raise TimeoutError
        raise done.error

    def _finish(self) -> None:
        with self._lock:
            self._over = True
            held, self._held = self._held, []
        for connection in held:
            with contextlib.suppress(OSError), connection:  # most are closed by the other side
                connection.shutdown(socket.SHUT_RDWR)

    def outcome(
        self, provider: str, work: Callable[[], Outcome], explain: Callable[[Exception], Outcome | None]
    ) -> Outcome:
        """What ``work`` returns, or what its error means: as ``explain`` says, else by whether the message was out."""
        try:
            return self.run(work)
        except Exception as why:  # noqa: BLE001 - senders never raise; whatever it is becomes an outcome
            known = explain(why)
            if known is not None:
                return known
            words = trouble(why, self.seconds) or unexpected(why, provider)
            if self.handed_over:
                return Outcome(
                    Result.UNKNOWN, f"{provider}: {words}; the message may have been sent", scope=Scope.PROVIDER
                )
            return Outcome(Result.RETRY, f"{provider}: {words}; nothing was sent", scope=Scope.PROVIDER)


def mount(session: Session, attempt: Attempt) -> None:
    """Let an attempt cut the connections of a session made for one message; once connected, the message may be out."""
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


@contextlib.contextmanager
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
