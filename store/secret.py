"""The secret of this data folder, from which every patient's date offset and every new UID follow.

Who knows it can undo both, so it is made where it is needed, readable by its owner alone, and never printed or logged.
"""

import os
import secrets
import stat
from pathlib import Path

from store.engine import data_folder
from store.records import StoreError

VARIABLE = "CUSHING_SECRET"
FILE = "deidentification.secret"
SHORTEST = 16


def read_secret(folder: Path | None = None) -> str:
    """CUSHING_SECRET where it is set, else the file in the data folder (or `folder`), made (0600) when there is none.

    Raises StoreError in a sentence when it is too short to protect anything, or can be neither read nor made.
    """
    named = os.environ.get(VARIABLE)
    if named is not None:
        return _check(named, f"the environment variable {VARIABLE}")
    file = (folder or data_folder()) / FILE
    try:
        if not file.exists():
            _make(file)
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            file.chmod(0o600)
        return _check(file.read_text(encoding="ascii"), f"{FILE} in the data folder")
    except (OSError, UnicodeError) as error:
        raise StoreError(
            f"The secret of the data folder ({FILE}) can be neither read nor made ({type(error).__name__}), and without "
            f"it no identity can be removed: give the program the right to read and write there, or set {VARIABLE}."
        ) from None


def _make(file: Path) -> None:
    """Written aside and linked into place: of two programs that start together both use the first one's."""
    aside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
        stream.write(secrets.token_hex(32) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(aside, file)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def _check(text: str, where: str) -> str:
    secret = text.strip()
    if len(secret) < SHORTEST:
        raise StoreError(
            f"The secret in {where} is shorter than {SHORTEST} characters and could be guessed: put the one there that "
            "the images were taken in with, or remove it to have one made."
        )
    return secret
