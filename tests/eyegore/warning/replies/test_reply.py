"""What is read from an answer, and what is not."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given, strategies as st

from eyegore.warning.replies.reply import LONGEST_COMMENT, Order, ReplyKind, orders_of

NAN = float("nan")


def read(text: str) -> list[tuple[str, str, float | None, str]]:
    """Orders as plain values that compare, with None for a time that is not known."""
    return [
        (one.kind.name, one.code, None if math.isnan(one.duration_s) else one.duration_s, one.comment)
        for one in orders_of(text)
    ]


ACKS = [
    ("ACK 4711", ""),
    ("ack 4711", ""),
    ("Ack. 4711", ""),
    ("Ack.4711.", ""),
    ("  ACK4711  ", ""),
    ("ack #4711!", ""),
    ('"ACK 4711"', ""),
    ("Acknowledged: 4711", ""),
    ("👍 ack 4711", ""),
    ("Re: ACK 4711", ""),
    ("ack 4711 called the plumber", "called the plumber"),
    ("ack 4711 - called the plumber.", "called the plumber"),
    ("ack 4711 at 10:30:", "at 10:30"),
    ("ack 4711 1500 mbar seen", "1500 mbar seen"),
    ("ACK 4711\nI am\non my way", "I am on my way"),
    ("hello\n\nACK 4711\nAna\n-- \nThe lab\nACK 1234", "Ana"),
    ("ACK 4711 ok\n\nSent from my iPhone", "ok"),
    ("ACK 4711\nok\nOn Mon, 3 Apr 2024 at 08:00, Eyegore\n<eyegore@lab.org> wrote:\n> ACK 1234", "ok"),
    ("Am 3.4.2024 um 08:00 schrieb Eyegore:\n> ACK 1234 to acknowledge\n\nACK 4711", ""),
    ("> ACK 1234\nACK 4711", ""),
    ("ACK 4711\r\n\r\nFrom: Eyegore <eyegore@lab.org>\r\nACK 1234", ""),
    ("ACK\xa04711", ""),
]


@pytest.mark.parametrize(("text", "comment"), ACKS)
def test_acknowledgement_is_understood(text: str, comment: str) -> None:
    assert read(text) == [("ACK", "4711", None, comment)]


@pytest.mark.parametrize(
    ("text", "duration", "comment"),
    [
        ("SHELVE 4711 1h reason", 3600.0, "reason"),
        ("shelve 4711 15 min", 900.0, ""),
        ("Shelve 4711 for 2 hours, pump is off", 7200.0, "pump is off"),
        ("shelve 4711 90m", 5400.0, ""),
        ("shelve 4711 1,5 h", 5400.0, ""),
        ("shelve 4711 1.5h", 5400.0, ""),
        ("shelve 4711 1h30 pump", 5400.0, "pump"),
        ("shelve 4711 1 h 30 min pump", 5400.0, "pump"),
        ("shelve 4711 1h 30 mbar are fine", 3600.0, "30 mbar are fine"),
        ("shelve 4711 1h 4712", 3600.0, "4712"),
        ("shelve 4711 1d", 86_400.0, ""),
        ("shelve 4711", None, ""),
        ("shelve 4711 noisy", None, "noisy"),
        ("shelve 4711 0h", None, ""),
        ("shelve 4711 999 days", None, ""),
        ("shelve 4711 4 mbar", None, "4 mbar"),
    ],
)
def test_shelving_is_understood(text: str, duration: float | None, comment: str) -> None:
    assert read(text) == [("SHELVE", "4711", duration, comment)]


@pytest.mark.parametrize("text", ["HELP", "help!", " ? ", "Hilfe"])
def test_help_is_understood(text: str) -> None:
    assert orders_of(text)[0].kind is ReplyKind.HELP


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ACK 4711 4712", ["4711", "4712"]),
        ("ack 4711, 4712 and 4713.", ["4711", "4712", "4713"]),
        ("ack 4711 4711", ["4711"]),
        ("ACK 4711 pump\nACK 4712 valve", ["4711", "4712"]),
    ],
)
def test_several_codes_are_several_orders(text: str, codes: list[str]) -> None:
    assert [one.code for one in orders_of(text)] == codes


def test_each_line_keeps_its_comment() -> None:
    assert [one.comment for one in orders_of("ACK 4711 pump\nACK 4712 valve\nAna")] == ["pump", "valve Ana"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ACK",
        "4711",
        "ACK 471",
        "ACK 47110",
        "ack 4711a",
        "ACK ４７１１",
        "ACK 471١",
        "ACK 4711١",
        "ACK l711",
        "ACK 47 11",
        "don't ack 4711",
        "I will not ACK 4711",
        "back 4711",
        "> ACK 4711",
        "| ACK 4711",
        "who is on duty?\n\nOn Mon, 3 Apr 2024 at 08:00 Eyegore wrote:\nACK 4711 to acknowledge",
        "what?\nOn Mon, 3 Apr 2024 at 08:00, Eyegore\n<eyegore@lab.org> wrote:\nACK 4711 to acknowledge",
        "what?\nDen ons 3 apr. 2024 kl 08:00 skrev Eyegore:\nACK 4711",
        "what?\n-----Original Message-----\nACK 4711",
        "what?\n________________________________\nACK 4711",
        "what?\nVon: Eyegore <eyegore@lab.org>\nACK 4711",
        "what?\nLähettäjä: Eyegore <eyegore@lab.org>\nACK 4711",
        "what?\n-- \nACK 4711",
        "1\n2\n3\n4\n5\nACK 4711",
    ],
)
def test_nothing_is_ordered(text: str) -> None:
    assert orders_of(text) == ()


def test_long_comment_is_cut_and_holds_no_control_signs() -> None:
    (order,) = orders_of("ACK 4711 \x1b[31m" + "x" * 5000)
    assert len(order.comment) == LONGEST_COMMENT
    assert order.comment.isprintable()


WORDS = st.sampled_from(
    ["ack", "ACK", "shelve", "4711", "47", "1h", "30", "min", "for", "help", "?", ">", "--", "\n", " ", ":", "wrote",
     "On", "Re:", ".", "👍", "²", "٣", "\x00", "\u2028"]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(WORDS).map("".join), st.lists(WORDS).map(" ".join)))
@example("ack 4711" + " " * 20_000)
@example("ack 4711" + " 4712" * 5_000 + "x")
@example("1:" * 10_000)
def test_any_text_is_read_and_none_acts_without_a_code(text: str) -> None:
    for order in orders_of(text):
        assert isinstance(order, Order)
        assert (order.code == "") is (order.kind is ReplyKind.HELP)
        if order.code:
            assert len(order.code) == 4
            assert order.code.isascii()
            assert order.code.isdecimal()
            assert order.code in text
        assert math.isnan(order.duration_s) or order.duration_s > 0
