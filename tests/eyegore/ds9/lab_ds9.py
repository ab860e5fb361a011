"""DS9s as users have them: with a name server, in an XPA environment of the tests' own."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from eyegore.ds9.plain_names import private_folder
from eyegore.ds9.xpa import Xpa, XpaTools

START_S = 60

ANSWERS_DIALOGS = """\
proc answer_dialog {} {
    if {[winfo exists .__tk__messagebox.ok]} {
        close [open {%(asking)s} w]
        if {[file exists {%(answer)s}]} { .__tk__messagebox.ok invoke }
    }
    after 50 answer_dialog
}
answer_dialog
"""
"""Tcl for DS9: tells by a file that a dialog is open, and closes it when another file is there."""


class Lab:
    """Starts DS9s titled as they are wanted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {"XPA_METHOD": "local", "XPA_TMPDIR": str(folder / "xpa")}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._asking, self._answer = folder / "asking", folder / "answer"
        self._script = folder / "answers.tcl"
        self._script.write_text(ANSWERS_DIALOGS % {"asking": self._asking, "answer": self._answer})

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
        return Xpa(XpaTools(), self.environment, threading.Event())

    def known(self, *titles: str) -> bool:
        return {point.name for point in self.xpa.running()} == set(titles)

    def ask(self, title: str, *words: str) -> str:
        return self.xpa.get(f"DS9:{title}", *words)

    def order(self, title: str, *words: str) -> None:
        self.xpa.put(f"DS9:{title}", *words)

    def files(self, title: str) -> dict[str, str]:
        """Name of the file in each frame."""
        shown = {}
        for frame in self.ask(title, "frame", "all").split():
            self.order(title, "frame", frame)
            shown[frame] = Path(self.ask(title, "file").split("[")[0]).name
        return shown

    @contextmanager
    def dialog(self, title: str, wait_until: Callable[..., None]) -> Iterator[None]:
        """A dialog that a DS9 shows; it is answered at the end."""
        self.order(title, "source", str(self._script))
        command = ["xpaset", "-p", f"DS9:{title}", "analysis", "message", "{hello}"]
        with subprocess.Popen(command, env=os.environ | self.environment, stderr=subprocess.DEVNULL) as asking:
            try:
                wait_until(self._asking.exists)
                yield
            finally:
                self._answer.touch()
                asking.wait(30)
                self._answer.unlink()
                self._asking.unlink()

    def end(self, wait_until: Callable[..., None]) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait(10)
        # the name server ends with its last DS9
        wait_until(lambda: not (self.folder / "xpa" / "xpans_unix").exists(), 20)
        shutil.rmtree(self.folder)


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
