"""Texts in the room of a channel that takes little: two text messages, a voice."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence

from eyegore.basics.safe_text import one_line
from eyegore.warning.channels.gsm7 import ALPHABET, PARTS, gsm_text, segments, spelled

SHARE, OTHER_SHARE = 200, 60
"""Letters of what to do that always have room; what comes with Eyegore is shorter. The second where they have no
spelling in the alphabet of telephones."""
_LEAST = 24
"""A piece that is cut to less says nothing."""
_DOTS = "..."

_NAMES = {
    "TEMP": "temperature", "T": "top", "B": "bottom", "VID": "video", "COMM": "common", "FPGA": "F P G A",
    "RPSU": "R P S U", "ELVIS": "Elvis", "HK": "housekeeping", "SPW": "SpaceWire", "REG": "register", "DATA": "data",
}  # fmt: skip
"""How parts of names are said; of others that are all capitals the letters of up to three."""
_SAID = (
    (r"\bHK\b", "housekeeping"), (r"(?<=\d) ?°C\b", " degrees Celsius"), (r"(?<=\d) V\b", " volts"),
    (r"(?<=\d) mV\b", " millivolts"), (r"(?<=\d) A\b", " amperes"), (r"(?<=\d) mA\b", " milliamperes"),
    (r"(?<=\d) K\b", " kelvin"), (r"(?<=\d) mbar\b", " millibar"), (r"(?<=\d) min\b", " minutes"),
    (r"(?<=\d) s\b", " seconds"), (r"(?<=\d) h\b", " hours"), (r"(?<=\d) d\b", " days"),
    (r"(?<=\d) GB\b", " gigabytes"), (r"(?<=\d) MB\b", " megabytes"), (r"(?<=\d) TB\b", " terabytes"),
    (r"[−-](?=[\d.])(?<![\w][−-])", "minus "), (r"\+(?=\d)", "plus "), ("…", "to"), ("±", "plus or minus"),
    (r"\b0x", "hex "), ("=", "equal to"), (r"/min\b", " per minute"), ("/", " "),
    (r"\b[A-Z][A-Z0-9]*(?:_[A-Za-z0-9]+)*\b", lambda found: _name(found[0])), (r"_", " "),
    (r" ?[(](?=\w)|[)](?= \w)", ", "), (r"[\[\](){}<>&|#*]", " "), (r"\s+(?=[,.:;?])", ""), (r"[,:;]+(?=[.,:;])", ""),
    (r"([.?!])[.]", r"\1"), (r"(?<=[.?] )([a-z])", lambda found: found[1].upper()),
)  # fmt: skip


def short(lab: str, head: str, details: Sequence[str], todo: str, answer: str) -> str:
    """A text message: head, what to do and what to answer; of the details, the most important first, what fits.

    The answer is never cut, nor is what to do up to its share: a head that is too long is, and before that the lab is
    left out.
    """
    lab, head, todo, answer, *details = (gsm_text(one_line(piece)) for piece in (lab, head, todo, answer, *details))
    todo = todo if len(todo) <= SHARE else f"{todo[: SHARE - len(_DOTS)]}{_DOTS}"
    lab = f"{lab} " if lab else ""
    if not _fits(_joined(lab + head, details, todo, answer)):
        lab, head, todo, answer, *details = map(spelled, (lab, head, todo, answer, *details))
        if not ALPHABET.issuperset(todo) and len(todo) > OTHER_SHARE:
            todo = f"{todo[: OTHER_SHARE - len(_DOTS)]}{_DOTS}"

    def whole(piece: str, *kept: str) -> str:
        return _joined(piece, kept, todo, answer)

    if not _fits(whole(lab + head)):
        lab = ""
    if not _fits(whole(head)):
        head = _cut(head, whole)
    kept: list[str] = []
    for piece in details:
        if _fits(whole(lab + head, *kept, piece)):
            kept.append(piece)
        elif piece is details[0]:
            cut = _cut(piece, lambda one: whole(lab + head, one))
            kept += [cut] if len(cut) > _LEAST else []
    return whole(lab + head, *kept)


def _joined(head: str, details: Sequence[str], todo: str, answer: str) -> str:
    first = "; ".join([head, *details])
    stop = "." if (todo or answer) and not first.endswith((".", "?")) else ""
    return " ".join(filter(None, (first + stop, todo, answer)))


def _fits(text: str) -> bool:
    return segments(text) <= PARTS


def _cut(text: str, whole: Callable[[str], str]) -> str:
    """As much of the beginning as fits."""
    most = bisect_left(range(1, len(text) + 1), True, key=lambda letters: not _fits(whole(f"{text[:letters]}{_DOTS}")))
    return f"{text[:most].rstrip()}{_DOTS}"


def spoken(text: str) -> str:
    """The text as a voice should read it."""
    for pattern, said in _SAID:
        text = re.sub(pattern, said, text)
    return one_line(text)


def _name(word: str) -> str:
    """A name in capitals as it is said, e.g. ``C C D 1 temperature top`` for CCD1_TEMP_T."""
    return " ".join(_part(part) for part in word.split("_"))


def _part(part: str) -> str:
    return " ".join(_word(word) for word in re.findall(r"[0-9]+|[^0-9]+", part))


def _word(word: str) -> str:
    if word in _NAMES:
        return _NAMES[word]
    return " ".join(word) if word.isupper() and len(word) <= 3 else word.lower()


def digits(code: str) -> str:
    """A code, digit by digit."""
    return ", ".join(code)
