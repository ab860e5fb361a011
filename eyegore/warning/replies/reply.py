"""What people answer to a warning: ``ACK 4711 called the plumber``, ``SHELVE 4711 1h``, ``HELP``; pure.

Tolerant of how a tired person writes on a phone, strict about what is done: an order stands at the beginning of a line
of the person's own, near the top, and names its code with exactly four digits. What is quoted orders nothing: our own
warning, which comes back with many an answer, holds those very words.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from eyegore.basics.safe_text import cut, printable

NAN = float("nan")
ORDER_LINES = 5
"""Orders are looked for in so many lines of one's own; further down a text is a story, not an order."""
LONGEST_TEXT = 20_000
LONGEST_LINE = 1000
LONGEST_COMMENT = 200
LONGEST_SHELF_S = 7 * 86_400.0
"""A longer time is a slip of the thumb; the alarm itself allows less."""


class ReplyKind(Enum):
    """What a person wants done; SHELVE without a time asks for how long."""

    ACK = "acknowledge"
    SHELVE = "shelve"
    HELP = "help"


@dataclass(frozen=True)
class Reply:
    """An answer as it came in. ``reference`` is the provider's own name of it, ``received`` unix time [s].

    ``sender`` is a phone number or a mail address, as the provider wrote it.
    """

    reference: str
    sender: str
    text: str
    received: float


@dataclass(frozen=True)
class Order:
    """One thing that a reply wants done. ``duration_s`` [s] is NaN where no time was given."""

    kind: ReplyKind
    code: str = ""
    duration_s: float = NAN
    comment: str = ""


@dataclass(frozen=True)
class Replies:
    """What arrived in one inbox, oldest first."""

    replies: tuple[Reply, ...]
    inbox: int


@dataclass(frozen=True)
class Polled:
    """New replies, oldest first; ``problem`` says in words why there may be others, "" when all is well."""

    replies: tuple[Reply, ...] = ()
    problem: str = ""


class Inbox(Protocol):
    """Where replies come in; used by one thread. Neither method raises, and each ends in time."""

    def poll(self) -> Polled:
        """Ask for replies; one that was not :meth:`taken` comes again."""
        ...

    def taken(self, reply: Reply) -> str:
        """The reply was acted on and that was written down: it is not wanted again. Returns a problem or ""."""
        ...


_ORDER = re.compile(
    r"[\W_]*(?:re\b[\W_]*)?"  # emoji, quotation marks, "Re:"
    r"(?P<word>ack(?:nowledged?)?|shelved?)[\W_]*(?P<code>[0-9]{4})(?!\w)(?P<rest>.*)",
    re.IGNORECASE,
)
_HELP = re.compile(r"[\W_]*(?:help|hilfe|info)[\W_]*|\s*\?\s*", re.IGNORECASE)
_MORE = re.compile(r"(?:[ ,;+&/]*(?:and |und )?[0-9]{4}(?!\w))+[ .,;!]*", re.IGNORECASE)
_DURATION = re.compile(
    r"[\W_]*(?:for\b\s*)?(?P<number>[0-9]{1,4}(?:[.,][0-9]{1,2})?) ?"
    r"(?P<unit>minutes?|mins?|m|hours?|hrs?|hr|h|stunden?|std|days?|d)(?![a-z])\.?(?P<rest>.*)",
    re.IGNORECASE,
)
_MINUTES = re.compile(r"(?:(?P<bare>[0-9]{2})| ?(?P<number>[0-9]{1,2}) ?(?:minutes?|mins?|m))(?!\w)\.?(?P<rest>.*)")
"""What may follow the hours: the 30 of ``1h30``, the 30 min of ``1 h 30 min``."""
_UNIT_S = {"m": 60.0, "h": 3600.0, "s": 3600.0, "d": 86_400.0}
_QUOTED = re.compile(r"[>|]")
_WROTE = r"\b(?:wrote|schrieb|écrit|escribió|scritto|schreef|skrev|escreveu)\b"
_HEADER = re.compile(
    r"-{2,}.*(?:original|message|nachricht|forward).*|_{5,}|(?:begin )?forwarded message.*"
    r"|[^\W\d]{2,20} ?: ?.*@.*"  # From: and its like in any language
    rf"|(?:on|am|le|el|il|op|den|em)\b.*{_WROTE}.*|.*{_WROTE} ?:|.*[0-9].*:",
    re.IGNORECASE,
)
_HEADER_BEGINS = re.compile(r"(?:on|am|le|el|il|op|den|em)\b.*[0-9].*", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"(?:--|—)|(?:sent from|gesendet von|von meinem|envoyé de|get outlook|enviado|inviato)\b.*", re.IGNORECASE
)


def orders_of(text: str) -> tuple[Order, ...]:
    """What a reply wants done, in its order; empty where it is not understood. Never raises.

    Several codes may follow one word (``ACK 4711 4712``), and several lines may each hold an order. What stands behind
    an order or on the lines after it is its comment.
    """
    found: list[tuple[list[Order], list[str]]] = []  # orders of a line, and the parts of their comment
    for number, line in enumerate(_own_lines(text[:LONGEST_TEXT])):
        orders = _orders_in(line) if number < ORDER_LINES else []
        if orders:
            found.append((orders, [orders[0].comment]))
        elif found:
            found[-1][1].append(line)
    return tuple(
        Order(order.kind, order.code, order.duration_s, _comment(lines)) for orders, lines in found for order in orders
    )


def _comment(parts: list[str]) -> str:
    words = " ".join(" ".join(parts).split()).strip(" .,:;!\"'-–—")
    return cut(printable(words, ""), LONGEST_COMMENT)


def _own_lines(text: str) -> Iterator[str]:
    """Lines the person wrote, blanks run together: neither quoted, nor a signature."""
    # not mail-parser-reply: it keeps quoted lines and what follows a lone From:, and 20 000 line ends take it over 30 s
    lines = [" ".join(line[:LONGEST_LINE].split()) for line in text.splitlines()]
    lines = [line for line in lines if line]
    for line, following in itertools.pairwise([*lines, ""]):
        if _QUOTED.match(line):
            continue
        if _ORDER.match(line) is None:
            if _SIGNATURE.fullmatch(line):
                return
            if _HEADER_BEGINS.fullmatch(line) and _HEADER.fullmatch(following):
                continue
            if _HEADER.fullmatch(line):
                if _QUOTED.match(following):  # what is quoted is marked, and the answer may come below it
                    continue
                return
        yield line


def _orders_in(line: str) -> list[Order]:
    if _HELP.fullmatch(line):
        return [Order(ReplyKind.HELP)]
    match = _ORDER.match(line)
    if match is None:
        return []
    codes, rest = [match["code"]], match["rest"]
    if _MORE.fullmatch(rest):  # nothing but codes: otherwise a number is part of a comment
        codes, rest = [*codes, *re.findall("[0-9]{4}", rest)], ""
    if match["word"].lower().startswith("ack"):
        return [Order(ReplyKind.ACK, code, comment=rest) for code in dict.fromkeys(codes)]
    duration, rest = _duration(rest)
    return [Order(ReplyKind.SHELVE, code, duration, rest) for code in dict.fromkeys(codes)]


def _duration(rest: str) -> tuple[float, str]:
    """How long [s], NaN where it is not said or makes no sense, and what stands behind it."""
    match = _DURATION.match(rest)
    if match is None:
        return NAN, rest
    unit_s, rest = _UNIT_S[match["unit"][0].lower()], match["rest"]
    duration = float(match["number"].replace(",", ".")) * unit_s
    minutes = _MINUTES.match(rest) if unit_s > 60.0 else None
    if minutes is not None:
        duration, rest = duration + 60.0 * float(minutes["bare"] or minutes["number"]), minutes["rest"]
    return (duration if 0 < duration <= LONGEST_SHELF_S else NAN), rest
