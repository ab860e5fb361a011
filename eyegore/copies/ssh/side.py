"""A target on another computer: its own ``sha256sum`` reads what is there, asked over the connection rsync uses.

No file name comes near the shell of the other side: names travel on the standard input of a fixed script, as octal
numbers where they are more than letters, and are only ever used as a whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eyegore.copies.ledger import SyncError
from eyegore.copies.outcome import RsyncOutcome
from eyegore.copies.programs.rsync_words import first_words
from eyegore.copies.programs.ssh_words import refused_command
from eyegore.copies.report import Compared, Likeness
from eyegore.copies.scan import SourceFile, portions
from eyegore.copies.side import Beginning, OtherSide, likeness
from eyegore.copies.ssh.line import SshLine
from eyegore.copies.target import SyncTarget

if TYPE_CHECKING:
    from hashlib import _Hash

TOLD = """\
cd -- "$1" 2>/dev/null || exit 0
while IFS=' ' read -r skip length name; do
  name=$(printf '%b.' "$name")
  name=./${name%.}
  if [ ! -f "$name" ]; then echo - -; continue; fi
  [ -z "$2" ] || dd if="$name" iflag="$2" count=0 2>/dev/null
  size=$(wc -c < "$name")
  sum=-
  if [ "$length" != - ]; then sum=$(tail -c "+$((skip + 1))" < "$name" | head -c "$length" | sha256sum); fi
  echo $((size)) ${sum%% *}
done
"""
"""Tells size, and SHA-256 of so many bytes after the first few, of each file asked for; "-" for what is not there.

Its second word is a flag with which dd opens each file before: "nocache" asks the system to forget what it holds of it.
"""
SIZES = """\
cd -- "$1" 2>/dev/null || exit 0
stat --printf= . 2>/dev/null || { echo unable; exit 0; }
exec xargs -0 stat -L --printf '%f %s %n\\0' -- 2>/dev/null
"""
"""Tells mode, size and name of all that is there of what it is asked for: one program for many files, where stat is
that of GNU."""
READY = """\
cd -- "$1" 2>/dev/null || { echo missing; exit 0; }
command -v sha256sum >/dev/null || { echo unable; exit 0; }
device=$(stat -c %d . 2>/dev/null) || device=unknown
free=$(stat -f -c '%a %S' . 2>/dev/null) || free='- -'
mount=$(stat -c %m . 2>/dev/null) || mount=
if [ -e "./$2" ]; then found=there; else found=new; fi
printf '%s %s %s %s\n' "$found" "$device" "$free" "$mount"
"""
FOUND = ("missing", "unable", "there", "new")
"""What it can say."""

PORTION_BYTES = 256 << 20
"""So much is asked for at once [bytes]: how soon the answer counts."""
PORTION_FILES = 500
"""And so many files: each is read by a few programs of its own, which takes longer than its bytes when they are few."""
SLOWEST_FILE_S = 0.5
"""A target that takes longer to start these programs [s] is given up."""
SLOWEST = 5e6
"""A target that reads slower than this [byte/s] is given up."""
REFUSED = (1, 126, 127, 128)
"""None of our scripts ends so: what ran there was another program, or none."""
XARGS_FAILED = 123
"""xargs ends so when its program failed on any file: some are not there."""
STAT = re.compile(rb"([0-9a-f]+) (\d+) \./(.*)", re.DOTALL)
_BLOCK = 1 << 20
_ODD = re.compile(rb"[^A-Za-z0-9_./-]")


@dataclass(frozen=True)
class _There:
    """What the target says of one file; ``size`` -1 when it is not there."""

    size: int
    checksum: str


class SshSide(OtherSide):
    """The copy of the folder ``source`` in the folder of ``target``."""

    def __init__(self, source: Path, target: SyncTarget) -> None:
        super().__init__(source)
        self.target = target
        self._line = SshLine(target)

    @property
    def options(self) -> tuple[str, ...]:
        """What rsync needs to get there."""
        return self._line.options

    def close(self) -> None:
        """End the connection; the next question opens it again."""
        self._line.close()

    def ready(self, device: str, holds_copies: bool, mount: str = "") -> str:
        """See :meth:`OtherSide.ready`; SyncError also when the computer cannot be reached."""
        root, name = os.path.split(self.target.path)
        text = os.fsdecode(self._run(READY, [root, name], b"", 60.0)).strip()
        found, now, *blocks, held = [*text.rpartition("\n")[2].split(" ", 4), *[""] * 5][:5]
        if found in FOUND and "\n" in text:
            raise SyncError(f"the login on {self.target.host} prints text: make its start files silent")
        if found == "missing":
            raise SyncError(f"the folder {root} does not exist on {self.target.host}: is it mounted? Else make it")
        if found == "unable":
            raise SyncError(f"{self.target.host} has no sha256sum, copies cannot be verified: install coreutils there")
        if found not in FOUND:
            raise SyncError(refused_command(self.target.host, 0, text).sentence, lasting=True)
        self.space = _space(blocks)
        where, other_disk = f"{root} on {self.target.host}", holds_copies and device not in ("", now)
        self._found(where, name, new=found == "new", held=held, mount=mount, other_disk=other_disk)
        return now

    def begun(self, files: Sequence[SourceFile]) -> set[str]:
        """See :meth:`OtherSide.begun`."""
        self._texts.forget(file.path for file in files)
        sizes = self._sizes(file.path for file in files)
        some = [file.path for file in files if 0 < sizes[file.path] <= file.size]
        there = self._ask((path, 0, sizes[path]) for path in some)
        return {path for path in some if there[path].checksum == self._checksum(path, 0, sizes[path], hashlib.sha256())}

    def compare(self, files: Sequence[SourceFile], *, from_disk: bool = False) -> Iterator[Compared]:
        """See :meth:`OtherSide.compare`; by size and SHA-256."""
        for portion in portions(files, PORTION_BYTES, PORTION_FILES):
            if self.stopped():
                return
            if from_disk:
                self._texts.forget(file.path for file in portion)
            known = {file.path: self._known(file) for file in portion}
            sections = ((file.path, known[file.path].length, file.size - known[file.path].length) for file in portion)
            there = self._ask(sections, from_disk=from_disk)
            for file in portion:
                if self.stopped():
                    return
                yield self._compared(file, there[file.path], known[file.path])

    # --- one file ---------------------------------------------------------------------------------------------------

    def _known(self, file: SourceFile) -> Beginning:
        """What of a file need not be read."""
        try:
            with open(self.source / file.path, "rb", buffering=0) as source:
                return self._texts.beginning(file, source.fileno())
        except OSError:
            return Beginning(0, hashlib.sha256(), 0.0)

    def _compared(self, file: SourceFile, there: _There, known: Beginning) -> Compared:
        """Compare what follows a beginning that is known to be equal."""
        digest = known.digest.copy()
        compared = self._read(file, there, known.length, digest)
        self._texts.forget([file.path])
        if compared.likeness is Likeness.EQUAL and file.grows and not self.stopped():
            with contextlib.suppress(OSError), open(self.source / file.path, "rb", buffering=0) as source:
                self._texts.keep(file, source.fileno(), digest, known)
        return compared

    def _read(self, file: SourceFile, there: _There, skip: int, digest: _Hash) -> Compared:
        try:
            section = self._checksum(file.path, skip, file.size - skip, digest)
            checksum = digest.hexdigest()
            now = os.stat(self.source / file.path)
        except FileNotFoundError:
            return Compared(file.path, Likeness.CHANGED, "has vanished from the source")
        except OSError as why:
            return Compared(file.path, Likeness.UNREADABLE, f"cannot be read in the source ({why.strerror or why})")
        wrong = None
        if there.size >= file.size and there.checksum != section:
            wrong = Likeness.DIFFERENT, "differs on the target (SHA-256)"
            if not there.checksum:
                wrong = Likeness.UNREADABLE, "cannot be read back on the target"
        return likeness(file, now, there.size, checksum, wrong)

    def _checksum(self, path: str, skip: int, length: int, running: _Hash) -> str:
        """SHA-256 of ``length`` bytes after the first ``skip``; ``running`` takes them as well."""
        section = hashlib.sha256() if skip else running
        with open(self.source / path, "rb", buffering=0) as file:
            file.seek(skip)
            while length > 0 and not self.stopped() and (block := file.read(min(_BLOCK, length))):
                section.update(block)
                if section is not running:
                    running.update(block)
                length -= len(block)
        return section.hexdigest()

    # --- asking -----------------------------------------------------------------------------------------------------

    def _sizes(self, paths: Iterable[str]) -> dict[str, int]:
        asked = list(paths)
        if not asked:
            return {}
        names = b"".join(b"./" + os.fsencode(path) + b"\0" for path in asked)
        told = self._run(SIZES, [self.target.path], names, 60.0, fails=XARGS_FAILED)
        if told == b"unable\n":
            return {path: there.size for path, there in self._ask((path, 0, None) for path in asked).items()}
        found = dict.fromkeys(asked, -1)
        for line in told.split(b"\0")[:-1]:
            words = STAT.fullmatch(line)
            if words is None or (path := os.fsdecode(words[3])) not in found:
                raise SyncError(f"the login on {self.target.host} prints text: make its start files silent")
            if stat.S_ISREG(int(words[1], 16)):
                found[path] = int(words[2])
        return found

    def _ask(self, wanted: Iterable[tuple[str, int, int | None]], *, from_disk: bool = False) -> dict[str, _There]:
        """Size of each file, and the checksum of so many bytes (None: not asked for) after the first few."""
        asked = list(wanted)
        if not asked:
            return {}
        lines = [f"{skip} {'-' if length is None else length} {_octal(path)}\n" for path, skip, length in asked]
        seconds = 60.0 + len(asked) * SLOWEST_FILE_S + sum(length or 0 for _, _, length in asked) / SLOWEST
        words = [self.target.path, "nocache" if from_disk else ""]
        told = self._run(TOLD, words, "".join(lines).encode("ascii"), seconds).decode("ascii", "replace")
        if not told:  # the folder is not there yet
            return {path: _There(-1, "") for path, _, _ in asked}
        answers = [line.split() for line in told.splitlines()]
        if len(answers) != len(asked) or not all(re.fullmatch(r"\d+|-", "".join(words[:1])) for words in answers):
            raise SyncError(f"the login on {self.target.host} prints text: make its start files silent")
        found = [_There(int(size) if size != "-" else -1, "".join(rest)) for size, *rest in answers]
        return {path: one for (path, _, _), one in zip(asked, found, strict=True)}

    def _run(self, script: str, words: list[str], given: bytes, seconds: float, fails: int = 0) -> bytes:
        """What a script says; it may also end with the code ``fails``."""
        answer = self._line.run(
            ["sh", "-c", script, "sh", *words], timeout_s=seconds, given=given, stopped=self.stopped
        )
        if answer.verdict.outcome is not RsyncOutcome.DONE and answer.code not in (0, fails):
            self.close()
            verdict = answer.verdict
            if answer.code in REFUSED:
                verdict = refused_command(self.target.host, answer.code, first_words(answer.said.splitlines()))
            raise SyncError(verdict.sentence, lasting=verdict.outcome is RsyncOutcome.LASTING)
        return answer.output


def _space(blocks: Sequence[str]) -> float:
    """Free space [byte] from the blocks a user can write and the size of one; NaN where that is not told."""
    if len(blocks) != 2 or not all(each.isdecimal() for each in blocks):
        return math.nan
    free, size = map(float, blocks)
    return free * size


def _octal(path: str) -> str:
    """A name of plain letters only, for ``printf %b``."""
    return _ODD.sub(lambda sign: b"\\0%03o" % sign[0][0], os.fsencode(path)).decode("ascii")
