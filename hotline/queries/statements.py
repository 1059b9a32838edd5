"""Which words tell people what becomes of their data, in which versions, and which was one citizen told?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hotline.models.people import User
from hotline.models.statements import PrivacyStatement
from hotline.models.ticket import TicketEvent
from workflows.choices import StatementKind

_WEB_ZH = (
    "您填写的信息由 12345 政务服务便民热线处理，用来办理这件诉求、联系您和请您评价。"
    "热线工作人员和承办单位能看到；选择保密的，承办单位看不到您的姓名和电话；选择匿名的，不保存姓名和电话。"
    "姓名、电话和邮箱在办结后按期清除。您可以查看、下载、更正和申请删除自己的信息，也可以拨打 12345。"
)
_WEB_EN = (
    "What you enter is used by the 12345 hotline to handle this request, to reach you and to ask "
    "whether you are satisfied. The hotline's staff and the unit that handles it can see it; in "
    "confidence the unit does not see your name and telephone; anonymously neither is kept. Name, "
    "telephone and e-mail address are erased some time after the request is closed. You can read, "
    "download and correct your data and ask to have it deleted, or call 12345."
)
_SPOKEN_ZH = (
    "为了办理您的诉求，我们会登记您的姓名、电话和反映的内容，转给承办单位联系您，办结后按期清除姓名和电话。"
    "您可以匿名，也可以要求保密；以后要查看、更正或删除自己的信息，在网上操作或拨打 12345。"
)
_SPOKEN_EN = (
    "To handle your request we write down your name, your telephone and what you tell us, and pass it "
    "to the unit that will contact you; name and telephone are erased some time after it is closed. You "
    "may stay anonymous or ask for confidence. To read, correct or delete your data later, do so online "
    "or call 12345."
)
# What the product came with, Chinese and English: Personal Information Protection Law, article 17.
SHIPPED: Mapping[StatementKind, tuple[str, str]] = {
    StatementKind.WEB: (_WEB_ZH, _WEB_EN),
    StatementKind.SPOKEN: (_SPOKEN_ZH, _SPOKEN_EN),
}
_GIVEN_WITH = ("register", "revise")


@dataclass(frozen=True, slots=True)
class Statement:
    """One version. Who published the first one, and when, nobody knows."""

    kind: StatementKind
    number: int
    text: str
    text_en: str
    reason: str = ""
    published_by: str = ""
    published_at: datetime | None = None

    def in_language(self, language: str) -> str:
        """The words as a reader of `zh` or `en` gets them."""
        return (language == "en" and self.text_en) or self.text


def newest_statement(session: Session, kind: StatementKind) -> Statement:
    """Read the version that holds."""
    return list_statements(session, kind, 1)[0]


def list_statements(session: Session, kind: StatementKind, most: int | None = None) -> Sequence[Statement]:
    """List the versions of one kind, the newest first and the shipped one last."""
    query = _versions().where(PrivacyStatement.kind == kind.value)
    rows = session.execute(query.order_by(PrivacyStatement.number.desc()).limit(most))
    return [*(_statement(*row) for row in rows), Statement(kind, 1, *SHIPPED[kind])]


def find_given(session: Session, ticket_id: int) -> Statement | None:
    """Find which version a ticket's citizen was told last; None where nobody said so."""
    given = select(TicketEvent).where(TicketEvent.ticket_id == ticket_id, TicketEvent.action.in_(_GIVEN_WITH))
    named = name_given(session.scalars(given.order_by(TicketEvent.number)).all())
    if named is None:
        return None
    versions = list_statements(session, named[0])
    return next((each for each in versions if each.number == named[1]), None)


def name_given(events: Sequence[TicketEvent]) -> tuple[StatementKind, int] | None:
    """Read kind and number of what was told last from a ticket's events, oldest first."""
    said = [event.data for event in events if event.action in _GIVEN_WITH and event.data.get("statement")]
    return (StatementKind(said[-1]["statement"]), int(said[-1]["statement_number"])) if said else None


def _versions() -> Select[PrivacyStatement, str | None]:
    return select(PrivacyStatement, User.display_name).outerjoin(
        User, User.id == PrivacyStatement.published_by_id
    )


def _statement(row: PrivacyStatement, author: str | None) -> Statement:
    return Statement(
        StatementKind(row.kind),
        row.number,
        row.text,
        row.text_en,
        row.reason,
        author or "",
        row.published_at,
    )
