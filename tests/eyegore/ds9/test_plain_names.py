"""Names that DS9 can read, and the private folder."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from eyegore.ds9.loading import PlainNames
from eyegore.ds9.program import PLAIN, private_folder

from .shown_files import NASTY


@pytest.mark.parametrize("name", NASTY)
def test_a_name_ds9_cannot_read_gets_a_link_to_it(name, tmp_path, temporary):
    path = tmp_path / f"{name}.fits"
    path.write_text(name)
    names = PlainNames()
    try:
        plain = names.of(path)
        assert PLAIN.fullmatch(plain)
        assert Path(plain).read_text() == name
        assert names.of(path) == plain
    finally:
        names.remove()


def test_links_come_back_when_a_cleaner_of_temporary_files_took_them(tmp_path, temporary):
    path = tmp_path / "x[1].fits"
    path.write_text("whole")
    names = PlainNames()
    shutil.rmtree(Path(names.of(path)).parent.parent)
    assert Path(names.of(path)).read_text() == "whole"
    names.remove()


def test_the_private_folder_is_private_and_avoids_a_base_ds9_or_a_socket_cannot_use(temporary, monkeypatch):
    folders = [private_folder()]
    for base in ("/tmp/" + "long" * 20, "/tmp/[brackets]"):
        monkeypatch.setattr(tempfile, "tempdir", base)
        folders.append(private_folder())
    for folder in folders:
        assert folder.stat().st_mode & 0o777 == 0o700
        folder.rmdir()
    assert [str(folder.parent) for folder in folders] == [str(temporary), "/tmp", "/tmp"]
