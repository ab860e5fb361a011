"""Text for channels that take little: a text message of 160 plain characters, a voice."""

from __future__ import annotations

import re
import unicodedata

from eyegore.basics.safe_text import one_line

SHORT = 160
"""Characters of one text message, as long as all are of the basic alphabet (GSM 03.38)."""
_PLAIN = str.maketrans({
    "−": "-", "–": "-", "…": "..", "°": "", "±": "+-", "µ": "u", "μ": "u", "Ω": "Ohm", "²": "2", "³": "3",
    "[": "(", "]": ")", "{": "(", "}": ")", "|": "/", "\\": "/", "~": "-", "^": "", "`": "'", "€": "EUR",
    "“": '"', "”": '"', "’": "'", "‘": "'", "·": "-", "→": "->", "\t": " ",
})  # fmt: skip
_SAID = (
    (r"°C\b", " degrees Celsius"), (r"\bV\b", " volts"), (r"\bmV\b", " millivolts"), (r"\bmA\b", " milliamperes"),
    (r"(?<=\d) K\b", " kelvin"), (r"\bmbar\b", " millibar"), (r"−(?=[\d.])", "minus "), ("…", "to"),
    ("±", "plus or minus"), (r"_", " "), (r"[\[\](){}<>&|#*]", " "),
)  # fmt: skip


def plain(text: str) -> str:
    """The text in characters a text message takes without becoming longer; others are "?"."""
    letters = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return (
        one_line("".join(one for one in letters if not unicodedata.combining(one))).encode("ascii", "replace").decode()
    )


def short(head: str, details: str, tail: str) -> str:
    """A text message: the head and the tail whole, of the details as much as there is room for."""
    head, details, tail = plain(head), plain(details), plain(tail)
    room = SHORT - len(head) - len(tail) - 2 * bool(tail)
    if room < 0:
        return f"{head[: SHORT - len(tail) - 3]}.. {tail}"[:SHORT] if tail else head[:SHORT]
    rest = f", {details}" if details else ""
    if len(rest) > room:
        rest = f"{rest[: room - 2]}.." if room > 10 else ""
    return f"{head}{rest}{'. ' + tail if tail else ''}"


def spoken(text: str) -> str:
    """The text as a voice should read it."""
    for pattern, said in _SAID:
        text = re.sub(pattern, said, text)
    return one_line(text)


def digits(code: str) -> str:
    """A code, digit by digit."""
    return ", ".join(code)
