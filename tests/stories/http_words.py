"""What is typed into the form of an act, with the words of a story in every field that takes some?"""

from tests.stories.scenes_intake import REASON, SOON
from tests.stories.town import CONTENT_RATING, POOR_RATING, REPLY, RETURN


def data_for(action: str, words: str) -> dict[str, object]:
    """What is typed into the form of an act."""
    return {
        "return_intake": {"reason": words},
        "reject": {"reason": "statutory_path", "path": words},
        "ask_supplement": {"missing": words, "answer_by": SOON},
        "supplement": {"text": words},
        "add_details": {"text": words},
        "transfer_emergency": {"line": "119", "handed_over_at": "2026-11-20T09:00"},
        "propose_invalid": {"reason": words},
        "drop_invalid": {"reason": words},
        "invalidate": {"reason": words},
        "dispatch": {"main_unit": "HOUSING", "advice": words},
        "submit_reply": {**REPLY, "answer": words, "is_confirmed": True},
        "refuse_unit_reply": {"reason": words},
        "ask_return": {**RETURN, "basis": words},
        "ask_extension": {"reason": words, "days": 2, "citizen_words": words},
        "ask_suspension": {"plan": words, "condition": words, "review_on": "2026-12-15"},
        "refuse_return": {"reason": words},
        "refuse_extension": {"reason": words},
        "refuse_suspension": {"reason": words},
        "raise_dispute": {"reason": words},
        "decide_dispute": {"main_unit": "HOUSING", "decision": words},
        "send_back_reply": {"reasons": ["evasive"], "note": words},
        "record_call_attempt": {"result": "busy"},
        "close": {**CONTENT_RATING, "comment": words},
        "rework": {**POOR_RATING, "comment": words, "reason": words},
        "withdraw": {"reason": words, "is_identity_checked": True},
        "reopen": dict(REASON),
        "escalate": {"level": "2", "reason": words},
        "note": {"text": words, "visibility": "citizen"},
        "issue": {"level": "3", "units": ["HOUSING"], "opinion": words},
        "answer": {"answer": words},
        "refuse_answer": {"reason": words},
        "close_order": {"opinion": words},
        "withdraw_order": {"reason": words},
    }.get(action, {})
