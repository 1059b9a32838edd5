"""What the rows of requests are made of: who decides which kind, and which action asks for it."""

from collections.abc import Mapping

from workflows.definition import ClockOp, ClockOrder, ClockScope
from workflows.vocabulary import Audience, ClockName, RequestKind, Role

K = RequestKind
START = ClockOrder(ClockOp.START, ClockName.DECISION, ClockScope.REQUEST)
STOP = ClockOrder(ClockOp.STOP, ClockName.DECISION, ClockScope.REQUEST)
HANDLER = frozenset({Role.HANDLER})
UNIT = frozenset({Role.HANDLER, Role.UNIT_LEADER})

KIND_OF_ASK: Mapping[str, RequestKind] = {
    "ask_return": K.RETURN,
    "ask_extension": K.EXTENSION,
    "ask_suspension": K.SUSPENSION,
    "ask_reopening": K.REOPENING,
    "ask_exclusion": K.EXCLUSION,
    "ask_appeal": K.ASSESSMENT_APPEAL,
    "ask_disclosure": K.IDENTITY_DISCLOSURE,
    "ask_export": K.BULK_EXPORT,
    "ask_contact": K.CENTRE_CONTACT,
}
ASK_OF_KIND: Mapping[str, str] = {kind.value: action for action, kind in KIND_OF_ASK.items()}
# Asked about the whole ticket, and about no ticket at all; the others are about one unit's share.
ASKS_OF_TICKET = frozenset({"ask_reopening", "ask_disclosure"})
ASKS_OF_NOTHING = frozenset({"ask_export"})
ASKS_OF_SHARE = frozenset(KIND_OF_ASK) - ASKS_OF_TICKET - ASKS_OF_NOTHING

DECIDERS: Mapping[RequestKind, frozenset[Role]] = {
    K.RETURN: frozenset({Role.DISPATCHER}),
    K.EXTENSION: frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.CENTRE_LEADER}),
    K.SUSPENSION: frozenset({Role.CENTRE_LEADER}),
    K.REOPENING: frozenset({Role.SUPERVISOR}),
    K.EXCLUSION: frozenset({Role.CENTRE_LEADER}),
    K.ASSESSMENT_APPEAL: frozenset({Role.AUDITOR}),
    K.IDENTITY_DISCLOSURE: frozenset({Role.SECURITY_OFFICER}),
    K.BULK_EXPORT: frozenset({Role.SECURITY_OFFICER}),
    K.CENTRE_CONTACT: frozenset({Role.AGENT, Role.DISPATCHER, Role.CALLBACK_AGENT}),
}
AUDIENCE_OF: Mapping[RequestKind, Audience] = {
    K.RETURN: Audience.DISPATCHER,
    K.EXTENSION: Audience.REQUEST_DECIDERS,
    K.SUSPENSION: Audience.CENTRE_LEADER,
    K.REOPENING: Audience.SUPERVISOR,
    K.EXCLUSION: Audience.CENTRE_LEADER,
    K.ASSESSMENT_APPEAL: Audience.AUDITOR,
    K.IDENTITY_DISCLOSURE: Audience.SECURITY_OFFICER,
    K.BULK_EXPORT: Audience.SECURITY_OFFICER,
    K.CENTRE_CONTACT: Audience.REQUEST_DECIDERS,
}
