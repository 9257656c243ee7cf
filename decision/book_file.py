"""The evidence book as one Markdown file, written from the machine fields and never by hand."""

from pathlib import Path

from decision.book import load_book
from decision.evidence import load_knowledge


def write_book(path: Path) -> None:
    """The book as Markdown, generated: never edited by hand."""
    lines = ["# Evidence book", "", _introduction(), ""]
    chapter = ""
    for entry in load_book():
        if entry.chapter != chapter:
            chapter = entry.chapter
            lines += [
                f"## {chapter}",
                "",
                "| what it says | what the program does | quote | source | grade | n | reviewed by |",
            ]
            lines += ["|---|---|---|---|---|---|---|"]
        source = f"[{entry.source}]({entry.source_url})" if entry.source_url else entry.source
        cells = (
            entry.says,
            entry.does,
            entry.quote,
            f"{source}; {entry.locator}",
            entry.grade,
            entry.n or "—",
            entry.reviewed_by or "—",
        )
        lines.append("| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _introduction() -> str:
    return (
        f"Generated from decision/knowledge, edition {load_knowledge().version}. Grades: *verified* (read in the source), "
        "*surrogate* (another population, tumour or a fit; shrunk and capped), *recalled* (general knowledge, unchecked), "
        "*expert* (chosen because the model needs a value and nothing is published; wide, waiting for a signature), "
        "*none* (no published evidence: weight zero). Locators name the table of the literature notes the figure was taken "
        "from. Most figures were read in abstracts, not in full papers."
    )
