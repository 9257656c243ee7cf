"""The command line: `python -m trial selfcheck`, `python -m trial accuracy COHORT.csv`, `python -m trial columns`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

DISAGREES = 1
UNREADABLE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0; 1 when an example disagrees; 2 when a file could not be read."""
    chosen = _read_arguments(arguments)
    if chosen.command == "selfcheck":
        return _check(chosen.examples)
    if chosen.command == "columns":
        return _print_columns()
    return _print_accuracy(chosen.file, chosen.inconclusive)


def _read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m trial", description="The trial's statistics")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("selfcheck", help="run published worked examples: ok|WRONG id key got expected")
    check.add_argument("--examples", type=Path, metavar="FILE", help="a JSON list of examples instead of our own")
    accuracy = commands.add_parser("accuracy", help="print a cohort's accuracy tables as JSON")
    accuracy.add_argument("file", type=Path, metavar="COHORT.csv")
    accuracy.add_argument(
        "--inconclusive",
        choices=("excluding", "intention_to_diagnose", "as_positive", "as_negative"),
        default="excluding",
        help="how inconclusive reads count (excluding)",
    )
    commands.add_parser("columns", help="print the data dictionary of COHORT.csv as CSV")
    return parser.parse_args(arguments)


def _check(file: Path | None) -> int:
    from trial.selfcheck import ExampleError, check_examples, load_examples, read_examples

    try:
        examples = load_examples() if file is None else read_examples(file)
    except ExampleError as error:
        print(error, file=sys.stderr)
        return UNREADABLE
    agrees = True
    for line in check_examples(examples):
        print(line)
        if line.says:
            print(f"{line.id}: {line.says}", file=sys.stderr)
        agrees = agrees and line.agrees
    return 0 if agrees else DISAGREES


def _print_accuracy(file: Path, choice: str) -> int:
    from trial.cohort_file import CohortFileError, read_cohort_file
    from trial.report import write_accuracy_report

    try:
        participants = read_cohort_file(file)
    except OSError as error:
        print(f"{file}: {error.strerror}; give the path of a cohort file (CSV)", file=sys.stderr)
        return UNREADABLE
    except CohortFileError as error:
        for fault in error.faults:
            print(f"{file}: {fault}", file=sys.stderr)
        print(f"{file}: refused, nothing was computed ({len(error.faults)} to correct)", file=sys.stderr)
        return UNREADABLE
    report = write_accuracy_report(participants, choice)  # type: ignore[arg-type]
    print(json.dumps(report, indent=1, allow_nan=False, ensure_ascii=False))
    return 0


def _print_columns() -> int:
    from trial.columns import write_dictionary

    print(write_dictionary(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
