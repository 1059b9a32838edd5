"""What is one refusal as people read it: a status and a sentence that names the cure, zh and en?"""

from dataclasses import dataclass

FORBIDDEN, ABSENT, CONFLICT, INVALID = 403, 404, 409, 422


@dataclass(frozen=True, slots=True)
class Sentence:
    """One refusal as people read it. `{limit}` in a field's sentence is filled from the error."""

    status: int
    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.zh
