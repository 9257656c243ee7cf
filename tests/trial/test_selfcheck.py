import json
from pathlib import Path

import pytest

from trial.__main__ import main
from trial.methods import METHODS
from trial.selfcheck import ExampleError, check_examples, load_examples, read_examples

R_VALUES = Path(__file__).with_name("r_values.json")
EXAMPLE = {
    "id": "half",
    "method": "proportion_interval",
    "input": {"x": 1, "n": 2},
    "expected": {"estimate": 0.5},
    "tolerance": 0,
    "source": "arithmetic",
}


def write(folder: Path, *changes: dict[str, object]) -> Path:
    file = folder / "examples.json"
    file.write_text(json.dumps([EXAMPLE | change for change in changes]), encoding="utf-8")
    return file


def test_every_shipped_example_agrees_and_names_its_source() -> None:
    lines = list(check_examples(load_examples()))
    assert len(lines) > 100
    assert [str(line) for line in lines if not line.agrees] == []
    assert all(line.source for line in lines)


def test_every_method_has_a_published_example() -> None:
    assert {example.method for example in load_examples()} == set(METHODS)


def test_example_ids_are_unique() -> None:
    ids = [example.id for example in load_examples()]
    assert len(ids) == len(set(ids))


def test_the_shared_examples_agree(shared: Path) -> None:
    lines = list(check_examples(read_examples(shared / "evidence" / "statistics_examples.json")))
    assert len(lines) >= 99
    assert [str(line) for line in lines if not line.agrees] == []


def test_numbers_of_the_r_packages_on_random_tables_agree() -> None:
    """Inputs drawn at random; expected values from R 4.2.2 with the package each example names."""
    examples = read_examples(R_VALUES)
    lines = list(check_examples(examples))
    assert len(examples) == 88 and len(lines) == 344
    assert [str(line) for line in lines if not line.agrees] == []


def test_the_command_prints_one_line_a_number(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status = main(
        ["selfcheck", "--examples", str(write(tmp_path, {}, {"id": "third", "expected": {"wilson_low": 0.9}}))]
    )
    assert capsys.readouterr().out.splitlines() == [
        "ok half estimate 0.5 0.5",
        "WRONG third wilson_low 0.09453120573 0.9",
    ]
    assert status == 1


def test_the_command_succeeds_on_its_own_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selfcheck"]) == 0
    assert all(line.startswith("ok ") for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"method": "wilson"}, "method 'wilson' is not known; the methods are proportion_interval"),
        ({"input": {"x": 1}}, "proportion_interval: n is missing; it takes x, n, level"),
        ({"input": {"x": 1, "n": 2, "z": 3}}, "'z' is not known"),
        ({"input": {"x": 3, "n": 2}}, "x = 3 is more than n = 2"),
        ({"expected": {"mean": 0.5}}, "has no key 'mean'"),
    ],
)
def test_an_example_that_cannot_be_computed_is_wrong_and_says_why(
    change: dict[str, object], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["selfcheck", "--examples", str(write(tmp_path, change))]) == 1
    printed = capsys.readouterr()
    assert printed.out.startswith("WRONG half ") and " null " in printed.out
    assert says in printed.err


def test_null_agrees_with_null_only(tmp_path: Path) -> None:
    nobody = {"input": {"x": 0, "n": 0}}
    file = write(tmp_path, nobody | {"expected": {"estimate": None}}, nobody, {"expected": {"estimate": None}})
    assert [line.agrees for line in check_examples(read_examples(file))] == [True, False, False]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{}", "a list of examples is needed"),
        ("[1]", "example 1: an object with id"),
        ('[{"id": 5}]', "example 1: id is missing or not text"),
        ("[", "not JSON"),
        (json.dumps([EXAMPLE | {"tolerance": "small"}]), "tolerance is 'small', a number is needed"),
        (json.dumps([EXAMPLE | {"expected": {"estimate": "x"}}]), "expected estimate is 'x'"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_in_a_sentence(
    text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ExampleError, match="bad.json"):
        read_examples(file)
    assert main(["selfcheck", "--examples", str(file)]) == 2
    assert says in capsys.readouterr().err


def test_a_missing_list_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["selfcheck", "--examples", str(tmp_path / "none.json")]) == 2
    assert "none.json: No such file" in capsys.readouterr().err
