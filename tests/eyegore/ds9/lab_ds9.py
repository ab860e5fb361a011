"""DS9s as users have them: with a name server, in an XPA environment of the tests' own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from eyegore.basics.errors import Ds9Error
from eyegore.ds9.program import private_folder
from eyegore.ds9.xpa import XPA_TOOLS, Ds9SilentError, Xpa

from ...patience import AWAITED_S

T = TypeVar("T")
ANSWERS_DIALOG = """\
proc answer_dialog {} {
    set button .__tk__messagebox.ok
    if {[winfo exists $button] && [winfo viewable $button]} {
        if {[file exists {%(answer)s}]} {
            $button invoke
            file delete {%(answer)s}
            return
        }
        close [open {%(asking)s} w]
    }
    after 50 answer_dialog
}
answer_dialog
"""
"""Tcl for DS9: tells by a file that a dialog is open, and closes it when another file is there, which it removes."""


class Lab:
    """Starts DS9s titled as they are wanted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {"XPA_METHOD": "local", "XPA_TMPDIR": str(folder / "xpa")}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, title: str, **environment: str) -> subprocess.Popen[bytes]:
        self.processes[title] = subprocess.Popen(
            ["ds9", "-title", title, "-samp", "no"],
            env=os.environ | self.environment | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return self.processes[title]

    @property
    def xpa(self) -> Xpa:
        return Xpa(XPA_TOOLS, self.environment, threading.Event())

    def known(self, *titles: str) -> bool:
        return {point.name for point in self.xpa.running()} == set(titles)

    def ask(self, title: str, *words: str) -> str:
        return self._in_time(lambda: self.xpa.get(f"DS9:{title}", *words))

    def order(self, title: str, *words: str) -> None:
        self._in_time(lambda: self.xpa.put(f"DS9:{title}", *words))

    def _in_time(self, call: Callable[[], T]) -> T:
        """A DS9 that has only just started, and a busy machine, let a call go unanswered: it is made again."""
        deadline = time.monotonic() + AWAITED_S
        while True:
            try:
                return call()
            except Ds9SilentError:
                if time.monotonic() > deadline:
                    raise

    def files(self, title: str) -> dict[str, str]:
        """Name of the file in each frame."""
        shown = {}
        for frame in self.ask(title, "frame", "all").split():
            self.order(title, "frame", frame)
            shown[frame] = Path(self.ask(title, "file").split("[")[0]).name
        return shown

    def end(self, wait_until: Callable[..., None]) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait(AWAITED_S)
        # the name server ends with its last DS9
        wait_until(lambda: not (self.folder / "xpa" / "xpans_unix").exists())
        shutil.rmtree(self.folder)


@contextmanager
def dialog(xpa: Xpa, address: str, folder: Path, wait_until: Callable[..., None]) -> Iterator[Ds9SilentError]:
    """A dialog that an order to a DS9 raises, and what became of the order; it is answered at the end."""
    asking, answer, script = (folder / name for name in ("asking", "answer", "answers.tcl"))
    script.write_text(ANSWERS_DIALOG % {"asking": asking, "answer": answer})
    xpa.put(address, "source", str(script))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("eyegore.ds9.xpa.COMMAND_S", 1)
        with pytest.raises(Ds9SilentError) as silent:
            xpa.put(address, "analysis", "message", "{hello}")
    try:
        wait_until(asking.exists)
        # one call that comes while the dialog opens may still be answered; none after one that was not
        wait_until(lambda: not answers(xpa, address))
        yield silent.value
    finally:
        answer.touch()
        wait_until(lambda: not answer.exists())
        wait_until(lambda: answers(xpa, address))
        asking.unlink()


def answers(xpa: Xpa, address: str) -> bool:
    """Whether a DS9 takes calls up."""
    with contextlib.suppress(Ds9Error):
        return bool(xpa.get(address, "version"))
    return False


@contextmanager
def opened_lab(wait_until: Callable[..., None]) -> Iterator[Lab]:
    lab = Lab(private_folder())
    try:
        yield lab
    finally:
        lab.end(wait_until)


def go_there(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in lab.environment.items():
        monkeypatch.setenv(variable, value)


def write_image(path: Path, columns: int = 4238, rows: int = 4172) -> Path:
    """A whole frame of a full CCD, almost all of it a hole in the file: quick to write and to read."""
    from astropy.io import fits

    card = fits.ImageHDU(np.zeros((2, 2), np.uint16)).header
    card["NAXIS1"], card["NAXIS2"] = columns, rows
    head = (fits.PrimaryHDU().header.tostring() + card.tostring()).encode()
    size = len(head) + -(-2 * columns * rows // 2880) * 2880
    with path.open("wb") as file:
        file.write(head)
        file.seek(len(head) + 2 * columns * rows - 4000)
        file.write(b"\x01" * 4000)
        file.truncate(size)
    return path
