from __future__ import annotations

import pytest

from eyegore.copies.outcome import RsyncOutcome as Outcome
from eyegore.copies.programs.rsync_words import CODES, LONGEST, explain

END = (
    "rsync error: some files/attrs were not transferred (see previous errors) (code 23) at main.c(1394) [sender=3.5.0]"
)
GONE = 'rsync: [sender] link_stat "/day/EUC_9.fits" failed: No such file or directory (2)'
EVERY_CODE = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    10,
    11,
    12,
    13,
    14,
    15,
    16,
    19,
    20,
    21,
    22,
    23,
    24,
    25,
    30,
    35,
    124,
    125,
    126,
    127,
    255,
)
"""errcode.h of rsync 3.5.0, and ssh's own."""


@pytest.mark.parametrize("code", EVERY_CODE)
def test_every_exit_code_tells_what_it_means(code: int) -> None:
    verdict = explain(code, "")
    assert verdict == CODES[code]
    assert verdict.outcome.fault is (code not in (0, 24))
    assert "unknown" not in verdict.sentence


def test_each_code_has_its_own_sentence() -> None:
    assert len({verdict.sentence for verdict in CODES.values()}) == len(CODES) == len(EVERY_CODE)


@pytest.mark.parametrize(("code", "told"), [(99, "unknown code 99"), (-9, "SIGKILL"), (-200, "signal 200")])
def test_other_codes_are_tried_again(code: int, told: str) -> None:
    verdict = explain(code, "")
    assert verdict.outcome is Outcome.PASSING
    assert told in verdict.sentence


@pytest.mark.parametrize(
    ("code", "stderr", "outcome", "told"),
    [
        (11, 'rsync: [receiver] write failed on "/b/x": No space left on device (28)', Outcome.LASTING, "full"),
        (11, 'rsync: [receiver] write failed on "/b/x": Disk quota exceeded (122)', Outcome.LASTING, "quota"),
        (
            23,
            'rsync: [receiver] mkstemp "/b/.x.a1" failed: Read-only file system (30)',
            Outcome.LASTING,
            "read-only",
        ),
        (
            23,
            'rsync: [receiver] mkstemp "/b/.x.a1" failed: Permission denied (13)',
            Outcome.LASTING,
            "write to the",
        ),
        (
            23,
            'rsync: [sender] send_files failed to open "/d/x": Permission denied (13)',
            Outcome.LASTING,
            "right to read",
        ),
        (11, 'rsync: [Receiver] mkdir "/b/c/d" failed: No such file or directory (2)', Outcome.LASTING, "above"),
        (12, "bash: line 1: rsync: command not found", Outcome.LASTING, "not installed on the other side"),
        (127, "sh: 1: rsync: not found", Outcome.LASTING, "not installed on the other side"),
        (12, "protocol version mismatch -- is your shell clean?", Outcome.LASTING, "prints text"),
        (23, 'rsync: [receiver] stat "/b/x" failed: Stale file handle (116)', Outcome.LASTING, "mount it again"),
        (23, 'rsync: read errors mapping "/d/x": Input/output error (5)', Outcome.LASTING, "disks"),
        (
            14,
            "rsync: [sender] Failed to exec ssh: No such file or directory (2)",
            Outcome.LASTING,
            "openssh-client",
        ),
        (23, f"{GONE}\n{END}", Outcome.TOLERATED, "went away"),
        (23, f"{GONE}\nrsync: [receiver] odd\n{END}", Outcome.PASSING, "not copied"),
        (23, END, Outcome.PASSING, "not copied"),
        (24, 'file has vanished: "/d/x"', Outcome.TOLERATED, "next pass"),
    ],
)
def test_the_words_count_more_than_the_code(code: int, stderr: str, outcome: Outcome, told: str) -> None:
    verdict = explain(code, stderr)
    assert verdict.outcome is outcome
    assert told in verdict.sentence


def test_the_first_words_are_told_on_one_line() -> None:
    sentence = explain(23, f"\nrsync: [receiver] odd\tthing {'x' * 999}\nsecond\n{END}").sentence
    assert "(it said: odd thing xxx" in sentence
    assert "second" not in sentence
    assert sentence.isprintable()
    assert len(sentence) < LONGEST + 100


@pytest.mark.parametrize(
    ("outcome", "fault"),
    [
        (Outcome.DONE, False),
        (Outcome.TOLERATED, False),
        (Outcome.PASSING, True),
        (Outcome.LASTING, True),
        (Outcome.CANCELLED, False),
    ],
)
def test_what_an_outcome_asks_for(outcome: Outcome, fault: bool) -> None:
    assert outcome.fault == fault
