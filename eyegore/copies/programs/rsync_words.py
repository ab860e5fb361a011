"""What an exit code of rsync means for the files, whether to try again, and what a person can do about it.

rsync's code alone is too coarse: a full disk, a missing folder and a read-only one are all 11, and what ssh says comes
as 12 or 255 by chance. So its words are looked at first.
"""

from __future__ import annotations

import re
import signal

from eyegore.basics.safe_text import cut, one_line
from eyegore.copies.outcome import RsyncOutcome, RsyncVerdict
from eyegore.copies.programs.ssh_words import ssh_problem

LONGEST = 300
"""Of what rsync said [characters]."""
SSH_CODES = frozenset({5, 10, 12, 14, 30, 255})
"""By which of them rsync tells that ssh failed is a matter of who notices first."""


def _passing(sentence: str) -> RsyncVerdict:
    return RsyncVerdict(RsyncOutcome.PASSING, sentence)


def _lasting(sentence: str) -> RsyncVerdict:
    return RsyncVerdict(RsyncOutcome.LASTING, sentence)


MISSING = _lasting("rsync is not installed on this computer: install it (apt install rsync)")
CANCELLED = RsyncVerdict(RsyncOutcome.CANCELLED, "stopped on request; what is missing is copied by the next pass")
CODES: dict[int, RsyncVerdict] = {
    0: RsyncVerdict(RsyncOutcome.DONE, "everything offered was copied"),
    1: _lasting("rsync did not understand its options: one of the two sides is too old, install rsync 3.1 or newer"),
    2: _lasting("the two rsync versions do not understand each other: install the same version on both sides"),
    3: _lasting("rsync could not use the source or target folder: check that both exist and may be read"),
    4: _lasting("one side's rsync was built without what is asked of it: install the rsync of the distribution"),
    5: _passing("the rsync of the other side refused to start: check how that account may be used"),
    6: _lasting("rsync could not write its log file: check the settings of rsync on the target"),
    10: _passing("the network connection broke: check network and target; it is tried again"),
    11: _passing("files could not be read or written: check disk and permissions of the target"),
    12: _passing("the connection broke in the middle: check network, target, and that rsync is installed there"),
    13: _passing("rsync lost contact with itself: check the memory of this computer; it is tried again"),
    14: _passing("rsync's own processes lost each other: check memory and process limits of this computer"),
    15: _passing("the rsync of the other side crashed: check memory and disk of the target"),
    16: _passing("the rsync of the other side was ended: check who did so on the target; it is tried again"),
    19: _passing("rsync was ended by a signal from outside; it is tried again"),
    20: _passing("rsync was ended from outside (logout, shutdown or kill); it is tried again"),
    21: _passing("rsync lost a process it waited for; it is tried again"),
    22: _passing("rsync got no memory: check the memory of both sides; it is tried again"),
    23: _passing("some files were not copied; it is tried again"),
    24: RsyncVerdict(RsyncOutcome.TOLERATED, "files went away while they were copied; the next pass looks again"),
    25: _lasting("rsync was told to delete and stopped: nothing is ever deleted here, check ~/.popt and rsync aliases"),
    30: _passing("the other side stopped answering in the middle: check network and disk of the target"),
    35: _passing("no connection in time: check network, host and port of the target"),
    124: _lasting("the command run on the other side failed: check how that account may be used"),
    125: _passing("the command run on the other side was killed; it is tried again"),
    126: _lasting("rsync cannot be run on the other side: check that this account may run it"),
    127: _lasting("rsync is not installed on the other side: install it there"),
    255: _passing("ssh failed: check network, host, port and key of the target"),
}
"""Every exit code of rsync 3.5 (errcode.h), and 255 of ssh; what is not here is unknown."""

WORDS: tuple[tuple[str, RsyncVerdict], ...] = (
    (r"No space left on device", _lasting("the target is full: free space there or choose another; it is tried again")),
    (r"Disk quota exceeded", _lasting("the quota on the target is used up: free space there or have it raised")),
    (r"File too large", _lasting("the target's file system takes no files of this size: choose another")),
    (
        r"Read-only file system",
        _lasting("the target is read-only: mount it for writing, and check its disk if it turned read-only by itself"),
    ),
    (
        r"Stale file handle|Transport endpoint is not connected",
        _lasting("the network folder of the target is gone: mount it again"),
    ),
    (r"Input/output error", _lasting("a disk reports read or write errors: check the disks of both sides soon")),
    (
        r"\[sender[^\]]*\] (send_files failed to open|opendir|readlink_stat|change_dir) .*Permission denied",
        _lasting("files of the source may not be read by this account: give it the right to read"),
    ),
    (
        r"(mkstemp|mkdir|rename|open|change_dir|delete_file|copy_file|failed to set times on) .*"
        r"(Permission denied|Operation not permitted)",
        _lasting("this account may not write to the target: give it the right to write to that folder"),
    ),
    (
        r"rsync: \[Receiver\] mkdir .* failed: No such file or directory",
        _lasting("the folder above the target does not exist: create it, or mount the disk it is on"),
    ),
    (
        r"change_dir.* failed: No such file or directory|change_dir#\d+ .*Not a directory",
        _passing("the source or target folder is gone: check that both exist and are mounted"),
    ),
    (
        r"rsync: (command )?not found|(execvp|exec).*rsync.*No such file|No such file or directory.*rsync$",
        CODES[127],
    ),
    (
        r"is your shell clean",
        _lasting("the login on the other side prints text, such as a greeting or a question: make it silent"),
    ),
    (r"Failed to exec ssh", _lasting("ssh is not installed on this computer: install openssh-client")),
)
"""What rsync or the system writes -> what it means; the first that fits counts."""

VANISHED = re.compile(
    r"(rsync: \[sender\] link_stat \".*\" failed: No such file or directory \(2\)"
    r"|file has vanished: \".*\""
    r"|rsync (error|warning): .* \(code 2[34]\).*)"
)
"""Lines that tell of files that are there no more, and the line that sums them up."""


def explain(code: int, stderr: str) -> RsyncVerdict:
    """What a run means that ended by itself with ``code`` (negative: killed by that signal) and said ``stderr``."""
    if code in (0, 24):
        return CODES[code]
    said = [line for line in stderr.splitlines() if line.strip()]
    if code == 23 and len(said) > 1 and all(VANISHED.fullmatch(line) for line in said):
        return CODES[24]
    if code in SSH_CODES and (problem := ssh_problem(stderr)):
        return problem
    verdict = next((verdict for words, verdict in WORDS if re.search(words, stderr, re.MULTILINE)), None)
    if verdict is None:
        verdict = CODES.get(code) or _unknown(code)
    told = first_words(said)
    return RsyncVerdict(verdict.outcome, f"{verdict.sentence} (it said: {told})" if told else verdict.sentence)


def too_long(seconds: float) -> RsyncVerdict:
    """The run was ended after ``seconds`` [s], its limit."""
    return _passing(f"the copy took longer than {seconds:g} s and was stopped: check network and disk of the target")


def silent(seconds: float) -> RsyncVerdict:
    """The run was ended because nothing moved for ``seconds`` [s]."""
    return _passing(f"nothing moved for {seconds:g} s, the copy was stopped: check that disk and network answer")


def not_started(reason: str) -> RsyncVerdict:
    """The system did not start rsync."""
    return _passing(f"rsync could not be started ({reason}): check memory and process limits of this computer")


def first_words(lines: list[str]) -> str:
    """What was said first of what went wrong, on one line not too long; "" when nothing was."""
    lines = [line for line in lines if line.strip(" @") and not line.startswith(("rsync error:", "Warning: Perm"))]
    if not lines:
        return ""
    return cut(re.sub(r"^rsync: (\[\w+\] )?", "", one_line(lines[0])), LONGEST)


def _unknown(code: int) -> RsyncVerdict:
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return _passing(f"rsync was killed ({name}): check the memory of this computer; it is tried again")
    return _passing(f"rsync ended with the unknown code {code}; it is tried again")
