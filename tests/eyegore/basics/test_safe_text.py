"""What others wrote is no command to a terminal, and stays on its line."""

from __future__ import annotations

import pytest

from eyegore.basics.safe_text import cut, one_line, printable

ODD = "a\x1b[2J\tb\r\n  c\u2028d\udcff"


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({}, "a?[2J?b??  c?d?"),
        ({"but": "\t\n"}, "a?[2J\tb?\n  c?d?"),
        ({"instead": " "}, "a [2J b    c d "),
        ({"instead": ""}, "a[2Jb  cd"),
    ],
)
def test_printable(options: dict[str, str], shown: str) -> None:
    assert printable(ODD, **options) == shown


def test_one_line() -> None:
    assert one_line(ODD) == "a [2J b c d"
    assert one_line("\n") == ""


@pytest.mark.parametrize(("text", "most", "shown"), [("−133 °C", 7, "−133 °C"), ("−133 °C", 6, "−133 …"), ("", 3, "")])
def test_cut(text: str, most: int, shown: str) -> None:
    assert cut(text, most) == shown
