"""The limits on a series' clocks, each with its source, from knowledge/timing.toml."""

import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "knowledge" / "timing.toml"


@cache
def load_timing() -> dict[str, float]:
    """Value of each limit by its name, in the unit the file states."""
    blocks = tomllib.loads(_FILE.read_text("utf-8"))
    return {name: float(block["value"]) for name, block in blocks.items()}
