"""Texts of others, safe to show and to send: names of files, answers of programs, mails."""

from __future__ import annotations


def printable(text: str, instead: str = "?", but: str = "") -> str:
    """The text without what a terminal takes for a command, and no font can show; the signs ``but`` stay."""
    return "".join(sign if sign.isprintable() or sign in but else instead for sign in text)


def one_line(text: str) -> str:
    """The text without line breaks and other control characters, blanks run together."""
    return " ".join(printable(text, " ").split())


def cut(text: str, most: int) -> str:
    """The text in at most so many letters."""
    return text if len(text) <= most else text[: most - 1] + "…"
