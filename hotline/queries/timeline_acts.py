"""How is an event told in one breath: by whom, what, to whom, and which tickets does it name?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hotline.models.ticket import Assignment, Request, TicketEvent
from hotline.queries.wording import ROWS, Names
from workflows.choices import SYSTEM_ACTS, OrderLevel, PersonalField, SystemAct, Visibility
from workflows.definition import ActorKind
from workflows.vocabulary import UNIT_ROLES, Machine, RequestKind, Role

CENTRE = "热线中心"


@dataclass(frozen=True, slots=True)
class Told:
    """What events point at: shares and requests by id, and the event that issued each order.

    `handed` are the events by which units that were merged left the ticket to their successors.
    """

    names: Names
    shares: Mapping[int, Assignment]
    requests: Mapping[int, Request]
    issues: Mapping[int, TicketEvent]
    handed: tuple[TicketEvent, ...] = ()

    def request(self, event: TicketEvent) -> Request | None:
        """The request an event asks or decides."""
        return self.requests.get(event.subject_id or 0) if event.machine == Machine.REQUEST else None

    def share(self, event: TicketEvent) -> Assignment | None:
        """The share an event is about, directly or by a request of its unit."""
        request = self.request(event)
        if request is not None:
            return self.shares.get(request.assignment_id or 0)
        if event.action == "redirect":
            return self.shares.get(int(event.data["assignment"]))
        return self.shares.get(event.subject_id or 0) if event.machine == Machine.ASSIGNMENT else None

    def unit(self, unit_id: int | None) -> str:
        return self.names.units.get(unit_id or 0, "")

    def holder(self, share: Assignment, event: TicketEvent) -> str:
        """Name the unit that had a share when something happened; who has it now may be its successor."""
        unit_id = share.unit_id
        for handed in reversed(self.handed):
            if handed.number > event.number and handed.data["unit"] == unit_id:
                unit_id = int(handed.data["from_unit"])
        return self.unit(unit_id)

    def level(self, event: TicketEvent) -> str:
        """How strong the order is that an event is about: `三级`, or nothing when that is not known."""
        issue = self.issues.get(event.subject_id or 0)
        return "" if issue is None else _grade(issue.data["level"])


def told_of(
    events: Sequence[TicketEvent], shares: Sequence[Assignment], requests: Sequence[Request], names: Names
) -> Told:
    """Arrange all there is of one ticket by what its events point at."""
    return Told(
        names,
        shares={share.id: share for share in shares},
        requests={request.id: request for request in requests},
        issues={
            event.subject_id: event
            for event in events
            if event.machine == Machine.ORDER and event.action == "issue" and event.subject_id is not None
        },
        handed=tuple(event for event in events if event.action == "hand_over"),
    )


@dataclass(frozen=True, slots=True)
class Act:
    """What was done; `tickets` are the numbers it names, `told` the data that is said by this already."""

    text: str
    tickets: tuple[str, ...] = ()
    told: frozenset[str] = frozenset()


def actor_of(event: TicketEvent, told: Told) -> str:
    """Say who acted: unit, role and name as far as each says something (`派单员 赵磊`)."""
    if event.actor_kind == ActorKind.SYSTEM:
        return "系统"
    role = Role(event.role)
    if role is Role.CITIZEN:
        return role.label_zh
    place = told.unit(event.unit_id) if role in UNIT_ROLES else ""
    return " ".join(part for part in (place, role.label_zh, event.actor_name) if part)


def act_of(event: TicketEvent, told: Told) -> Act:
    """Say what was done and to whom."""
    special = _SPECIAL.get((event.machine, event.action))
    if special is not None:
        return special(event, told)
    text = _label(event)
    if event.action == "close" and event.role == Role.CITIZEN:
        text = f"评价后{text}"
    share = told.share(event)
    if share is not None and event.role not in UNIT_ROLES:
        return Act(_to(text, told.holder(share, event)))
    return Act(text)


def place_of(event: TicketEvent, told: Told) -> str:
    """Say in whose part of the story an event belongs: `梧桐区住建局（主办）`, or the centre's."""
    share = told.share(event)
    if share is not None:
        return f"{told.holder(share, event)}（{_standing(share)}）"
    if event.role not in UNIT_ROLES:
        return CENTRE
    own = [each for each in told.shares.values() if each.unit_id == event.unit_id]
    of_round = [each for each in own if each.round == event.round] or own
    unit = told.unit(event.unit_id)
    return f"{unit}（{_standing(of_round[-1])}）" if of_round else unit or CENTRE


def _standing(share: Assignment) -> str:
    if share.is_main:
        return "主办"
    return "协办" if share.parent_id is None else "下派"


def _label(event: TicketEvent) -> str:
    row = ROWS.get((event.machine, event.action))
    return row.label_zh if row is not None else event.action


def _to(text: str, whom: str) -> str:
    return f"{text}：{whom}" if whom else text


def _note(event: TicketEvent, _told: Told) -> Act:
    is_open = event.data.get("visibility") == Visibility.CITIZEN
    return Act("备注" if is_open else "", told=frozenset({"visibility"}))


def _rework(event: TicketEvent, _told: Told) -> Act:
    return Act(f"评价后{_label(event)}" if event.role == Role.CITIZEN else _label(event))


def _redirect(event: TicketEvent, told: Told) -> Act:
    share, unit = told.share(event), told.unit(int(event.data["unit"])) or "—"
    old = told.holder(share, event) if share is not None else ""
    return Act(f"{_label(event)}：{old}改派{unit}", told=frozenset({"assignment", "unit"}))


def _correct(event: TicketEvent, _told: Told) -> Act:
    what = PersonalField(event.data["field"]).label_zh
    return Act(f"{_label(event)}：{what}", told=frozenset({"field"}))


def _hand_over(event: TicketEvent, told: Told) -> Act:
    old, new = (told.unit(int(event.data[name])) or "—" for name in ("from_unit", "unit"))
    return Act(f"{_label(event)}：{old} → {new}", told=frozenset({"from_unit", "unit"}))


def _extension(event: TicketEvent, told: Told) -> Act:
    return Act(f"{_label(event)}{_days(told.request(event))}", told=frozenset({"days"}))


def _decision(event: TicketEvent, told: Told) -> Act:
    request = told.request(event)
    if request is None:
        return Act(_label(event))
    text = f"{_VERBS[event.action]}{RequestKind(request.kind).label_zh}{_days(request)}"
    share = told.share(event)
    return Act(_to(text, told.holder(share, event) if share is not None else ""))


def _days(request: Request | None) -> str:
    days = request.details.get("days") if request is not None else None
    return f" {days} 个工作日" if days else ""


def _grade(level: str) -> str:
    return OrderLevel(str(level)).label_zh.partition("：")[0]


def _merge(event: TicketEvent, _told: Told) -> Act:
    return Act("并入", (str(event.data["master"]),), frozenset({"master"}))


def _followers(text: str) -> Callable[[TicketEvent, Told], Act]:
    return lambda event, _told: Act(text, (str(event.data["number"]),), frozenset({"number"}))


def _escalate(event: TicketEvent, _told: Told) -> Act:
    level = OrderLevel(str(event.data["level"]))
    if event.role == Role.SYSTEM and SYSTEM_ACTS[level] is SystemAct.PROPOSE:
        return Act(f"报请中心领导决定{level.label_zh.partition('：')[2]}", told=frozenset({"level"}))
    return Act(f"提到{_grade(level)}督办", told=frozenset({"level"}))


def _issue(event: TicketEvent, told: Told) -> Act:
    units = "、".join(told.unit(int(unit_id)) or "—" for unit_id in event.data.get("units") or ())
    return Act(_to(f"下发{told.level(event)}督办单", units), told=frozenset({"level", "units"}))


def _order(verb: str, more: str = "") -> Callable[[TicketEvent, Told], Act]:
    def act(event: TicketEvent, told: Told) -> Act:
        return Act(f"{verb}{told.level(event)}督办单{more}", told=frozenset({"level"}))

    return act


_VERBS = {"approve": "同意", "refuse": "驳回", "endorse": "转报"}
_SPECIAL: Mapping[tuple[str, str], Callable[[TicketEvent, Told], Act]] = {
    (Machine.TICKET, "note"): _note,
    (Machine.TICKET, "rework"): _rework,
    (Machine.TICKET, "merge"): _merge,
    (Machine.TICKET, "take_in"): _followers("并入本单"),
    (Machine.TICKET, "let_go"): _followers("不再并入本单"),
    (Machine.TICKET, "escalate"): _escalate,
    (Machine.TICKET, "redirect"): _redirect,
    (Machine.TICKET, "hand_over"): _hand_over,
    (Machine.TICKET, "correct"): _correct,
    (Machine.REQUEST, "ask_extension"): _extension,
    (Machine.REQUEST, "approve"): _decision,
    (Machine.REQUEST, "refuse"): _decision,
    (Machine.REQUEST, "endorse"): _decision,
    (Machine.ORDER, "issue"): _issue,
    (Machine.ORDER, "answer"): _order("反馈"),
    (Machine.ORDER, "refuse_answer"): _order("退回", "的反馈"),
    (Machine.ORDER, "close_order"): _order("办结"),
    (Machine.ORDER, "withdraw_order"): _order("撤回"),
    (Machine.ORDER, "warn_order"): _order("提醒", "将到期"),
    (Machine.ORDER, "mark_order_overdue"): _order("标记", "超期"),
}
