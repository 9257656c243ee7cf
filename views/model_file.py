"""The learned model as a file of plain JSON, written and read back; a file that does not fit is refused in a sentence."""

import json

from trial.learned import LearnedModel, read_model, write_model


def write_file(model: LearnedModel, edition: str, signature: str | None) -> bytes:
    """The model with the edition of the knowledge its log-odds come from; synthetic data says so."""
    document = write_model(model) | {"knowledge": edition} | ({"data": signature} if signature else {})
    return json.dumps(document, indent=1).encode("utf-8")


def read_file(content: bytes) -> tuple[LearnedModel, str | None]:
    """The model and the edition it was learned with; ValueError with the reason when it is no such file."""
    try:
        document = json.loads(content)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(
            "This file is not JSON; a learned model is saved on this page with “Save the model”."
        ) from error
    if not isinstance(document, dict):
        raise ValueError("This is not a learned model of this program: the file holds no object.")
    edition = document.get("knowledge")
    return read_model(document), edition if isinstance(edition, str) else None
