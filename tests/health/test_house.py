"""The house rules, held as tests: who may import whom, how long a thing may be, what must not be written."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("decision", "imaging", "trial", "store", "exchange", "views", "sample_data")
FORBIDDEN_NAMES = {"utils", "helpers", "manager", "common", "misc", "process", "handle"}


def tracked(pattern: str = "*") -> list[Path]:
    found = subprocess.run(["git", "ls-files", pattern], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    return [path for name in found.splitlines() if (path := PROJECT / name).is_file()]


def modules() -> list[Path]:
    return [path for path in tracked("*.py") if path.relative_to(PROJECT).parts[0] in ROOMS]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def name(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def test_imports_go_one_way() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-2000:]


def test_pages_import_one_view_and_call_it() -> None:
    pages = tracked("pages/*.py")
    assert len(pages) >= 6
    for path in pages:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert len(tree.body) <= 5, name(path)
        imports = [node.module for node in tree.body if isinstance(node, ast.ImportFrom)]
        assert all(module == "views" or str(module).startswith("views.") for module in imports), name(path)


def test_the_router_fits_in_forty_lines() -> None:
    assert len((PROJECT / "app.py").read_text(encoding="utf-8").splitlines()) <= 40


def test_only_one_module_touches_the_session() -> None:
    for path in (*modules(), *tracked("pages/*.py"), PROJECT / "app.py"):
        text = path.read_text(encoding="utf-8")
        if name(path) != "views/state.py":
            assert "st.session_state" not in text and "st.query_params" not in text, name(path)


@pytest.mark.parametrize("path", modules(), ids=name)
def test_modules_and_functions_fit_in_the_eye(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
    long = {node.name: body_lines(node) for node in functions(path) if body_lines(node) > 30}
    assert not long


def test_test_files_stay_readable() -> None:
    long = [name(path) for path in tracked("tests/*.py") if len(path.read_text(encoding="utf-8").splitlines()) > 400]
    assert not long


def test_names_say_what_they_hold() -> None:
    for path in modules():
        assert not FORBIDDEN_NAMES & set(path.stem.split("_")), name(path)


def test_knowledge_files_stay_short() -> None:
    for path in tracked("decision/knowledge/*.toml"):
        if path.name != "sources.toml":
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 260, name(path)


def test_nothing_names_a_machine_or_a_package_host() -> None:
    pattern = re.compile(r"(^|[^\w])/(work|farm|root|home)/|pypi\.org|files\.pythonhosted|registry\.npmjs|deb\.debian")
    for path in tracked():
        if path.suffix in {".py", ".md", ".toml", ".txt", ".sh", ".typ", ".csv", ".yml"} or path.name in {
            "Makefile",
            "run",
        }:
            text = path.read_text(encoding="utf-8")
            if path != Path(__file__).resolve():
                assert not pattern.search(text), name(path)


def test_the_evidence_book_is_the_one_the_knowledge_makes(tmp_path: Path) -> None:
    from decision.book_file import write_book

    write_book(tmp_path / "book.md")
    made = (tmp_path / "book.md").read_text(encoding="utf-8")
    assert (PROJECT / "docs" / "evidence-book.md").read_text(encoding="utf-8") == made, "run: make book"


def test_public_functions_of_the_domains_say_what_they_do() -> None:
    silent = [
        f"{name(path)}:{node.name}"
        for path in modules()
        if path.relative_to(PROJECT).parts[0] in ("decision", "imaging", "trial", "store", "exchange")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and ast.get_docstring(node) is None
    ]
    assert not silent
