"""The numbers measuring depends on, each with its source, from knowledge/measuring.toml."""

import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "knowledge" / "measuring.toml"


@cache
def load_measuring() -> dict[str, float]:
    """Value of each rule by its name, in the unit the file states."""
    blocks = tomllib.loads(_FILE.read_text("utf-8"))
    return {name: float(block["value"]) for name, block in blocks.items()}
