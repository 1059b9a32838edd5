"""What stands against a call's record, all of it at once, before anything is written?

The engine stops at the first reason; people want to mend every field in one go. So it is asked again with
the bad fields left out or filled with something neutral. Nothing is written here.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hotline.desk.places import refuse_unknown
from hotline.services.facts import facts_of_new
from hotline.services.identity import normal_phone
from hotline.services.lifecycle import ENGINES
from hotline.services.references import resolve
from workflows.definition import NEW, Actor, Ask
from workflows.errors import Refused
from workflows.facts import Facts
from workflows.vocabulary import Machine, TicketState

_NEUTRAL: Mapping[str, str] = {"type": "consultation", "content": "-", "answer": "-"}
Follow = tuple[str, Mapping[str, Any]]


def list_refusals(
    session: Session, record: Mapping[str, Any], follow: Follow | None, actor: Actor, now: datetime
) -> list[Refused]:
    """List every reason why this record, and the action that follows it, would be refused."""
    found, known = _references(session, record)
    found += _ask(facts_of_new(), NEW, Ask("register", actor, known, now))
    found += _phone(record)
    found += refuse_unknown(session, record.get("district", ""))
    if follow is not None:
        draft = _facts_of_draft(known)
        found += _ask(draft, TicketState.DRAFT.value, Ask(follow[0], actor, follow[1], now))
    return found


def _references(session: Session, record: Mapping[str, Any]) -> tuple[list[Refused], dict[str, Any]]:
    needs = ENGINES[Machine.TICKET].row("register").needs
    try:
        return [], resolve(session, needs, record)
    except Refused as refusal:
        bad = {error.field for error in refusal.errors}
        kept = {name: value for name, value in record.items() if name not in bad}
        # What is wrong is not missing too: a number no row has stands for the bad category.
        return [refusal], {**kept, "category": 0}


def _phone(record: Mapping[str, Any]) -> list[Refused]:
    if not record.get("phone") or record.get("is_anonymous"):
        return []
    try:
        normal_phone(record["phone"])
    except Refused as refusal:
        return [refusal]
    return []


def _facts_of_draft(known: Mapping[str, Any]) -> Facts:
    return replace(
        facts_of_new(),
        state=TicketState.DRAFT.value,
        type=known.get("type", ""),
        has_place=bool(known.get("address") or known.get("district")),
        has_category="category" in known,
        has_accused=bool(known.get("accused")),
    )


def _ask(facts: Facts, state: str, ask: Ask) -> list[Refused]:
    """Ask again, as if mended, until nothing new is found bad."""
    found: list[Refused] = []
    seen: set[str] = set()
    while (refusal := _refusal(facts, state, ask)) is not None:
        bad = {error.field for error in refusal.errors}
        if found and bad <= seen:
            break
        found.append(refusal)
        seen |= bad
        rest = {name: value for name, value in ask.data.items() if name not in bad}
        mended = rest | {name: _NEUTRAL[name] for name in bad if name in _NEUTRAL}
        if mended == ask.data and "category" not in bad:
            break
        ask = replace(ask, data=mended)
        facts = replace(facts, has_category=facts.has_category or "category" in bad)
    return found


def _refusal(facts: Facts, state: str, ask: Ask) -> Refused | None:
    try:
        ENGINES[Machine.TICKET].decide(facts, state, ask)
    except Refused as refusal:
        return refusal
    return None
