"""Applies the steps that a database lacks; the only module that loads Alembic while the program runs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from store.records import StoreError

FOLDER = Path(__file__).resolve().parent


def upgrade(connection: Connection, version: str | None) -> None:
    """Every step after `version`. Raises StoreError when the database is newer than this program."""
    configuration = Config()
    configuration.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(configuration).walk_revisions()}
    if version is not None and version not in known:
        raise StoreError(f"The database is at version {version}, newer than this program: install the newer program.")
    configuration.attributes["connection"] = connection
    command.upgrade(configuration, "head")
