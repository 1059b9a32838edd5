"""The table of requests: one person asks, another decides; one machine for many kinds."""

from workflows.definition import Workflow
from workflows.request.asks import ASKS
from workflows.request.decisions import DECISIONS
from workflows.vocabulary import Machine, RequestState

_R = RequestState

REQUEST = Workflow(
    machine=Machine.REQUEST,
    version=2,
    states=RequestState,
    terminal=frozenset({_R.APPROVED, _R.REFUSED, _R.CANCELLED}),
    transitions=(*ASKS, *DECISIONS),
)
