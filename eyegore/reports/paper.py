"""The sheet of paper that reports are drawn on: A4 upright, placed in inches from its upper left corner, no TeX.

And where documents go: never into a folder that is read.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eyegore.basics.errors import SettingsError
from eyegore.basics.files import make_folder, refuse_inside
from eyegore.basics.safe_text import printable
from eyegore.elvis.day_folder import folder_date

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

WIDTH, HEIGHT = 8.27, 11.69
"""Of the sheet [inch]."""
MARGIN = 0.5
INNER = WIDTH - 2 * MARGIN
"""Width between the margins [inch]."""
LINE = 0.115
"""From line to line of a table [inch]."""

INK, DIM, GRID = "#1c2226", "#5b6770", "#c9d0d5"
GOOD, WARN, BAD = "#1b7f3b", "#a85c00", "#b00020"
FIRST, SECOND, THIRD = "#0072b2", "#d55e00", "#009e73"
"""Hues of Okabe and Ito."""
MONO = "DejaVu Sans Mono"
LETTER = 0.602
"""Width of a letter of it, in its size."""
SMALL, TEXT, HEAD = 5.6, 6.6, 12.0
"""Sizes of letters [pt]."""


class Sheet:
    """One page. Text and axes go where they are told, in inches from the upper left corner; see :func:`drawing`."""

    def __init__(self) -> None:
        from matplotlib.figure import Figure

        self.figure: Figure = Figure(figsize=(WIDTH, HEIGHT))

    def text(self, x: float, y: float, words: str, **how: Any) -> Text:
        """Words with their first line at ``y``; ``how`` as matplotlib has it. None of them is taken for a formula."""
        drawn: dict[str, Any] = {"fontsize": TEXT, "color": INK, "va": "top", "parse_math": False} | how
        return self.figure.text(x / WIDTH, 1 - y / HEIGHT, printable(words, but="\n"), **drawn)

    def mono(self, x: float, y: float, lines: Sequence[str], **how: Any) -> None:
        """Lines of a table, in letters of one width."""
        spacing = LINE * 72 / (how.get("fontsize", SMALL) * 1.164)
        self.text(x, y, "\n".join(lines), **{"fontsize": SMALL, "family": MONO, "linespacing": spacing} | how)

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """Axes of this size, their upper left corner at ``x`` and ``y``."""
        box = (x / WIDTH, 1 - (y + height) / HEIGHT, width / WIDTH, height / HEIGHT)
        axes = self.figure.add_axes(box)
        axes.tick_params(labelsize=SMALL - 0.6, labelcolor=DIM, color=GRID, length=2, pad=1.5)
        for spine in axes.spines.values():
            spine.set_color(GRID)
            spine.set_linewidth(0.6)
        return axes

    def pdf(self) -> bytes:
        """The page as the content of a PDF file of its own."""
        file = io.BytesIO()
        self.figure.savefig(file, format="pdf")
        return file.getvalue()


def drawing() -> contextlib.AbstractContextManager[None]:
    """How pages are drawn: no TeX, and fonts of few objects: with one for each letter, to bind a page takes 1 MB."""
    from matplotlib import rc_context

    return rc_context({"pdf.fonttype": 42, "text.usetex": False})


def day_name(folder: Path) -> str:
    """What documents of a folder are called by: its own name, in letters that any file system and mail takes."""
    name = folder.resolve().name
    if folder_date(name) == folder_date(name):
        return name
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("._") or "folder"


def output_folder(given: Path | None, usual: str, sources: Iterable[Path]) -> Path:
    """The folder to write into, made where it is missing; ``usual`` is its name here where none is ``given``.

    Raises
    ------
    SettingsError
        When it lies in one of the folders that are read.
    WriteError
        When it cannot be made.
    """
    try:
        folder = (given or Path(usual)).expanduser().absolute()
    except (OSError, RuntimeError) as why:
        raise SettingsError(f"{given or usual} is no folder to write into: {why}") from why
    refuse_inside(folder, sources, "give another folder with -o, or change to one")
    make_folder(folder)
    return folder
