"""The knowledge itself: sourced, graded, consistent; nothing confident without evidence."""

from dataclasses import replace

import pytest

from decision.book import load_book
from decision.book_file import write_book
from decision.evidence import PUBLISHED, Block, KnowledgeError, _check_block, load_knowledge
from decision.signatures import compute_digest


def blocks() -> list[Block]:
    return list(load_knowledge().blocks.values())


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block.id)
def test_every_row_has_source_place_quote_and_grade(block: Block) -> None:
    for row in block.rows:
        assert row.source in load_knowledge().sources and row.locator and row.quote
        assert row.n > 0 or row.grade == "none"


@pytest.mark.parametrize(
    "block",
    [block for block in blocks() if block.key.split("_")[0] in ("pentixafor", "dotatate", "fdg")],
    ids=lambda b: b.id,
)
def test_tracer_uptake_is_never_an_expert_value(block: Block) -> None:
    assert all(row.grade in (*PUBLISHED, "none") for row in block.rows)


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block.id)
def test_expert_values_are_wide(block: Block) -> None:
    assert all(row.n <= 50 for row in block.rows if row.grade == "expert")


def test_likelihoods_of_ordered_tests_are_monotone_where_it_matters() -> None:
    """A higher value never turns back: EAS over CD for ACTH and UFC, ACC over CPA for size."""
    for name, more, less in (
        ("acth", "EAS", "CPA"),
        ("ufc", "EAS", "CD"),
        ("ufc", "CD", "NONE"),
        ("ufc", "CD", "NNH"),
        ("lnsc", "CD", "NONE"),
        ("midnight_serum", "CD", "NNH"),
        ("adrenal_size", "ACC", "CPA"),
        ("adrenal_size", "ACC", "MACS"),
        ("adrenal_hu", "ACC", "CPA"),
        ("dst_1mg", "CD", "NONE"),
        ("mri_pituitary", "CD", "NONE"),
    ):
        block = load_knowledge().blocks[name]
        upper, lower = block.row_of(more), block.row_of(less)
        assert upper and lower
        ratios = [a / b for a, b in zip(upper.shares, lower.shares, strict=True)]
        assert ratios == sorted(ratios), name


def test_shares_that_do_not_sum_to_one_are_refused() -> None:
    block = load_knowledge().blocks["acth"]
    broken = replace(block, rows=(replace(block.rows[0], shares=(0.9,) * 8),))
    with pytest.raises(KnowledgeError, match="acth"):
        _check_block(broken, load_knowledge())


def test_the_book_has_every_block_and_shows_gaps() -> None:
    entries = load_book()
    assert {block.id for block in blocks()} <= {entry.block.split(".")[0] for entry in entries}
    gaps = [entry for entry in entries if entry.grade == "none"]
    assert gaps and all("no published evidence" in entry.does for entry in gaps)
    assert all(entry.says and entry.does and entry.source for entry in entries)


def test_a_signature_covers_the_phrase() -> None:
    assert compute_digest("a rule / what it does") != compute_digest("a rule / what it does now")


def test_the_book_is_one_markdown_table_a_chapter(tmp_path) -> None:  # type: ignore[no-untyped-def]
    write_book(tmp_path / "book.md")
    rows = [line for line in (tmp_path / "book.md").read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    assert all(line.replace("\\|", "").count("|") == 8 for line in rows)
