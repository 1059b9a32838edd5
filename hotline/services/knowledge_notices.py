"""Who is told that an entry is doubted or has to be looked at again? Its unit's leaders, else reviewers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.models.knowledge import KnowledgeEntry, KnowledgeVersion
from hotline.models.people import User
from hotline.queries.directory import list_users_with_role
from hotline.queries.knowledge_scope import number_of
from hotline.services.site import current_site
from hotline.services.staff_letters import Letter, write_to
from workflows.vocabulary import Role

DOUBTED, TO_CHECK = "knowledge_doubted", "knowledge_to_check"


@dataclass(frozen=True, slots=True)
class Occasion:
    """What happened to a version; of one occasion a person hears once."""

    kind: str
    name: str
    at: datetime
    due_at: datetime | None = None


def tell(session: Session, version: KnowledgeVersion, occasion: Occasion) -> None:
    """Put a letter to whoever answers for the entry into the outbox. Never commits."""
    unit_id = session.get_one(KnowledgeEntry, version.entry_id).unit_id
    number = number_of(version.entry_id)
    role, people = _whom(session, unit_id)
    for user in people:
        due = {} if occasion.due_at is None else {"due": _local(occasion.due_at, user)}
        link = current_site().link(f"/knowledge/{number}?version={version.number}")
        facts = {"number": number, "entry": version.title, "link": link, **due}
        write_to(session, user, Letter(occasion.kind, number, occasion.name, facts, occasion.at, str(role)))


def _whom(session: Session, unit_id: int) -> tuple[Role, Sequence[User]]:
    leaders = list_users_with_role(session, Role.UNIT_LEADER, unit_id)
    if leaders:
        return Role.UNIT_LEADER, leaders
    return Role.REVIEWER, list_users_with_role(session, Role.REVIEWER)


def _local(moment: datetime, user: User) -> str:
    return current_site().local(moment, is_english=user.language == "en")
