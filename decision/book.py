"""The evidence book: what each block says, what the program does with it, and where it comes from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from decision.assay import AssayRule
from decision.combinations import load_combinations
from decision.evidence import FOLDER, Block, Knowledge, Row, Setting, load_knowledge
from decision.signatures import find_reviewer

CHAPTERS = {
    "acth": "ACTH and DHEAS",
    "screening": "Cortisol excess",
    "rhythm": "Rhythm, amount and consequences",
    "dynamic": "Dynamic tests",
    "sampling": "Petrosal sinus sampling",
    "steroids": "Steroids and markers",
    "anatomy": "MRI and CT",
    "pet": "PET patterns",
    "person": "The patient",
    "signs": "Signs",
    "comorbidity": "Conditions that raise cortisol",
}


COUNTS = ("abnormal_at_least", "abnormal_at_most", "normal_at_least")


@dataclass(frozen=True)
class BookEntry:
    """One rule as a clinician reads it. `does` is written from the machine fields, never from the prose."""

    block: str
    chapter: str
    test: str
    subtypes: tuple[str, ...]
    says: str
    does: str
    quote: str
    source: str
    source_url: str | None
    locator: str
    grade: str
    n: int | None
    reviewed_by: str


def load_book() -> tuple[BookEntry, ...]:
    """Every entry of the book, chapter by chapter; gaps (no published evidence) are entries too."""
    knowledge = load_knowledge()
    return tuple(
        (
            *_priors(knowledge),
            *_likelihoods(knowledge),
            *_groups(knowledge),
            *_combinations(knowledge),
            *_confounders(knowledge),
            *_sites(knowledge),
            *_flags(knowledge),
            *_pathway(knowledge),
        )
    )


def _entry(knowledge: Knowledge, chapter: str, block: str, source: str, **fields: Any) -> BookEntry:
    found = knowledge.sources[source]
    defaults: dict[str, Any] = {"test": "", "subtypes": (), "quote": "", "locator": "", "n": None, "grade": "recalled"}
    values = defaults | fields
    reviewed_by = find_reviewer(block, f"{values['says']} / {values['does']}")
    return BookEntry(
        block=block, chapter=chapter, source=found.citation, source_url=found.url, reviewed_by=reviewed_by, **values
    )


def _priors(knowledge: Knowledge) -> Iterator[BookEntry]:
    for setting in knowledge.settings:
        yield _entry(
            knowledge, "Before any test", f"prior_{setting.id}", setting.source,
            subtypes=tuple(dict.fromkeys(knowledge.subtype_of.values())),
            says=setting.says, does=_say_prior(setting, knowledge), quote=setting.quote, locator=setting.locator,
            grade=setting.grade, n=setting.n,
        )  # fmt: skip


def _say_prior(setting: Setting, knowledge: Knowledge) -> str:
    sums: dict[str, float] = {}
    for phenotype, share in setting.shares.items():
        subtype = knowledge.subtype_of[phenotype]
        sums[subtype] = sums.get(subtype, 0.0) + share
    whole = sum(sums.values())
    return "starts from " + ", ".join(f"{name} {100 * share / whole:.1f} %" for name, share in sums.items())


def _likelihoods(knowledge: Knowledge) -> Iterator[BookEntry]:
    chapter_of = _find_chapters()
    ordered = sorted(knowledge.blocks.values(), key=lambda block: list(CHAPTERS).index(chapter_of[block.id]))
    for block in ordered:
        for number, row in enumerate(block.rows):
            yield _entry(
                knowledge, CHAPTERS[chapter_of[block.id]], f"{block.id}.{number}", row.source, test=block.title,
                subtypes=tuple(dict.fromkeys(knowledge.subtype_of[name] for name in row.phenotypes)),
                says=block.says, does=_say_row(block, row, knowledge), quote=row.quote, locator=row.locator,
                grade=row.grade, n=row.n,
            )  # fmt: skip
        if block.without_uln is not None:
            rule = block.without_uln
            yield _entry(
                knowledge, CHAPTERS[chapter_of[block.id]], f"{block.id}.without_limits", rule["source"], test=block.title,
                says=rule["says"], does=_say_without_limits(rule), grade="expert",
            )  # fmt: skip
        if block.between is not None:
            rule = block.between
            yield _entry(
                knowledge, CHAPTERS[chapter_of[block.id]], f"{block.id}.between", rule["source"], test=block.title,
                says=rule["says"], does=f"{rule['low']:g}–{rule['high']:g} {block.unit} by {', '.join(rule['assay'])}: either band",
                quote=rule["quote"], locator=rule["locator"], grade=rule["grade"],
            )  # fmt: skip
        yield from _assay(knowledge, block, CHAPTERS[chapter_of[block.id]])


def _assay(knowledge: Knowledge, block: Block, chapter: str) -> Iterator[BookEntry]:
    for name, rule in block.assay.rules.items() if block.assay else ():
        yield _entry(
            knowledge, chapter, f"{block.id}.assay_{name}", rule.source, test=block.title, says=rule.says,
            does=_say_assay_rule(name, rule, block), quote=rule.quote, locator=rule.locator, grade=rule.grade,
        )  # fmt: skip


def _say_assay_rule(name: str, rule: AssayRule, block: Block) -> str:
    """What the program does with one figure about the laboratory's reading."""
    takes, gives = (" or ".join(block.bands[band] for band in bands) for bands in (rule.takes, rule.gives))
    platforms = " or ".join(rule.platforms)
    return {
        "one": f"one sample, or samples that disagree: normal error on the log scale, standard deviation {rule.value:g}",
        "agreed": f"samples that agree: normal error on the log scale, standard deviation {rule.value:g}",
        "agree_within": f"samples agree when the highest is at most {rule.value:g} times the lowest",
        "misread": f"one sample, or any number on {platforms}: {100 * rule.value:g} % of {takes} is read as {gives}",
        "two_site": f"assay named {platforms}: log ratios between {', '.join(rule.classes)} times {rule.value:g}",
    }[name]


def _say_without_limits(rule: dict[str, Any]) -> str:
    """How a value is read whose laboratory's limits are not given."""
    unit, weight = rule["unit"], rule.get("weight", 1)
    if "assumed_uln" in rule:
        return f"without an upper limit divided by {rule['assumed_uln']:g} {unit}; weight {weight:g}"
    if "low_below" in rule:
        age = f"weight {weight:g} below {rule['full_from_age']:g} years, 1 from then on"
        return f"without limits low below {rule['low_below']:g} {unit}, else not low; {age}"
    return (
        f"without an upper limit normal below {rule['normal_below']:g} and raised above {rule['raised_above']:g} {unit}, "
        "between them not read"
    )


def _find_chapters() -> dict[str, str]:
    chapters: dict[str, str] = {}
    for path in sorted((FOLDER / "likelihoods").glob("*.toml")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("id = "):
                chapters[line.split('"')[1]] = path.stem
    return chapters


def _say_row(block: Block, row: Row, knowledge: Knowledge) -> str:
    who = ", ".join(knowledge.names[name] for name in row.phenotypes)
    if row.grade == "none":
        return f"{block.title}: weight zero, no published evidence for {who}"
    shares = ", ".join(f"{band} {100 * share:.3g} %" for band, share in zip(block.bands, row.shares, strict=True))
    group = f"; shares group {block.group}" if block.group else ""
    group += "".join(f", {word} group {other}" for word, other in block.word_groups.items())
    for inner in block.inner:
        inside = ", ".join(knowledge.names[name] for name in inner.phenotypes)
        group += f", the difference inside {inside} group {inner.group}"
    caps = f"; at most {block.cap:g} : 1" + (
        f", CD against EAS {block.cap_dependent:g} : 1" if block.cap_dependent else ""
    )
    return f"In {who}: {shares}{group}{caps}"


def _groups(knowledge: Knowledge) -> Iterator[BookEntry]:
    for group in knowledge.groups.values():
        members = ", ".join(block.title for block in knowledge.blocks.values() if group.id in _list_groups(block))
        further = "not at all" if group.next == 0 else f"× {group.next:g}"
        members = members or ", ".join(other.id for other in knowledge.groups.values() if other.within == group.id)
        does = f"for each subtype the one that says most about it in full, each further one {further}: {members}"
        yield _entry(
            knowledge, "Tests that tell the same story", f"group_{group.id}", group.source,
            says=group.says, does=does, quote=group.quote, grade=group.grade,
        )  # fmt: skip


def _combinations(knowledge: Knowledge) -> Iterator[BookEntry]:
    for found in load_combinations():
        compared = f"published {found.ratio:g} : 1 ({found.low:g}–{found.high:g}), the engine {found.here:.2g} : 1"
        why = f", outside it: {found.differs}" if found.differs else ", inside it"
        yield _entry(
            knowledge, "Counted together, for comparison", f"combination_{found.id}", found.source,
            says=found.says, does=f"adds no weight; {compared}{why}", quote=found.quote, locator=found.locator,
            grade="surrogate", n=found.n,
        )  # fmt: skip


def _list_groups(block: Block) -> tuple[str | None, ...]:
    return block.group, *(inner.group for inner in block.inner), *block.word_groups.values()


def _confounders(knowledge: Knowledge) -> Iterator[BookEntry]:
    for number, rule in enumerate(knowledge.rules["confounders"]["confounder"]):
        cause = (
            rule.get("context")
            or f"{rule['test']} {rule.get('relation', '')} {rule.get('value', '')} {rule.get('unit', '')} {rule['outcome']}"
        )
        words = "any result" if rule["words"] == ["*"] else " or ".join(rule["words"]).replace("_", " ")
        does = f"when {' '.join(cause.split()).replace('_', ' ')}: does not use {', '.join(rule['tests'])} if {words}"
        yield _entry(
            knowledge, "What makes a result unusable", f"confounder_{number}", rule["source"], test=", ".join(rule["tests"]),
            says=rule["because"], does=does, grade=rule["grade"], quote=rule["quote"], locator=rule["locator"],
        )  # fmt: skip


def _sites(knowledge: Knowledge) -> Iterator[BookEntry]:
    rules = knowledge.rules["sites"]
    named = {name: rule for name, rule in rules.items() if "says" in rule}
    parts = {f"{group}_{name}": rule for group in ("ectopic", "dotatate") for name, rule in rules[group].items()}
    for name, rule in (named | parts | rules["markers"]["raised"]).items():
        numbers = {
            key: value
            for key, value in rule.items()
            if isinstance(value, (int, float, dict)) and not isinstance(value, bool) and key != "n"
        }
        does = "; ".join(f"{key.replace('_', ' ')} {_say_value(value)}" for key, value in numbers.items())
        yield _entry(
            knowledge, "Where the lesion is", f"site_{name}", rule["source"],
            says=rule["says"], does=does, quote=rule["quote"], locator=rule["locator"], grade=rule["grade"],
            n=rule.get("n"),
        )  # fmt: skip


def _say_value(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {share:g}" for key, share in value.items())
    return f"{value:g}"


def _flags(knowledge: Knowledge) -> Iterator[BookEntry]:
    for rule in knowledge.rules["flags"]["flag"]:
        joined = (
            " and ".join(map(_say_condition, rule["all"]))
            if "all" in rule
            else " or ".join(map(_say_condition, rule["any"]))
        )
        yield _entry(
            knowledge, "Red flags", f"flag_{rule['id']}", rule["source"],
            says=rule["says"], does=f"{rule['level']} when {joined}", quote=rule["quote"], locator=rule["locator"], grade=rule["grade"],
        )  # fmt: skip


def _say_condition(condition: dict[str, object]) -> str:
    if "all" in condition:
        parts = condition["all"]
        assert isinstance(parts, list)
        return "(" + " and ".join(_say_condition(part) for part in parts) + ")"
    words = [str(value).replace("_", " ") for key, value in condition.items()]
    return " ".join(words)


def _pathway(knowledge: Knowledge) -> Iterator[BookEntry]:
    for step in knowledge.rules["pathway"]["step"]:
        needs = step.get("needs", 1)
        does = f"done when {needs} of {', '.join(step['done'])} is known" if step["done"] else "the last step"
        yield _entry(
            knowledge, "Guideline work-up", f"step_{step['id']}", step["source"],
            says=f"{step['title']}. {step['says']}", does=does, grade="recalled", locator="biochemistry 4",
        )  # fmt: skip
    for verdict in knowledge.rules["pathway"]["verdict"]:
        conditions = verdict["all"] if "all" in verdict else verdict["any"]
        counts = [f"{key.replace('_', ' ')} {verdict[key]} first-line tests" for key in COUNTS if key in verdict]
        joined = (" and " if "all" in verdict else " or ").join([*map(_say_condition, conditions), *counts])
        yield _entry(
            knowledge, "Guideline work-up", f"verdict_{verdict['id']}", verdict["source"],
            says=verdict["says"], does=f"set beside the engine ({', '.join(verdict['subtypes'])}) when {joined}",
            grade=verdict["grade"], locator="biochemistry 4",
        )  # fmt: skip
