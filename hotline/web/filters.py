"""How do names, numbers and the workflow's words read on a screen? Instants: see `moments`.

Chinese is the default; English follows the page's locale.
"""

from collections.abc import Callable, Mapping

from flask import Flask

from hotline.queries.calendar_words import day_words, hours_words, offer_words, weekday_word
from hotline.queries.likeness import place_of
from hotline.queries.search_words import path_initials
from hotline.queries.spelling import spelled
from hotline.queries.ticket_parts import dialled
from hotline.web.moments import MOMENTS, is_english
from workflows import vocabulary as words
from workflows.choices import Satisfaction

_MOBILE_DIGITS = 11
_SHOWN_TAIL = 4
_MASKED_NAME_STARS = 2
_IDENTITY_CARD = 18
_STATES = (words.TicketState, words.AssignmentState, words.RequestState, words.OrderState)
_STATE_KINDS = {
    "draft": "mute",
    "intake_review": "info",
    "awaiting_supplement": "hold",
    "to_dispatch": "info",
    "in_process": "info",
    "in_dispute": "warn",
    "reply_review": "info",
    "to_call_back": "info",
    "suspended": "hold",
    "closed": "mute",
    "archived": "mute",
    "to_sign": "warn",
    "handling": "info",
    "sub_dispatched": "info",
    "unit_review": "info",
    "replied": "ok",
    "returned": "mute",
    "recalled": "mute",
    "requested": "warn",
    "approved": "ok",
    "refused": "bad",
    "cancelled": "mute",
    "issued": "warn",
    "answered": "info",
    "withdrawn": "mute",
}
_OF_CALENDARS: dict[str, Callable[..., str]] = {
    "office_hours": hours_words,
    "weekday": weekday_word,
    "day_words": day_words,
    "offer_words": offer_words,
}
_LIGHT_KINDS = {
    "green": "ok",
    "yellow": "due",
    "orange": "soon",
    "red": "over",
    "paused": "hold",
    "done_on_time": "done",
    "done_late": "late",
}

_VOCABULARIES: dict[str, type[words.Word]] = {
    "outcome_label": words.Outcome,
    "type_label": words.TicketType,
    "urgency_label": words.Urgency,
    "role_label": words.Role,
    "channel_label": words.IntakeChannel,
    "light_label": words.Light,
    "clock_label": words.ClockName,
    "request_label": words.RequestKind,
    "satisfaction_label": Satisfaction,
}


def char_count(text: str | None) -> int:
    """Characters as people count them: one code point each (𠮷 is 1), line ends once."""
    return len((text or "").replace("\r\n", "\n"))


def mask_phone(phone: str | None) -> str:
    """`138****1234`; a shorter number keeps its last two digits only; empty for None."""
    if not phone:
        return ""
    if len(phone) < _MOBILE_DIGITS:
        return "*" * max(len(phone) - 2, 0) + phone[-2:]
    return f"{phone[: len(phone) - 8]}****{phone[-_SHOWN_TAIL:]}"


def mask_email(address: str | None) -> str:
    """`c***@example.cn`: the first letter and whose server it is; empty for None."""
    if not address:
        return ""
    name, _, server = address.rpartition("@")
    return f"{name[:1]}***@{server}"


def mask_name(name: str | None) -> str:
    """`张**`: the first character and at most two stars, so the length says nothing either."""
    if not name:
        return ""
    return name[0] + "*" * min(max(len(name) - 1, 1), _MASKED_NAME_STARS)


def mask_id_number(number: str | None) -> str:
    """`11**************1X`; a shorter number keeps its last two characters only; empty for None."""
    if not number:
        return ""
    shown = number[:2] if len(number) == _IDENTITY_CARD else ""
    return f"{shown}{'*' * max(len(number) - len(shown) - 2, 0)}{number[-2:]}"


# Conditions of a search that tell who somebody is, and how each is shown: no address but the search's own
# holds them, nor a view others may open, nor a line of the server's log.
PRIVATE_CONDITIONS: Mapping[str, Callable[[str | None], str]] = {
    "phone": mask_phone,
    "caller": mask_name,
    "id_number": mask_id_number,
}


def thousands(number: int | None) -> str:
    """`1,204`; a dash when unknown."""
    return "—" if number is None else f"{number:,}"


def label(word: words.Word | None, language: str | None = None) -> str:
    """The screen label of any word of the workflow; empty for None."""
    return "" if word is None else word.label_en if is_english(language) else word.label_zh


def state_label(state: str) -> str:
    """Label of a ticket, assignment or request state given as word or stored value."""
    return label(_find_word(_STATES, state)) or str(state)


def state_kind(state: str) -> str:
    """Which tag colour a state wears: info, ok, warn, bad, hold or mute."""
    return _STATE_KINDS.get(str(state), "mute")


def light_kind(light: str) -> str:
    """Which shape and colour a light wears: ok, due, soon, over, hold, done, late or none."""
    return _LIGHT_KINDS.get(str(light), "none")


def label_in(vocabulary: type[words.Word]) -> Callable[[str | None], str]:
    """A filter that labels stored values of one vocabulary; an unknown value shows as it is."""

    def labelled(value: str | None) -> str:
        return "" if value is None else label(_find_word((vocabulary,), value)) or str(value)

    return labelled


def register_filters(app: Flask) -> None:
    """Name every filter; the zone is the app's CITY_ZONE."""
    masks = (mask_phone, mask_email, mask_name, mask_id_number, dialled, place_of)
    named = (thousands, char_count, label, state_label, state_kind, light_kind, path_initials, spelled)
    for function in (*MOMENTS, *masks, *named):
        app.add_template_filter(function)
    app.jinja_env.filters.update(_OF_CALENDARS)
    for name, vocabulary in _VOCABULARIES.items():
        app.add_template_filter(label_in(vocabulary), name)


def _find_word(vocabularies: tuple[type[words.Word], ...], value: str) -> words.Word | None:
    for vocabulary in vocabularies:
        if value in vocabulary.__members__.values():
            return vocabulary(value)
    return None
