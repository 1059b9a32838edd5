"""Who hears that somebody stands in for somebody, or no longer does? Both, by their mailbox and mail."""

from datetime import datetime

from sqlalchemy.orm import Session

from hotline.models.people import User
from hotline.models.substitutions import Ending, Substitution
from hotline.services.site import current_site
from hotline.services.staff_letters import Letter, write_to
from workflows.vocabulary import Role

NAMED, ENDED = "substitution_named", "substitution_ended"
PRINCIPAL, SUBSTITUTE = "principal", "substitute"


def tell_both(session: Session, found: Substitution, now: datetime) -> None:
    """Write to both how their substitution stands now. Never commits."""
    principal = session.get_one(User, found.principal_id)
    substitute = session.get_one(User, found.substitute_id)
    kind = ENDED if found.ended_at else NAMED
    number = f"DL{found.id:05d}"
    for user, because in ((principal, PRINCIPAL), (substitute, SUBSTITUTE)):
        facts = _facts(found, (principal, substitute), user)
        write_to(session, user, Letter(kind, number, number, facts, now, because))


def _facts(found: Substitution, people: tuple[User, User], reader: User) -> dict[str, str]:
    is_english, site = reader.language == "en", current_site()
    lent = [role for role in Role if role.value in found.roles.split()]
    ending = Ending(found.ending) if found.ending else None
    words = {} if ending is None else {"ending": ending.label_en if is_english else ending.label_zh}
    return {
        "number": f"DL{found.id:05d}",
        "principal": people[0].display_name,
        "substitute": people[1].display_name,
        "roles": ", ".join(r.label_en for r in lent) if is_english else "、".join(r.label_zh for r in lent),
        "starts": site.local(found.starts_at, is_english=is_english),
        "ends": site.local(found.ends_at, is_english=is_english),
        "link": site.link("/account/substitutions"),
        **words,
    }
