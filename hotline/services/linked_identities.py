"""Whose account does an identity of the city's own sign-in open? That an administrator linked it to."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline.models.directory import DirectoryAct, Listed
from hotline.models.people import LinkedIdentity, User, UserKind
from hotline.services.directory_changes import Noted, Signed, faults_of_text, note, require_administrator
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid

LONGEST_SUBJECT = 255


def find_user_of_identity(session: Session, issuer: str, subject: str) -> User | None:
    """Find the open account of a person that an identity is linked to."""
    ours = (LinkedIdentity.issuer == issuer, LinkedIdentity.subject == subject)
    query = select(User).join(LinkedIdentity, LinkedIdentity.user_id == User.id)
    return session.scalar(query.where(*ours, User.is_active, User.kind == UserKind.PERSON.value))


def find_subject(session: Session, issuer: str, user_id: int) -> str:
    """Find which identity of an issuer an account is linked to; empty for none."""
    ours = (LinkedIdentity.issuer == issuer, LinkedIdentity.user_id == user_id)
    return session.scalar(select(LinkedIdentity.subject).where(*ours)) or ""


def link_identity(session: Session, user: User, issuer: str, subject: str, signed: Signed) -> None:
    """Link an account to an identity instead of the one before, to none for an empty one; on record.

    Raises Refused for an identity that is linked to another account.
    """
    require_administrator(signed.actor)
    faults = list(faults_of_text("subject", subject, LONGEST_SUBJECT))
    holder = find_user_of_identity(session, issuer, subject) if subject and not faults else None
    if holder is not None and holder.id != user.id:
        faults.append(FieldError("subject", FieldCode.TAKEN))
    if faults:
        raise invalid(*faults)
    before = find_subject(session, issuer, user.id)
    if before == subject:
        raise Refused(Code.NOTHING_CHANGED)
    session.execute(
        delete(LinkedIdentity).where(LinkedIdentity.user_id == user.id, LinkedIdentity.issuer == issuer)
    )
    if subject:
        session.add(LinkedIdentity(user_id=user.id, issuer=issuer, subject=subject, linked_at=signed.at))
        session.flush()
    noted = Noted(
        Listed.USER, user.id, user.version, DirectoryAct.IDENTITY_LINKED, [["subject", before, subject]]
    )
    note(session, noted, signed)
