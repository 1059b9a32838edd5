"""Which conditions can stop a move, and which choose between two rows of one action."""

from workflows.guards import (
    closing,
    conditions,
    dispatch,
    giving,
    handling,
    intake,
    intake_side,
    merging,
    orders,
    ownership,
    requests,
    returns,
    undoing,
)
from workflows.guards.case import CONDITIONS, GUARDS, NEEDS_DATA, Case

__all__ = [
    "CONDITIONS",
    "GUARDS",
    "NEEDS_DATA",
    "Case",
    "closing",
    "conditions",
    "dispatch",
    "giving",
    "handling",
    "intake",
    "intake_side",
    "merging",
    "orders",
    "ownership",
    "requests",
    "returns",
    "undoing",
]
