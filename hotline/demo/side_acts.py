"""What can people do with one simulated ticket beside the ordinary road, through the same door?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.demo.acts import Case, main_share
from hotline.models.orders import OrderUnit, SupervisionOrder
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.services.calendars import city_date
from hotline.services.lifecycle import Command, advance
from workflows.definition import Actor, citizen_actor
from workflows.vocabulary import Machine, OrderState

_QUESTION = "请问这家商户一般什么时段有人在场？现场检查时不会提到是谁反映的。"
_WORDS = "专业检测需要排期，预计推迟三天，敬请谅解。"


@dataclass(frozen=True, slots=True)
class Side:
    """The side streets of one case."""

    case: Case

    def ask_supplement(self, session: Session, now: datetime) -> None:
        data = {"missing": "请补充事发的门牌号和现场照片。", "answer_by": self._day(now, 3)}
        self._act(session, now, "reviewer", "ask_supplement", **data)

    def ask_supplement_of_unit(self, session: Session, now: datetime) -> None:
        data = {"missing": "请告知方便上门查看的时间。", "answer_by": self._day(now, 3)}
        self._advance(session, now, self._handler(session), Command(self._number, "ask_supplement", data))

    def supplement(self, session: Session, now: datetime) -> None:
        data = {"text": "具体位置在小区北门东侧，晚上七点以后都在家。"}
        self._advance(session, now, citizen_actor(self._number), Command(self._number, "supplement", data))

    def propose_invalid(self, session: Session, now: datetime) -> None:
        self._act(session, now, "reviewer", "propose_invalid", reason="回电三次均称拨错，没有诉求内容。")

    def dispatch_elsewhere(self, session: Session, now: datetime) -> None:
        """Try another unit after the first one gave it back."""
        self.case.unit = "CITY-GA"
        self.case.dispatch(session, now)

    def raise_dispute(self, session: Session, now: datetime) -> None:
        reason = "两个单位均认为不属本单位职责，请会商明确。"
        self._act(session, now, "dispatcher", "raise_dispute", reason=reason)

    def ask_extension(self, session: Session, now: datetime) -> None:
        data = {"reason": "检测机构排期已满，需等待检测结论。", "days": 3, "citizen_words": _WORDS}
        self._ask(session, now, "ask_extension", **data)

    def ask_contact(self, session: Session, now: datetime) -> None:
        """The unit may not know who called, so it asks the centre to ring."""
        self._ask(session, now, "ask_contact", question=_QUESTION)

    def endorse(self, session: Session, now: datetime) -> None:
        """The unit above passes on what a sub-district asks."""
        above = self.case.city.staff["leader"]
        self._decide(session, now, above, "endorse", reason="情况属实，同意转报。")

    def approve_by_dispatcher(self, session: Session, now: datetime) -> None:
        self._decide(session, now, self.case.city.staff["dispatcher"], "approve", reason="同意延期。")

    def ask_suspension(self, session: Session, now: datetime) -> None:
        plan = {"plan": "已列入老旧小区改造计划，随项目一并实施。", "condition": "改造资金到位"}
        self._ask(session, now, "ask_suspension", **plan, review_on=self._day(now, 60))

    def approve_by_centre(self, session: Session, now: datetime) -> None:
        self._decide(session, now, self.case.city.staff["centre"], "approve", reason="理由充分，同意。")

    def ask_exclusion(self, session: Session, now: datetime) -> None:
        data = {"ground": "beyond_policy", "evidence": "诉求超出现行补贴政策规定，已当面解释并出示文件。"}
        self._ask(session, now, "ask_exclusion", **data)

    def ask_reopening(self, session: Session, now: datetime) -> None:
        command = Command(
            self._number, "ask_reopening", {"reason": "才过两天又出现同样的问题。"}, machine=Machine.REQUEST
        )
        self._advance(session, now, citizen_actor(self._number), command)

    def approve_by_supervisor(self, session: Session, now: datetime) -> None:
        self._decide(
            session, now, self.case.city.staff["supervisor"], "approve", reason="情况属实，重新办理。"
        )

    def sub_dispatch(self, session: Session, now: datetime) -> None:
        """The district's city-management bureau passes the work to its first sub-district."""
        data = {"unit": "WT-JD1", "answer_by": self._day(now, 1), "advice": "请到现场核实并先行处置。"}
        self._share_act(session, now, main_share(session, self._number), "sub_dispatch", **data)

    def sign_below(self, session: Session, now: datetime) -> None:
        child = self._child(session)
        if child.state == "to_sign":
            self._share_act(session, now, child, "sign")

    def reply_below(self, session: Session, now: datetime) -> None:
        contact = {"contact": "not_needed", "no_contact_reason": "由区局统一联系"}
        answer = "街道已到场核实，现场情况属实，已要求责任方两日内整改。"
        child = self._child(session)
        data = {**contact, "result": "resolved", "answer": answer, "is_confirmed": True}
        self._share_act(session, now, child, "submit_reply", **data)

    def issue_order(self, session: Session, now: datetime) -> None:
        self._issue(session, now, "3", "请单位负责人过问，书面反馈进展和办结时间。")

    def issue_joint_order(self, session: Session, now: datetime) -> None:
        self._issue(session, now, "4", "请主协办单位联合办理，分别书面反馈。")

    def answer_orders(self, session: Session, now: datetime) -> None:
        """Every unit answers what it still owes."""
        for order, unit_id in self._owing(session):
            self._answer(session, now, order, unit_id)

    def answer_one(self, session: Session, now: datetime) -> None:
        """Of a joint order one unit has answered, the other has not."""
        order, unit_id = next(self._owing(session))
        self._answer(session, now, order, unit_id)

    def close_orders(self, session: Session, now: datetime) -> None:
        """The supervisor is content with what the units answered."""
        for order in self._orders(session, OrderState.ANSWERED):
            data = {"opinion": "原因清楚，措施到位，同意办结。"}
            command = Command(self._number, "close_order", data, None, Machine.ORDER, order)
            self._advance(session, now, self.case.city.staff["supervisor"], command)

    def neighbour(self, session: Session, now: datetime, name: str, phone: str) -> None:
        """Somebody else calls about the same thing and is merged into the first call."""
        record = {**self.case.record, "citizen_name": name, "phone": phone}
        other = Case(self.case.city, record)
        other.submit_trusted(session, now)
        merge = Command(other.number, "merge", {"master": self._number})
        self._advance(session, now, self.case.city.staff["dispatcher"], merge)

    @property
    def _number(self) -> str:
        return self.case.number

    def _day(self, now: datetime, days: int) -> str:
        return (city_date(self.case.city.calendar, now) + timedelta(days=days)).isoformat()

    def _handler(self, session: Session) -> Actor:
        return self.case.city.handler(main_share(session, self._number).unit_id)

    def _act(self, session: Session, now: datetime, who: str, action: str, **data: Any) -> None:
        self._advance(session, now, self.case.city.staff[who], Command(self._number, action, data))

    def _ask(self, session: Session, now: datetime, action: str, **data: Any) -> None:
        share = main_share(session, self._number)
        command = Command(self._number, action, data, None, Machine.REQUEST, share.id)
        self._advance(session, now, self.case.city.handler(share.unit_id), command)

    def _decide(self, session: Session, now: datetime, who: Actor, action: str, **data: Any) -> None:
        ticket = select(Ticket.id).where(Ticket.number == self._number).scalar_subquery()
        is_open = (Request.ticket_id == ticket, Request.state == "requested")
        request_id = session.scalars(select(Request.id).where(*is_open)).one()
        command = Command(self._number, action, data, None, Machine.REQUEST, request_id)
        self._advance(session, now, who, command)

    def _share_act(
        self, session: Session, now: datetime, share: Assignment, action: str, **data: Any
    ) -> None:
        command = Command(self._number, action, data, None, Machine.ASSIGNMENT, share.id)
        self._advance(session, now, self.case.city.handler(share.unit_id), command)

    def _child(self, session: Session) -> Assignment:
        below = Assignment.parent_id == main_share(session, self._number).id
        newest = select(Assignment).where(below).order_by(Assignment.id.desc()).limit(1)
        return session.scalars(newest).one()

    def _issue(self, session: Session, now: datetime, level: str, opinion: str) -> None:
        ticket = select(Ticket.id).where(Ticket.number == self._number).scalar_subquery()
        live = (Assignment.ticket_id == ticket, Assignment.state.not_in(("returned", "recalled")))
        units = list(session.scalars(select(Assignment.unit_id).where(*live).order_by(Assignment.id)))
        data = {"level": level, "units": units if level == "4" else units[:1], "opinion": opinion}
        command = Command(self._number, "issue", data, machine=Machine.ORDER)
        self._advance(session, now, self.case.city.staff["supervisor"], command)

    def _answer(self, session: Session, now: datetime, order: int, unit_id: int) -> None:
        data = {"answer": "已由分管负责人牵头，现场处置完毕，今后每周巡查。"}
        command = Command(self._number, "answer", data, None, Machine.ORDER, order)
        self._advance(session, now, self.case.city.leader(unit_id), command)

    def _orders(self, session: Session, state: OrderState) -> Sequence[int]:
        of_ticket = select(SupervisionOrder.id).join(Ticket, Ticket.id == SupervisionOrder.ticket_id)
        wanted = of_ticket.where(Ticket.number == self._number, SupervisionOrder.state == state.value)
        return session.scalars(wanted.order_by(SupervisionOrder.id)).all()

    def _owing(self, session: Session) -> Iterator[tuple[int, int]]:
        for order in self._orders(session, OrderState.ISSUED):
            owing = (OrderUnit.order_id == order, OrderUnit.answered_at.is_(None))
            for unit_id in session.scalars(select(OrderUnit.unit_id).where(*owing)).all():
                yield order, unit_id

    def _advance(self, session: Session, now: datetime, who: Actor, command: Command) -> None:
        advance(session, command, who, now)
