"""A local HTTP server that follows Twilio's public API of 2010-04-01 as far as warnings use it.

Messages and calls: create, list (filters and pages) and fetch; the login is checked as Twilio checks it. A test plants
what goes wrong with the next requests (:meth:`TwilioServer.plant`) and text messages that arrive
(:meth:`TwilioServer.arrive`).
"""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import threading
from collections import deque
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

SID = "AC" + "0" * 31 + "1"
TOKEN = "planted-token-5f7c"
NUMBER = "+15005550006"
"""The account's own number."""

ERRORS = {
    "20003": (401, {"code": 20003, "message": "Authenticate", "status": 401}, {}),
    "21211": (400, {"code": 21211, "message": "Invalid 'To' Phone Number: +1500555XXXX", "status": 400}, {}),
    "21608": (400, {"code": 21608, "message": "The number is unverified.", "status": 400}, {}),
    "21614": (400, {"code": 21614, "message": "'To' number is not a valid mobile number", "status": 400}, {}),
    "21610": (400, {"code": 21610, "message": "Attempt to send to unsubscribed recipient", "status": 400}, {}),
    "20429": (429, {"code": 20429, "message": "Too Many Requests", "status": 429}, {"Retry-After": "7"}),
    "503": (503, {"code": 20503, "message": "Service unavailable", "status": 503}, {"Retry-After": "90"}),
    "99999": (400, {"code": 99999, "message": "Something of tomorrow", "status": 400}, {}),
}
"""Bodies as https://www.twilio.com/docs/usage/requests-to-twilio shows them; each with status and headers."""
PAGES = {"html 500": (500, "<html><body>Internal Server Error</body></html>"), "html 504": (504, "<html>late</html>")}
AFTER = ("bad body", "drop", "hang", "drip", "drip headers")
"""What goes wrong with the answer only: the message is made all the same."""


class TwilioServer:
    """``messages`` and ``calls`` hold what was made (as Twilio's resources), ``requests`` what was asked."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str]] = []
        self.faults: deque[str] = deque()
        self.refusals: deque[str] = deque()
        self.status = "active"
        self.fates: dict[str, tuple[str, int | None]] = {}
        self.closing = threading.Event()
        self.lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = False
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), name="twilio-server")
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def close(self) -> None:
        """Let go of whoever still waits."""
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def plant(self, *faults: str) -> None:
        """What goes wrong with the next requests, one each; "" for nothing."""
        self.faults.extend(faults)

    def refuse(self, *faults: str) -> None:
        """What goes wrong with the next messages and calls, one each, whoever asks for answers meanwhile."""
        self.refusals.extend(faults)

    def doom(self, to: str, status: str, code: int | None = None) -> None:
        """What becomes of messages and calls to a number once they were taken; else they are delivered, and taken."""
        self.fates[to] = (status, code)

    def arrive(self, sender: str, body: str, when: datetime | None = None, to: str = NUMBER) -> str:
        """A text message from a telephone; the reference it gets."""
        return str(self.add_message(sender, to, body, "inbound", "received", when)["sid"])

    def add_message(
        self, sender: str, to: str, body: str, direction: str, status: str, when: datetime | None = None
    ) -> dict[str, Any]:
        date = format_datetime((when or datetime.now(UTC)).astimezone(UTC))
        with self.lock:
            made = {
                "sid": f"SM{len(self.messages) + 1:032x}",
                "account_sid": SID,
                "api_version": "2010-04-01",
                "body": body,
                "from": sender,
                "to": to,
                "direction": direction,
                "status": status,
                "date_created": date,
                "date_updated": date,
                "date_sent": None if status == "queued" else date,
                "error_code": None,
                "error_message": None,
                "messaging_service_sid": None,
                "num_media": "0",
                "num_segments": "1",
                "price": None,
                "price_unit": "USD",
                "subresource_uris": {},
            }
            made["uri"] = f"/2010-04-01/Accounts/{SID}/Messages/{made['sid']}.json"
            self.messages.append(made)
        return made

    def add_call(self, sender: str, to: str, twiml: str, when: datetime | None = None) -> dict[str, Any]:
        date = format_datetime((when or datetime.now(UTC)).astimezone(UTC))
        with self.lock:
            made = {
                "sid": f"CA{len(self.calls) + 1:032x}",
                "account_sid": SID,
                "from": sender,
                "to": to,
                "direction": "outbound-api",
                "status": "queued",
                "date_created": date,
                "date_updated": date,
                "start_time": None,
                "subresource_uris": {},
                "twiml": twiml,
            }
            self.calls.append(made)
        return made


def _handler(server: TwilioServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve({})

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._serve({name: values[0] for name, values in parse_qs(content).items()})

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the console of the tests."""

        def _serve(self, form: dict[str, str]) -> None:
            self.close_connection = True
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            with server.lock:
                server.requests.append((self.command, self.path))
                planted = server.refusals if self.command == "POST" and server.refusals else server.faults
                fault = planted.popleft() if planted else ""
            if fault in ERRORS:
                return self._json(*ERRORS[fault])
            if fault in PAGES:
                status, page = PAGES[fault]
                return self._answer(status, page.encode(), {"Content-Type": "text/html"})
            if fault == "hang before":
                server.closing.wait()
                return None
            status, body = self._result(parts.path, query, form)
            if fault in AFTER:
                with contextlib.suppress(OSError):
                    self._spoil(fault, json.dumps(body).encode())
                return None
            return self._json(status, body, {})

        def _result(self, path: str, query: dict[str, str], form: dict[str, str]) -> tuple[int, dict[str, Any]]:
            wanted = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
            if self.headers.get("Authorization") != wanted:
                return 401, ERRORS["20003"][1]
            base = f"/2010-04-01/Accounts/{SID}"
            if (self.command, path) == ("POST", f"{base}/Messages.json"):
                return self._create(form, ("To", "From", "Body"), (21604, 21603, 21602))
            if (self.command, path) == ("POST", f"{base}/Calls.json"):
                return self._create(form, ("To", "From", "Twiml"), (21201, 21213, 21205))
            if path == f"{base}/Messages.json":
                return 200, _page("messages", server.messages, path, query, "DateSent", "date_sent")
            if path == f"{base}/Calls.json":
                return 200, _page("calls", server.calls, path, query, "StartTime", "date_created")
            for one in (*server.messages, *server.calls):
                if path.endswith(f"/{one['sid']}.json"):
                    status, code = server.fates.get(one["to"], ("completed" if "twiml" in one else "delivered", None))
                    return 200, one | {"status": status, "error_code": code, "error_message": None}
            if path == f"{base}.json":
                return 200, {"sid": SID, "friendly_name": "the lab", "status": server.status, "type": "Full"}
            return 404, {"code": 20404, "message": f"The requested resource {path} was not found", "status": 404}

        def _create(
            self, form: dict[str, str], needed: tuple[str, ...], codes: tuple[int, ...]
        ) -> tuple[int, dict[str, Any]]:
            for name, code in zip(needed, codes, strict=True):
                if not form.get(name):
                    return 400, {"code": code, "message": f"A '{name}' is required.", "status": 400}
            to, sender, content = (form[name] for name in needed)
            if not (to.startswith("+") and to[1:].isdigit()):
                return ERRORS["21211"][0], ERRORS["21211"][1]
            if sender != NUMBER:
                return 400, {"code": 21212, "message": f"Invalid From Number: {sender}", "status": 400}
            if needed[2] == "Twiml":
                return 201, server.add_call(sender, to, content)
            if len(content) > 1600:
                return 400, {"code": 21617, "message": "The concatenated message body exceeds 1600.", "status": 400}
            return 201, server.add_message(sender, to, content, "outbound-api", "queued")

        def _spoil(self, fault: str, content: bytes) -> None:
            if fault == "hang":
                server.closing.wait()
            elif fault == "bad body":
                self._answer(201, content[: len(content) // 2], {"Content-Type": "application/json"})
            elif fault == "drop":
                self._answer(201, content[:20], {"Content-Length": str(len(content))})
                with contextlib.suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)
            elif fault == "drip headers":
                self._drip(b"HTTP/1.1 201 Created\r\nX-Slow: " + b"a" * 10_000)
            else:
                self.send_response(201)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self._drip(content)

        def _drip(self, content: bytes) -> None:
            for place in range(len(content)):
                if server.closing.wait(0.05):
                    return
                self.wfile.write(content[place : place + 1])
                self.wfile.flush()

        def _json(self, status: int, body: dict[str, Any], headers: dict[str, str]) -> None:
            self._answer(status, json.dumps(body).encode(), {"Content-Type": "application/json"} | headers)

        def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(content)), "Connection": "close"} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    return Handler


def _page(
    name: str, found: list[dict[str, Any]], path: str, query: dict[str, str], date_filter: str, date: str
) -> dict[str, Any]:
    """One page of a list, the newest first, as Twilio cuts it."""
    chosen = [one for one in reversed(found) if _matches(one, query, date_filter, date)]
    size, number = int(query.get("PageSize", 50)), int(query.get("Page", 0))
    rest = {word: value for word, value in query.items() if word != "Page"} | {"PageSize": str(size)}
    more = len(chosen) > (number + 1) * size
    following = {**rest, "Page": str(number + 1), "PageToken": f"PA{name}{number + 1}"}
    return {
        name: chosen[number * size : (number + 1) * size],
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": min((number + 1) * size, len(chosen)) - 1,
        "uri": f"{path}?{urlencode(rest)}",
        "first_page_uri": f"{path}?{urlencode({**rest, 'Page': '0'})}",
        "next_page_uri": f"{path}?{urlencode(following)}" if more else None,
        "previous_page_uri": None,
    }


def _matches(one: dict[str, Any], query: dict[str, str], date_filter: str, date: str) -> bool:
    if any(name in query and one[field] != query[name] for name, field in (("To", "to"), ("From", "from"))):
        return False
    for mark in ("", "<", ">"):
        asked = query.get(date_filter + mark)
        if asked is None:
            continue
        if one[date] is None:
            return False
        sent = datetime.strptime(one[date], "%a, %d %b %Y %H:%M:%S %z").date()
        limit = datetime.fromisoformat(asked.replace("Z", "+00:00")).date()  # Twilio compares days only
        if not {"": sent == limit, "<": sent <= limit, ">": sent >= limit}[mark]:
            return False
    return True
