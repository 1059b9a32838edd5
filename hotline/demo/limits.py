"""How did the invented city change its limits: a second version in force, and a draft somebody works on?"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.demo.people import Staff
from hotline.models.catalog import Category
from hotline.models.policies import PolicyVersion
from hotline.services.calendars import city_date, load_calendar
from hotline.services.policies import current_policy
from hotline.services.policy_drafts import Publication, publish, start_draft
from hotline.services.policy_edits import RowInput, StepInput, put_row, put_step
from workflows.counting import DayEndRule, StartRule
from workflows.policy import LimitClass, RowName
from workflows.vocabulary import TicketState

_HELD = (TicketState.AWAITING_SUPPLEMENT.value, TicketState.SUSPENDED.value)
# The branch of public utilities: water, gas and heating among them.
_UTILITIES = "GG"
_URGENT = RowInput(
    RowName.HANDLE.value,
    LimitClass.URGENT.value,
    12,
    "hours",
    yellow_amount=25,
    yellow_unit="percent",
    orange_amount=2,
    orange_unit="hours",
    pauses_in=_HELD,
)
_STREETS = RowInput(
    RowName.SIGN.value,
    LimitClass.ORDINARY.value,
    2,
    "working_hours",
    unit_tier=3,
    yellow_amount=25,
    yellow_unit="percent",
    pauses_in=_HELD,
)
_SHORTER = RowInput(
    RowName.HANDLE.value,
    LimitClass.ORDINARY.value,
    3,
    "working_days",
    ticket_type="complaint",
    start_rule=StartRule.NEXT_WORKING_DAY.value,
    day_end_rule=DayEndRule.CLOSING.value,
    yellow_amount=1,
    yellow_unit="working_days",
    orange_amount=4,
    orange_unit="working_hours",
    pauses_in=_HELD,
)

_URGENT_LADDER = ((5, 72),)


def seed_limits(session: Session, now: datetime) -> None:
    """Publish shorter limits from today on, and leave a draft with two changes."""
    staff = Staff(session)
    utilities = session.scalars(select(Category.id).where(Category.code == _UTILITIES)).one()
    number = current_policy(session, city_date(load_calendar(session), now)).number
    draft = start_draft(session, number, staff["admin"], now)
    heating = replace(_URGENT, category_id=utilities)
    for row in (heating, _STREETS):
        put_row(session, row, draft.revision, staff["admin"], now)
    publication = Publication(
        city_date(load_calendar(session), now),
        "公共事业的紧急件 12 小时办结，街道 2 个工作小时内签收",
        draft.revision,
    )
    publish(session, publication, staff["centre"], now)
    _leave_draft(session, draft, staff, now)


def _leave_draft(session: Session, base: PolicyVersion, staff: Staff, now: datetime) -> None:
    draft = start_draft(session, base.number, staff["admin"], now)
    put_row(session, _SHORTER, draft.revision, staff["admin"], now)
    for level, hours in _URGENT_LADDER:
        step = StepInput(LimitClass.URGENT.value, level, hours, "hours")
        put_step(session, step, draft.revision, staff["admin"], now)
