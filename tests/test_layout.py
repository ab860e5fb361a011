"""The shape of the checkout: a file is one noun, called by its name, and the commands people type are there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
LONGEST = 400
VAGUE = re.compile(r"utils?|helpers?|managers?|misc|common|data2")
FOLDERS = ("eyegore", "limits", "widgets")
SOURCES = sorted(
    path
    for folder in FOLDERS
    for path in (TOP / folder).rglob("*.py")
    if path.relative_to(TOP).parts[:2] not in {("eyegore", "limits"), ("eyegore", "widgets")}
)
NAMEABLE = [
    *TOP.glob("*.py"),
    *(file for name in (*FOLDERS, "tests", "docs", "benchmarks") for file in (TOP / name).rglob("*.py")),
]
"""Files of Python that a document may name."""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(TOP)))
def test_file_is_one_noun(path: Path) -> None:
    assert not VAGUE.fullmatch(path.stem)
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST, "split it by noun"


def test_help_lists_every_target_of_the_makefile() -> None:
    told = subprocess.run(["make", "--no-print-directory", "-C", str(TOP), "help"], capture_output=True, text=True)
    targets = re.search(r"^\.PHONY: (.*)$", (TOP / "Makefile").read_text(), re.MULTILINE)
    assert targets is not None
    assert [line.split()[1] for line in told.stdout.splitlines()] == targets[1].split()


@pytest.mark.parametrize("name", ["README.rst", "docs/index.rst"])
def test_links_between_documents_lead_somewhere(name: str) -> None:
    links: list[str] = re.findall(r"`[^`]*<([^>`]+)>`_", (TOP / name).read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (TOP / name).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("path", [*sorted(TOP.glob("docs/*.rst")), *TOP.glob("*.rst")], ids=lambda path: path.name)
def test_files_and_tests_that_a_document_names_are_there(path: Path) -> None:
    above: list[Path] = []
    for name, test in re.findall(r"([\w./]*\w\.py|…)(?:::(\w+))?", path.read_text(encoding="utf-8")):
        if name != "…":
            above = [file for file in NAMEABLE if file.as_posix().endswith("/" + name.lstrip("./"))]
            assert above, name
        if test:
            assert any(f"def {test}(" in file.read_text(encoding="utf-8") for file in above), test


def test_every_document_is_listed() -> None:
    index = (TOP / "docs/index.rst").read_text(encoding="utf-8")
    names = {path.name for path in (TOP / "docs").glob("*.rst")} - {"index.rst"}
    assert {name for name in names if f"<{name}>" not in index} == set()
