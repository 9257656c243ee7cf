from pathlib import Path

import pytest

from store import Patient, StoreError, data_folder, open_store
from store.engine import connect_database, read_database_url


def test_data_folder_is_where_the_environment_says_and_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSHING_DATA", str(tmp_path / "deep" / "data"))
    assert data_folder() == tmp_path / "deep" / "data"
    assert data_folder().is_dir()


def test_without_a_setting_the_data_lie_in_var_beside_the_program(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUSHING_DATA", raising=False)
    assert data_folder() == project / "var"


def test_without_a_setting_the_database_is_sqlite_in_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("CUSHING_DATA", str(tmp_path))
    with open_store() as opened:
        opened.save_patient(Patient("P001"))
    assert (tmp_path / "cushing.db").is_file()


@pytest.mark.parametrize("address", ["postgresql://me@host/trial", "postgres://me@host/trial"])
def test_postgresql_addresses_go_by_psycopg(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    assert read_database_url(None) == "postgresql+psycopg://me@host/trial"


@pytest.mark.parametrize("address", ["mysql://me@host/trial", "cushing.db", "mssql://x"])
def test_an_address_the_store_cannot_use_is_refused_in_one_sentence(address: str) -> None:
    with pytest.raises(StoreError, match="use sqlite:///file or postgresql://user@host/name"):
        connect_database(address)


def test_a_database_that_cannot_be_reached_says_where_and_keeps_the_password(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refused:
        open_store("postgresql://me:secret@127.0.0.1:1/trial")
    assert "127.0.0.1:1/trial" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_database_file_in_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(f"sqlite:///{tmp_path / 'nowhere' / 'cushing.db'}")
