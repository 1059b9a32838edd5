"""Which tickets may become one, and what may a follower still do?"""

from workflows.errors import Code, Refused
from workflows.guards.case import Case, guard

_ENDED = frozenset({"closed", "archived"})
_ANSWERED = frozenset({"to_call_back", *_ENDED})
_NOT_MASTERS = frozenset({"draft"})


@guard(needs_data=True)
def not_itself(case: Case) -> Refused | None:
    """A ticket cannot follow itself."""
    is_same = case.data["master"] == case.facts.number
    return Refused(Code.MASTER_IS_ITSELF, "master") if is_same else None


@guard(needs_data=True)
def no_cycle(case: Case) -> Refused | None:
    """A follower is no master, and a master with followers does not become one: chains lose people."""
    if case.facts.follower_count:
        return Refused(Code.HAS_FOLLOWERS, "master")
    master = case.facts.master
    return Refused(Code.MERGE_CYCLE, "master") if master is not None and master.is_follower else None


@guard(needs_data=True)
def master_is_open(case: Case) -> Refused | None:
    """Only a ticket that is still being dealt with takes others in."""
    master = case.facts.master
    is_open = master is not None and master.state not in _ENDED | _NOT_MASTERS
    return None if is_open else Refused(Code.MASTER_NOT_OPEN, "master")


@guard(needs_data=True)
def not_confidential_mix(case: Case) -> Refused | None:
    """A sealed identity never travels with an open ticket."""
    master = case.facts.master
    is_mix = master is not None and (master.is_confidential or case.facts.is_confidential)
    return Refused(Code.CONFIDENTIAL_MIX, "master") if is_mix else None


@guard(needs_data=True)
def master_is_not_with_the_accused(case: Case) -> Refused | None:
    """A report never reaches whom it accuses by way of another ticket."""
    name = "" if case.facts.master is None else case.facts.master.accused_unit
    return Refused(Code.UNIT_ACCUSED, "master", details={"unit": name}) if name else None


@guard()
def no_followers(case: Case) -> Refused | None:
    """Other citizens wait for this ticket's answer."""
    return Refused(Code.HAS_FOLLOWERS) if case.facts.follower_count else None


@guard()
def is_follower(case: Case) -> Refused | None:
    """The ticket was merged into another."""
    return None if case.facts.outcome == "merged" else Refused(Code.NOT_MERGED)


@guard()
def master_is_answered(case: Case) -> Refused | None:
    """A follower's citizen rates what the master's units answered."""
    master = case.facts.master
    is_answered = master is not None and master.state in _ANSWERED
    return None if is_answered else Refused(Code.MASTER_NOT_ANSWERED)


@guard()
def not_rated_yet(case: Case) -> Refused | None:
    """An answer is rated once, like the answer to a ticket that stands alone."""
    master = case.facts.master
    return Refused(Code.RATED_ALREADY) if master is not None and master.is_rated else None


@guard()
def master_is_archived(case: Case) -> Refused | None:
    """A follower stays readable and may rate as long as its master."""
    master = case.facts.master
    is_over = master is not None and master.state == "archived"
    return None if is_over else Refused(Code.WINDOW_OPEN)


@guard(needs_data=True)
def followers_get_an_answer(case: Case) -> Refused | None:
    """Followers read the public answer alone, since the other one speaks to the master's citizen."""
    if not case.facts.follower_count or case.data.get("public_answer"):
        return None
    return Refused(Code.ANSWER_FOR_FOLLOWERS_MISSING, "public_answer")
