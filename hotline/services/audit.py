"""The one door through which an act, a look or a refusal gets into the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hotline.models.audit import AuditKind, AuditRecord, AuditResult
from workflows.definition import Actor, ActorKind

# Turning a page, coming back from a form: the same look.
ONE_LOOK = timedelta(minutes=10)
_LONGEST_FACT = 80


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done, to which ticket if to one, and what came of it; `facts` hold ids and words of ours."""

    kind: AuditKind
    result: AuditResult = AuditResult.DONE
    ticket_number: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """By which request: endpoint, id of the request, address of the connection."""

    endpoint: str = ""
    request_id: str = ""
    ip: str = ""


def record(session: Session, deed: Deed, actor: Actor, asked: Asked, now: datetime) -> None:
    """Append one row in the caller's transaction, so that what was done and its record commit together.

    Of several looks of one person at one ticket within ONE_LOOK only the first is kept.
    """
    if is_known(session, deed, actor, now):
        return
    row = {
        "at": now,
        "kind": deed.kind.value,
        "result": deed.result.value,
        "actor_kind": actor.kind.value,
        "actor_id": actor.user_id,
        "actor_name": actor.name if actor.ids or actor.kind is ActorKind.SYSTEM else "",
        "for_id": actor.for_id,
        "unit_id": actor.unit_id,
        "ip": asked.ip,
        "ticket_number": deed.ticket_number,
        "endpoint": asked.endpoint,
        "request_id": asked.request_id,
        "facts": _short(deed.facts),
    }
    session.execute(insert(AuditRecord), [row])


def is_known(session: Session, deed: Deed, actor: Actor, now: datetime) -> bool:
    """Tell whether this is a look of somebody who has just looked at the same ticket."""
    if deed.kind is not AuditKind.SEE_TICKET:
        return False
    seen = select(AuditRecord.id).where(
        AuditRecord.ticket_number == deed.ticket_number,
        AuditRecord.at > now - ONE_LOOK,
        AuditRecord.actor_id == actor.user_id,
        AuditRecord.for_id.is_not_distinct_from(actor.for_id),
        AuditRecord.kind == deed.kind.value,
        AuditRecord.result == deed.result.value,
    )
    return session.scalar(seen.limit(1)) is not None


def _short(facts: Mapping[str, object]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, int) else str(value)[:_LONGEST_FACT] for name, value in facts.items()
    }
