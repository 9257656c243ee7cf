"""The command line: assessments on standard output, a sentence on standard error when unreadable, status 0 or 2."""

import io
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from decision import __main__ as command_line
from decision.case import Case


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that answers with the case's name, so that only the command line is under test."""

    def load(published_only: bool, setting: str) -> Any:
        return lambda case: SimpleNamespace(to_json=lambda: _answer(case, published_only) | _name(setting))

    monkeypatch.setattr(command_line, "_load_assess", load)


def _answer(case: Case, published_only: bool) -> dict[str, Any]:
    return {"case_id": case.case_id, "published_only": published_only}


def _name(setting: str) -> dict[str, str]:
    return {"setting": setting} if setting else {}


def _pipe(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))


@pytest.mark.usefixtures("engine")
class TestOneCase:
    def test_a_case_file_is_assessed(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = tmp_path / "case.json"
        file.write_text('{"case_id": "Pé"}', encoding="utf-8")
        assert command_line.main(["assess", str(file)]) == 0
        printed = capsys.readouterr()
        assert json.loads(printed.out) == {"case_id": "Pé", "published_only": False}
        assert printed.err == ""

    def test_a_dash_reads_standard_input(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        _pipe(monkeypatch, b'{"case_id": "P1"}')
        assert command_line.main(["assess", "-", "--published-only"]) == 0
        assert json.loads(capsys.readouterr().out) == {"case_id": "P1", "published_only": True}

    def test_what_is_believed_before_any_test_can_be_named(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        _pipe(monkeypatch, b'{"case_id": "P1"}')
        assert command_line.main(["assess", "-", "--setting", "incidentaloma"]) == 0
        assert json.loads(capsys.readouterr().out)["setting"] == "incidentaloma"

    def test_an_unknown_setting_is_refused_with_the_known_ones(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit, match="2"):
            command_line.main(["assess", "-", "--setting", "incidentalom"])
        assert "incidentaloma" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", "json: it is empty"),
            (b" \n", "json: it is empty"),
            (b"\xef\xbb\xbf{}", "json: it starts with a byte-order mark; save it as UTF-8 without BOM"),
            (b'{"case_id": "\xe9"}', "json: byte 14 is not UTF-8"),
            ('{"case_id": "P1"}'.encode("utf-16"), "json: byte 1 is not UTF-8"),
            (b'{"case_id": }', "json: it is not JSON at line 1, column 13"),
            (b'{"case_id": "a"}\n{"case_id": "b"}', "for one case a line add --jsonl"),
            (b"[" * 100_000, "too deep"),
            (b'{"case_id": "P1", "age_years": ' + b"9" * 5000 + b"}", "a number too long"),
            (b'[{"case_id": "P1"}]', "this is a list"),
            (b"{}", "every case needs a case_id"),
            (b'{"case_id": "P1", "age_years": NaN}', "P1: age_years: it is not a finite number"),
            (b'{"case_id": "P1", "sex": "male", "sex": "female"}', 'P1: sex: "sex" appears twice'),
            (b'{"case_id": "P1", "case_id": "P2"}', '"case_id" appears twice'),
            (
                b'{"case_id": "P1", "results": [{"test": "acth_plasma", "value": 9}]}',
                "P1: results[0].unit: ACTH needs its unit",
            ),
        ],
    )
    def test_what_cannot_be_read_is_said_in_a_sentence(
        self, content: bytes, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        _pipe(monkeypatch, content)
        assert command_line.main(["assess", "-"]) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert says in printed.err
        assert printed.err.count("\n") == 1

    def test_a_file_that_is_not_there_is_named(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for path in (tmp_path / "absent.json", tmp_path):
            assert command_line.main(["assess", str(path)]) == 2
            assert str(path) in capsys.readouterr().err


@pytest.mark.usefixtures("engine")
class TestOneCaseALine:
    def test_a_bad_line_keeps_its_place_and_the_others_are_assessed(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        _pipe(monkeypatch, b'{"case_id": "a"}\r\n\n{"case_id": "b", "sex": "F"}\nnope\n\xff\n{"case_id": "c"}')
        assert command_line.main(["assess", "-", "--jsonl"]) == 2
        printed = capsys.readouterr()
        answers = [json.loads(line) for line in printed.out.splitlines()]
        assert [answer["case_id"] for answer in answers] == ["a", "b", None, None, "c"]
        assert answers[1] == {
            "case_id": "b",
            "error": {
                "field": "sex",
                "says": '"F" is not a known sex; the nearest is "female" (known: female, male)',
            },
        }
        assert [answer["error"]["field"] for answer in answers[2:4]] == ["json", "json"]
        assert "line 3: b: sex" in printed.err

    def test_all_good_lines_end_with_status_0(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = tmp_path / "cases.jsonl"
        file.write_bytes(b'{"case_id": "a"}\n\n{"case_id": "b"}\n')
        assert command_line.main(["assess", "--jsonl", str(file)]) == 0
        assert [json.loads(line)["case_id"] for line in capsys.readouterr().out.splitlines()] == ["a", "b"]

    def test_each_line_is_answered_before_the_next_is_read(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        seen: list[str] = []

        class Slowly(io.BytesIO):
            def __next__(self) -> bytes:
                seen.append(capsys.readouterr().out)
                return super().__next__()

        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Slowly(b'{"case_id": "a"}\n{"case_id": "b"}\n')))
        command_line.main(["assess", "-", "--jsonl"])
        assert ['"a"' in text for text in seen] == [False, True, False]

    def test_a_file_without_a_case_is_refused(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        _pipe(monkeypatch, b"\n \n")
        assert command_line.main(["assess", "-", "--jsonl"]) == 2
        assert "it holds no case" in capsys.readouterr().err


def test_the_book_is_written_where_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    book = SimpleNamespace(write_book=lambda path: path.write_text("the book", encoding="utf-8"))
    monkeypatch.setitem(sys.modules, "decision.book_file", book)
    assert command_line.main(["book", str(tmp_path / "book.md")]) == 0
    assert (tmp_path / "book.md").read_text(encoding="utf-8") == "the book"
    assert command_line.main(["book", str(tmp_path / "absent" / "book.md")]) == 2
    assert "give a path in a folder that exists" in capsys.readouterr().err


def test_a_command_that_does_not_exist_is_refused_with_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command_line.main(["asses"])
    assert stopped.value.code == 2
    assert "assess" in capsys.readouterr().err


def test_the_program_refuses_an_impossible_case_without_a_traceback(project: Path) -> None:
    pytest.importorskip("decision.engine")
    content = '{"case_id": "P1", "results": [{"test": "dst_1mg_cortisol", "value": 500, "unit": "µg/dL"}]}'
    run = subprocess.run(
        [sys.executable, "-m", "decision", "assess", "-"],
        input=content.encode(),
        capture_output=True,
        cwd=project,
        check=False,
    )
    assert run.returncode == 2
    assert run.stdout == b""
    assert run.stderr.decode().startswith("standard input: P1: results[0].value: 500 µg/dL cannot be right")
    assert "Traceback" not in run.stderr.decode()


def test_the_program_assesses_the_published_cases_in_order(project: Path, shared: Path) -> None:
    pytest.importorskip("decision.engine")
    published = (shared / "cases" / "published_dev.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line)["case"] for line in published]
    lines = "\n".join(json.dumps(case) for case in cases)
    run = subprocess.run(
        [sys.executable, "-m", "decision", "assess", "-", "--jsonl"],
        input=lines.encode(),
        capture_output=True,
        cwd=project,
        check=False,
    )
    assert run.returncode == 0, run.stderr.decode()
    answers = [json.loads(line) for line in run.stdout.decode().splitlines()]
    assert [answer["case_id"] for answer in answers] == [case["case_id"] for case in cases]
    assert all(sum(item["probability"] for item in answer["subtypes"]) == pytest.approx(1) for answer in answers)
