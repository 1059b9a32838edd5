"""Which version of a kind's words is in force, and what does it say?"""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from notifications.catalog import KINDS
from notifications.kind import LANGUAGES, Text
from notifications.notation import NotationError, list_gaps, parse
from notifications.template_rows import TemplateState, TemplateText, TemplateVersion, VendorTemplate
from notifications.words import SHIPPED, Approved, Words

# A kind, and the number of a version; without one the version in force is meant.
Wanted = tuple[str, int | None]


def load_words(session: Session, wanted: Collection[Wanted]) -> Mapping[Wanted, Words]:
    """Read the words that are wanted; what is to be said in the shipped words is not in the answer."""
    newest = _numbers_in_force(session, {kind for kind, number in wanted if number is None})
    meant = {each: _number(each, newest) for each in wanted}
    found = _read(session, {key for key in meant.values() if key[1] != SHIPPED})
    return {each: found[key] for each, key in meant.items() if key in found}


def _number(wanted: Wanted, newest: Mapping[str, int]) -> tuple[str, int]:
    kind, number = wanted
    return kind, newest.get(kind, SHIPPED) if number is None else number


def _numbers_in_force(session: Session, kinds: Collection[str]) -> Mapping[str, int]:
    """Find the newest published version of each kind."""
    if not kinds:
        return {}
    published = select(TemplateVersion.kind, TemplateVersion.number).where(
        TemplateVersion.state == TemplateState.PUBLISHED, TemplateVersion.kind.in_(kinds)
    )
    rows = session.execute(published.order_by(TemplateVersion.number))
    return {row.kind: row.number for row in rows}


def _read(session: Session, keys: Collection[tuple[str, int]]) -> Mapping[tuple[str, int], Words]:
    if not keys:
        return {}
    which = tuple_(TemplateVersion.kind, TemplateVersion.number).in_(keys)
    versions = session.execute(
        select(TemplateVersion.id, TemplateVersion.kind, TemplateVersion.number).where(which)
    ).all()
    ids = [row.id for row in versions]
    texts = session.scalars(select(TemplateText).where(TemplateText.version_id.in_(ids))).all()
    approved = session.scalars(select(VendorTemplate).where(VendorTemplate.version_id.in_(ids))).all()
    return {
        (row.kind, row.number): Words(
            row.number,
            _texts(row.kind, [text for text in texts if text.version_id == row.id]),
            _approved(row.kind, [each for each in approved if each.version_id == row.id]),
        )
        for row in versions
    }


def _texts(kind: str, rows: Sequence[TemplateText]) -> Mapping[tuple[str, Text], str]:
    return {
        (row.language, Text(row.text)): row.words
        for row in rows
        if row.language in LANGUAGES
        and row.text in set(Text)
        and _is_usable(row.words, _known(kind, row.text))
    }


def _known(kind: str, text: str) -> frozenset[str]:
    if kind not in KINDS:
        return frozenset()
    return KINDS[kind].facts_by_sms if text == Text.SMS else KINDS[kind].facts


def _approved(kind: str, rows: Sequence[VendorTemplate]) -> Mapping[tuple[str, str], Approved]:
    known = _known(kind, Text.SMS)
    found = {(row.provider, row.language): Approved(row.number, tuple(row.facts.split())) for row in rows}
    return {where: each for where, each in found.items() if known.issuperset(each.facts)}


@lru_cache(maxsize=1024)
def _is_usable(words: str, known: frozenset[str]) -> bool:
    try:
        return known.issuperset(list_gaps(parse(words)))
    except NotationError:
        return False
