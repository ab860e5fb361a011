"""Notices as JSON to a local server, as a chat or a push service takes them."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from eyegore.messages.warnings import Outcome, Result
from eyegore.warning.channels.accounts import OtherAccount
from eyegore.warning.channels.other_sender import WebhookSender, _body

from ....patience import AWAITED_S
from .mail_servers import SILENT_S, trust
from .some_notice import notice

PATH = "/services/T0/B0/planted-hook-77aa"


class Chat:
    """``answers`` are given in turn, then 200; an answer is a status, a fault, or a status with a text."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[int | str] = []
        self.scheme = "http"
        self.closing = threading.Event()
        chat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                chat.taken.append((self.path, content))
                with contextlib.suppress(OSError):
                    self._reply(chat.answers.pop(0) if chat.answers else 200)

            def _reply(self, answer: int | str) -> None:
                if answer == "hang":
                    chat.closing.wait()
                elif answer == "drip":
                    while not chat.closing.wait(0.05):
                        self.wfile.write(b"H")
                elif answer != "drop":
                    self.send_response(int(answer))
                    self.send_header("Retry-After", "11")
                    self.send_header("Location", "http://stranger.invalid/")
                    self.end_headers()
                    self.wfile.write(f"no such hook: {self.path}".encode())

            def log_message(self, format: str, *args: object) -> None:
                """Nothing on the console of the tests."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = False

    def url(self, path: str = PATH) -> SecretStr:
        return SecretStr(f"{self.scheme}://127.0.0.1:{self.http.server_port}{path}")


@pytest.fixture
def chat(no_proxy: None) -> Iterator[Chat]:
    with running(Chat()) as chat:
        yield chat


@pytest.fixture
def encrypted(no_proxy: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    """A chat with a certificate that this test's programs trust."""
    ours = trust(tmp_path, "127.0.0.1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ours.ca_file))
    chat = Chat()
    chat.http.socket = ours.server.wrap_socket(chat.http.socket, server_side=True)
    chat.scheme = "https"
    with running(chat):
        yield chat


@contextlib.contextmanager
def running(chat: Chat) -> Iterator[Chat]:
    thread = threading.Thread(target=chat.http.serve_forever, args=(0.01,))
    thread.start()
    yield chat
    chat.closing.set()
    chat.http.shutdown()
    chat.http.server_close()
    thread.join()


def test_notice_arrives_as_json(chat: Chat) -> None:
    outcome = WebhookSender({"chat": OtherAccount(chat.url())}).send("chat", notice(), None)
    assert outcome.result is Result.SENT
    ((path, body),) = chat.taken
    assert path == PATH
    assert body["text"] == f"{notice().subject}\n{notice().short}"
    assert (body["person"], body["severity"], body["code"]) == ("anna", "CRITICAL", "4711")


@pytest.mark.parametrize(
    ("host", "keys"), [("hooks.slack.com", {"text"}), ("discord.com", {"content"}), ("ntfy.lab", None)]
)
def test_strict_hosts_get_their_one_field(host: str, keys: set[str] | None) -> None:
    body = _body(host, notice())
    assert body.keys() == keys or (keys is None and "text" in body and len(body) > 5)


@pytest.mark.parametrize(
    ("answer", "result"), [(200, Result.SENT), ("hang", Result.UNKNOWN), ("drip", Result.UNKNOWN), (500, Result.RETRY)]
)
def test_encrypted(encrypted: Chat, answer: int | str, result: Result) -> None:
    encrypted.answers = [answer]
    limit_s = SILENT_S if isinstance(answer, str) else AWAITED_S
    outcome = WebhookSender({"chat": OtherAccount(encrypted.url(), timeout_s=limit_s)}).send("chat", notice(), None)
    assert outcome.result is result, outcome.detail
    assert not [thread for thread in threading.enumerate() if thread.name == "warning-attempt"]


def test_certificate_of_a_stranger(encrypted: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    outcome = WebhookSender({"chat": OtherAccount(encrypted.url())}).send("chat", notice(), None)
    assert (outcome.result, "certificate is not trusted" in outcome.detail) == (Result.REFUSED, True)
    assert encrypted.taken == []


ANSWERS: list[tuple[int | str, Result, str, float | None]] = [
    (204, Result.SENT, "took it (204)", None),
    (302, Result.REFUSED, "wants the message elsewhere (302)", None),
    (400, Result.REFUSED, "refused it (400 no such hook: /***)", None),
    (404, Result.REFUSED, "check the URL", None),
    (429, Result.RETRY, "fewer messages", 11.0),
    (500, Result.RETRY, "trouble of its own", 11.0),
    (504, Result.UNKNOWN, "may have been sent", None),
    ("hang", Result.UNKNOWN, "no answer within 3 s; the message may have been sent", None),
    ("drip", Result.UNKNOWN, "no answer within 3 s; the message may have been sent", None),
    ("drop", Result.UNKNOWN, "it closed the connection; the message may have been sent", None),
]


@pytest.mark.parametrize(("answer", "result", "words", "after"), ANSWERS, ids=[str(one[0]) for one in ANSWERS])
def test_answer_of_the_chat(chat: Chat, answer: int | str, result: Result, words: str, after: float | None) -> None:
    chat.answers = [answer]
    limit_s = SILENT_S if answer in ("hang", "drip") else AWAITED_S
    outcome = WebhookSender({"chat": OtherAccount(chat.url(), timeout_s=limit_s)}).send("chat", notice(), None)
    assert (outcome.result, outcome.retry_after) == (result, after)
    assert words in outcome.detail
    assert len(chat.taken) == 1
    assert not [thread for thread in threading.enumerate() if thread.name == "warning-attempt"]


@pytest.mark.parametrize(
    "url", ["", "no url", "file:///etc/passwd", "http://", "ftp://h/x", "http://h:0/", "http://h:x/"]
)
def test_url_that_is_none(url: str) -> None:
    outcome = WebhookSender({"chat": OtherAccount(SecretStr(url))}).send("chat", notice(), None)
    assert (outcome.result, "not one of http" in outcome.detail) == (Result.REFUSED, True)


def test_account_that_is_gone() -> None:
    outcome = WebhookSender({}).send("lab-chat", notice(), None)
    assert outcome == Outcome(Result.REFUSED, "other.lab-chat is not in the settings any more")


def test_nobody_listens_and_nobody_is_there(no_proxy: None) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = SecretStr(f"http://127.0.0.1:{closed.getsockname()[1]}/x")
        outcome = WebhookSender({"chat": OtherAccount(url)}).send("chat", notice(), None)
    assert (outcome.result, "refuses connections" in outcome.detail) == (Result.RETRY, True)
    outcome = WebhookSender({"chat": OtherAccount(SecretStr("https://chat.invalid/x"))}).send("chat", notice(), None)
    assert (outcome.result, "cannot be resolved" in outcome.detail) == (Result.RETRY, True)


def test_no_tls_where_tls_is_wanted(chat: Chat) -> None:
    url = SecretStr(chat.url().get_secret_value().replace("http:", "https:"))
    outcome = WebhookSender({"chat": OtherAccount(url, timeout_s=AWAITED_S)}).send("chat", notice(), None)
    assert (outcome.result, "does not speak TLS" in outcome.detail) == (Result.REFUSED, True)


def test_no_secret_is_told(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    account = OtherAccount(chat.url(), timeout_s=SILENT_S)
    sender = WebhookSender({"chat": account})
    said = [repr(sender), repr(account), repr(vars(sender))]
    for answer in (200, 302, 404, 500, "hang", "drip", "drop"):
        chat.answers = [answer]
        said.append(repr(sender.send("chat", notice(), None)))
    invalid = SecretStr(f"http://user:planted-hook-77aa@chat.invalid{PATH}?token=planted-hook-77aa")
    said.append(repr(WebhookSender({"chat": OtherAccount(invalid)}).send("chat", notice(), None)))
    assert "POST" in caplog.text  # the library does log each request
    assert "planted-hook" not in "\n".join([*said, caplog.text])
