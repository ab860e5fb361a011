from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from eyegore.elvis.tail import FINGERPRINT, LONGEST_LINE, UNENDED_S, Tail, both_ends
from eyegore.messages.events import SourceKind


def everything(tail: Tail, limit: int = 1 << 18) -> bytes:
    """What the tail gives until it has no more."""
    data = b""
    while chunk := tail.read(limit):
        data += chunk.data
        if not chunk.more:
            break
    return data


def kinds(tail: Tail) -> list[SourceKind]:
    return [change.kind for change in tail.take_changes()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.txt"


@pytest.fixture
def tail(file: Path) -> Tail:
    """A tail that has read ten lines."""
    file.write_bytes(b"".join(b"line %d\n" % number for number in range(10)))
    tail = Tail(str(file))
    everything(tail)
    return tail


def test_complete_lines_only_each_once(file: Path) -> None:
    tail = Tail(str(file))
    assert tail.read() is None
    file.write_bytes(b"one\ntwo\nthr")
    chunk = tail.read()
    assert chunk is not None
    assert (chunk.data, chunk.line, chunk.restart, chunk.more) == (b"one\ntwo\n", 1, True, False)
    assert tail.read() is None
    with file.open("ab") as more:
        more.write(b"ee\nfour\n")
    chunk = tail.read()
    assert chunk is not None
    assert (chunk.data, chunk.line, chunk.restart) == (b"three\nfour\n", 3, False)
    assert kinds(tail) == []


def test_nothing_new_costs_one_stat(tail: Tail, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    stat = os.stat

    def counted(path: str) -> os.stat_result:
        calls.append("stat")
        return stat(path)

    monkeypatch.setattr("eyegore.elvis.tail.os.stat", counted)
    monkeypatch.setattr("eyegore.elvis.tail.os.open", lambda *_: pytest.fail("opened"))
    assert tail.read() is None
    assert calls == ["stat"]


def test_nothing_is_kept_open(tail: Tail, file: Path) -> None:
    with file.open("ab") as more:
        more.write(b"more\n")
    before = os.listdir("/proc/self/fd")
    assert tail.read() is not None
    assert os.listdir("/proc/self/fd") == before


def test_a_read_ends_at_its_limit_and_tells_so(file: Path) -> None:
    file.write_bytes(b"12345\n" * 10)
    tail = Tail(str(file))
    sizes = []
    while chunk := tail.read(13):
        sizes.append(len(chunk.data))
        assert chunk.line == 1 + sum(sizes[:-1]) // 6
    assert sizes == [12, 12, 12, 12, 12]
    assert not tail.more


@pytest.mark.parametrize("trouble", [Path.unlink, lambda file: file.unlink() or file.mkdir()], ids=["gone", "a folder"])
def test_a_file_lost_in_the_middle_has_no_more_to_give(file: Path, trouble: Callable[[Path], object]) -> None:
    file.write_bytes(b"line\n" * 100)
    tail = Tail(str(file))
    tail.read(100)
    assert tail.more
    trouble(file)
    assert tail.read(100) is None
    assert not tail.more  # or a reader would ask for ever
    file.rmdir() if file.is_dir() else None
    file.write_bytes(b"line\n" * 100)
    assert everything(tail, 100) == b"line\n" * 80


def write(file: Path, data: bytes) -> None:
    file.write_bytes(data)


def rename_over(file: Path, data: bytes) -> None:
    other = file.with_suffix(".new")
    other.write_bytes(data)
    other.replace(file)


TEN = b"".join(b"line %d\n" % number for number in range(10))


@pytest.mark.parametrize(
    ("change", "data", "kind", "read"),
    [
        (write, TEN[:21], SourceKind.TRUNCATED, TEN[:21]),
        (write, b"", SourceKind.TRUNCATED, b""),
        (write, TEN.replace(b"3", b"4") + b"new\n", SourceKind.REPLACED, TEN.replace(b"3", b"4") + b"new\n"),
        (rename_over, TEN + b"new\n", SourceKind.REPLACED, b"new\n"),
        (rename_over, b"other\n", SourceKind.REPLACED, b"other\n"),
        (rename_over, TEN[::-1] + b"\n", SourceKind.REPLACED, TEN[::-1] + b"\n"),
        (rename_over, TEN, SourceKind.REPLACED, b""),
    ],
    ids=["cut", "emptied", "rewritten", "replaced, goes on", "replaced, smaller", "replaced, same size", "the same"],
)
def test_a_file_that_becomes_another(
    tail: Tail, file: Path, change: Callable[[Path, bytes], None], data: bytes, kind: SourceKind, read: bytes
) -> None:
    change(file, data)
    assert everything(tail) == read
    assert kinds(tail) == [kind]
    assert everything(tail) == b""
    assert kinds(tail) == []


def test_a_rewrite_of_the_same_size_in_place_is_noticed(tail: Tail, file: Path) -> None:
    seen = file.stat()
    with file.open("r+b") as same:
        same.write(b"LINE")
    os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns + 1))
    assert file.stat().st_size == seen.st_size
    assert everything(tail) == b"LINE" + TEN[4:]
    assert kinds(tail) == [SourceKind.REPLACED]


def test_a_touched_file_is_not_read_again(tail: Tail, file: Path) -> None:
    os.utime(file, ns=(1, 1))
    assert tail.read() is None
    assert kinds(tail) == []


def test_a_rewrite_at_either_end_of_a_long_file_is_noticed(file: Path) -> None:
    lines = b"0123456\n" * (FINGERPRINT // 4)
    file.write_bytes(lines)
    tail = Tail(str(file))
    everything(tail)
    file.write_bytes(b"X" + lines[1:] + b"more\n")
    assert everything(tail) == b"X" + lines[1:] + b"more\n"
    file.write_bytes(b"X" + lines[1:] + b"MORE\nnew\n")
    assert everything(tail) == b"X" + lines[1:] + b"MORE\nnew\n"
    assert kinds(tail) == [SourceKind.REPLACED, SourceKind.REPLACED]


@pytest.mark.parametrize(
    ("data", "read"),
    [(TEN + b"new\n", b"new\n"), (b"other\n", b"other\n"), (TEN, b"")],
    ids=["longer", "other", "same"],
)
def test_vanished_and_returned(tail: Tail, file: Path, data: bytes, read: bytes) -> None:
    file.unlink()
    assert tail.read() is None
    assert tail.read() is None
    assert kinds(tail) == [SourceKind.VANISHED]
    file.write_bytes(data)
    assert everything(tail) == read
    assert kinds(tail) == [SourceKind.RETURNED]


def test_a_folder_that_vanishes_takes_its_files_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "file").write_bytes(b"a\n")
    tail = Tail(str(folder / "file"))
    assert everything(tail) == b"a\n"
    folder.rename(tmp_path / "away")
    folder.write_bytes(b"a file where the folder was")
    assert tail.read() is None
    folder.unlink()
    (tmp_path / "away").rename(folder)
    assert tail.read() is None
    assert kinds(tail) == [SourceKind.VANISHED, SourceKind.RETURNED]


def test_a_file_that_was_never_there_is_no_news(file: Path) -> None:
    tail = Tail(str(file))
    assert tail.read() is None
    assert kinds(tail) == []


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO, errno.ESTALE])
@pytest.mark.parametrize("call", ["stat", "open", "pread"])
def test_trouble_is_told_once_and_passes(
    tail: Tail, file: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    with file.open("ab") as more:
        more.write(b"more\n")

    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as broken:
        broken.setattr(f"eyegore.elvis.tail.os.{call}", fail)
        assert [tail.read() for _ in range(3)] == [None, None, None]
        assert kinds(tail) == [SourceKind.UNREADABLE]
    assert everything(tail) == b"more\n"
    assert kinds(tail) == [SourceKind.READABLE]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_permission_lost_and_given_back(tail: Tail, file: Path) -> None:
    file.chmod(0)
    os.utime(file)
    assert tail.read() is None
    file.chmod(0o600)
    assert tail.read() is None
    assert kinds(tail) == [SourceKind.UNREADABLE, SourceKind.READABLE]


def test_something_else_in_the_place_of_the_file(tail: Tail, file: Path) -> None:
    file.unlink()
    os.mkfifo(file)
    assert tail.read() is None
    assert kinds(tail) == [SourceKind.UNREADABLE]


@pytest.mark.parametrize("limit", [100, LONGEST_LINE, 1 << 17])
def test_a_line_without_end_is_skipped_and_named(file: Path, limit: int) -> None:
    tail = Tail(str(file))
    file.write_bytes(b"first\n" + b"x" * (3 * LONGEST_LINE))
    named = []
    data = b""
    while chunk := tail.read(limit):
        data += chunk.data
        named.append(chunk.too_long)
    with file.open("ab") as more:
        more.write(b"x" * 10)
    tail.read(limit)
    with file.open("ab") as more:
        more.write(b"x\nlast\n")
    chunk = tail.read(limit)
    assert chunk is not None
    assert data == b"first\n"
    assert [number for number in named if number is not None] == [2]
    assert (chunk.data, chunk.line) == (b"last\n", 3)


def test_whole_file_when_it_changed(file: Path) -> None:
    tail = Tail(str(file))
    file.write_bytes(b"one\ntw")
    assert tail.read_whole() == b"one\n"
    assert tail.read_whole() is None
    file.write_bytes(b"one\ntwo\n")
    assert tail.read_whole() == b"one\ntwo\n"
    rename_over(file, b"three\n")
    assert tail.read_whole() == b"three\n"
    file.write_bytes(b"4\n")
    assert tail.read_whole() == b"4\n"
    file.unlink()
    assert tail.read_whole() is None
    file.write_bytes(b"4\n")
    assert tail.read_whole() == b"4\n"
    assert kinds(tail) == [SourceKind.REPLACED, SourceKind.TRUNCATED, SourceKind.VANISHED, SourceKind.RETURNED]


def test_both_ends(file: Path) -> None:
    assert both_ends(str(file), 3, 4) == (b"", b"", 0)
    file.write_bytes(b"0123456789")
    assert both_ends(str(file), 3, 4) == (b"012", b"6789", 6)
    assert both_ends(str(file), 30, 40) == (b"0123456789", b"0123456789", 0)


@given(
    st.binary(max_size=400).map(lambda data: data.replace(b"\r", b"")),  # that alone ends a line, too
    st.lists(st.integers(0, 400)),
    st.integers(1, 50),
)
def test_however_a_file_grows_its_lines_come_once_and_in_order(data: bytes, cuts: list[int], limit: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "file")
        tail = Tail(str(file))
        read = b""
        lines = 1
        for cut in [*sorted(cuts), len(data)]:
            file.write_bytes(data[:cut])
            while chunk := tail.read(limit):
                assert chunk.line == lines
                read += chunk.data
                lines += chunk.data.count(b"\n")
        assert read == data[: data.rfind(b"\n") + 1]
        assert kinds(tail) == []


def test_a_last_line_without_an_end_is_taken_when_nothing_comes_for_a_while(file: Path) -> None:
    file.write_bytes(b"one\ntwo")
    tail = Tail(str(file))
    assert everything(tail) == b"one\n"
    assert tail.unended
    assert tail.read(now=UNENDED_S - 1) is None
    chunk = tail.read(now=UNENDED_S)
    assert chunk is not None
    assert (chunk.data, chunk.line) == (b"two\n", 2)
    assert not tail.unended
    assert tail.read(now=3 * UNENDED_S) is None
    with file.open("ab") as more:
        more.write(b" and a half\nthree\n")
    chunk = tail.read(now=3 * UNENDED_S)
    assert chunk is not None
    assert (chunk.data, chunk.line) == (b"three\n", 3)
    assert kinds(tail) == []


def test_a_last_line_that_grows_is_waited_for_anew(file: Path) -> None:
    file.write_bytes(b"one")
    tail = Tail(str(file))
    assert tail.read() is None
    file.write_bytes(b"one and")
    assert tail.read(now=UNENDED_S) is None
    file.write_bytes(b"one and a half\n")
    chunk = tail.read(now=UNENDED_S + 1)
    assert chunk is not None
    assert chunk.data == b"one and a half\n"


def test_the_whole_of_a_file_has_its_last_line_when_nothing_will_come(file: Path) -> None:
    file.write_bytes(b"one\ntwo")
    tail = Tail(str(file))
    assert tail.read_whole() == b"one\n"
    assert (tail.unended, tail.line) == (True, 2)
    tail.end()
    assert tail.read_whole() == b"one\ntwo\n"
    assert tail.read_whole() is None


def test_a_file_that_is_replaced_again_and_again_by_a_longer_one_is_told_once(tail: Tail) -> None:
    path = Path(tail.path)
    for number in range(3):
        rename_over(path, path.read_bytes() + b"new %d\n" % number)
        assert everything(tail) == b"new %d\n" % number
    assert kinds(tail) == [SourceKind.REPLACED]
    rename_over(path, b"other\n")
    assert everything(tail) == b"other\n"
    assert kinds(tail) == [SourceKind.REPLACED]
