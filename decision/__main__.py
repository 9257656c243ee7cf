"""The command line: `python -m decision assess FILE` (cases in, assessments out) and `python -m decision book`."""

import argparse
import json
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from decision.assessment import Assessment
from decision.case import Case, CaseError
from decision.case_file import read_case_file
from decision.setting import BY_CASE, load_settings

BOOK = Path(__file__).parent.parent / "docs" / "evidence-book.md"
UNREADABLE = 2

Assess = Callable[[Case], Assessment]


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0, or 2 when a case could not be read or is impossible."""
    chosen = _read_arguments(arguments)
    if chosen.command == "book":
        return _write_book(chosen.path)
    try:
        stream = _open_stream(chosen.file)
    except OSError as error:
        says = f"{error.strerror}; give the path of a case file, or - for standard input"
        print(f"{chosen.file}: {says}", file=sys.stderr)
        return UNREADABLE
    name = "standard input" if chosen.file == "-" else chosen.file
    with stream:
        return _assess_stream(stream, chosen.jsonl, _load_assess(chosen.published_only, chosen.setting), name)


def _open_stream(file: str) -> BinaryIO:
    return sys.stdin.buffer if file == "-" else Path(file).open("rb")


def _read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m decision", description="Which subtype of Cushing's syndrome, and where?"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    assess = commands.add_parser("assess", help="assess one case file, or one case a line with --jsonl")
    assess.add_argument("file", metavar="FILE", help="a case file in JSON; - is standard input")
    assess.add_argument(
        "--jsonl", action="store_true", help="one case a line in, one assessment a line out; blank lines are skipped"
    )
    assess.add_argument("--published-only", action="store_true", help="use published evidence only, no expert values")
    assess.add_argument(
        "--setting", default=BY_CASE, choices=_list_settings(), metavar="NAME", help=f"what is believed before any test, "
        f"for adults who are not pregnant: {', '.join(_list_settings())}; without it, as for a patient referred to the trial",
    )  # fmt: skip
    book = commands.add_parser("book", help="write the evidence book")
    book.add_argument("path", nargs="?", type=Path, default=BOOK, help="where to write it (docs/evidence-book.md)")
    return parser.parse_args(arguments)


def _write_book(path: Path) -> int:
    from decision.book_file import write_book  # assessing a case does not need the book

    try:
        write_book(path)
    except OSError as error:
        print(f"{path}: {error.strerror}; give a path in a folder that exists and can be written", file=sys.stderr)
        return UNREADABLE
    print(path)
    return 0


def _list_settings() -> list[str]:
    return [setting.id for setting in load_settings() if setting.by_choice]


def _load_assess(published_only: bool, setting: str) -> Assess:
    from decision.engine import assess_case  # the help text appears without loading the evidence

    return lambda case: assess_case(case, published_only=published_only, setting=setting)


def _assess_stream(stream: BinaryIO, jsonl: bool, assess: Assess, name: str) -> int:
    if jsonl:
        return _assess_lines(stream, assess, name)
    try:
        assessment = assess(read_case_file(stream.read()))
    except CaseError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return UNREADABLE
    print(_write_json(assessment.to_json(), indent=2))
    return 0


def _assess_lines(stream: BinaryIO, assess: Assess, name: str) -> int:
    """Each line answered as soon as it is read, in order; 2 when any could not be, or there was no case at all."""
    status, empty = 0, True
    for number, line in _number_lines(stream):
        empty = False
        try:
            answer = assess(read_case_file(line)).to_json()
        except CaseError as error:
            status = UNREADABLE
            answer = {"case_id": error.case_id, "error": {"field": error.field, "says": error.says}}
            print(f"{name}, line {number}: {error}", file=sys.stderr)
        print(_write_json(answer), flush=True)
    if empty:
        print(f"{name}: it holds no case; write one case a line", file=sys.stderr)
    return UNREADABLE if empty else status


def _number_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their number counted from 1."""
    return ((number, line.strip()) for number, line in enumerate(stream, start=1) if line.strip())


def _write_json(document: dict[str, Any], indent: int | None = None) -> str:
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=indent)


def _use_plain_streams() -> None:
    """UTF-8 whatever the system's language, and silence instead of an error when the reader of a pipe stops early."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)


if __name__ == "__main__":
    _use_plain_streams()
    sys.exit(main())
