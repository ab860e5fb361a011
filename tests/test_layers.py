"""Who may import whom, and a few things nobody may do, read from the syntax tree of every file.

Each rule is itself tried on small planted violations, so that a rule that sees nothing is noticed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]

BASIC = {"errors", "lab_time", "sync_messages"}
"""Rooms without imports of their own, for everybody but limits and widgets."""
FRONT = BASIC | {
    "limits",
    "messages",
    "exposure_messages",
    "frame_messages",
    "frames",
    "warning_messages",
    "warning_settings",
    "credentials",
    "settings",
    "elvis",
    "analysis",
    "alarms",
    "monitor",
    "rules",
    "feeds",
    "service",
}
WARNING_ROOMS = {"warning_center", "warning_service", "warning_setup", "warning_settings", "credentials"}
MAY_IMPORT: dict[str, set[str]] = {
    "limits": set(),
    "widgets": set(),
    "errors": set(),
    "lab_time": set(),
    "standard_output": set(),
    "alarm_messages": {"limits"},
    "warning_messages": {"limits"},
    "feed_messages": {"limits"},
    "sync_messages": set(),
    "frame_messages": {"limits"},
    "exposure_messages": BASIC | {"limits"},
    "messages": BASIC
    | {"limits", "alarm_messages", "exposure_messages", "feed_messages", "frame_messages", "sync_messages"}
    | {"warning_messages"},
    "backup_service": BASIC | {"feeds", "messages"},
    "rules": {"limits"},
    "hk_judge": BASIC | {"limits", "messages", "analysis", "alarms"},
    "housekeeping": BASIC | {"limits", "messages", "analysis", "alarms", "rules", "hk_judge", "session_trends"},
    "hk_freshness": BASIC | {"limits", "messages"},
    "session_space": BASIC | {"limits", "messages", "analysis", "alarms"},
    "session_frames": BASIC | {"limits", "messages", "frame_messages", "alarms"},
    "session_trends": BASIC | {"limits", "messages", "analysis", "alarms"},
    "limits_file": BASIC | {"limits", "messages"},
    "settings": BASIC | {"limits", "messages"},
    "credentials": BASIC | {"limits"},
    "warning_settings": BASIC | {"limits", "warning_messages", "alarms", "credentials"},
    "copy_settings": BASIC | {"limits", "messages", "feeds"},
    "warning_center": BASIC | {"limits", "messages", "warning_messages", "analysis", "alarms"},
    "warning_service": BASIC | {"messages", "warning_messages", "alarms", "warning_center"},
    "warning_setup": BASIC
    | {"alarms", "credentials", "monitor", "settings", "warning_messages"}
    | {"warning_center", "warning_service", "warning_settings"},
    "elvis": BASIC | {"limits", "messages", "frame_messages"},
    "ds9": BASIC | {"elvis"},
    "analysis": BASIC | {"limits", "messages", "exposure_messages", "frame_messages"},
    "frames": BASIC | {"limits", "messages", "frame_messages", "elvis", "analysis"},
    "alarms": BASIC | {"limits", "messages", "warning_messages"},
    "monitor": BASIC
    | {"limits", "messages", "analysis", "alarms", "rules"}
    | {"housekeeping", "hk_freshness", "session_frames", "session_space"},
    "feeds": BASIC | {"elvis", "messages"},
    "rehearsal": FRONT,
    "retake": FRONT | {"report", "retake_images"},
    "retake_images": BASIC | {"limits", "exposure_messages", "frame_messages"},
    "reports": FRONT | {"report"},
    "report": BASIC | {"limits", "messages", "monitor", "analysis", "alarms"},
    "side_workers": BASIC
    | {"limits", "messages", "settings", "alarms", "feeds", "frames"}
    | {"backup_service", "copy_settings", "limits_file"},
    "service": (FRONT - {"service"}) | {"report", "side_workers"} | WARNING_ROOMS,
    "headless": FRONT | {"report"},
    "cli": FRONT | {"report", "headless", "commands", "desktop", "standard_output", "warning_settings"},
    "commands": FRONT
    | WARNING_ROOMS
    | {
        "copy_settings",
        "report",
        "reports",
        "rehearsal",
        "retake",
        "retake_images",
        "side_workers",
        "headless",
        "cli",
        "desktop",
        "ds9",
        "standard_output",
    },
    "__main__": {"cli"},
    "desktop": FRONT | {"ds9", "report", "widgets"},
}
"""DESIGN's table; a room that is not in it has to be put there before it can be imported or import."""
LAZY_ROOMS = {"desktop"}
"""Imported inside functions only, except by itself: headless must run where tkinter and DISPLAY do not exist."""

WINDOWED = {"desktop", "widgets"}
GUI = ("tkinter", "_tkinter", "PIL.ImageTk", "matplotlib.backends.backend_tk", "matplotlib.backends.backend_tkagg")
HEAVY = ("matplotlib", "astropy", "twilio", "pyds9", "PIL")
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
    "eyegore.monitor",
    "eyegore.alarms.alarm_board",
    "eyegore.hk_judge",
    "eyegore.alarms.alarm",
    "eyegore.alarms.deadman",
    "eyegore.alarms.path_proof",
    "eyegore.alarms.reply",
    "eyegore.alarms.reply_desk",
    "eyegore.alarms.roster",
    "eyegore.alarms.roster_faults",
    "eyegore.alarms.quiet_hours",
    "eyegore.alarms.wall_clock",
    "eyegore.alarms.policy",
    "eyegore.alarms.case_book",
    "eyegore.alarms.warned_case",
    "eyegore.alarms.good_news",
    "eyegore.alarms.announcer",
    "eyegore.alarms.audience",
    "eyegore.alarms.rate_limit",
    "eyegore.alarms.flood",
    "eyegore.alarms.warning_text",
    "eyegore.limits.checks",
    "eyegore.limits.model",
)


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
        if room not in MAY_IMPORT.get(own, set()):
            yield f"{own} imports {room}"
        elif room in LAZY_ROOMS and not (found.lazy or found.typing):
            yield f"{own} imports {room} at start-up, not inside a function"
    if not own and room:
        yield f"the package itself imports {room}"
    if matches(name, GUI) and own not in WINDOWED:
        yield f"imports {name}: only desktop and widgets may"
    elif matches(name, HEAVY) and own not in WINDOWED and not (found.lazy or found.typing):
        yield f"imports {name} at start-up, not inside a function"
    if matches(module, PURE) and matches(name, CLOCKS_AND_IO):
        yield f"imports {name} in a pure module"


def shell_problems(tree: ast.AST, found: list[Import]) -> Iterator[str]:
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


def problems(source: str, module: str, package: bool = False) -> list[str]:
    """All violations in one source text, each with its line."""
    tree = ast.parse(source)
    found = list(imports(tree, module, package))
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
    assert rooms <= MAY_IMPORT.keys()


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
    ("eyegore.elvis.hk_file", "def read():\n    from eyegore import monitor", "elvis imports monitor"),
    ("eyegore.elvis.hk_file", "if TYPE_CHECKING:\n    from eyegore.monitor import Monitor", "elvis imports monitor"),
    (
        "eyegore.elvis.hk_file",
        "try:\n    import eyegore.service\nexcept ImportError:\n    pass",
        "elvis imports service",
    ),
    ("eyegore.elvis.hk_file", "from importlib import import_module\nimport_module('eyegore.cli')", "elvis imports cli"),
    ("eyegore.limits.checks", "from eyegore.messages import HkRows", "limits imports messages"),
    ("eyegore.limits.checks", "from ..errors import FormatError", "limits imports errors"),
    ("eyegore.widgets.cells", "from eyegore.limits import Verdict", "widgets imports limits"),
    ("eyegore.widgets.cells", "from eyegore import limits", "widgets imports limits"),
    ("eyegore.messages", "from eyegore.elvis.dialect import Dialect", "messages imports elvis"),
    ("eyegore.analysis.ccd_stats", "import eyegore.elvis.ccd_frame", "analysis imports elvis"),
    ("eyegore.alarms.flags", "from eyegore.monitor import Monitor", "alarms imports monitor"),
    ("eyegore.monitor", "from eyegore.feeds import ingest", "monitor imports feeds"),
    ("eyegore.monitor", "from eyegore.elvis import dialect", "monitor imports elvis"),
    ("eyegore.monitor", "import time", "imports time in a pure module"),
    ("eyegore.feeds.ingest", "from eyegore.monitor import Monitor", "feeds imports monitor"),
    ("eyegore.service", "def run():\n    from eyegore.desktop import app", "service imports desktop"),
    ("eyegore.cli", "from eyegore.desktop.app import run", "cli imports desktop at start-up"),
    ("eyegore.commands.demo", "import eyegore.desktop.app", "commands imports desktop at start-up"),
    ("eyegore.cli", "def run():\n    from eyegore import widgets", "cli imports widgets"),
    ("eyegore.desktop.app", "from eyegore.cli import main", "desktop imports cli"),
    ("eyegore.cli", "from eyegore.reports import weekly", "cli imports reports"),
    ("eyegore", "from eyegore import cli", "the package itself imports cli"),
    ("eyegore.service", "def run():\n    import tkinter", "imports tkinter: only"),
    ("eyegore.feeds.ingest", "from tkinter import ttk", "imports tkinter.ttk: only"),
    ("eyegore.analysis.display", "def show():\n    from PIL import ImageTk", "imports PIL.ImageTk: only"),
    ("eyegore.elvis.ccd_frame", "from astropy.io import fits", "imports astropy.io.fits at start-up"),
    ("eyegore.analysis.display", "class A:\n    import matplotlib", "imports matplotlib at start-up"),
    ("eyegore.alarms.senders", "import twilio.rest", "imports twilio.rest at start-up"),
    ("eyegore.analysis.display", "from PIL import Image", "imports PIL.Image at start-up"),
    ("eyegore.feeds.ingest", "import pyds9 as p", "imports pyds9 at start-up"),
    ("eyegore.desktop.app", "def f():\n    from matplotlib import pyplot as plt", "imports matplotlib.pyplot"),
    ("tests.widgets.test_cells", "import matplotlib.pyplot as plt", "imports matplotlib.pyplot"),
    ("tests.limits.test_checks", "import limits", "imports limits:"),
    ("tests.limits.test_checks", "from limits.model import Range", "imports limits.model.Range:"),
    ("eyegore.desktop.app", "def f():\n    import widgets.cells", "imports widgets.cells:"),
    ("eyegore.feeds.sync", "import subprocess as s\ns.run('ls', shell=True)", "shell="),
    ("eyegore.feeds.sync", "run('ls', shell=wanted)", "shell="),
    ("tests.test_sync", "import os as o\no.system('ls')", "os.system"),
    ("eyegore.feeds.sync", "from os import popen as p", "os.popen"),
    ("eyegore.feeds.sync", "import subprocess\nsubprocess.getoutput('ls')", "subprocess.getoutput"),
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
        ("eyegore.elvis.hk_file", "from eyegore.messages import HkRows\nfrom .dialect import DIALECTS"),
        ("eyegore.elvis.hk_file", "def read():\n    from astropy.io import fits"),
        ("eyegore.analysis.display", "if TYPE_CHECKING:\n    from PIL import Image"),
        ("eyegore.feeds.ingest", "from eyegore.errors import FormatError\nfrom .watch import FolderWatch"),
        ("eyegore.cli", "from eyegore import __version__\ndef run():\n    from eyegore.desktop.app import run_desktop"),
        ("eyegore.widgets.cells", "import tkinter as tk\nfrom PIL import Image, ImageTk\nfrom . import theme"),
        ("eyegore.desktop.app", "from eyegore import widgets, limits\nfrom matplotlib.figure import Figure"),
        ("eyegore.feeds.sync", "import subprocess\nsubprocess.run(['ls'], shell=False)"),
        ("tests.test_x", "import tkinter\nfrom eyegore import desktop, limits\nfrom eyegore.limits import model"),
        ("eyegore.limits.table", "from eyegore.limits.model import Range\nimport limits_of_others"),
    ],
)
def test_what_is_allowed_passes(module: str, source: str) -> None:
    assert problems(source, module) == []
