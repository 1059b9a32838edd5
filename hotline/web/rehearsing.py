"""What will happen with what is filled in so far, in words: tried out beside the page, and never kept."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from hotline.queries.ticket_parts import dialled
from hotline.queries.wording import MESSAGE_CHANNELS, MESSAGE_KINDS, field_label
from hotline.services.rehearsal import ClockAfter, Rehearsal, StateAfter, Turn
from hotline.services.tellings import Telling
from hotline.web.action_preview import PartAfter, Preview, Tell
from hotline.web.errors import problem_of_refusal
from hotline.web.filters import mask_phone
from hotline.web.foretelling import wordings_of
from hotline.web.moments import city_short
from hotline.web.transaction import aside
from notifications.catalog import Channel
from workflows.definition import NEW
from workflows.errors import Refused
from workflows.vocabulary import ClockName, Machine

_log = structlog.get_logger(__name__)


def try_out(
    static: Preview, play: Callable[[Session], Rehearsal], action: str, *, shows_phone: bool
) -> Preview:
    """Rehearse and tell exactly what will happen, or what is wrong with the form as it is filled in.

    While the database is busy the preview of the table stays: nobody waits for a preview.
    """
    try:
        with aside() as session:
            return _exact(play(session), shows_phone=shows_phone)
    except Refused as refusal:
        return replace(static, wrong=complaints(refusal, action))
    except OperationalError as error:
        _log.info("rehearsal_skipped", kind=type(error.orig).__name__)
        return static


def complaints(refusal: Refused, action: str) -> tuple[str, ...]:
    """Say a refusal the way it will be said beside the form: each field by its name, else as a whole."""
    problem = problem_of_refusal(refusal)
    told = (
        f"{field_label(action, each['field'])}：{each['message']}" if each["field"] else each["message"]
        for each in problem.errors
    )
    spots = refusal.details.get("spots", "")
    return tuple(told) or ((f"{problem.text}（{spots}）",) if spots else (problem.text,))


def _exact(rehearsal: Rehearsal, *, shows_phone: bool) -> Preview:
    ticket = rehearsal.ticket
    return Preview(
        from_state=ticket.before,
        to_state=None if ticket.before == ticket.after else ticket.after,
        tells=tuple(_told(rehearsal, shows_phone=shows_phone)),
        clocks=tuple(dict.fromkeys(map(_clock, rehearsal.clocks))),
        parts=tuple(_part(each) for each in rehearsal.parts),
        is_exact=True,
    )


def _part(part: StateAfter) -> PartAfter:
    name = f"{part.name}申请" if part.machine is Machine.REQUEST else part.name or part.machine.label_zh
    return PartAfter(name, "" if part.before == NEW else part.before, part.after)


def _clock(clock: ClockAfter) -> str:
    owner = f"（{clock.owner}）" if clock.owner else ""
    name = f"{ClockName(clock.name).label_zh}{owner}"
    due = city_short(clock.due_at)
    if clock.turn is Turn.MOVES:
        return f"{name}改为 {due} 到期"
    if clock.turn in (Turn.STARTS, Turn.RESUMES):
        return f"{name}{clock.turn.label_zh}，{due} 到期"
    return f"{name}{clock.turn.label_zh}"


def _told(rehearsal: Rehearsal, *, shows_phone: bool) -> Iterable[Tell]:
    """One line for each kind and kind of recipient: people of one role are counted, not listed."""
    groups: dict[tuple[object, ...], list[Telling]] = {}
    for each in rehearsal.tellings:
        whom = each.audiences if each.sort == "user" else each.recipient
        groups.setdefault((each.kind, each.sort, whom), []).append(each)
    for group in groups.values():
        first = group[0]
        line = f"{_whom(group, shows_phone=shows_phone)}：{MESSAGE_KINDS.get(first.kind, first.kind)}"
        yield Tell(line, wordings_of(group, rehearsal.at))


def _whom(group: list[Telling], *, shows_phone: bool) -> str:
    first = group[0]
    ways = "、".join(dict.fromkeys(MESSAGE_CHANNELS.get(each.channel, each.channel) for each in group))
    if first.sort == "citizen":
        is_shown = shows_phone and first.channel == Channel.SMS
        number = mask_phone(dialled(first.address)) if is_shown else ""
        return f"诉求人（{number} {ways}）" if number else f"诉求人（{ways}）"
    if first.sort == "unit":
        return f"{first.name}联络员（{ways}）"
    role = "、".join(audience.label_zh for audience in first.audiences) or "有关人员"
    people = {each.recipient for each in group}
    return f"{role} {first.name if len(people) == 1 else f'{len(people)} 人'}（{ways}）"
