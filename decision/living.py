"""Living evidence: this trial's patients with a reference diagnosis, added to the published counts of what a PET pattern means.

A published share with its n is so many patients; the trial's own are counted beside them, which is the Beta (two bands) or
Dirichlet update. Where nothing is published a class counts once it and another one have enough patients of their own.
The patient who is assessed is never counted.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from decision.case import Case
from decision.evidence import Block, Knowledge, Row
from decision.likelihood import LivingRows
from decision.observation import Observation
from decision.observe import observe_case

SOURCE, GRADE = "TRIAL", "trial"
TRACERS = {"pentixafor": "68Ga-Pentixafor", "dotatate": "68Ga-DOTATATE"}
READ = ("negative", "equivocal", "positive")


@dataclass(frozen=True)
class LivingRow:
    """One class (or several that share a row) in one pattern: shares by band in print, counts here, and both together.

    `published` is None where nothing is. `used`: whether the combined shares count; `says` why not.
    """

    block: str
    title: str
    bands: tuple[str, ...]
    phenotypes: tuple[str, ...]
    published: tuple[float, ...] | None
    published_n: int
    counts: tuple[int, ...]
    combined: tuple[float, ...]
    combined_n: int
    used: bool
    says: str


@dataclass(frozen=True)
class LivingEvidence:
    """Every row of every PET pattern with the trial's counts; `patients`: how many with a reference diagnosis and a PET read."""

    rows: tuple[LivingRow, ...]
    patients: int

    def take_rows(self, knowledge: Knowledge) -> LivingRows:
        """The rows as `assess_case` takes them: by block, those in use in place of the published ones."""
        blocks = {row.block for row in self.rows if row.used}
        return tuple((name, self._write_rows(knowledge.blocks[name])) for name in sorted(blocks))

    def _write_rows(self, block: Block) -> tuple[Row, ...]:
        mine = [row for row in self.rows if row.block == block.id]
        taken = {name for row in mine if row.used for name in row.phenotypes}
        kept = [row for row in block.rows if not taken & set(row.phenotypes)]
        return (*kept, *(_write_row(row) for row in mine if row.used))


@dataclass(frozen=True)
class Counted:
    """One patient: the phenotypes the diagnosis may be, the tracers read, and the bands seen by block."""

    case_id: str
    phenotypes: frozenset[str]
    tracers: frozenset[str]
    bands: dict[str, int]


def count_trial(
    cases: Iterable[Case], references: Mapping[str, str], knowledge: Knowledge, *, without: str | None = None
) -> LivingEvidence:
    """Count everybody with a reference diagnosis (`references`: subtype by case id) but the patient `without`."""
    return count_patients(observe_trial(cases, references, knowledge), knowledge, without=without)


def observe_trial(cases: Iterable[Case], references: Mapping[str, str], knowledge: Knowledge) -> tuple[Counted, ...]:
    """What is counted of everybody with a reference diagnosis: read once, it serves for every patient left out."""
    known = [case for case in cases if case.case_id in references]
    return tuple(_observe(case, references[case.case_id], knowledge) for case in known)


def count_patients(observed: Iterable[Counted], knowledge: Knowledge, *, without: str | None = None) -> LivingEvidence:
    """The rows of every PET pattern with these patients counted in, but for `without`."""
    patients = [patient for patient in observed if patient.case_id != without]
    groups = knowledge.rules["living"]["groups"]
    blocks = sorted((block for block in knowledge.blocks.values() if block.group in groups), key=lambda block: block.id)
    rows = [row for block in blocks for row in _count_block(block, patients, knowledge)]
    return LivingEvidence(tuple(rows), sum(bool(patient.tracers) for patient in patients))


def _observe(case: Case, subtype: str, knowledge: Knowledge) -> Counted:
    seen = observe_case(case, knowledge).observations
    tracers = {item.tracer for item in case.imaging if item.modality == "PET" and item.uptake in READ}
    bands = {item.block.id: item.bands[0] for item in seen if len(item.bands) == 1}
    return Counted(case.case_id, _name_phenotypes(subtype, seen, knowledge), frozenset(filter(None, tracers)), bands)


def _name_phenotypes(subtype: str, seen: Iterable[Observation], knowledge: Knowledge) -> frozenset[str]:
    """What the subtype may be in the model; "none" is with or without an adrenal nodule, which the images tell."""
    names = {name for name, code in knowledge.subtype_of.items() if code == subtype}
    if "NFA" in names:
        nodule = any(item.block.id == "adrenal_size" for item in seen)
        names -= {"NONE"} if nodule else {"NFA"}
    return frozenset(names)


def _count_block(block: Block, patients: Iterable[Counted], knowledge: Knowledge) -> Iterator[LivingRow]:
    read = [patient for patient in patients if TRACERS[str(block.group)] in patient.tracers]
    others = tuple(knowledge.rules["living"]["others"].get(block.id, ()))
    counted = [(row, part, _count(block, part, read, others)) for row in block.rows for part in _split(row, knowledge)]
    least = knowledge.rules["living"]["least_per_class"]
    enough = sum(sum(counts) >= least for row, _, counts in counted if row.grade == "none") >= 2
    for row, part, counts in counted:
        yield _combine(block, row, part, counts, knowledge, enough)


def _split(row: Row, knowledge: Knowledge) -> list[tuple[str, ...]]:
    """A published row stays whole; one without evidence is counted by subtype, for it claims nothing of all together."""
    if row.grade != "none":
        return [row.phenotypes]
    codes = dict.fromkeys(knowledge.subtype_of[name] for name in row.phenotypes)
    return [tuple(name for name in row.phenotypes if knowledge.subtype_of[name] == code) for code in codes]


def _count(
    block: Block, phenotypes: tuple[str, ...], read: Iterable[Counted], others: tuple[str, ...]
) -> tuple[int, ...]:
    """Patients by band; where a block has the one band "seen", a second count holds those who had one of the others."""
    mine = [patient for patient in read if patient.phenotypes & set(phenotypes)]
    if len(block.bands) == 1:
        seen = sum(block.id in patient.bands for patient in mine)
        return seen, sum(
            block.id not in patient.bands and any(name in patient.bands for name in others) for patient in mine
        )
    return tuple(sum(patient.bands.get(block.id) == band for patient in mine) for band in range(len(block.bands)))


def _combine(
    block: Block, row: Row, phenotypes: tuple[str, ...], counts: tuple[int, ...], knowledge: Knowledge, enough: bool
) -> LivingRow:
    published = row.shares if row.grade != "none" else None
    n = row.n if published else 0
    before = _spread(published, len(counts))
    pseudo = knowledge.rules["interval"]["pseudo_count"] / len(counts) if published is None else 0.0
    weights = [n * share + count + pseudo for share, count in zip(before, counts, strict=True)]
    whole = sum(weights)
    combined = tuple(weight / whole for weight in weights)[: len(block.bands)]
    n_here, least = sum(counts), knowledge.rules["living"]["least_per_class"]
    used = n_here > 0 if published is not None else enough and n_here >= least
    return LivingRow(
        block.id, block.title, block.bands, phenotypes, published, n, counts, combined, n + sum(counts), used,
        _say(n_here, published is not None, used, knowledge),
    )  # fmt: skip


def _spread(published: tuple[float, ...] | None, places: int) -> tuple[float, ...]:
    if published is None:
        return (0.0,) * places
    return published if len(published) == places else (published[0], 1 - published[0])


def _say(n: int, is_published: bool, used: bool, knowledge: Knowledge) -> str:
    least = knowledge.rules["living"]["least_per_class"]
    if n == 0:
        return "nobody in this trial yet"
    if is_published:
        return f"{n} of this trial added to the published counts"
    return (
        "counted in this trial alone: nothing is published"
        if used
        else f"too few: this class and another need {least} each"
    )


def _write_row(row: LivingRow) -> Row:
    """The row for the engine; no share is 0 or 1, since nothing is impossible because nobody had it."""
    quote = f"this trial: {', '.join(map(str, row.counts))}"
    return Row(row.phenotypes, row.combined, row.combined_n, GRADE, SOURCE, row.says, quote)
