"""What a person wrote in a mail, and what only looks like it."""

from __future__ import annotations

import email
from email.message import EmailMessage, Message

import pytest
from hypothesis import given, strategies as st

from eyegore.warning.replies.mail_text import by_machine, sender_of, text_of


def mail(text: str) -> Message:
    return email.message_from_bytes(text.encode("utf-8", "surrogateescape"))


def test_plain_text_wins_over_html_and_attachments_do_not_count() -> None:
    made = EmailMessage()
    made.set_content("ACK 4711 größer")
    made.add_alternative("<p>ACK 1234</p>", subtype="html")
    made.add_attachment("ACK 9999", filename="notes.txt")
    assert text_of(email.message_from_bytes(bytes(made))).strip() == "ACK 4711 größer"


@pytest.mark.parametrize("empty", ["", "\n", " \r\n\t\n", "\xa0\n", "\u200b\ufeff\n"])
def test_a_plain_text_in_which_nothing_stands_does_not_hide_the_html(empty: str) -> None:
    made = EmailMessage()
    made.set_content(empty, cte="base64")
    made.add_alternative("<p>ACK 4711 pump is off</p>", subtype="html")
    assert text_of(email.message_from_bytes(bytes(made))).strip() == "ACK 4711 pump is off"


def test_an_empty_page_does_not_hide_the_next() -> None:
    made = EmailMessage()
    made.set_content("\n")
    made.add_alternative("<html><head><style>p {}</style></head></html>", subtype="html")
    made.add_alternative("<p>ACK 4711</p>", subtype="html")
    assert text_of(email.message_from_bytes(bytes(made))).strip() == "ACK 4711"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<html><head><title>ACK 1</title></head><body>ACK&nbsp;4711<br>ok</body></html>", "ACK\xa04711\nok"),
        ("<div>ACK 4711</div><blockquote>ACK 1234</blockquote>", "ACK 4711"),
        ("<style>p {}</style><p>ACK\n4711</p><!-- ACK 1234 -->", "ACK 4711"),
        ("ACK 4711 &lt;3", "ACK 4711 <3"),
    ],
)
def test_html_is_read_without_what_it_quotes(page: str, text: str) -> None:
    assert text_of(mail(f"Content-Type: text/html\n\n{page}")).strip() == text


@pytest.mark.parametrize(
    "head",
    [
        "Content-Type: text/plain; charset=no-such-set",
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64",
        "Content-Type: text/plain; charset=\xff",
        "Content-Type: multipart/mixed; boundary=x",
        "Content-Type: message/rfc822",
        "Content-Type: ;;;",
        "",
    ],
)
def test_broken_mail_is_read_as_far_as_it_goes(head: str) -> None:
    assert isinstance(text_of(mail(f"{head}\n\nACK 4711 \udcff")), str)


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("From: Ana <ana@lab.org>", "ana@lab.org"),
        ("From: =?utf-8?q?An=C3=A1?= <ana@lab.org>", "ana@lab.org"),
        ("From: ana@lab.org", "ana@lab.org"),
        ("From: ana@lab.org, eve@evil.org", ""),
        ("From: ana@lab.org\nFrom: eve@evil.org", ""),
        ("Sender: ana@lab.org", ""),
        ("From: \udcff", ""),
    ],
)
def test_sender_is_the_only_address_of_the_from_line(line: str, address: str) -> None:
    found = sender_of(mail(f"{line}\n\nACK 4711"))
    assert found == address or "@" not in found + address


@pytest.mark.parametrize(
    ("line", "machine"),
    [
        ("Auto-Submitted: auto-replied", True),
        ("Auto-Submitted: no", False),
        ("Precedence: bulk", True),
        ("Precedence: first-class", False),
        ("List-Id: <lab.example>", True),
        ("X-Autoreply: yes", True),
        ("Return-Path: <>", True),
        ("Return-Path: <ana@lab.org>", False),
        ("Content-Type: multipart/report; boundary=x", True),
        ("Subject: ACK", False),
    ],
)
def test_what_programs_write_is_known(line: str, machine: bool) -> None:
    assert by_machine(mail(f"From: ana@lab.org\n{line}\n\nACK 4711")) is machine


HEADS = st.sampled_from(
    [
        *(b"From: ", b"Content-Type: ", b"multipart/mixed; boundary=x\n", b"text/html; charset=", b"--x\n", b"\n"),
        *(b"Content-Transfer-Encoding: base64\n", b"Content-Disposition: ", b"message/rfc822\n", b"=?x?q?", b"?="),
        *(b"<blockquote", b"<style", b"<!--", b"\xff", b";"),
    ]
)


@pytest.mark.parametrize("piece", ["<", "<!--", "<style", "<br ", "</style", "&", "<blockquote "])
def test_page_made_to_keep_us_busy_does_not(piece: str) -> None:
    """Quadratic patterns would take minutes."""
    assert isinstance(text_of(mail("Content-Type: text/html\n\n" + piece * (400_000 // len(piece)))), str)


@given(st.one_of(st.binary(), st.lists(st.one_of(HEADS, st.binary(max_size=4))).map(b"".join)))
def test_any_bytes_are_read(content: bytes) -> None:
    made = email.message_from_bytes(content)
    assert isinstance(text_of(made) + sender_of(made), str)
    assert by_machine(made) in (True, False)
