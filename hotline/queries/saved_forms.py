"""Which ready-made records are there, since when and why, and which may an agent use today?"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.people import User
from hotline.models.saved_forms import SavedForm, SavedFormVersion
from hotline.queries.search_words import initials_of


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved form in one of its versions; `category` is the code, `path` what people read."""

    id: int
    number: int
    name: str
    type: str
    category: str
    path: str
    title: str
    content: str
    questions: tuple[str, ...]
    answer: str
    entry_id: int | None
    valid_from_on: date | None
    valid_until_on: date | None
    is_active: bool
    reason: str
    published_by: str
    published_at: datetime

    @property
    def initials(self) -> str:
        return initials_of(self.name)

    def holds(self, on: date) -> bool:
        """Whether agents may use it on a day."""
        begins, ends = self.valid_from_on or on, self.valid_until_on or on
        return self.is_active and begins <= on <= ends

    def says(self, words: str) -> bool:
        """Whether it is what somebody looks for."""
        sought = (self.name, self.initials, self.title, self.content, self.path)
        return any(words.casefold() in text.casefold() for text in sought)


def list_saved(session: Session) -> list[Saved]:
    """List every saved form as it stands, by name."""
    newest = _versions().where(SavedFormVersion.number == SavedForm.number).order_by(SavedFormVersion.name)
    return [_saved(*row) for row in session.execute(newest)]


def list_usable(session: Session, on: date) -> list[Saved]:
    """List what agents may use on a day."""
    return [each for each in list_saved(session) if each.holds(on)]


def list_versions(session: Session, form_id: int) -> list[Saved]:
    """List all versions of a saved form, the newest first; empty when there is none."""
    every = _versions().where(SavedFormVersion.form_id == form_id).order_by(SavedFormVersion.number.desc())
    return [_saved(*row) for row in session.execute(every)]


def _versions() -> Select[SavedFormVersion, Category | None, str | None]:
    return (
        select(SavedFormVersion, Category, User.display_name)
        .join(SavedForm, SavedForm.id == SavedFormVersion.form_id)
        .outerjoin(Category, Category.id == SavedFormVersion.category_id)
        .outerjoin(User, User.id == SavedFormVersion.published_by_id)
    )


def _saved(row: SavedFormVersion, category: Category | None, author: str | None) -> Saved:
    plain = ("number", "name", "type", "title", "content", "answer", "entry_id")
    dates = ("valid_from_on", "valid_until_on", "is_active", "reason", "published_at")
    return Saved(
        id=row.form_id,
        category=category.code if category else "",
        path=category.path if category else "",
        questions=tuple(line for line in row.questions.split("\n") if line),
        published_by=author or "",
        **{name: getattr(row, name) for name in (*plain, *dates)},
    )
