"""Who may import whom, and a few things nobody may do, read from the syntax tree of every file.

Each rule is itself tried on small planted violations, so that a rule that sees nothing is noticed.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]

FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"basics"}),
    frozenset({"limits", "widgets"}),
    frozenset({"messages"}),
    frozenset({"elvis", "series", "alarms", "journal", "archive"}),
    frozenset({"campaign", "feeds", "copies", "ds9", "warning"}),
    frozenset({"exposures", "images", "simulator"}),
    frozenset({"housekeeping", "analysis"}),
    frozenset({"session", "presenters"}),
    frozenset({"desktop", "reports", "web"}),
    frozenset({"commands"}),
    frozenset({"cli"}),
    frozenset({"__main__"}),
)
"""From the ground up: a room imports from lower floors only, never from a neighbour on its own."""
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
LAZY_ROOMS = {"desktop", "web"}
"""Imported inside functions only, except by themselves: headless must run where tkinter and DISPLAY do not exist."""
CELLS = "eyegore.widgets.cells"
"""What may be known of views without Tk: for the rooms that say what is shown, and those that show it elsewhere."""

WINDOWED = {"desktop", "widgets"}
GUI = ("tkinter", "_tkinter", "PIL.ImageTk", "matplotlib.backends.backend_tk", "matplotlib.backends.backend_tkagg")
HEAVY = ("matplotlib", "astropy", "twilio", "pyds9", "PIL", "sqlalchemy", "pyarrow", "starlette", "uvicorn")
PYPLOT = ("matplotlib.pyplot", "pylab", "matplotlib.pylab")
OUR_BARE_NAMES = ("limits", "widgets")
SHELL_CALLS = {
    "os.system",
    "os.popen",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "asyncio.create_subprocess_shell",
}
CLOCKS_AND_IO = ("time", "threading", "queue", "subprocess", "socket", "sqlite3", "os", "pathlib", "io", "asyncio")
"""Not for the pure rooms: time arrives as an argument, and nothing is read or written."""
PURE = (
    "eyegore.limits",
    "eyegore.messages",
    "eyegore.series",
    "eyegore.alarms",
    "eyegore.exposures",
    "eyegore.housekeeping",
    "eyegore.images.pixels",
    "eyegore.warning.policy",
    "eyegore.warning.duty",
    "eyegore.presenters",
    "eyegore.widgets.cells",
    "eyegore.session.monitor",
)
READS_FILES = ("eyegore.limits.table",)
"""The one file of pure rooms that may."""


@dataclass(frozen=True)
class Import:
    """One imported name in full; ``lazy`` inside a function, ``typing`` only for the type checker."""

    name: str
    line: int
    lazy: bool
    typing: bool


def matches(name: str, prefixes: tuple[str, ...]) -> bool:
    return any(name == prefix or name.startswith(prefix + ".") for prefix in prefixes)


def room_of(name: str) -> str:
    """``eyegore.limits.model`` -> ``limits``; empty for what is not a room of ours."""
    parts = name.split(".")
    return parts[1] if parts[0] == "eyegore" and len(parts) > 1 else ""


def module_of(path: Path) -> str:
    """Name under which a file of the checkout is imported."""
    parts = list(path.relative_to(TOP).with_suffix("").parts)
    if parts[0] in OUR_BARE_NAMES:
        parts.insert(0, "eyegore")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(node: ast.AST, module: str, package: bool) -> Iterator[str]:
    """Full names that one node imports; by ``import``, ``from``, or by name as a text."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            above = module.split(".")
            above = above[: len(above) - node.level + package]
            base = ".".join([*above, base]).rstrip(".")
        yield from (base if alias.name == "*" else f"{base}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
            yield node.args[0].value


def imports(tree: ast.AST, module: str, package: bool, lazy: bool = False, typing: bool = False) -> Iterator[Import]:
    for node in ast.iter_child_nodes(tree):
        for name in _imported(node, module, package):
            yield Import(name, getattr(node, "lineno", 0), lazy, typing)
        inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            for child in node.body:
                yield from imports(ast.Module([child], []), module, package, inside, typing=True)
            for child in node.orelse:
                yield from imports(ast.Module([child], []), module, package, inside, typing)
        else:
            yield from imports(node, module, package, inside, typing)


def import_problems(found: Import, module: str) -> Iterator[str]:
    """What is wrong with one import in one module; modules outside ``eyegore`` have only the general rules."""
    name, room, own = found.name, room_of(found.name), room_of(module)
    if matches(name, OUR_BARE_NAMES):
        yield f"imports {name}: that top-level name belongs to another package"
    if matches(name, PYPLOT):
        yield f"imports {name}: use the Figure API"
    if not module.startswith("eyegore"):
        return
    if own and room and room != own and not room.startswith("__version"):
        if FLOOR_OF.get(room, 99) >= FLOOR_OF.get(own, -1):
            yield f"{own} imports {room}"
        elif room in LAZY_ROOMS and not (found.lazy or found.typing):
            yield f"{own} imports {room} at start-up, not inside a function"
        elif room == "widgets" and own != "desktop" and not matches(name, (CELLS,)):
            yield f"{own} imports {name}: widgets.cells alone is for rooms without windows"
    if not own and room:
        yield f"the package itself imports {room}"
    windowed = own in WINDOWED and not matches(module, (CELLS,))
    if matches(name, GUI) and not windowed:
        yield f"imports {name}: only desktop and widgets may"
    elif matches(name, HEAVY) and not windowed and not (found.lazy or found.typing):
        yield f"imports {name} at start-up, not inside a function"
    if matches(module, PURE) and not matches(module, READS_FILES) and matches(name, CLOCKS_AND_IO):
        yield f"imports {name} in a pure module"


def shell_problems(tree: ast.AST, found: tuple[Import, ...]) -> Iterator[str]:
    """Commands given to a shell, however ``os`` and ``subprocess`` were imported."""
    full = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    for one in found:
        if one.name in SHELL_CALLS:
            yield f"{one.line}: {one.name} runs a shell"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = f"{full.get(node.value.id, node.value.id)}.{node.attr}"
            if name in SHELL_CALLS:
                yield f"{node.lineno}: {name} runs a shell"
        if isinstance(node, ast.Call):
            for word in node.keywords:
                if word.arg == "shell" and not (isinstance(word.value, ast.Constant) and word.value.value is False):
                    yield f"{node.lineno}: shell= gives the command to a shell"


@functools.cache
def imports_of(source: str, module: str, package: bool = False) -> tuple[Import, ...]:
    """What one source text imports; kept, because several tests ask."""
    return tuple(imports(ast.parse(source), module, package))


def problems(source: str, module: str, package: bool = False) -> list[str]:
    """All violations in one source text, each with its line."""
    tree = ast.parse(source)
    found = imports_of(source, module, package)
    return [f"{one.line}: {text}" for one in found for text in import_problems(one, module)] + list(
        shell_problems(tree, found)
    )


def sources() -> list[Path]:
    """Every Python file of the checkout, each once (``eyegore/limits`` and ``eyegore/widgets`` are links)."""
    links = {TOP / "eyegore" / name for name in OUR_BARE_NAMES}
    folders = ("eyegore", "limits", "widgets", "tests", "benchmarks", "docs")
    return sorted(
        path for folder in folders for path in [*(TOP / folder).rglob("*.py")] if not links & {path, *path.parents}
    )


@pytest.mark.parametrize("path", [*sources(), TOP / "setup.py"], ids=lambda path: str(path.relative_to(TOP)))
def test_file_keeps_to_its_layer(path: Path) -> None:
    module = module_of(path)
    found = problems(path.read_text(encoding="utf-8"), module, path.name == "__init__.py")
    assert not found, "\n".join([str(path.relative_to(TOP)), *found])


def test_every_room_is_in_the_table() -> None:
    rooms = {room_of(module_of(path)) for path in sources() if module_of(path).startswith("eyegore.")}
    assert rooms <= FLOOR_OF.keys()


def test_every_pure_room_exists() -> None:
    modules = {module_of(path) for path in sources()}
    assert {*PURE, *READS_FILES} <= modules


def inner_room(module: str) -> str:
    """The folder of a wing, or the file of its own, in which a module is: ``eyegore.warning.policy``."""
    return ".".join(module.split(".")[:3])


def circle(arrows: dict[str, set[str]]) -> list[str]:
    """Rooms that lead back to the first of them; empty when there is no such way."""
    done: set[str] = set()

    def search(room: str, way: list[str]) -> list[str]:
        if room in way:
            return [*way[way.index(room) :], room]
        if room in done:
            return []
        for other in sorted(arrows.get(room, ())):
            if found := search(other, [*way, room]):
                return found
        done.add(room)
        return []

    return next((found for room in sorted(arrows) if (found := search(room, []))), [])


def inner_arrows(texts: dict[str, str]) -> dict[str, set[str]]:
    """Which folder or file of a wing imports which other of the same wing, from the sources by module."""
    arrows: dict[str, set[str]] = {}
    for module, text in texts.items():
        own = inner_room(module)
        for found in imports_of(text, module):
            other = inner_room(found.name)
            if room_of(other) == room_of(module) and other != own and other.count(".") == 2:
                arrows.setdefault(own, set()).add(other)
    return arrows


def file_arrows(texts: dict[str, str]) -> dict[str, set[str]]:
    """Which file imports which other, from the sources by module."""
    arrows: dict[str, set[str]] = {}
    for module, text in texts.items():
        for found in imports_of(text, module):
            parts = found.name.split(".")
            ways = (".".join(parts[:end]) for end in range(len(parts), 1, -1))
            if (other := next((way for way in ways if way in texts), module)) != module:
                arrows.setdefault(module, set()).add(other)
    return arrows


def test_neither_files_nor_the_folders_of_a_wing_form_a_circle() -> None:
    texts = {
        module: path.read_text(encoding="utf-8")
        for path in sources()
        if path.name != "__init__.py" and (module := module_of(path)).startswith("eyegore.")
    }
    assert circle(inner_arrows(texts)) == []
    assert circle(file_arrows(texts)) == []


def test_a_planted_circle_of_files_in_one_folder_is_found() -> None:
    texts = {
        "eyegore.warning.policy.policy": "from .text import Words",
        "eyegore.warning.policy.text": "def f():\n    from eyegore.warning.policy import policy",
        "eyegore.warning.policy.flood": "from eyegore.warning.policy.policy import Policy",
    }
    assert set(circle(file_arrows(texts))) == {"eyegore.warning.policy.policy", "eyegore.warning.policy.text"}
    texts["eyegore.warning.policy.text"] = ""
    assert circle(file_arrows(texts)) == []


def test_a_planted_circle_is_found() -> None:
    texts = {
        "eyegore.copies.engine": "from eyegore.copies.ssh.side import Side",
        "eyegore.copies.ssh.side": "def f():\n    from eyegore.copies.scan import scan",
        "eyegore.copies.scan": "from eyegore.copies.engine import Engine",
        "eyegore.copies.ledger": "from eyegore.copies.engine import Engine",
    }
    assert set(circle(inner_arrows(texts))) == {"eyegore.copies.engine", "eyegore.copies.ssh", "eyegore.copies.scan"}
    del texts["eyegore.copies.scan"]
    assert circle(inner_arrows(texts)) == []


def test_all_folders_are_read() -> None:
    found = {path.relative_to(TOP).parts[0] for path in sources()}
    assert {"eyegore", "limits", "widgets", "tests"} <= found


def test_links_are_relative_and_lead_to_the_two_packages() -> None:
    for name in OUR_BARE_NAMES:
        assert (TOP / "eyegore" / name).readlink() == Path("..") / name


PLANTED = [
    ("eyegore.elvis.hk_file", "from eyegore.feeds.watch import FolderWatch", "elvis imports feeds"),
    ("eyegore.elvis.hk_file", "from ..feeds import watch", "elvis imports feeds"),
    ("eyegore.elvis.hk_file", "from .. import feeds", "elvis imports feeds"),
    ("eyegore.elvis.hk_file", "from eyegore import feeds", "elvis imports feeds"),
    ("eyegore.elvis.hk_file", "import eyegore.feeds.watch as watch", "elvis imports feeds"),
    ("eyegore.elvis.hk_file", "def read():\n    from eyegore import session", "elvis imports session"),
    ("eyegore.elvis.hk_file", "if TYPE_CHECKING:\n    from eyegore.session import monitor", "elvis imports session"),
    (
        "eyegore.elvis.hk_file",
        "try:\n    import eyegore.session.service\nexcept ImportError:\n    pass",
        "elvis imports session",
    ),
    ("eyegore.elvis.hk_file", "from importlib import import_module\nimport_module('eyegore.cli')", "elvis imports cli"),
    ("eyegore.elvis.hk_file", "from eyegore.alarms import words", "elvis imports alarms"),
    ("eyegore.elvis.hk_file", "from eyegore.cellar import wine", "elvis imports cellar"),
    ("eyegore.cellar.wine", "from eyegore.basics import errors", "cellar imports basics"),
    ("eyegore.limits.checks", "from eyegore.messages.events import HkRows", "limits imports messages"),
    ("eyegore.basics.store", "from eyegore.limits.model import Range", "basics imports limits"),
    ("eyegore.basics.store", "from eyegore.widgets.cells import flags", "basics imports widgets"),
    ("eyegore.widgets.cells.flags", "from eyegore.limits import Verdict", "widgets imports limits"),
    ("eyegore.widgets.theme", "from eyegore import limits", "widgets imports limits"),
    ("eyegore.messages.images", "from eyegore.elvis.dialect import Dialect", "messages imports elvis"),
    ("eyegore.images.pixels.ccd_stats", "import eyegore.exposures.books", "images imports exposures"),
    ("eyegore.alarms.flags", "from eyegore.session.monitor import Monitor", "alarms imports session"),
    ("eyegore.session.monitor", "from eyegore.presenters import flags", "session imports presenters"),
    ("eyegore.feeds.ingest", "from eyegore.session.monitor import Monitor", "feeds imports session"),
    ("eyegore.session.service", "def run():\n    from eyegore.desktop import app", "session imports desktop"),
    ("eyegore.cli", "from eyegore.desktop.app import run", "cli imports desktop at start-up"),
    ("eyegore.commands.demo", "import eyegore.desktop.app", "commands imports desktop at start-up"),
    ("eyegore.commands.serve", "from eyegore.web.hub import Hub", "commands imports web at start-up"),
    ("eyegore.cli", "def run():\n    from eyegore import widgets", "widgets.cells alone"),
    ("eyegore.presenters.flags", "from eyegore.widgets.theme import Theme", "widgets.cells alone"),
    ("eyegore.desktop.app", "from eyegore.cli import main", "desktop imports cli"),
    ("eyegore.commands.demo", "from eyegore.cli import main", "commands imports cli"),
    ("eyegore", "from eyegore import cli", "the package itself imports cli"),
    ("eyegore.session.service", "def run():\n    import tkinter", "imports tkinter: only"),
    ("eyegore.widgets.cells.flags", "import tkinter as tk", "imports tkinter: only"),
    ("eyegore.feeds.ingest", "from tkinter import ttk", "imports tkinter.ttk: only"),
    ("eyegore.images.pixels.display", "def show():\n    from PIL import ImageTk", "imports PIL.ImageTk: only"),
    ("eyegore.elvis.ccd_frame", "from astropy.io import fits", "imports astropy.io.fits at start-up"),
    ("eyegore.images.pixels.display", "class A:\n    import matplotlib", "imports matplotlib at start-up"),
    ("eyegore.warning.channels.twilio_sender", "import twilio.rest", "imports twilio.rest at start-up"),
    ("eyegore.images.pixels.display", "from PIL import Image", "imports PIL.Image at start-up"),
    ("eyegore.feeds.ingest", "import pyds9 as p", "imports pyds9 at start-up"),
    ("eyegore.archive.database", "import sqlalchemy", "imports sqlalchemy at start-up"),
    ("eyegore.desktop.app", "def f():\n    from matplotlib import pyplot as plt", "imports matplotlib.pyplot"),
    ("tests.widgets.test_cells", "import matplotlib.pyplot as plt", "imports matplotlib.pyplot"),
    ("tests.limits.test_checks", "import limits", "imports limits:"),
    ("tests.limits.test_checks", "from limits.model import Range", "imports limits.model.Range:"),
    ("eyegore.desktop.app", "def f():\n    import widgets.cells", "imports widgets.cells:"),
    ("eyegore.copies.engine", "import subprocess as s\ns.run('ls', shell=True)", "shell="),
    ("eyegore.copies.engine", "run('ls', shell=wanted)", "shell="),
    ("tests.test_copies", "import os as o\no.system('ls')", "os.system"),
    ("eyegore.copies.engine", "from os import popen as p", "os.popen"),
    ("eyegore.copies.engine", "import subprocess\nsubprocess.getoutput('ls')", "subprocess.getoutput"),
    *((f"{room}.thing", "import time", "imports time in a pure module") for room in PURE),
    ("eyegore.session.monitor", "from pathlib import Path", "imports pathlib.Path in a pure module"),
]


@pytest.mark.parametrize(("module", "source", "told"), PLANTED)
def test_planted_violation_is_caught(module: str, source: str, told: str) -> None:
    assert any(told in problem for problem in problems(source, module)), problems(source, module)


def test_a_package_resolves_its_relative_imports_from_itself() -> None:
    assert problems("from . import dialect", "eyegore.elvis", package=True) == []
    assert problems("from .. import feeds", "eyegore.elvis", package=True) == ["1: elvis imports feeds"]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("eyegore.elvis.hk_file", "from eyegore.messages.events import HkRows\nfrom .dialect import DIALECTS"),
        ("eyegore.elvis.hk_file", "def read():\n    from astropy.io import fits"),
        ("eyegore.images.pixels.display", "if TYPE_CHECKING:\n    from PIL import Image"),
        ("eyegore.feeds.ingest", "from eyegore.basics.errors import FormatError\nfrom .watch import FolderWatch"),
        ("eyegore.cli", "from eyegore import __version__\ndef run():\n    from eyegore.desktop.app import run_desktop"),
        ("eyegore.widgets.images.panel", "import tkinter as tk\nfrom PIL import Image, ImageTk"),
        ("eyegore.presenters.flags", "from eyegore.widgets.cells.flags import Look"),
        ("eyegore.desktop.app", "from eyegore import widgets, limits\nfrom matplotlib.figure import Figure"),
        ("eyegore.copies.engine", "import subprocess\nsubprocess.run(['ls'], shell=False)"),
        ("tests.test_x", "import tkinter\nfrom eyegore import desktop, limits\nfrom eyegore.limits import model"),
        (
            "eyegore.limits.table",
            "from pathlib import Path\nfrom eyegore.limits.model import Range\nimport limits_of_others",
        ),
    ],
)
def test_what_is_allowed_passes(module: str, source: str) -> None:
    assert problems(source, module) == []
