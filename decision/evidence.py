"""What the literature says, read from knowledge/*.toml into frozen objects, and checked while it is read."""

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from decision.assay import Assay, read_assay
from decision.setting import Setting, load_settings

FOLDER = Path(__file__).parent / "knowledge"
BOOK_GRADES = ("verified", "surrogate", "recalled", "expert", "none")
GRADES = ("verified", "surrogate", "trial", "recalled", "expert", "none")  # "trial": counted here, never in the book
PUBLISHED = ("verified", "surrogate")


class KnowledgeError(ValueError):
    """A knowledge file contradicts itself; the message names the block."""


@dataclass(frozen=True)
class Source:
    key: str
    citation: str
    url: str | None


@dataclass(frozen=True)
class Row:
    """How often each band of a block is seen in some phenotypes. `n` is how many patients the shares rest on."""

    phenotypes: tuple[str, ...]
    shares: tuple[float, ...]
    n: int
    grade: str
    source: str
    locator: str
    quote: str


@dataclass(frozen=True)
class Inner:
    """Phenotypes inside which the difference a finding makes tells the story of another group than the finding itself."""

    phenotypes: tuple[str, ...]
    group: str


@dataclass(frozen=True)
class Block:
    """One test or finding: its bands, and by row what share of each phenotype falls into each band.

    `inner`: classes inside which the difference it makes belongs to other groups; no class is in two of them. `members`: of a
    joint finding the blocks it follows from, with the bands of each that count as "yes"; empty for all others.
    """

    id: str
    kind: str
    key: str
    title: str
    group: str | None
    unit: str | None
    cuts: tuple[float, ...]
    bands: tuple[str, ...]
    words: dict[str, tuple[int, ...]]
    cap: float
    cap_dependent: float | None
    cap_adrenal: float | None
    repeats: str
    limits: str | None
    without_uln: dict[str, Any] | None
    between: dict[str, Any] | None
    burden: str | None
    needs: str | None
    says: str
    rows: tuple[Row, ...]
    word_groups: dict[str, str]
    assay: Assay | None
    inner: tuple[Inner, ...]
    members: dict[str, tuple[int, ...]]

    def group_of(self, bands: tuple[int, ...]) -> str | None:
        """The group a result in these bands belongs to: raised DHEAS tells of androgens, low DHEAS of ACTH."""
        of_word = {self.words[word]: group for word, group in self.word_groups.items()}
        return of_word.get(bands, self.group)

    def row_of(self, phenotype: str) -> Row | None:
        return next((row for row in self.rows if phenotype in row.phenotypes), None)

    @property
    def has_evidence(self) -> bool:
        return any(row.grade != "none" for row in self.rows)


@dataclass(frozen=True)
class Group:
    """Findings that tell the same story: each further one counts by `next`; `prefer` names which block is believed, `within` the
    larger group this one stands in.
    """

    id: str
    says: str
    next: float
    prefer: tuple[str, ...]
    within: str | None
    grade: str
    source: str
    quote: str


@dataclass(frozen=True)
class Knowledge:
    version: str
    phenotypes: tuple[str, ...]
    subtype_of: dict[str, str]
    names: dict[str, str]
    tree: tuple[Any, ...]
    settings: tuple[Setting, ...]
    groups: dict[str, Group]
    blocks: dict[str, Block]
    sources: dict[str, Source]
    rules: dict[str, Any]

    @property
    def usual_setting(self) -> Setting:
        """What is believed before any test of an adult of whom nothing else is known."""
        return next(setting for setting in self.settings if setting.is_usual)

    def find_setting(self, name: str) -> Setting:
        """The starting point of that name; raises LookupError when there is none."""
        found = next((setting for setting in self.settings if setting.id == name), None)
        if found is None:
            raise LookupError(f"no setting {name}")
        return found

    def cite(self, key: str) -> str:
        return self.sources[key].citation


@lru_cache(maxsize=1)
def load_knowledge() -> Knowledge:
    """The whole book; raises KnowledgeError when a block is inconsistent (shares, sources, grades, repeated phenotypes)."""
    phenotypes = _read("phenotypes.toml")
    sources = {key: _source(key, item) for key, item in _read("sources.toml").items()}
    knowledge = Knowledge(
        version=_version(),
        phenotypes=tuple(phenotypes["order"]),
        subtype_of=phenotypes["subtype"],
        names={name: phenotypes["name"].get(name, name) for name in phenotypes["order"]},
        tree=_freeze(phenotypes["tree"]),
        settings=load_settings(),
        groups={key: _group(key, item) for key, item in _read("groups.toml").items()},
        blocks={block.id: block for block in _blocks(phenotypes["groups"])},
        sources=sources,
        rules=_read("policy.toml")
        | {name: _read(f"{name}.toml") for name in ("confounders", "flags", "pathway", "sites")},
    )
    for block in knowledge.blocks.values():
        _check_block(block, knowledge)
    return knowledge


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def _version() -> str:
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*.toml")):
        digest.update(path.relative_to(FOLDER).as_posix().encode() + path.read_bytes())
    return f"{_read('policy.toml')['edition']}-{digest.hexdigest()[:10]}"


def _source(key: str, item: dict[str, str]) -> Source:
    url = item.get("url")
    if "doi" in item:
        url = f"https://doi.org/{item['doi']}"
    elif "search" in item:
        url = f"https://pubmed.ncbi.nlm.nih.gov/?term={quote_plus(item['search'])}"
    return Source(key=key, citation=item["citation"], url=url)


def _group(key: str, item: dict[str, Any]) -> Group:
    return Group(
        key,
        item["says"],
        item["next"],
        tuple(item.get("prefer", ())),
        item.get("within"),
        item["grade"],
        item["source"],
        item["quote"],
    )


def _blocks(aliases: dict[str, list[str]]) -> Iterator[Block]:
    for path in sorted((FOLDER / "likelihoods").glob("*.toml")):
        for item in tomllib.loads(path.read_text(encoding="utf-8"))["block"]:
            yield _block(item, aliases)


def _block(item: dict[str, Any], aliases: dict[str, list[str]]) -> Block:
    kind, key = next((kind, item[kind]) for kind in ("test", "feature", "context", "sign", "joint") if kind in item)
    cuts = tuple(float(cut) for cut in item.get("cuts", ()))
    bands = tuple(item.get("bands", ())) or _name_bands(cuts, item["unit"])
    return Block(
        id=item["id"],
        kind=kind,
        key=key,
        title=item["title"],
        group=item.get("group"),
        unit=item.get("unit"),
        cuts=cuts,
        bands=bands,
        words={word: tuple(indices) for word, indices in item.get("words", {}).items()},
        cap=float(item.get("cap", 50)),
        cap_dependent=item.get("cap_dependent"),
        cap_adrenal=item.get("cap_adrenal"),
        repeats=item.get("repeats", "median"),
        limits=item.get("limits"),
        without_uln=item.get("without_uln"),
        between=item.get("between"),
        burden=item.get("burden"),
        needs=item.get("needs"),
        says=item["says"],
        rows=tuple(_row(row, aliases) for row in item["rows"]),
        word_groups=item.get("word_groups", {}),
        assay=read_assay(item["assay"], aliases) if "assay" in item else None,
        inner=tuple(_inner(part, aliases) for part in item.get("inner", ())),
        members={name: tuple(bands) for name, bands in item.get("members", {}).items()},
    )


def _inner(item: dict[str, Any], aliases: dict[str, list[str]]) -> Inner:
    return Inner(tuple(name for word in item["classes"] for name in aliases.get(word, [word])), item["group"])


def _row(item: dict[str, Any], aliases: dict[str, list[str]]) -> Row:
    phenotypes = [phenotype for name in item["classes"] for phenotype in aliases.get(name, [name])]
    return Row(
        phenotypes=tuple(phenotypes),
        shares=tuple(item["p"]),
        n=item["n"],
        grade=item["grade"],
        source=item["source"],
        locator=item["locator"],
        quote=item["quote"],
    )


def _name_bands(cuts: tuple[float, ...], unit: str) -> tuple[str, ...]:
    edges = [f"{cut:g}" for cut in cuts]
    middle = [f"{low}–{high} {unit}" for low, high in zip(edges, edges[1:], strict=False)]
    return (f"< {edges[0]} {unit}", *middle, f"≥ {edges[-1]} {unit}")


def _freeze(node: Any) -> Any:
    return tuple(_freeze(child) for child in node) if isinstance(node, list) else node


def _check_block(block: Block, knowledge: Knowledge) -> None:
    seen: set[str] = set()
    for rule in block.assay.rules.values() if block.assay else ():
        if rule.source not in knowledge.sources or rule.grade not in BOOK_GRADES:
            raise KnowledgeError(f"{block.id}: source {rule.source} or grade {rule.grade} is not known")
    for row in block.rows:
        total = sum(row.shares)
        whole = len(block.bands) > 1
        if len(row.shares) != len(block.bands) or (whole and abs(total - 1) > 0.0021) or min(row.shares) <= 0:
            raise KnowledgeError(f"{block.id}: the shares of {', '.join(row.phenotypes)} do not fit its bands")
        if row.source not in knowledge.sources or row.grade not in BOOK_GRADES:
            raise KnowledgeError(f"{block.id}: source {row.source} or grade {row.grade} is not known")
        repeated = seen & set(row.phenotypes) or set(row.phenotypes) - set(knowledge.phenotypes)
        if repeated:
            raise KnowledgeError(f"{block.id}: {', '.join(sorted(repeated))} is given twice or does not exist")
        seen |= set(row.phenotypes)
    for group in (block.group, *(inner.group for inner in block.inner), *block.word_groups.values()):
        if group is not None and group not in knowledge.groups:
            raise KnowledgeError(f"{block.id}: group {group} does not exist")
