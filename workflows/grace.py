"""How long may a step be undone, and so how long do its messages wait?

Some steps are undone by whoever took them, as if they had never been: nobody was told of them yet, and nobody
acted after them. `Transition.undone_by` names the action that does it.
"""

from datetime import timedelta

# For so long the screen offers to undo what was just done.
SHOWN = timedelta(seconds=10)
# Until then the tables allow it and the messages of the step are held back: longer than what is shown, for
# whoever presses at the last moment, reads slowly or keeps the offer open under the pointer.
GRACE = timedelta(seconds=20)
