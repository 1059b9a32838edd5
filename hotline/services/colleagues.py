"""May somebody named by an action be given a share, now and until the transaction ends?"""

from collections.abc import Collection

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hotline.models.people import User, UserKind, UserRole
from workflows.facts import PersonFacts
from workflows.vocabulary import Role


def person_facts(session: Session, user_id: int, barred: Collection[int]) -> PersonFacts:
    """Read somebody and keep their account as it is until the transaction ends; `barred` are units.

    Who closes an account locks it before the tickets in its owner's hand. Whoever gives a share has locked
    the ticket already, so to wait for the account could never end: one that is locked counts as changing.
    """
    handles = exists().where(UserRole.user_id == User.id, UserRole.role == Role.HANDLER.value)
    wanted = select(User.unit_id, User.is_active, User.kind, handles).where(User.id == user_id)
    found = session.execute(wanted.with_for_update(read=True, of=User, skip_locked=True)).first()
    if found is None:
        return PersonFacts(user_id, is_changing=True)
    unit_id, is_active, kind, is_handler = found
    is_person = is_active and kind == UserKind.PERSON.value
    return PersonFacts(user_id, unit_id, may_handle=is_person and is_handler and unit_id not in barred)
