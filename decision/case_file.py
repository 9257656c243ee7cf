"""A case file as bytes: UTF-8 JSON with every key once, read into a case or refused in a sentence."""

import json
from typing import Any

from decision.case import Case, CaseError, read_case


def read_case_file(content: bytes) -> Case:
    """The case in the bytes of one JSON document; raises CaseError (field "json" when it is not readable as JSON)."""
    return read_case(_read_json(_read_text(content)))


def _read_text(content: bytes) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        raise CaseError(None, "json", "it starts with a byte-order mark; save it as UTF-8 without BOM")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CaseError(None, "json", f"byte {error.start + 1} is not UTF-8; save the file as UTF-8") from None
    if not text.strip():
        raise CaseError(None, "json", 'it is empty; a case is an object like {"case_id": "P017"}')
    return text


def _read_json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_read_object)
    except _RepeatedKey as error:
        says = f'"{error}" appears twice in the same object; keep one, it is not known which is meant'
        raise CaseError(_find_case_id(text), str(error), says) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        hint = "; for one case a line add --jsonl" if error.msg == "Extra data" else ""
        raise CaseError(None, "json", f"it is not JSON at {where}: {error.msg}{hint}") from None
    except (ValueError, RecursionError):
        raise CaseError(None, "json", "it holds a number too long or lists too deep to be a case") from None


class _RepeatedKey(Exception):
    """The key that an object holds more than once."""


def _read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for key, value in pairs:
        if key in document:
            raise _RepeatedKey(key)
        document[key] = value
    return document


def _find_case_id(text: str) -> str | None:
    """The case_id of a document whose keys repeat, when it is written once."""
    ids: list[Any] = []
    json.loads(text, object_pairs_hook=lambda pairs: ids.extend(value for key, value in pairs if key == "case_id"))
    return ids[0] if len(ids) == 1 and isinstance(ids[0], str) else None
