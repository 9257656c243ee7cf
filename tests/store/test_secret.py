"""The secret of the data folder: made once, for its owner alone, the same for everybody who asks, never said."""

import logging
import stat
import threading
from pathlib import Path

import pytest

from store import StoreError, read_secret
from store.secret import FILE, VARIABLE


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def test_it_is_made_on_first_need_and_stays(tmp_path: Path) -> None:
    first = read_secret(tmp_path)
    assert first == read_secret(tmp_path) != read_secret(_other(tmp_path))
    assert len(first) >= 64
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == [FILE]


def _other(folder: Path) -> Path:
    other = folder / "other"
    other.mkdir()
    return other


def test_nobody_but_its_owner_may_read_it(tmp_path: Path) -> None:
    read_secret(tmp_path)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    (tmp_path / FILE).chmod(0o644)
    read_secret(tmp_path)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_all_who_ask_at_once_are_given_the_same(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(read_secret(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_the_variable_comes_first_and_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "a secret of sixteen or more")
    assert read_secret(tmp_path) == "a secret of sixteen or more"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "short", " " * 40])
def test_a_secret_that_could_be_guessed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(StoreError, match=VARIABLE):
        read_secret(tmp_path)
    monkeypatch.delenv(VARIABLE)
    (tmp_path / FILE).write_text(text)
    with pytest.raises(StoreError, match=FILE):
        read_secret(tmp_path)


def test_a_folder_that_cannot_hold_it_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="neither read nor made"):
        read_secret(tmp_path / "nowhere")
    (tmp_path / FILE).mkdir()
    with pytest.raises(StoreError, match="neither read nor made"):
        read_secret(tmp_path)


def test_it_is_said_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        secret = read_secret(tmp_path)
    assert secret not in caplog.text + "".join(capsys.readouterr())
