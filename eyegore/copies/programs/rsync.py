"""One run of rsync: watched while it copies, stopped within a second, and never left behind."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import selectors
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from eyegore.copies.outcome import RsyncOutcome, RsyncVerdict
from eyegore.copies.programs import rsync_words

log = logging.getLogger(__name__)

REPORTING = (
    "--no-h",
    "--info=progress2",
    "--no-inc-recursive",
    "--outbuf=L",
    "--out-format=@@ %i %l %n",
)
"""Put before all other options: what is read here; without inc-recursive the percentage is of all there is."""
WRAPPERS = (
    ("setpriv", "--pdeathsig", "TERM"),
    ("nice", "-n", "10"),
    ("ionice", "-t", "-c", "2", "-n", "7"),
)
"""Each is left out where it is not installed. The first ends rsync with us even when we are killed with -9; the others
let ELVIS and our own readers have disk and processor first."""
TICK_S = 0.05
GRACE_S = 0.6
"""How long rsync may take to keep its half file after it was told to end; it always takes 0.4."""
GIVEN_UP_S = 0.75
"""After that it is left alone: only a hanging disk keeps a process from ending."""
CLOSED_S = 0.005
"""How long to wait between looks when both pipes are closed: then the end is near."""
KEPT = 32_000
"""Of what rsync says in error, from the beginning and from the end each [byte]."""

FILE = re.compile(rb"@@ (.{11}) (\d+) (.+)")
PROGRESS = re.compile(rb"\s*([\d,]+)\s+\d+%\s+([\d.]+)([kMGT]?)B/s(?:.*\(xfr#(\d+))?")
ESCAPED = re.compile(rb"\\#([0-7]{3})")
UNITS = {b"": 1, b"k": 1024, b"M": 1024**2, b"G": 1024**3, b"T": 1024**4}


@dataclass(frozen=True)
class RsyncFile:
    """A file rsync tells of, before it copies it; ``change`` is its ``%i`` of 11 letters, ``size`` in [byte]."""

    name: str
    size: int
    change: str

    @property
    def sent(self) -> bool:
        """Whether content travels (or would, in a dry run): not for folders, links and mere changes of times."""
        return self.change[0] in "<>" and self.change[1] == "f"


@dataclass(frozen=True)
class RsyncProgress:
    """How far a run is: the file at work, content so far [byte], rate [byte/s]."""

    name: str = ""
    files: int = 0
    bytes: int = 0
    rate: float = 0.0


@dataclass(frozen=True)
class RsyncResult:
    """How a run ended: ``files`` copied and their content, ``bytes`` [byte], as rsync counts them.

    ``code`` is rsync's, negative for a signal; ``outcome`` and ``sentence`` say what it means; ``stderr`` is what was
    said, its middle left out when it was much.
    """

    code: int
    sentence: str
    files: int
    bytes: int
    outcome: RsyncOutcome
    stderr: str = ""

    def reason(self, path: str) -> str:
        """Why one file was not copied: what was said of it alone, else what is said of the run."""
        name = re.escape(os.path.basename(path))
        of_it = re.compile(rf"(?<![\w.-])\.?{name}(\.[A-Za-z0-9]{{6}})?(?![\w.-])")
        lines = [line for line in self.stderr.splitlines() if of_it.search(line)]
        return rsync_words.explain(self.code, "\n".join(lines)).sentence if lines else self.sentence


class RsyncRun:
    """Runs rsync once, on the calling thread.

    Parameters
    ----------
    command
        ``["rsync", options..., "--", source, target]``, without options of what is printed: those are added.
    timeout_s
        How long [s] it may take at most.
    idle_s
        How long [s] rsync may say nothing. Choose it long where checksums are compared: equal files are not told of.
    given
        For its standard input, such as the names for ``--files-from=- --from0``.
    on_file, on_progress
        Called on the running thread; must return at once and not raise.
    lock
        An open file that rsync and all it starts hold open until they have ended, also when we are killed.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        timeout_s: float,
        idle_s: float,
        given: bytes = b"",
        on_file: Callable[[RsyncFile], None] | None = None,
        on_progress: Callable[[RsyncProgress], None] | None = None,
        lock: int | None = None,
    ) -> None:
        self._command = list(command)
        self._timeout_s = timeout_s
        self._idle_s = idle_s
        self._given = given
        self._on_file = on_file
        self._on_progress = on_progress
        self._lock = lock
        self._cancelled = threading.Event()
        self._progress = RsyncProgress()
        self._errors = bytearray()
        self._rest = b""
        self._heard = 0.0

    @property
    def progress(self) -> RsyncProgress:
        """How far it is; may be asked for on any thread."""
        return self._progress

    def cancel(self) -> None:
        """End the run, from any thread; returns at once, and :meth:`run` within a second."""
        self._cancelled.set()

    def run(self) -> RsyncResult:
        """Run to the end, and tell how it ended; raises nothing of rsync's or the system's."""
        began = self._heard = time.monotonic()
        if self._cancelled.is_set():
            return self._result(20, rsync_words.CANCELLED)
        program = shutil.which(self._command[0])
        if program is None:
            return self._result(127, rsync_words.MISSING)
        wrappers = [word for wrapper in WRAPPERS if shutil.which(wrapper[0]) for word in wrapper]
        try:
            with tempfile.TemporaryFile() as given:  # a pipe would need a thread to fill it
                given.write(self._given)
                given.seek(0)
                process = subprocess.Popen(
                    [*wrappers, program, *REPORTING, *self._command[1:]],
                    stdin=given if self._given else subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    env=plain_environment(),
                    pass_fds=() if self._lock is None else (self._lock,),
                    start_new_session=True,  # a group to signal, and no terminal on which ssh could ask
                )
        except OSError as why:
            return self._result(5, rsync_words.not_started(why.strerror or str(why)))
        assert process.stdout is not None
        assert process.stderr is not None
        with process.stdout, process.stderr, selectors.DefaultSelector() as pipes:
            pipes.register(process.stdout, selectors.EVENT_READ, self._take_output)
            pipes.register(process.stderr, selectors.EVENT_READ, self._take_errors)
            try:
                stopped = self._watch(process, pipes, began)
            finally:
                _signal(process, signal.SIGKILL)  # whoever of the group outlived its leader
                code = _reap(process)
        return self._result(code, stopped or rsync_words.explain(code, self._said()))

    def _watch(
        self, process: subprocess.Popen[bytes], pipes: selectors.BaseSelector, began: float
    ) -> RsyncVerdict | None:
        """Listen until the process has ended; why it was made to end, if it was."""
        stopped: RsyncVerdict | None = None
        told_at = 0.0
        while not _ended(process):
            self._listen(pipes, TICK_S)
            now = time.monotonic()
            if stopped is None:
                stopped = self._reason(now, began)
                if stopped is not None:
                    _signal(process, signal.SIGTERM)
                    _signal(process, signal.SIGCONT)  # a halted one hears nothing
                    told_at = now
            elif now - told_at > GIVEN_UP_S:
                break
            elif now - told_at > GRACE_S:
                _signal(process, signal.SIGKILL)
        end = time.monotonic() + TICK_S
        while pipes.get_map() and time.monotonic() < end:  # the last words; a child may hold the pipe for ever
            self._listen(pipes, TICK_S / 4)
        return stopped

    def _reason(self, now: float, began: float) -> RsyncVerdict | None:
        if self._cancelled.is_set():
            return rsync_words.CANCELLED
        if now - began > self._timeout_s:
            return rsync_words.too_long(self._timeout_s)
        if now - self._heard > self._idle_s:
            return rsync_words.silent(self._idle_s)
        return None

    def _listen(self, pipes: selectors.BaseSelector, seconds: float) -> None:
        if not pipes.get_map():
            self._cancelled.wait(min(seconds, CLOSED_S))
            return
        for key, _ in pipes.select(seconds):
            part = os.read(key.fd, 65536)
            if part:
                self._heard = time.monotonic()
                key.data(part)
            else:
                pipes.unregister(key.fileobj)

    def _take_errors(self, part: bytes) -> None:
        self._errors += part
        if len(self._errors) > 2 * KEPT:
            del self._errors[KEPT:-KEPT]

    def _take_output(self, part: bytes) -> None:
        *lines, self._rest = re.split(rb"[\r\n]", self._rest + part)
        for line in lines:
            if match := FILE.fullmatch(line):
                self._tell_file(RsyncFile(_plain(match[3]), int(match[2]), os.fsdecode(match[1])))
            elif match := PROGRESS.match(line):
                self._tell_progress(match)

    def _tell_file(self, file: RsyncFile) -> None:
        if file.sent:
            self._progress = replace(self._progress, name=file.name)
        if self._on_file is not None:
            self._on_file(file)

    def _tell_progress(self, match: re.Match[bytes]) -> None:
        files = int(match[4]) if match[4] else self._progress.files
        rate = float(match[2]) * UNITS[match[3]]
        self._progress = RsyncProgress(self._progress.name, files, int(match[1].replace(b",", b"")), rate)
        if self._on_progress is not None:
            self._on_progress(self._progress)

    def _said(self) -> str:
        return self._errors.decode("utf-8", "replace")

    def _result(self, code: int, verdict: RsyncVerdict) -> RsyncResult:
        said = self._said()
        log.debug("rsync ended with %s: %s", code, verdict.sentence)
        progress = self._progress
        return RsyncResult(code, verdict.sentence, progress.files, progress.bytes, verdict.outcome, said)


def _plain(name: bytes) -> str:
    r"""A name as the file system has it: rsync tells odd bytes as ``\#012``, and such a text in a name likewise."""
    return os.fsdecode(ESCAPED.sub(lambda code: bytes([int(code[1], 8) & 255]), name))


def plain_environment() -> dict[str, str]:
    """Ours, in a language whose messages are known, without what changes rsync behind our back."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("RSYNC_", "LC_", "SSH_ASKPASS"))}
    return ours | {"LC_ALL": "C.UTF-8", "LANGUAGE": "C"}


def _ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether the process has ended; it stays a zombie, so that its group's number can be nobody else's."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _reap(process: subprocess.Popen[bytes]) -> int:
    """The exit code; a process that a hanging disk keeps from ending even now is waited for elsewhere."""
    try:
        return process.wait(TICK_S)
    except subprocess.TimeoutExpired:
        log.warning("rsync (process %s) does not end: its disk or network folder hangs", process.pid)
        threading.Thread(target=process.wait, name="rsync that hangs", daemon=True).start()
        return -signal.SIGKILL
