"""`python -m exchange verify FILE.zip`: whether a frozen copy is as it was frozen. Exit status 0 yes, 1 no, 2 not readable."""

import argparse
import sys
from pathlib import Path

from exchange.freeze import FreezeError, verify_freeze


def verify(file: Path) -> int:
    """Print one line a file; the exit status."""
    try:
        found = verify_freeze(file.read_bytes())
    except (FreezeError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    counts = ", ".join(f"{count} {name}" for name, count in found.counts.items())
    print(f"frozen {found.frozen_at.isoformat()} by version {found.version}: {counts}")
    for one in found.wrong:
        print(f"WRONG {one}")
    print(f"{len(found.files)} files, {'as frozen' if not found.wrong else 'not as frozen'}")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m exchange", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("verify", help="compare a frozen copy with its manifest").add_argument("file", type=Path)
    sys.exit(verify(parser.parse_args().file))
