"""What several tests of the images may ask for."""

from pathlib import Path
from typing import Any

import pytest

from tests.imaging.inspected import inspect_only


@pytest.fixture
def read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Write a series, inspect it, return its only PET."""
    return lambda slices: inspect_only(slices, tmp_path, capsys)
