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

FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"basics", "widgets"}),
    frozenset({"limits"}),
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
AWAITING = {
    *("alarm_messages", "alarms", "analysis", "backup_service", "copy_settings", "credentials", "exposure_messages"),
    *(
        "feed_messages",
        "frame_messages",
        "frames",
        "headless",
        "hk_freshness",
        "hk_judge",
        "housekeeping",
        "limits_file",
    ),
    *("messages", "monitor", "rehearsal", "report", "reports", "retake", "retake_images", "rules", "service"),
    *("session_frames", "session_space", "session_trends", "settings", "side_workers", "sync_messages"),
    *("warning_center", "warning_messages", "warning_service", "warning_settings", "warning_setup", "errors"),
    *("lab_time", "standard_output", "elvis", "feeds", "widgets", "desktop", "cli", "commands"),
}
"""Rooms that have not moved to their floor yet."""
LAZY_ROOMS = {"desktop", "web"}
"""Imported inside functions only, except by themselves: headless must run where tkinter and DISPLAY do not exist."""
CELLS = "eyegore.widgets.cells.flags"
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
PURE: tuple[str, ...] = ()
READS_FILES = ("eyegore.limits.table", "eyegore.limits.check_table")
"""The two files of pure rooms that may."""


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
        if not {own, room} & AWAITING and FLOOR_OF.get(room, 99) >= FLOOR_OF.get(own, -1):
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
    assert rooms <= FLOOR_OF.keys() | AWAITING


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
        for found in imports(ast.parse(text), module, False):
            other = inner_room(found.name)
            if room_of(other) == room_of(module) and other != own and other.count(".") == 2:
                arrows.setdefault(own, set()).add(other)
    return arrows


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
