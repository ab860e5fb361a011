"""Texts for channels that take little: two text messages, a voice."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from eyegore.warning.channels.gsm7 import BASIC, EXTENDED, segments
from eyegore.warning.shapes import digits, short, spoken

TODO = "Switch the heater on, and call the person responsible."
ANSWER = "Reply ACK 4711"
WORDS = st.text("abc é€日°−", max_size=200)


@given(lab=WORDS, head=WORDS, details=st.lists(WORDS, max_size=5), todo=st.sampled_from(["", TODO, 200 * "t"]))
def test_it_fits_two_messages_and_what_to_do_and_the_code_are_whole(
    lab: str, head: str, details: list[str], todo: str
) -> None:
    text = short(lab, head, details, todo, ANSWER)
    assert segments(text) <= 2
    assert text.endswith(ANSWER)
    assert todo in text


def test_what_to_do_in_a_story_of_a_lab_leaves_room_for_what_is_wrong() -> None:
    text = short("", "CRITICAL T -140 degC", (), "Call. " * 100, ANSWER)
    assert text.startswith("CRITICAL T -140 degC. Call.")
    assert text.endswith(f"... {ANSWER}")
    assert segments(text) == 2


def test_what_has_no_room_is_left_out_the_least_important_first() -> None:
    text = short("Lab: ", "CRITICAL T −140 °C", ["since 05:02", "x" * 200, "ObsID 7"], TODO, ANSWER)
    assert text == f"Lab: CRITICAL T -140 degC; since 05:02; ObsID 7. {TODO} {ANSWER}"


def test_a_long_word_of_a_person_is_cut_not_left_out() -> None:
    text = short("", "T acknowledged by Ana", ["on my way " * 40, "go back to sleep"], "", "")
    assert text.startswith("T acknowledged by Ana; on my way on my way")
    assert text.endswith("...")


def test_the_lab_goes_before_the_head_is_cut() -> None:
    assert short("Lab: ", "h" * 234, (), TODO, ANSWER).startswith("h" * 234)
    assert short("Lab: ", "h" * 400, (), TODO, ANSWER).startswith("h" * 200)


def test_another_alphabet_is_sent_as_it_is_where_there_is_room_and_else_not() -> None:
    assert short("", "T acknowledged by Ana", ["иду"], "", "") == "T acknowledged by Ana; иду"
    text = short("", "CRITICAL T -140 degC", ["иду"], TODO * 3, ANSWER)
    assert set(text) <= set(BASIC + EXTENDED)
    assert text.endswith(ANSWER)


@pytest.mark.parametrize(
    ("lab", "comment", "todo", "said"),
    [
        ("", "насос выключен " * 15, "", "nasos vyklyuchen nasos"),
        ("実験室: ", "ポンプ", TODO * 3, "ponpu"),
        ("実験室: ", "警報" * 100, "", "警報警報"),
        ("", "ok", "暖房を入れてください。" * 20, "T; ok"),
    ],
)
def test_no_letter_becomes_a_question_mark(lab: str, comment: str, todo: str, said: str) -> None:
    text = short(lab, "T", [comment], todo, ANSWER)
    assert said in text
    assert "?" not in text
    assert text.endswith(ANSWER)
    assert segments(text) <= 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("CCD1_TEMP_T −136.1 °C, below −133 °C",
         "C C D 1 temperature top minus 136.1 degrees Celsius, below minus 133 degrees Celsius"),
        ("FPGA_3V2_N_V 17.004 V", "F P G A 3 V 2 N V 17.004 volts"),
        ("RPSU 0.612 A", "R P S U 0.612 amperes"),
        ("+0.83 °C per minute", "plus 0.83 degrees Celsius per minute"),
        ("no HK row for 60 s (ELVIS stopped?).", "no housekeeping row for 60 seconds, Elvis stopped?"),
        ("0x2FA1, not as expected (= 0x2FA0).", "hex 2FA1, not as expected, equal to hex 2FA0."),
        ("OD_1_T ± 0.2 V", "O D 1 top plus or minus 0.2 volts"),
        ("BACKUP /mnt/nas: −1 … 2 °C/min", "backup mnt nas: minus 1 to 2 degrees Celsius per minute"),
        ("a<Say>b</Say> & c", "a Say b Say c"),
        ("EXPOSURES: frame 17219 is 6 min late", "exposures: frame 17219 is 6 minutes late"),
    ],
)  # fmt: skip
def test_a_voice_can_read_it(text: str, said: str) -> None:
    assert spoken(text) == said


def test_a_code_is_read_digit_by_digit() -> None:
    assert digits("4711") == "4, 7, 1, 1"
