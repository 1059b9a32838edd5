"""When may a ticket be reviewed, rated, closed and archived."""

from workflows.calls import CALLS_TO_TRY
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.guards.case import Case, guard, is_content
from workflows.texts import find_leaks
from workflows.vocabulary import ENDED_ORDERS, Outcome, Role, TicketType, Urgency

_ENDS_WITHOUT_CALLBACK = frozenset({"resolved", "partly_resolved", "explained"})


@guard(needs_data=True)
def public_answer_is_safe(case: Case) -> Refused | None:
    """What will be published exists and shows no phone or identity number."""
    if not case.data.get("is_public"):
        return None
    text = case.data.get("public_answer") or ""
    if not text:
        return Refused(Code.PUBLIC_ANSWER_MISSING, "public_answer")
    leaks = find_leaks(text)
    return (
        Refused(Code.PUBLIC_ANSWER_LEAKS, "public_answer", details={"spots": "、".join(leaks)})
        if leaks
        else None
    )


@guard()
def callback_wanted(case: Case) -> Refused | None:
    """The citizen is to be asked."""
    return None if case.facts.callback_wanted else Refused(Code.CALLBACK_NOT_WANTED)


@guard()
def no_callback_wanted(case: Case) -> Refused | None:
    """Praise, anonymous callers and those who declined are not called back."""
    facts = case.facts
    if facts.is_anonymous or facts.type == TicketType.PRAISE or not facts.callback_wanted:
        return None
    return Refused(Code.CALLBACK_WANTED)


@guard(needs_data=True)
def satisfied_or_explained(case: Case) -> Refused | None:
    """People close a ticket when the citizen is content, or when the unit could only explain."""
    if case.role is Role.SYSTEM:
        return None
    if is_content(case.data):
        return None
    main = case.facts.main
    can_explain = (
        case.role is Role.CALLBACK_AGENT and main is not None and main.result in {"explained", "unfounded"}
    )
    return (
        None if can_explain and case.data.get("is_explained") else Refused(Code.NOT_CONTENT, "satisfaction")
    )


@guard(needs_data=True)
def unsolved_or_dissatisfied(case: Case) -> Refused | None:
    """A content citizen needs no rework."""
    return Refused(Code.CONTENT_NEEDS_NO_REWORK, "satisfaction") if is_content(case.data) else None


@guard(needs_data=True)
def rating_is_complete(case: Case) -> Refused | None:
    """A person who rates says both whether it is solved and how satisfied the citizen is."""
    if case.role is Role.SYSTEM:
        return None
    missing = [
        FieldError(name, FieldCode.NOTHING_CHOSEN)
        for name in ("solved", "satisfaction")
        if not case.data.get(name)
    ]
    return invalid(*missing) if missing else None


@guard()
def was_answered_directly(case: Case) -> Refused | None:
    """An answer given at once has no callback: it is rated on the closed ticket."""
    is_direct = case.facts.outcome == Outcome.ANSWERED_DIRECTLY
    return None if is_direct else Refused(Code.NOT_ANSWERED_DIRECTLY)


@guard()
def answer_not_rated_yet(case: Case) -> Refused | None:
    """A direct answer is rated once."""
    return Refused(Code.RATED_ALREADY) if case.facts.is_answer_rated else None


@guard(needs_data=True)
def outcome_is_the_units(case: Case) -> Refused | None:
    """Without a callback a ticket ends resolved, partly resolved or explained, and in no other way."""
    if case.data["outcome"] in _ENDS_WITHOUT_CALLBACK:
        return None
    return invalid(FieldError("outcome", FieldCode.NOT_A_CHOICE, "、".join(sorted(_ENDS_WITHOUT_CALLBACK))))


@guard()
def callback_window_over(case: Case) -> Refused | None:
    """The system closes after three failed calls that count, on a confirmed wrong number, or at the end."""
    is_tried = case.facts.failed_calls >= CALLS_TO_TRY or case.facts.is_number_wrong
    if case.role is not Role.SYSTEM or is_tried:
        return None
    due = case.facts.callback_due_at
    return None if due is not None and due <= case.now else Refused(Code.TOO_EARLY)


@guard(needs_data=True)
def call_is_in_call_hours(case: Case) -> Refused | None:
    """The citizen is called on a working day, between nine and eight, before the callback is due."""
    at, hours = case.data["call_at"], () if case.facts.horizon is None else case.facts.horizon.call_hours
    if any(opens <= at <= closes for opens, closes in hours):
        return None
    if not hours:
        return invalid(FieldError("call_at", FieldCode.NO_CALL_HOURS_LEFT))
    if at > hours[-1][1]:
        return invalid(FieldError("call_at", FieldCode.TOO_LATE, f"{hours[-1][1]:%Y-%m-%d %H:%M}"))
    return invalid(FieldError("call_at", FieldCode.NOT_CALL_HOURS))


@guard(needs_data=True)
def identity_checked(case: Case) -> Refused | None:
    """The citizen opened the ticket with its code, or the agent confirms who is calling."""
    is_checked = case.role is Role.CITIZEN or bool(case.data.get("is_identity_checked"))
    return None if is_checked else Refused(Code.IDENTITY_NOT_CHECKED, "is_identity_checked")


@guard()
def not_safety_report(case: Case) -> Refused | None:
    """Reports and matters of life and property stay open whoever asks."""
    is_safety = case.facts.type == TicketType.REPORT or case.facts.urgency == Urgency.CRITICAL
    return Refused(Code.SAFETY_REPORT) if is_safety else None


@guard()
def window_over(case: Case) -> Refused | None:
    """The citizen's time to ask for reopening has passed."""
    due = case.facts.archive_due_at
    return Refused(Code.WINDOW_OPEN) if due is None or due > case.now else None


@guard()
def no_open_request(case: Case) -> Refused | None:
    """Nothing is waiting for a decision."""
    is_open = any(r.state == "requested" for r in case.facts.requests)
    return Refused(Code.OPEN_REQUEST) if is_open else None


@guard()
def something_runs(case: Case) -> Refused | None:
    """Due moments are only moved while a clock still runs."""
    return None if case.facts.running_clocks else Refused(Code.CLOCK_NOT_RUNNING)


@guard(needs_data=True)
def clock_is_running(case: Case) -> Refused | None:
    """A warning is only given for a clock that still runs."""
    return None if case.data["clock"] in case.facts.running_clocks else Refused(Code.CLOCK_NOT_RUNNING)


@guard()
def no_open_order(case: Case) -> Refused | None:
    """A supervision order outlives the ticket's closing, so it keeps the ticket from the archive."""
    return Refused(Code.OPEN_ORDER) if any(o.state not in ENDED_ORDERS for o in case.facts.orders) else None


@guard()
def outcome_reopenable(case: Case) -> Refused | None:
    """A follower is not reopened but taken out of its master."""
    return Refused(Code.NOT_REOPENABLE) if case.facts.outcome == "merged" else None


@guard()
def within_30_days(case: Case) -> Refused | None:
    """The archive clock runs as long as reopening may be asked for; a decision may come later."""
    if case.role is Role.SYSTEM:
        return None
    due = case.facts.archive_due_at
    return Refused(Code.REOPEN_WINDOW_OVER) if due is None or case.now >= due else None


@guard()
def review_date_reached(case: Case) -> Refused | None:
    """The system resumes a suspended ticket only at its review date."""
    due = case.facts.suspension_due_at
    is_early = case.role is Role.SYSTEM and due is not None and due > case.now
    return Refused(Code.TOO_EARLY) if is_early else None


@guard()
def is_out_of_figures(case: Case) -> Refused | None:
    """Only what was excluded can be counted again."""
    return None if case.facts.is_excluded else Refused(Code.NOT_EXCLUDED)


@guard()
def is_closed(case: Case) -> Refused | None:
    """There is nothing to reopen while the ticket is open, and nothing to change in the archive."""
    return None if case.facts.state == "closed" else Refused(Code.TICKET_NOT_CLOSED)
