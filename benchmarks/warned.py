"""P16: from a critical row complete on disk to the text message at the provider."""

from __future__ import annotations

import json
import os
import queue
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from benchmarks.report import Figure
from benchmarks.workshop import Workshop

CRITICAL = [f"CCD{ccd}_TEMP_{half}" for ccd in (1, 2, 3) for half in ("T", "B")]
APART_S, LASTS_S = 60, 5
"""Between two excursions, and how long one lasts, by the clock of the session [s]."""
SAMPLES = 2
"""So many make it critical."""
SETTINGS = """\
time_zone = "UTC"
[texts]
lab = "bench"
[people.ana]
name = "Ana"
phone = "+491701234567"
[[duty]]
primary = "ana"
from = "00:00"
to = "00:00"
[routes]
CRITICAL = ["sms"]
WARNING = []
[twilio]
sid = "AC00000000000000000000000000000001"
sender = "+15005550006"
base_url = "{url}"
"""


@contextmanager
def _provider() -> Iterator[tuple[str, queue.SimpleQueue[float]]]:
    """The URL of an API that takes every message, and when it took each."""
    arrivals: queue.SimpleQueue[float] = queue.SimpleQueue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arrivals.put(time.perf_counter())
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(201, {"sid": "SM1", "status": "queued"})

        def do_GET(self) -> None:
            self._answer(200, {"messages": [], "next_page_uri": None})

        def _answer(self, status: int, body: dict[str, object]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", arrivals
    finally:
        server.shutdown()
        thread.join()


def told(workshop: Workshop) -> Iterator[Figure]:
    """Row complete on disk to the message at the provider."""
    from eyegore.session.service import Service
    from eyegore.session.settings import Session
    from eyegore.simulator.simulator import SimulatedSession, Simulator

    folder = workshop.folder / "warned"
    plants = [f"{name}:step:-136@{APART_S * at}+{LASTS_S}" for at, name in enumerate(CRITICAL, start=1)]
    elvis = Simulator(folder / "day", SimulatedSession(images=False, seconds=1000, plants=plants))
    elvis.append_rows(APART_S)
    os.environ["EYEGORE_TWILIO_TOKEN"] = "bench"
    with _provider() as (url, arrivals):
        settings = folder / "warnings.toml"
        settings.write_text(SETTINGS.format(url=url))
        service = Service(Session(folder / "day", state=folder / "state", warnings=settings))
        service.start()
        while service.monitor.hk.rows < APART_S:
            time.sleep(0.05)
        delays = []
        for _name in CRITICAL:
            elvis.append_rows(SAMPLES)
            written = time.perf_counter()
            delays.append(arrivals.get(timeout=30) - written)
            elvis.append_rows(APART_S - SAMPLES)
        service.stop(5.0)
    details = f"{len(delays)} text messages, median {statistics.median(delays):.2f} s"
    yield Figure("P16", "critical row to message at the provider, longest", max(delays), 0.3, "s", details)


TARGETS = {"P16": told}
