"""Warnings to whatever else a lab uses and takes JSON by a POST (Slack, Teams, Discord, ntfy, Telegram)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eyegore.messages.warnings import Channel, Outcome, Result
from eyegore.warning.channels.attempt import Attempt, mount, struck_out
from eyegore.warning.channels.network_words import lasting, told

if TYPE_CHECKING:
    from requests import Response

    from eyegore.messages.warnings import Notice, Samples
    from eyegore.warning.channels.accounts import OtherAccount

STRICT = {"hooks.slack.com": "text", "discord.com": "content", "discordapp.com": "content"}
"""Hosts that take one named text and nothing else; the others get all fields and pick theirs."""
RATE_S = 30.0
SAID_BYTES = 2048
SECRET = "check the URL, which is a secret of the settings"


class WebhookSender:
    """The channel OTHER: the notice as JSON to the URL of an account; an address is the name of one of ``accounts``."""

    channel = Channel.OTHER

    def __init__(self, accounts: Mapping[str, OtherAccount]) -> None:
        self._accounts = accounts

    def send(self, address: str, notice: Notice, samples: Samples | None) -> Outcome:
        """Send by the account of that name."""
        account = self._accounts.get(address)
        if account is None:
            return Outcome(Result.REFUSED, f"other.{address} is not in the settings any more")
        url = account.url.get_secret_value()
        try:
            parts = urlsplit(url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            return Outcome(Result.REFUSED, "a URL of the other channels is not one of http or https: " + SECRET)
        host = f"{parts.hostname}:{parts.port}" if parts.port else f"{parts.hostname}"
        attempt = Attempt(account.timeout_s)

        def post() -> Outcome:
            from requests import Session

            secret = parts.path.strip("/"), parts.query, parts.password or ""
            with Session() as session, struck_out(*secret):
                mount(session, attempt)
                body = _body(str(parts.hostname), notice)
                # a redirection would take the message, and half of the secret, to a stranger
                with session.post(url, json=body, timeout=attempt.left, allow_redirects=False, stream=True) as answer:
                    return _answer(answer, host, (url, *secret))

        def explain(why: Exception) -> Outcome | None:
            words = None if attempt.handed_over else lasting(why)
            return Outcome(Result.REFUSED, f"{host}: {words}") if words else None

        return attempt.outcome(host, post, explain)


def _body(host: str, notice: Notice) -> dict[str, str | int]:
    text = f"{notice.subject}\n{notice.short}" if notice.subject not in notice.short else notice.short
    if host in STRICT:
        return {STRICT[host]: text}
    return {
        "text": text,
        "subject": notice.subject,
        "message": notice.short,
        "person": notice.person,
        "reason": notice.reason.value,
        "severity": notice.severity.name,
        "parameter": notice.parameter,
        "incident": notice.incident,
        "code": notice.code,
        "key": notice.key,
    }


def _answer(answer: Response, host: str, secrets: tuple[str, ...]) -> Outcome:
    status, asked = answer.status_code, answer.headers.get("Retry-After", "")
    after = float(asked) if asked.isdigit() else None
    if 300 <= status < 400:
        return Outcome(Result.REFUSED, f"{host} wants the message elsewhere ({status}): {SECRET}")
    if answer.ok:
        return Outcome(Result.SENT, f"{host} took it ({status})")
    if status == 429:
        return Outcome(Result.RETRY, f"{host} asks for fewer messages ({status})", retry_after=after or RATE_S)
    if status == 504:
        return Outcome(Result.UNKNOWN, f"{host} gave no answer ({status}); the message may have been sent")
    if status >= 500 or status == 408:
        return Outcome(Result.RETRY, f"{host} has trouble of its own ({status})", retry_after=after)
    said = told(next(answer.iter_content(SAID_BYTES), b""), *secrets)
    hint = SECRET if status in (401, 403, 404, 410) else "see what it says"
    return Outcome(Result.REFUSED, f"{host} refused it ({status} {said}): {hint}")
