"""Which words did the invented city write itself: a version in force, and a draft somebody works on?"""

from datetime import datetime

from sqlalchemy.orm import Session

from hotline.demo.people import Staff
from hotline.services.template_drafts import (
    Publication,
    Written,
    publish,
    put_words,
    start_draft,
    words_of,
)
from notifications.kind import Text
from notifications.words import SHIPPED
from workflows.definition import Actor

_URGED = "【12345】已为您催办编号{number}，承办单位会尽快处理。"
_EXTENDED = "【12345】编号{number}情况较复杂，答复时间延至{due}，给您带来不便请谅解。"


def seed_templates(session: Session, now: datetime) -> None:
    """Publish kinder words for an urge, and leave a draft for an extension."""
    staff = Staff(session)
    revision = _draft(session, "urge_noted", _URGED, staff["admin"], now)
    publish(session, Publication("urge_noted", "语气更亲切", revision), staff["centre"], now)
    _draft(session, "extended", _EXTENDED, staff["admin"], now)


def _draft(session: Session, kind: str, sms: str, actor: Actor, now: datetime) -> str:
    draft = start_draft(session, kind, SHIPPED, actor, now)
    texts = {**words_of(session, kind, draft.number).texts, ("zh", Text.SMS): sms}
    return put_words(session, kind, Written(texts), draft.revision, actor).revision
