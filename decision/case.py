"""What is known about one patient: the case file, checked word by word. Absent is unknown, never normal."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import ErrorDetails

from decision.entry import Entry, Number, Side, Text, check_list, check_text, check_word, known, refuse, show
from decision.limits import refuse_number, refuse_value
from decision.units import UnitError, find_test, read_unit
from decision.vocabulary import find_nearest, find_nearest_test, load_vocabulary

__all__ = ["Case", "CaseError", "ImagingFinding", "Result", "read_case"]


class CaseError(Exception):
    """A case that could not be read: its id, the field (like "results[2].unit"), what is wrong and would be right."""

    def __init__(self, case_id: str | None, field: str, says: str) -> None:
        super().__init__(f"{case_id if case_id is not None else 'case without case_id'}: {field}: {says}")
        self.case_id = case_id
        self.field = field
        self.says = says


MISSING_TEST = 'the result does not say which test it is; write "test": "acth_plasma" or another test'


class Result(Entry):
    """One laboratory or dynamic test: a value with its unit, or an outcome in words, or both, or neither (not known).

    `uln` and `lln` are the laboratory's limits in the unit of the value. `collected_at`: ISO date or date and time.
    """

    test: str
    value: Number = None
    unit: Text = None
    outcome: Text = None
    comparator: Annotated[str | None, known("comparators", "comparator")] = None
    uln: Number = None
    lln: Number = None
    side: Side = None
    assay: Text = None
    collected_at: Text = None

    @field_validator("test", mode="before")
    @classmethod
    def _read_test(cls, value: Any) -> str:
        code = check_text(value)
        if code is None:
            raise refuse(MISSING_TEST)
        if code not in load_vocabulary().tests:
            raise refuse(f'"{code}" is not a known test; the nearest is "{find_nearest_test(code)}"')
        return code

    @field_validator("unit")
    @classmethod
    def _read_unit(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None or "test" not in info.data:
            return value
        try:
            return read_unit(info.data["test"], value).name
        except UnitError as error:
            raise refuse(str(error)) from error

    @field_validator("outcome")
    @classmethod
    def _read_outcome(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None or "test" not in info.data:
            return value
        test = find_test(info.data["test"])
        if not test.outcomes:
            raise refuse(f"{test.short_name} has no outcome in words; give its value in {test.unit_names[0]}")
        return check_word(value, dict.fromkeys(test.outcomes), f"outcome of {test.short_name}")

    @field_validator("collected_at")
    @classmethod
    def _read_moment(cls, value: str | None) -> str | None:
        if value is None or _is_moment(value):
            return value
        raise refuse(f'"{value}" is not a date; write it like 2026-03-02 or 2026-03-02T08:10')

    @model_validator(mode="after")
    def _check_amounts(self) -> "Result":
        _require_unit(self)
        for field in ("value", "uln", "lln"):
            _check_amount(self, field)
        if self.uln is not None and self.lln is not None and self.lln >= self.uln:
            raise refuse(
                f"the lower limit {self.lln:g} is not below the upper limit {self.uln:g}; were they swapped?", "lln"
            )
        return self


def _is_moment(text: str) -> bool:
    for kind in (date, datetime):
        try:
            kind.fromisoformat(text)
            return True
        except ValueError:
            continue
    return False


def _require_unit(result: Result) -> None:
    test = find_test(result.test)
    if result.value is None or result.unit is not None:
        return
    if not test.units:
        raise refuse(f"{test.short_name} is reported in words: give an outcome, {' or '.join(test.outcomes)}", "value")
    if result.test == "acth_plasma":
        says = "ACTH needs its unit: pg/mL (= ng/L) or pmol/L; 2–25 is plausible in both, so it is never assumed"
        raise refuse(says, "unit")
    raise refuse(f"{test.short_name} {result.value:g} needs its unit: {', '.join(test.unit_names)}", "unit")


def _check_amount(result: Result, field: str) -> None:
    value = getattr(result, field)
    if value is None:
        return
    if field == "uln" and value <= 0:
        raise refuse(f"an upper limit of normal of {value:g} cannot be right; it is above 0", field)
    if result.unit is not None and (field == "value" or result.unit != "xULN"):
        says = refuse_value(result.test, value, result.unit)
        if says is not None:
            raise refuse(says, field)


class ImagingFinding(Entry):
    """What one examination shows in one region: size in mm, attenuation in HU (unenhanced CT), SUV in g/ml.

    A region that no finding mentions is unknown, not normal; a lesion without a size is of unknown size.
    """

    modality: Annotated[str | None, known("modalities", "modality")] = None
    tracer: Text = None
    region: Annotated[str | None, known("regions", "region")] = None
    finding: Annotated[str | None, known("findings", "finding")] = None
    size_mm: Number = None
    side: Side = None
    attenuation_hu: Number = None
    flags: Annotated[tuple[Annotated[str, known("flags", "flag")], ...], BeforeValidator(check_list)] = ()
    uptake: Annotated[str | None, known("uptakes", "uptake")] = None
    suv_max: Number = None
    suv_mean: Number = None
    suv_peak: Number = None
    contralateral_suv_max: Number = None
    normal_adrenal_suv_max: Number = None
    liver_suv_mean: Number = None
    blood_pool_suv_mean: Number = None
    volume_ml: Number = None
    uptake_minutes: Number = None

    @field_validator("tracer")
    @classmethod
    def _read_tracer(cls, value: str | None) -> str | None:
        return value if value is None else _find_tracer(value)

    @model_validator(mode="after")
    def _check_numbers(self) -> "ImagingFinding":
        for field, value in self:
            says = refuse_number(field, value, self.region) if isinstance(value, float) else None
            if says is not None:
                raise refuse(says, field)
        if self.suv_mean is not None and self.suv_max is not None and self.suv_mean > self.suv_max:
            raise refuse(f"a mean of {self.suv_mean:g} above the maximum of {self.suv_max:g} is impossible", "suv_mean")
        if self.region and self.side in ("left", "right") and self.region.endswith(("_left", "_right")):
            _check_side(self.region, self.side)
        return self


def _check_side(region: str, side: str) -> None:
    if not region.endswith(side):
        raise refuse(f'the side "{side}" contradicts the region "{region}"', "side")


def _find_tracer(text: str) -> str:
    """The program's spelling of a known tracer; any other text stays as it is."""
    for tracer in load_vocabulary().tracers.values():
        if text.casefold() in (name.casefold() for name in (tracer.code, *tracer.aliases)):
            return tracer.code
    return text


def _check_sign(value: Any) -> str | None:
    """A sign, or with `no_` one that was looked for and absent; the nearest never turns absent into present."""
    signs = load_vocabulary().signs
    word = check_text(value)
    if word is None or not word.startswith("no_"):
        return check_word(word, signs, "sign")
    if word[3:] not in signs:
        raise refuse(f'{show(word)} is not a known sign; the nearest is "no_{find_nearest(word[3:], signs)}"')
    return word


class Case(Entry):
    """Everything known about one patient, as the contract's case file; only `case_id` must be there."""

    case_id: Annotated[str, BeforeValidator(check_text)]
    age_years: Number = None
    sex: Annotated[str | None, known("sexes", "sex")] = None
    results: Annotated[tuple[Result, ...], BeforeValidator(check_list)] = ()
    imaging: Annotated[tuple[ImagingFinding, ...], BeforeValidator(check_list)] = ()
    context: Annotated[tuple[Annotated[str, known("contexts", "context")], ...], BeforeValidator(check_list)] = ()
    signs: Annotated[tuple[Annotated[str, BeforeValidator(_check_sign)], ...], BeforeValidator(check_list)] = ()

    @field_validator("age_years")
    @classmethod
    def _check_age(cls, value: float | None) -> float | None:
        says = None if value is None else refuse_number("age_years", value)
        if says is not None:
            raise refuse(says)
        return value

    @field_validator("context", "signs")
    @classmethod
    def _say_once(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        both = next((word for word in words if f"no_{word}" in words), None)
        if both is not None:
            raise refuse(f'"{both}" and "no_{both}" contradict each other; keep the one that was seen')
        return tuple(dict.fromkeys(words))

    def to_json(self) -> dict[str, Any]:
        """The case file of this case: known fields only; `read_case` makes the same case of it."""
        return self.model_dump(mode="json", exclude_none=True)


def read_case(document: Any) -> Case:
    """The case of a decoded JSON document; raises CaseError for the first thing that is wrong in it."""
    if not isinstance(document, dict):
        raise CaseError(None, "json", f'a case is an object, {{"case_id": …}}; this is {show(document)}')
    try:
        return Case.model_validate(document)
    except ValidationError as error:
        case_id = document.get("case_id")
        details = error.errors(include_url=False)
        first = next((item for item in details if item["type"] == "extra_forbidden"), details[0])
        raise CaseError(case_id if isinstance(case_id, str) else None, _field(first), _explain(first)) from None


def _field(error: ErrorDetails) -> str:
    """Where the error is, like "results[2].unit"."""
    inside = error.get("ctx", {}).get("field") if error["type"] == "case" else None
    path = "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}"
        for step in (*error["loc"], inside)
        if step != "" and step is not None
    )
    return path.lstrip(".") or "json"


def _entry_of(error: ErrorDetails) -> type[Entry]:
    """The kind of entry the unknown field was written in."""
    if len(error["loc"]) == 1:
        return Case
    return Result if error["loc"][0] == "results" else ImagingFinding


def _explain(error: ErrorDetails) -> str:
    if error["type"] == "case":
        return error["msg"]
    if error["type"] == "extra_forbidden":
        known_fields = _entry_of(error).model_fields
        word = str(error["loc"][-1])
        return f'{show(word)} is not a known field; the nearest is "{find_nearest(word, known_fields)}"'
    if error["loc"][-1:] == ("case_id",):
        return 'every case needs a case_id, a text in quotes like "P017"'
    if error["loc"][-1:] == ("test",):
        return MISSING_TEST
    if error["type"] == "model_type":
        return f"{show(error['input'])} is not an entry; write an object, {{ … }}"
    return f"{show(error['input'])} cannot be read here; write a word in quotes"
