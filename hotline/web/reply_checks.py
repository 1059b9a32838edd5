"""What is there to look at in a reply while it is being written?"""

from hotline.web.action_forms import Values
from workflows.texts import Check, ReplyText, check_reply

_NAMES = ("contact", "no_contact_reason", "result", "answer", "public_answer")


def check_typed(action: str, values: Values, files: int) -> tuple[Check, ...]:
    """Look over what was typed; nothing is found fault with before anything was."""
    typed = {name: "".join(values.get(name, ())[:1]) for name in _NAMES}
    if action != "submit_reply" or not typed["answer"].strip():
        return ()
    return check_reply(ReplyText(**typed, files=files))
