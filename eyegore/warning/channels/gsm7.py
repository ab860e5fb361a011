"""Text messages in the alphabet of telephones (3GPP TS 23.038): 160 letters in one, where others make it 70."""

from __future__ import annotations

import unicodedata

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
PARTS = 2
"""So many segments are one text message at most: 306 letters of this alphabet, 134 of another."""
EXTENDED = "\f^{}\\[~]|€"
"""These take two places."""
ALPHABET = frozenset(BASIC + EXTENDED)

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

_LETTERS = (
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюяієїґўјљњћђџѓќѕ",
    "a,b,v,g,d,e,yo,zh,z,i,y,k,l,m,n,o,p,r,s,t,u,f,kh,ts,ch,sh,shch,,y,,e,yu,ya,i,ye,yi,g,u,j,lj,nj,c,dj,dz,gj,kj,dz",
    "αβγδεζηθικλμνξοπρσςτυφχψω",
    "a,v,g,d,e,z,i,th,i,k,l,m,n,x,o,p,r,s,s,t,y,f,ch,ps,o",
)
SPELLED = {
    letter: said
    for alphabet, latin in (_LETTERS[:2], _LETTERS[2:])
    for letter, said in zip(alphabet, latin.split(","), strict=True)
}
"""Letters of other alphabets in Latin ones, as they are usually spelled (BGN/PCGN, ELOT 743)."""


def gsm_text(text: str) -> str:
    """The text in the telephones' alphabet as far as it goes: signs are written out, accents left off (č is c).

    What has no counterpart (another script) stays, and the message then takes more segments.
    """
    return "".join(_letter(letter) for letter in text).replace("  deg", " deg")


def _letter(letter: str) -> str:
    if letter in ALPHABET:
        return letter
    if letter in INSTEAD:
        return INSTEAD[letter]
    parts = unicodedata.normalize("NFKD", letter)
    plain = "".join(INSTEAD.get(one, one) for one in parts if not unicodedata.combining(one))
    if plain and ALPHABET.issuperset(plain):
        return plain
    return letter


def spelled(text: str) -> str:
    """The same with letters of other alphabets (Cyrillic, Greek, kana) in Latin ones; what has no spelling stays."""
    return "".join(_spelled(letter) for letter in unicodedata.normalize("NFC", gsm_text(text)))


def _spelled(letter: str) -> str:
    if letter in ALPHABET:
        return letter
    plain = unicodedata.normalize("NFKD", letter)[:1]
    for one in (letter, plain):
        if one.lower() in SPELLED:
            said = SPELLED[one.lower()]
            return said.capitalize() if one.isupper() else said
    kana = unicodedata.name(letter, "").partition("A LETTER ")
    return kana[2].removeprefix("SMALL ").lower() if kana[0] in ("HIRAGAN", "KATAKAN") else letter


def fitted(text: str, end: str = "") -> str:
    """The text in at most :data:`PARTS` segments: as it is, spelled in Latin letters, or cut before its ``end``."""
    for said in (gsm_text(text), spelled(text)):
        if segments(said) <= PARTS:
            return said
    body = spelled(text)
    while body and segments(f"{body}...{end}") > PARTS:
        body = body[:-1]
    return f"{body}...{end}"


def because(why: str, text: str) -> str:
    """A text message behind why it comes to somebody, if there is room for that."""
    whole = f"{gsm_text(why)} {text}"
    return whole if segments(whole) <= PARTS else text


def segments(text: str) -> int:
    """Into how many messages the network cuts a text; each is paid for, and they may arrive minutes apart."""
    if ALPHABET.issuperset(text):
        size, one, each = len(text) + sum(text.count(letter) for letter in EXTENDED), 160, 153
    else:
        size, one, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if size <= one else -(-size // each)
