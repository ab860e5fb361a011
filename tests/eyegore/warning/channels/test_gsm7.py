from __future__ import annotations

import pytest

from eyegore.warning.channels.gsm7 import BASIC, because, fitted, gsm_text, segments, spelled


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("−101.3 °C", "-101.3 degC"),
        ("−101.3°C", "-101.3 degC"),
        ("12 µA ± 3", "12 uA +/- 3"),
        ("5 kΩ", "5 kΩ"),
        ("5 k\u2126", "5 kΩ"),
        ("1.2×10⁵ e⁻", "1.2x105 e-"),
        ("Jiří Škoda, Åsa, naïve", "Jiri Skoda, Åsa, naive"),
        ("“so” … – ≥ 3 → 4", '"so" ... - >= 3 -> 4'),
        ("a\u00a0b\u202fc", "a b c"),
        ("{x} [V] €5 ~", "{x} [V] €5 ~"),
        ("警報", "警報"),
    ],
)
def test_signs_are_written_out(text: str, plain: str) -> None:
    assert gsm_text(text) == plain


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("groß, Åsa", "groß, Åsa"),
        ("Проверьте насос, Щука", "Proverte nasos, Shchuka"),
        ("Ёж, Київ, Ђорђе", "Yozh, Kiyiv, Djordje"),
        ("έλεγχος της αντλίας", "elegchos tis antlias"),
        ("ポンプ がぎ", "ponpu gagi"),
        ("警報", "警報"),
        ("فحص", "فحص"),
    ],
)
def test_other_alphabets_are_spelled(text: str, said: str) -> None:
    assert spelled(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("насос " * 22, "насос " * 22),
        ("насос " * 23, "nasos " * 23),
        ("警報" * 67, "警報" * 67),
        ("警報" * 68, f"{'警報' * 61}... ACK 4711"),
        ("насос " * 60, f"{('nasos ' * 60)[:294]}... ACK 4711"),
        ("😀" * 100, f"{'😀' * 61}... ACK 4711"),
    ],
)
def test_two_messages_are_the_most_and_no_letter_becomes_a_question_mark(text: str, said: str) -> None:
    body = fitted(text, " ACK 4711")
    assert segments(body) <= 2
    assert body == said


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("警" * 70, 1),
        ("警" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_segments(text: str, count: int) -> None:
    assert segments(text) == count


def test_alphabet_is_whole() -> None:
    assert len(BASIC) == len(set(BASIC)) == 127  # 128 places, one of them the escape to the extension


def test_why_it_comes_to_somebody_else_is_told_where_there_is_room() -> None:
    assert because("Ana cannot be reached, so this comes to you.", "T") == (
        "Ana cannot be reached, so this comes to you. T"
    )
    assert because("Ana cannot be reached.", "T" * 300) == "T" * 300
