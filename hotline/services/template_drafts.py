"""How do the words of a kind of message change: drafted from a version, changed, published by somebody else.

Each kind has one draft at a time. Whoever had a hand in it does not publish it, and a published version is
never touched again. Every change names the revision of the draft it was made on, so that none overwrites
another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hotline.models.calendars import new_revision
from hotline.services.catalogue import require_role
from hotline.services.template_faults import list_faults
from notifications.catalog import KINDS
from notifications.kind import Text
from notifications.once import insert_once
from notifications.shipped import shipped_words
from notifications.template_rows import (
    TemplateMaker,
    TemplateState,
    TemplateText,
    TemplateVersion,
    VendorTemplate,
)
from notifications.versions import load_words
from notifications.words import SHIPPED, Approved, Words
from workflows.definition import Actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.vocabulary import Role

DRAFTERS = frozenset({Role.ADMINISTRATOR})
PUBLISHERS = frozenset({Role.ADMINISTRATOR, Role.CENTRE_LEADER})
LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote: texts by language and place, approved texts by provider and language."""

    texts: Mapping[tuple[str, Text], str]
    approved: Mapping[tuple[str, str], Approved] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Publication:
    """Of which kind the draft is to be in force, why, and which revision of it was looked at."""

    kind: str
    note: str
    seen: str


def start_draft(session: Session, kind: str, number: int, actor: Actor, now: datetime) -> TemplateVersion:
    """Copy the version of that number into a draft; 0 is the shipped words.

    Refused while the kind has a draft: of two who start at once, the second finds the first one's.
    """
    require_role(actor, DRAFTERS)
    source = words_of(session, kind, number)
    revision = new_revision()
    newest = select(func.max(TemplateVersion.number)).where(TemplateVersion.kind == kind)
    values = {
        "kind": kind,
        "number": (session.scalar(newest) or SHIPPED) + 1,
        "state": TemplateState.DRAFT,
        "based_on": number,
        "drafted_by_id": actor.user_id,
        "drafted_at": now,
        "note": "",
        "revision": revision,
    }
    if not insert_once(session, TemplateVersion, values):
        raise Refused(Code.DRAFT_OPEN)
    draft = session.scalars(select(TemplateVersion).where(TemplateVersion.revision == revision)).one()
    _write(session, draft, Written(source.texts, source.approved))
    _note_maker(session, draft, actor)
    return draft


def words_of(session: Session, kind: str, number: int) -> Words:
    """Read the words of a version, without what no release can say; raises Refused for one there is not."""
    if kind not in KINDS:
        raise Refused(Code.NOT_FOUND)
    if number == SHIPPED:
        return Words(SHIPPED, shipped_words(KINDS[kind]))
    found = load_words(session, {(kind, number)}).get((kind, number))
    if found is None:
        raise Refused(Code.NOT_FOUND)
    return Words(number, shipped_words(KINDS[kind]) | dict(found.texts), found.approved)


def find_draft(session: Session, kind: str, *, locked: bool = False) -> TemplateVersion | None:
    """Find the draft of a kind, and lock it if it is to be changed."""
    wanted = select(TemplateVersion).where(
        TemplateVersion.kind == kind, TemplateVersion.state == TemplateState.DRAFT
    )
    return session.scalar(wanted.with_for_update() if locked else wanted)


def put_words(session: Session, kind: str, written: Written, seen: str, actor: Actor) -> TemplateVersion:
    """Write the words of the draft; raises Refused naming every text that is wrong, with nothing written."""
    require_role(actor, DRAFTERS)
    draft = _get_seen(session, kind, seen)
    faults = list_faults(kind, written.texts, written.approved)
    if faults:
        raise invalid(*faults)
    _write(session, draft, written)
    _mark_changed(session, draft, actor)
    return draft


def discard(session: Session, kind: str, seen: str, actor: Actor) -> None:
    """Give the draft up; it stays readable, and its number is not given again."""
    require_role(actor, DRAFTERS)
    draft = _get_seen(session, kind, seen)
    draft.state = TemplateState.DISCARDED
    _mark_changed(session, draft, actor)


def publish(session: Session, publication: Publication, actor: Actor, now: datetime) -> TemplateVersion:
    """Put the draft in force: what is first tried from now on is written in its words.

    Raises Refused for the draft's makers, while something is wrong with it, and without a note.
    """
    require_role(actor, PUBLISHERS)
    kind, note = publication.kind, publication.note
    draft = _get_seen(session, kind, publication.seen)
    if actor.ids & _maker_ids(session, draft):
        raise Refused(Code.OWN_WORK)
    _require_note(note)
    words = load_words(session, {(kind, draft.number)}).get((kind, draft.number), Words(draft.number))
    if list_faults(kind, words.texts, words.approved):
        raise Refused(Code.DRAFT_HAS_FAULTS)
    draft.state = TemplateState.PUBLISHED
    draft.note = note.strip()
    draft.published_by_id, draft.published_at = actor.user_id, now
    draft.revision = new_revision()
    session.flush()
    return draft


def made_draft(session: Session, kind: str, actor: Actor) -> bool:
    """Tell whether somebody began or changed the draft, and so may not be the one who publishes it."""
    draft = find_draft(session, kind)
    return draft is not None and bool(actor.ids & _maker_ids(session, draft))


def _get_seen(session: Session, kind: str, seen: str) -> TemplateVersion:
    draft = find_draft(session, kind, locked=True)
    if draft is None:
        raise Refused(Code.NOT_FOUND)
    if draft.revision != seen:
        raise Refused(Code.DRAFT_CHANGED)
    return draft


def _require_note(note: str) -> None:
    if not note.strip():
        raise invalid(FieldError("note", FieldCode.REQUIRED))
    if len(note.strip()) > LONGEST_NOTE:
        raise invalid(FieldError("note", FieldCode.TOO_LONG, str(LONGEST_NOTE)))


def _write(session: Session, draft: TemplateVersion, written: Written) -> None:
    for model in (TemplateText, VendorTemplate):
        session.execute(delete(model).where(model.version_id == draft.id))
    for (language, text), words in written.texts.items():
        session.add(TemplateText(version_id=draft.id, language=language, text=text, words=words.strip()))
    for (provider, language), approved in written.approved.items():
        row = {"provider": provider, "language": language, "number": approved.number}
        session.add(VendorTemplate(version_id=draft.id, **row, facts=" ".join(approved.facts)))
    session.flush()


def _mark_changed(session: Session, draft: TemplateVersion, actor: Actor) -> None:
    _note_maker(session, draft, actor)
    draft.revision = new_revision()
    session.flush()


def _note_maker(session: Session, draft: TemplateVersion, actor: Actor) -> None:
    for user_id in actor.ids:
        insert_once(session, TemplateMaker, {"version_id": draft.id, "user_id": user_id})


def _maker_ids(session: Session, draft: TemplateVersion) -> frozenset[int]:
    return frozenset(
        session.scalars(select(TemplateMaker.user_id).where(TemplateMaker.version_id == draft.id))
    )
