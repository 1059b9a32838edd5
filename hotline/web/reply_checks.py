"""What is there to look at in a reply while it is being written?"""

from hotline.services.watching import list_weak_words
from hotline.web.action_forms import Values
from hotline.web.ticket_moves import Look
from workflows.texts import Check, ReplyText, check_reply

_NAMES = ("contact", "no_contact_reason", "result", "answer", "public_answer")


def check_typed(look: Look, action: str, values: Values, files: int) -> tuple[Check, ...]:
    """Look over what was typed; nothing is found fault with before anything was."""
    typed = {name: "".join(values.get(name, ())[:1]) for name in _NAMES}
    if action != "submit_reply" or not typed["answer"].strip():
        return ()
    words = list_weak_words(look.session, f"{typed['answer']}\n{typed['public_answer']}", look.now)
    return check_reply(ReplyText(**typed, files=files, words=words))
