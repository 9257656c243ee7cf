"""The stores that the tests of screens look at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store import Store
from tests.views.people import fill_store


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    with fill_store(tmp_path, monkeypatch) as opened:
        yield opened
