"""Which of their unit's phrases may somebody put into which field of a form?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from hotline.models.phrases import Phrase, PhraseUse
from hotline.queries.phrases import find_phrase, list_phrases
from hotline.queries.typed import id_in
from hotline.web.action_forms import Values
from hotline.web.ticket_moves import Look
from workflows.vocabulary import UNIT_ROLES

_FIELDS: Mapping[str, tuple[PhraseUse, str]] = {
    "submit_reply": (PhraseUse.REPLY, "answer"),
    "ask_return": (PhraseUse.RETURN, "basis"),
    "ask_extension": (PhraseUse.EXTENSION, "reason"),
}


@dataclass(frozen=True, slots=True)
class Picker:
    """The phrases to choose from, and the field they go into."""

    use: PhraseUse
    field: str
    phrases: Sequence[Phrase]
    chosen: str


def picker_of(look: Look, action: str) -> Picker | None:
    """The picker of an action's form; none where nothing is written, or for the centre."""
    use, field = _FIELDS.get(action, (None, ""))
    if use is None or look.viewer.unit_id is None or not look.viewer.roles & UNIT_ROLES:
        return None
    phrases = list_phrases(look.session, look.viewer.unit_id, use)
    return Picker(use, field, phrases, request.form.get("phrase", ""))


def with_phrase(look: Look, action: str, values: Values) -> Values:
    """Put the chosen phrase after what was typed, where its button was pressed; scripts know the caret."""
    use, field = _FIELDS.get(action, (None, ""))
    wanted = id_in(request.form.get("phrase", ""))
    if use is None or "insert" not in request.form or wanted is None:
        return values
    phrase = find_phrase(look.session, look.viewer.unit_id, wanted)
    if phrase is None:
        return values
    typed = "".join(values.get(field, ()))
    return {**values, field: [f"{typed}{phrase.text}"]}
