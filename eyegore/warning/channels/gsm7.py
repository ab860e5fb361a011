"""Text messages in the alphabet of telephones (3GPP TS 23.038): 160 letters in one, where others make it 70."""

from __future__ import annotations

import unicodedata

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = "\f^{}\\[~]|€"
"""These take two places."""

INSTEAD = {
    "−": "-",
    "–": "-",
    "—": "-",
    "‑": "-",
    "°": " deg",
    "º": " deg",
    "µ": "u",
    "μ": "u",
    "Ω": "Ω",
    "±": "+/-",
    "×": "x",
    "·": ".",
    "•": "-",
    "…": "...",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "≈": "~",
    "∞": "inf",
    "→": "->",
    "←": "<-",
    "↑": "up",
    "↓": "down",
    "²": "2",
    "³": "3",
    "√": "sqrt",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "`": "'",
    "\t": " ",
}
"""What is written for a sign that telephones do not have; ° is said as a word, as in ``-120.5 degC``."""


def gsm_text(text: str) -> str:
    """The text in the telephones' alphabet as far as it goes: signs are written out, accents left off (č is c).

    What has no counterpart (another script) stays, and the message then takes more segments.
    """
    return "".join(_letter(letter) for letter in text).replace("  deg", " deg")


def _letter(letter: str) -> str:
    if letter in BASIC or letter in EXTENDED:
        return letter
    if letter in INSTEAD:
        return INSTEAD[letter]
    parts = unicodedata.normalize("NFKD", letter)
    plain = "".join(INSTEAD.get(one, one) for one in parts if not unicodedata.combining(one))
    if plain and all(one in BASIC or one in EXTENDED for one in plain):
        return plain
    return letter


def segments(text: str) -> int:
    """Into how many messages the network cuts a text; each is paid for, and they may arrive minutes apart."""
    if all(letter in BASIC or letter in EXTENDED for letter in text):
        size, one, each = sum(2 if letter in EXTENDED else 1 for letter in text), 160, 153
    else:
        size, one, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if size <= one else -(-size // each)
