"""How the centre presses: urges, levels, written orders and the units' answers to them."""

from sqlalchemy import select

from hotline.models.orders import OrderCause, OrderUnit, SupervisionOrder
from hotline.services.effects.change import Change, Move, find_main
from hotline.services.effects.shares import is_third_round
from hotline.services.pressure import standing_level
from workflows.choices import SYSTEM_ACTS, OrderLevel, SystemAct
from workflows.vocabulary import Machine, OrderState, Role

_OVERDUE = "办理超期，系统自动下发督办单。请书面反馈办理情况、超期原因和办结时间。"
_REWORK = "同一诉求第三次重办，系统自动下发督办单。请单位领导督促，并书面反馈原因和措施。"


def count_urge(change: Change) -> None:
    change.ticket.urge_count += 1
    change.ticket.last_urged_at = change.now


def raise_level(change: Change) -> None:
    """Raise the ticket's level; what only a person may order is not reached by the system's asking for it."""
    level = OrderLevel(change.data["level"])
    by_system = SYSTEM_ACTS[level] if change.decision.role is Role.SYSTEM else None
    if by_system is SystemAct.PROPOSE:
        return
    change.ticket.supervised_level = max(change.ticket.supervised_level, int(level))
    if by_system is SystemAct.ORDER:
        _order(change, level.value, _OVERDUE, OrderCause.OVERDUE)


def order_from_third_round(change: Change) -> None:
    if is_third_round(change):
        _order(change, OrderLevel.ORDER.value, _REWORK, OrderCause.REWORK)


def open_order(change: Change) -> None:
    data = change.data
    units = list(dict.fromkeys(data["units"]))
    change.order = SupervisionOrder(
        ticket_id=change.ticket.id,
        level=int(data["level"]),
        is_joint=len(units) > 1,
        state=change.decision.to_state,
        cause=str(change.cause),
        opinion=data["opinion"],
        issued_by_id=change.actor.user_id,
        issued_at=change.now,
    )
    change.session.add(change.order)
    change.session.flush()
    change.session.add_all(OrderUnit(order_id=change.order.id, unit_id=unit_id) for unit_id in units)
    change.ticket.supervised_level = max(change.ticket.supervised_level, change.order.level)


def keep_order_answer(change: Change) -> None:
    own = _units(change, change.actor.unit_id)
    for row in own:
        row.answer = change.data["answer"]
        row.answered_by_id, row.answered_at = change.actor.user_id, change.now
    if change.decision.to_state == OrderState.ANSWERED:
        change.written.answered_at = change.now


def refuse_order_answer(change: Change) -> None:
    """Ask the named units, or all of them, to answer again; what they wrote stays readable in the trail."""
    wanted = set(change.data.get("units") or ())
    for row in _units(change):
        if not wanted or row.unit_id in wanted:
            row.answered_at, row.refused_reason = None, change.data["reason"]
    change.written.answered_at = None


def close_order(change: Change) -> None:
    order = change.written
    order.closed_by_id, order.closed_at = change.actor.user_id, change.now
    order.closing_opinion = change.data["opinion"]


def withdraw_order(change: Change) -> None:
    """End the order as if it had never pressed: the ticket falls back to the level it has without it."""
    order = change.written
    order.closed_by_id, order.closed_at = change.actor.user_id, change.now
    order.closing_opinion = change.data["reason"]
    change.ticket.supervised_level = standing_level(change.session, change.ticket, but=order.id)


def _order(change: Change, level: str, opinion: str, cause: OrderCause) -> None:
    # The share of a new round has no row yet while its effects are carried out.
    main = next((share for share in change.touched if share.is_main), None) or find_main(change)
    if main is None:
        return
    data = {"level": level, "units": [main.unit_id], "opinion": opinion}
    change.moves.append(Move(Machine.ORDER, "issue", None, data, cause=cause))


def _units(change: Change, unit_id: int | None = None) -> list[OrderUnit]:
    of_order = select(OrderUnit).where(OrderUnit.order_id == change.written.id).order_by(OrderUnit.id)
    return [row for row in change.session.scalars(of_order) if unit_id in (None, row.unit_id)]
