"""What can people do with one simulated ticket: each act of each role, through the one door.

A case keeps only what was said and the ticket's number; everything else is looked up when it is needed, as a
screen would.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.demo.city import City
from hotline.demo.organisation import FALLBACK_UNIT, unit_in_district
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.services import intake
from hotline.services.lifecycle import Command, advance
from workflows.choices import Satisfaction, Solved
from workflows.definition import Actor, ActorKind, citizen_actor
from workflows.errors import Code, Refused
from workflows.vocabulary import Machine, Role

_GONE = ("returned", "recalled")
_STRANGER = Actor(ActorKind.CITIZEN, "诉求人", frozenset({Role.CITIZEN}))
# Where a matter goes when the unit that owns it is the one complained of.
_WATCHDOG = "CITY-XF"
_PLACE_REASON = "属地管理：诉求地点不在推荐单位辖区"


@dataclass(slots=True)
class Case:
    """One simulated ticket: what the citizen said, and what the unit will answer."""

    city: City
    record: Mapping[str, Any]
    answer: str = ""
    result: str = "resolved"
    unit: str = ""
    number: str = ""
    confirmed: int = field(default=0)

    def register(self, session: Session, now: datetime) -> None:
        """Leave a draft at the desk."""
        self.number = intake.register(session, self.record, self.city.staff["agent"], now).number

    def submit(self, session: Session, now: datetime) -> None:
        """The agent writes down what the caller says."""
        agent = self.city.staff["agent"]
        self.number = intake.register_and(session, self.record, ("submit", {}), agent, now).number

    def submit_trusted(self, session: Session, now: datetime) -> None:
        """An agent with that right sends it past the review."""
        agent = self.city.staff["agent2"]
        self.number = intake.register_and(session, self.record, ("submit_trusted", {}), agent, now).number

    def submit_online(self, session: Session, now: datetime) -> None:
        """The citizen writes in."""
        self.number = intake.register(session, self.record, _STRANGER, now).number
        advance(session, Command(self.number, "submit"), citizen_actor(self.number), now)

    def answer_directly(self, session: Session, now: datetime) -> None:
        """The agent knows the answer."""
        agent = self.city.staff["agent"]
        answer = {"answer": self.answer, "source": "知识库：办事指南"}
        self.number = intake.register_and(
            session, self.record, ("answer_directly", answer), agent, now
        ).number

    def approve_intake(self, session: Session, now: datetime) -> None:
        self._act(session, now, "reviewer", "approve_intake")

    def return_intake(self, session: Session, now: datetime) -> None:
        self._act(session, now, "reviewer", "return_intake", reason="请补充事发的具体门牌号和时间。")

    def reject(self, session: Session, now: datetime) -> None:
        path = "请向有管辖权的人民法院提起诉讼，或者申请法律援助（12348）。"
        self._act(session, now, "reviewer", "reject", reason="statutory_path", path=path)

    def dispatch(self, session: Session, now: datetime) -> None:
        """Give it to the owner of the category, in the district it happened in; never to whom it is about."""
        owner = self.city.owners[str(self.record["category"])]
        here = self.unit or unit_in_district(owner, str(self.record.get("district", "")))
        for unit in (here, owner, _WATCHDOG, FALLBACK_UNIT):
            try:
                self._dispatch_to(session, now, unit, owner)
            except Refused as refusal:
                if refusal.code != Code.UNIT_ACCUSED:
                    raise
            else:
                return
        raise Refused(Code.UNIT_ACCUSED)

    def dispatch_with_help(self, session: Session, now: datetime) -> None:
        """Give it to the owner, with another unit at its side."""
        owner = self.city.owners[str(self.record["category"])]
        unit = self.unit or unit_in_district(owner, str(self.record.get("district", "")))
        self._dispatch_to(session, now, unit, owner, co_units=["CITY-GA" if unit != "CITY-GA" else "CITY-JT"])

    def sign(self, session: Session, now: datetime) -> None:
        """Sign the newest share, unless the system did so already."""
        share = main_share(session, self.number)
        if share.state == "to_sign":
            self._share_act(session, now, share, "sign")

    def contact(self, session: Session, now: datetime) -> None:
        share = main_share(session, self.number)
        data = {"contacted_at": now, "way": "phone", "result": "已电话联系诉求人，了解情况并告知办理安排。"}
        command = Command(self.number, "record_contact", data)
        advance(session, command, self.city.handler(share.unit_id), now)

    def reply(self, session: Session, now: datetime) -> None:
        """Answer; a reply that is shown once more because it looks weak is confirmed."""
        share = main_share(session, self.number)
        data = {"contact": "contacted", "result": self.result, "answer": self.answer}
        try:
            self._share_act(session, now, share, "submit_reply", **data)
        except Refused as refusal:
            if refusal.code != Code.REPLY_NEEDS_A_SECOND_LOOK:
                raise
            self.confirmed += 1
            self._share_act(session, now, share, "submit_reply", **data, is_confirmed=True)

    def help_out(self, session: Session, now: datetime) -> None:
        """The unit at the side signs and gives its opinion."""
        share = _newest_share(session, self.number, is_main=False)
        if share.state == "to_sign":
            self._share_act(session, now, share, "sign")
        data = {"contact": "not_needed", "no_contact_reason": "由主办单位统一联系", "result": "explained"}
        answer = "已派员到场配合，相关意见已书面反馈主办单位，由其统一答复诉求人。"
        self._share_act(session, now, share, "submit_reply", **data, answer=answer)

    def approve_unit_reply(self, session: Session, now: datetime) -> None:
        share = main_share(session, self.number)
        self._share_act(session, now, share, "approve_unit_reply")

    def refuse_unit_reply(self, session: Session, now: datetime) -> None:
        share = main_share(session, self.number)
        self._share_act(session, now, share, "refuse_unit_reply", reason="请写明完成时间和现场核查情况。")

    def ask_return(self, session: Session, now: datetime) -> None:
        share = main_share(session, self.number)
        data = {
            "reason": "not_our_duty",
            "basis": "《云江市部门职责目录》规定由他单位负责。",
        }
        command = Command(self.number, "ask_return", data, machine=Machine.REQUEST, subject_id=share.id)
        advance(session, command, self.city.handler(share.unit_id), now)

    def approve_return(self, session: Session, now: datetime) -> None:
        self._decide(session, now, "approve", reason="职责目录确认，同意退单改派。")

    def refuse_return(self, session: Session, now: datetime) -> None:
        self._decide(session, now, "refuse", reason="职责目录载明由你单位负责，请继续办理。")

    def send_back(self, session: Session, now: datetime) -> None:
        self._act(session, now, "auditor", "send_back_reply", reasons=["missed_points"])

    def approve_reply(self, session: Session, now: datetime) -> None:
        self._act(session, now, "auditor", "approve_reply")

    def publish_reply(self, session: Session, now: datetime) -> None:
        self._act(session, now, "auditor", "approve_reply", is_public=True, public_answer=self.answer)

    def close_without_callback(self, session: Session, now: datetime) -> None:
        outcome = "explained" if self.result in {"explained", "unfounded"} else self.result
        self._act(session, now, "auditor", "close_without_callback", outcome=outcome)

    def miss(self, session: Session, now: datetime) -> None:
        """Nobody answers the callback."""
        self._act(session, now, "callback", "record_call_attempt", result="no_answer")

    def close_content(self, session: Session, now: datetime) -> None:
        self._rate(session, now, "close", (Solved.YES, Satisfaction.SATISFIED))

    def close_partly(self, session: Session, now: datetime) -> None:
        self._rate(session, now, "close", (Solved.PARTLY, Satisfaction.FAIRLY_SATISFIED))

    def close_explained(self, session: Session, now: datetime) -> None:
        self._rate(session, now, "close", (Solved.NO, Satisfaction.DISSATISFIED), is_explained=True)

    def rework(self, session: Session, now: datetime) -> None:
        reason = "诉求人表示问题仍然存在，要求再次办理。"
        self._rate(session, now, "rework", (Solved.NO, Satisfaction.DISSATISFIED), reason=reason)

    def rate_online(self, session: Session, now: datetime) -> None:
        """The citizen follows the link in the message."""
        data = {"solved": Solved.YES, "satisfaction": Satisfaction.VERY_SATISFIED, "was_contacted": True}
        advance(session, Command(self.number, "close", data), citizen_actor(self.number), now)

    def withdraw(self, session: Session, now: datetime) -> None:
        reason = "问题已经自行解决，不再需要处理。"
        self._act(session, now, "agent", "withdraw", reason=reason, is_identity_checked=True)

    def note(self, session: Session, now: datetime) -> None:
        text = "来电补充：事情多发生在晚上九点以后，可随时联系。"
        self._act(session, now, "agent", "note", text=text, visibility="internal")

    def _rate(
        self,
        session: Session,
        now: datetime,
        action: str,
        rating: tuple[Solved, Satisfaction],
        **data: Any,
    ) -> None:
        solved, satisfaction = rating
        spoken = {"solved": solved, "satisfaction": satisfaction, "was_contacted": True, "is_truthful": True}
        self._act(session, now, "callback", action, **spoken, **data)

    def _act(self, session: Session, now: datetime, username: str, action: str, **data: Any) -> None:
        advance(session, Command(self.number, action, data), self.city.staff[username], now)

    def _share_act(
        self, session: Session, now: datetime, share: Assignment, action: str, **data: Any
    ) -> None:
        is_leaders = action in {"approve_unit_reply", "refuse_unit_reply"}
        actor = self.city.leader(share.unit_id) if is_leaders else self.city.handler(share.unit_id)
        command = Command(self.number, action, data, machine=Machine.ASSIGNMENT, subject_id=share.id)
        advance(session, command, actor, now)

    def _dispatch_to(self, session: Session, now: datetime, unit: str, owner: str, **data: Any) -> None:
        reason = {} if unit == owner else {"choice_reason": _PLACE_REASON}
        advice = "请先行联系诉求人，按期办结并答复。"
        self._act(session, now, "dispatcher", "dispatch", main_unit=unit, advice=advice, **reason, **data)

    def _decide(self, session: Session, now: datetime, action: str, reason: str) -> None:
        open_one = (
            select(Request.id)
            .join(Ticket, Ticket.id == Request.ticket_id)
            .where(Ticket.number == self.number, Request.state == "requested")
        )
        command = Command(
            self.number,
            action,
            {"reason": reason},
            machine=Machine.REQUEST,
            subject_id=session.scalars(open_one).one(),
        )
        advance(session, command, self.city.staff["dispatcher"], now)


def main_share(session: Session, number: str) -> Assignment:
    """The main assignment that is live; raises NoResultFound when nobody has the ticket."""
    return _newest_share(session, number, is_main=True)


def _newest_share(session: Session, number: str, *, is_main: bool) -> Assignment:
    return session.scalars(
        select(Assignment)
        .join(Ticket, Ticket.id == Assignment.ticket_id)
        .where(Ticket.number == number, Assignment.is_main.is_(is_main), Assignment.state.not_in(_GONE))
        .order_by(Assignment.id.desc())
        .limit(1)
    ).one()
