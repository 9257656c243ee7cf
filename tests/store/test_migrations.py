import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from store import Patient, StoreError, open_store
from store.engine import connect_database, reading, writing
from store.migrations import FOLDER, newest_version
from store.tables import Base


def test_migrations_make_exactly_the_tables_of_the_program(address: str) -> None:
    open_store(address).close()
    engine = connect_database(address)
    with reading(engine) as connection:
        difference = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata
        )
    engine.dispose()
    assert difference == []


def test_opening_again_keeps_what_is_there(address: str) -> None:
    with open_store(address) as first:
        first.save_patient(Patient("P001", age_years=34))
    with open_store(address) as second:
        assert second.fetch_patients() == [Patient("P001", age_years=34)]


def test_several_programs_may_open_a_new_database_at_once(address: str) -> None:
    failures: list[Exception] = []

    def open_and_close() -> None:
        try:
            open_store(address).close()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=open_and_close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_database_from_a_newer_program_is_refused(address: str) -> None:
    open_store(address).close()
    engine = connect_database(address)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match="version 9999, newer than this program"):
        open_store(address)


def test_the_newest_version_is_the_last_step_alembic_knows() -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(FOLDER))
    configuration.set_main_option("path_separator", "os")
    assert newest_version() == ScriptDirectory.from_config(configuration).get_current_head()
