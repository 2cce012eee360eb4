"""The server's side of the store of library calls: its folder, its bound, what goes first, and clearing it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from mlestar.runs.store import Store, clear_all, machine
from mlestar.runs.worker.memo.entries import HEADER, Entries, parse


def put(store: Store, name: str, size: int, seconds: float, used: float) -> Path:
    entries = Entries(str(store.folder), 1 << 30)
    assert entries.write(name, b"x", [memoryview(bytes(size))], seconds) > size
    path = Path(entries.path(name))
    os.utime(path, (used, used))
    return path


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "home", tmp_path / "work", most_bytes=10_000)
    assert made.prepare()
    return made


def test_an_entry_comes_back_as_it_was(store: Store) -> None:
    entries = Entries(str(store.folder), 1 << 20)
    buffers = [memoryview(b"one"), memoryview(b""), memoryview(bytes(range(256)))]
    assert entries.write("ab" * 32, b"stream", buffers, 2.5)
    found = entries.read("ab" * 32)
    assert found is not None
    assert (found[0], [bytes(b) for b in found[1]], found[2]) == (b"stream", [b"one", b"", bytes(range(256))], 2.5)
    assert entries.read("cd" * 32) is None
    assert store.state().entries == 1 and store.state().seconds == 2.5


def test_every_cut_and_every_flipped_byte_is_noticed(store: Store) -> None:
    path = put(store, "ab" * 32, 40, 1.0, 1.0)
    whole = path.read_bytes()
    assert parse(memoryview(whole)) is not None
    for length in range(len(whole)):
        assert parse(memoryview(whole)[:length]) is None
    for place in range(HEADER.size, len(whole)):
        assert parse(memoryview(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])) is None


def test_what_is_old_large_and_quick_to_make_goes_first(store: Store) -> None:
    now = 1_000_000.0
    old = put(store, "aa" + "0" * 62, 4000, 1.0, now - 5000)
    slow = put(store, "bb" + "0" * 62, 4000, 100.0, now - 5000)
    new = put(store, "cc" + "0" * 62, 4000, 1.0, now - 5)
    assert store.prune(now) == 1
    assert [p.exists() for p in (old, slow, new)] == [False, True, True]
    assert store.prune(now) == 0


def test_reading_counts_as_use(store: Store) -> None:
    now = put(store, "dd" + "0" * 62, 10, 1.0, 1.0).stat().st_ctime
    first = put(store, "aa" + "0" * 62, 6000, 1.0, now - 5000)
    second = put(store, "bb" + "0" * 62, 6000, 1.0, now - 4000)
    assert Entries(str(store.folder), 1 << 20).read("aa" + "0" * 62) is not None
    store.prune(now + 1)
    assert first.exists() and not second.exists()


def test_leftovers_go_and_what_is_in_use_stays(store: Store) -> None:
    (store.folder / "locks").mkdir()
    for name in ("new-1-old", "locks/old", "new-2-now", "locks/now"):
        (store.folder / name).write_text("x")
        if name.endswith("old"):
            os.utime(store.folder / name, (1.0, 1.0))
    (store.folder / "aa").mkdir()
    (store.folder / "aa" / "b.memo").write_text("")
    store.prune()
    left = sorted(str(p.relative_to(store.folder)) for p in store.folder.rglob("*") if p.is_file())
    assert left == ["locks/now", "new-2-now"]


def test_a_run_adds_no_more_than_it_may(store: Store) -> None:
    entries = Entries(str(store.folder), 1000)
    assert entries.write("aa" * 32, b"x", [memoryview(bytes(600))], 1.0)
    assert entries.write("bb" * 32, b"x", [memoryview(bytes(600))], 1.0) == 0
    assert store.state().entries == 1


def test_writers_and_readers_at_once_see_whole_entries(store: Store) -> None:
    trouble: list[str] = []

    def work(number: int) -> None:
        mine = Entries(str(store.folder), 1 << 30)
        for turn in range(60):
            mine.write("ee" * 32, b"s", [memoryview(bytes([number]) * 5000)], 1.0)
            found = mine.read("ee" * 32)
            if found is None or len(set(bytes(found[1][0]))) != 1:
                trouble.append(f"{number} {turn}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not trouble and not list(store.folder.glob("new-*"))


def test_each_workspace_has_its_own_and_all_can_be_cleared(tmp_path: Path) -> None:
    home = tmp_path / "home"
    stores = [Store(home, tmp_path / name) for name in ("a", "b")]
    for one in stores:
        one.prepare()
        put(one, "aa" * 32, 100, 1.0, 1.0)
    assert stores[0].folder != stores[1].folder
    freed = stores[0].clear()
    assert freed > 100 and stores[0].state().entries == 0 and stores[1].state().entries == 1
    assert clear_all(home) > 100 and stores[1].state().entries == 0
    assert machine() == machine() and len(machine()) == 16


def test_where_no_folder_can_be_made_there_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    assert not Store(tmp_path / "home", tmp_path).prepare()
