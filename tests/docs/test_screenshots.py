"""The script that makes the pictures of the documentation."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def screenshots(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("screenshots", DOCS / "screenshots.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "screenshots", module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.gui
def test_a_picture_shows_the_alarm_of_its_night(
    screenshots: ModuleType, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert screenshots.main(["lite", "--into", str(tmp_path)]) == 0, capfd.readouterr().err
    with Image.open(tmp_path / "lite.png") as picture:
        assert picture.size == (1366, 768)
        colours = {colour: count for count, colour in picture.convert("RGB").getcolors(300)}
    assert colours[0xD5, 0x5E, 0x00] > 1000  # one flag is filled with the colour of CRITICAL
    assert colours[0x00, 0x9E, 0x73] > 1000  # the others are in limits


def test_without_xvfb_it_says_what_to_install(
    screenshots: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert screenshots.main(["--into", str(tmp_path)]) == 1
    assert "apt-get install" in capsys.readouterr().err


def test_all_pictures_are_there_small_and_shown(screenshots: ModuleType) -> None:
    pictures = {f"{one.name}.png": one for one in screenshots.PICTURES}
    page = "".join(
        (DOCS / name).read_text(encoding="utf-8")
        for name in ("desktop.rst", "alarms.rst", "frames.rst", "images.rst", "sync.rst")
    )
    for name, one in pictures.items():
        assert f"images/{name}" in page
        with Image.open(DOCS / "images" / name) as picture:
            if one.tests:  # the pane of the images, or their window, alone
                assert 500 < picture.width < one.screen[0]
            else:
                assert picture.size == one.screen[:2]
    assert sum(path.stat().st_size for path in (DOCS / "images").iterdir()) < 2_000_000
    assert {path.name for path in (DOCS / "images").iterdir()} == set(pictures)
