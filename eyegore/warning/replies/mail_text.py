"""The text of a mail as a person wrote it, whatever their program made of it; and whether a person wrote it at all."""

from __future__ import annotations

import html
import re
from email.message import Message
from email.utils import getaddresses

_BREAKS = re.compile(r"(?i)<(?:br|/p|/div|/tr|/h[1-6]|/li)\b[^<>]*>")
_TAGS = re.compile(r"<[^<>]*>")
_QUOTE = re.compile(r"(?i)<blockquote\b")
_UNSEEN = tuple(
    (re.compile(rf"(?i){begin}"), re.compile(rf"(?i){end}"))
    for begin, end in [("<!--", "-->"), *((rf"<{tag}\b", f"</{tag} ?>") for tag in ("head", "style", "script"))]
)
"""What nobody sees of HTML, from and to. None of these patterns looks twice at a sign: anybody may send us a page."""
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"))
"""What has no width: joiners, marks of direction and of byte order."""
_MACHINES = ("bulk", "junk", "list", "auto_reply")


def sender_of(mail: Message) -> str:
    """The address in the From line, "" where there is none or more than one. Anybody can write anything there."""
    addresses = getaddresses([str(line) for line in mail.get_all("From", [])])
    return addresses[0][1] if len(addresses) == 1 else ""


def by_machine(mail: Message) -> bool:
    """Whether a program wrote it: an out-of-office note, a bounce, a list (RFC 3834). To answer those has no end."""

    def line(name: str) -> str:
        return str(mail.get(name, "")).strip().casefold()

    return (
        line("Auto-Submitted") not in ("", "no")
        or line("Precedence") in _MACHINES
        or line("Return-Path") == "<>"
        or mail.get_content_type() == "multipart/report"
        or any(name in mail for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
    )


def text_of(mail: Message) -> str:
    """The plain text, else that of the HTML without what it quotes; no attachments; "" where there is none.

    A part in which nothing can be seen does not count: programs put an empty plain text beside what was written.
    """
    parts = [part for part in mail.walk() if part.get_content_disposition() != "attachment"]
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind:
                text = _content(part)
                text = text if kind == "text/plain" else _of_html(text)
                if text.translate(_INVISIBLE).strip():
                    return text
    return ""


def _content(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):  # a set of characters that nobody knows
        return payload.decode("latin-1")


def _of_html(page: str) -> str:
    text = _QUOTE.split(" ".join(page.split()), maxsplit=1)[0]
    for begin, end in _UNSEEN:
        first, *others = begin.split(text)
        text = first + "".join("".join(end.split(other, maxsplit=1)[1:]) for other in others)
    return html.unescape(_TAGS.sub("", _BREAKS.sub("\n", text)))
