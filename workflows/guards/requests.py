"""When may something be asked for, and who may decide it?"""

from datetime import timedelta

from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.guards.case import Case, comes_from_lowest_tier, guard
from workflows.texts import find_leaks
from workflows.vocabulary import Role

DISCLOSED_FOR = timedelta(minutes=30)
_ENDED = frozenset({"closed", "archived"})


@guard()
def ticket_in_process(case: Case) -> Refused | None:
    """While a ticket waits, is disputed or suspended, or has left the units, its shares stand still."""
    return None if case.facts.state == "in_process" else Refused(Code.TICKET_NOT_IN_PROCESS)


@guard()
def ticket_is_not_held(case: Case) -> Refused | None:
    """A share given back while its ticket waits would leave nobody to go on with afterwards."""
    is_held = case.facts.state in {"awaiting_supplement", "suspended"}
    return Refused(Code.TICKET_NOT_IN_PROCESS) if is_held else None


@guard()
def handling_runs(case: Case) -> Refused | None:
    """There is a due moment to move, though the clock may be held."""
    return None if "handle" in case.facts.running_clocks else Refused(Code.CLOCK_NOT_RUNNING)


@guard()
def before_due_by_4h(case: Case) -> Refused | None:
    """More time is asked for at least four hours of the clock's own kind before it runs out."""
    horizon = case.facts.horizon
    until = None if horizon is None else horizon.extension_until
    if "handle" not in case.facts.running_clocks:
        return Refused(Code.CLOCK_NOT_RUNNING)
    return Refused(Code.EXTENSION_TOO_LATE) if until is None or case.now > until else None


@guard()
def extension_is_left(case: Case) -> Refused | None:
    """The policy of the ticket's class still has an extension to give."""
    horizon = case.facts.horizon
    if horizon is None or not horizon.has_extension_policy:
        return Refused(Code.NO_EXTENSION)
    return Refused(Code.EXTENSIONS_SPENT) if horizon.most_days is None else None


@guard(needs_data=True)
def days_within_policy(case: Case) -> Refused | None:
    """One extension is no longer than the policy's."""
    horizon = case.facts.horizon
    most = 0 if horizon is None or horizon.most_days is None else horizon.most_days
    if 1 <= case.data["days"] <= most:
        return None
    return invalid(FieldError("days", FieldCode.TOO_LARGE, str(most)))


@guard()
def is_main_share(case: Case) -> Refused | None:
    """Only the unit that leads asks for the whole ticket to wait."""
    return None if case.assignment.is_main else Refused(Code.NOT_MAIN_SHARE)


@guard()
def is_live_share(case: Case) -> Refused | None:
    """The unit still holds its share, answered or not."""
    return None if case.assignment.is_live else Refused(Code.SHARE_NOT_LIVE)


@guard()
def is_recently_closed(case: Case) -> Refused | None:
    """Figures are contested within five working days of closing."""
    if case.facts.state not in _ENDED:
        return Refused(Code.TICKET_NOT_CLOSED)
    horizon = case.facts.horizon
    until = None if horizon is None else horizon.appeal_until
    return Refused(Code.APPEAL_WINDOW_OVER) if until is None or case.now > until else None


@guard()
def not_yet_excluded(case: Case) -> Refused | None:
    """What is out of the figures already needs no request."""
    return Refused(Code.EXCLUDED_ALREADY) if case.facts.is_excluded else None


@guard()
def holds_a_sealed_identity(case: Case) -> Refused | None:
    """Only a confidential ticket hides who called."""
    return None if case.facts.is_confidential else Refused(Code.NOT_CONFIDENTIAL)


@guard()
def not_asked_already(case: Case) -> Refused | None:
    """One open request of a kind per subject and, for disclosures, per asker."""
    return _open_of_kind(case, "reopening", by_anyone=True)


@guard()
def no_open_disclosure(case: Case) -> Refused | None:
    """Each person asks once at a time."""
    return _open_of_kind(case, "identity_disclosure", by_anyone=False)


@guard()
def is_endorsed(case: Case) -> Refused | None:
    """What a third-tier unit asks passes its second-tier unit first."""
    needs = comes_from_lowest_tier(case) and not case.request.is_endorsed
    return Refused(Code.ENDORSEMENT_NEEDED) if needs else None


@guard()
def awaits_endorsement(case: Case) -> Refused | None:
    """There is something to pass on, and it was not passed on yet."""
    if case.request.is_endorsed:
        return Refused(Code.ENDORSED_ALREADY)
    return None if comes_from_lowest_tier(case) else Refused(Code.NOT_IN_THIS_STATE)


@guard()
def is_above_asking_unit(case: Case) -> Refused | None:
    """The unit over the asking one passes on or decides."""
    share = case.facts.units.get(case.assignment.unit_id)
    is_above = share is not None and case.actor.unit_id in share.above_ids
    return None if is_above else Refused(Code.NOT_YOUR_UNIT)


@guard()
def leader_decides_the_second(case: Case) -> Refused | None:
    """The first extension is the dispatchers' to give, every further one the centre leader's."""
    is_theirs = not case.facts.extension_count or Role.CENTRE_LEADER in case.actor.roles
    return None if is_theirs else Refused(Code.LEADER_DECIDES)


@guard()
def disclosure_is_fresh(case: Case) -> Refused | None:
    """One look, within thirty minutes of the approval."""
    request = case.request
    is_fresh = request.decided_at is not None and case.now - request.decided_at <= DISCLOSED_FOR
    return None if is_fresh and not request.is_viewed else Refused(Code.DISCLOSURE_OVER)


@guard(needs_data=True)
def appeal_is_new(case: Case) -> Refused | None:
    """One appeal of a share is open at a time, and what was upheld needs no other."""
    if case.data["about"] in case.facts.upheld_appeals:
        return Refused(Code.UPHELD_ALREADY, "about")
    return _open_of_share(case, "assessment_appeal")


@guard()
def no_open_return(case: Case) -> Refused | None:
    """One open request of a kind per assignment."""
    return _open_of_share(case, "return")


@guard()
def no_open_extension(case: Case) -> Refused | None:
    """More time for a ticket is asked for once at a time, whichever unit asks."""
    return _open_of_kind(case, "extension", by_anyone=True)


@guard()
def no_open_suspension(case: Case) -> Refused | None:
    """One open request of a kind per assignment."""
    return _open_of_share(case, "suspension")


@guard()
def no_open_contact(case: Case) -> Refused | None:
    """One open request of a kind per assignment."""
    return _open_of_share(case, "centre_contact")


@guard(needs_data=True)
def answer_names_nobody(case: Case) -> Refused | None:
    """What the centre passes on to a unit says something, and nobody's telephone or identity number."""
    said = case.data.get("reason") or ""
    if not said:
        return invalid(FieldError("reason", FieldCode.REQUIRED))
    leaks = find_leaks(said)
    return Refused(Code.ANSWER_NAMES_CALLER, "reason") if leaks else None


@guard()
def no_open_exclusion(case: Case) -> Refused | None:
    """One open request of a kind per assignment."""
    return _open_of_share(case, "exclusion")


def _open_of_share(case: Case, kind: str) -> Refused | None:
    is_open = any(
        r.state == "requested" and r.kind == kind and r.assignment_id == case.assignment.id
        for r in case.facts.requests
    )
    return Refused(Code.OPEN_REQUEST) if is_open else None


def _open_of_kind(case: Case, kind: str, *, by_anyone: bool) -> Refused | None:
    is_open = any(
        r.state == "requested" and r.kind == kind and (by_anyone or r.asked_by_id == case.actor.user_id)
        for r in case.facts.requests
    )
    return Refused(Code.OPEN_REQUEST) if is_open else None
