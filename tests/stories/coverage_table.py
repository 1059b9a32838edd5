"""Which row is lived through by which scene? Writes docs/coverage.md: `python -m tests.stories.coverage_table`.

The page is made of the tables and the scenes; test_every_row plays each scene, so what it says has happened.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from hotline.web.refusals import sentence
from tests.stories.counter import Form
from tests.stories.scene import Press, Scene, Tick
from tests.stories.scenes import OWN_DOORS, ROWS, SCENES
from workflows.definition import Transition
from workflows.vocabulary import Machine, Role

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
_HEAD = """# Every row, lived through

Written by `python -m tests.stories.coverage_table`; a test fails when it is stale. Each row of the four tables is
played by `tests/stories/test_every_row.py` on SQLite and PostgreSQL: a ticket is brought to the row, whoever it is
for opens the page and sends its form, and the event, its states and its messages must be there. Before that the
same form is sent by somebody it is not for and refused with a sentence in Chinese and English; afterwards it is
sent again. What the system does alone is set off by the act or the moment that causes it.

Read **by** as who pressed, **at** as the form's address (`N` the ticket, `ID` its part), **refused** as
status and code of those who may not, or come again, **told** as recipient:message.
"""
_COLUMNS = ("row", "from → to", "roles", "by, at", "refused", "told")
_DOORS = {
    "ticket.correct": (
        "supervisor at `/board/data-requests/ID/accept`",
        "403 agent, 409 again, 422 without proof of who asks",
        "unit:details_added",
    ),
    "ticket.hand_over": ("administrator at `/admin/units/CODE/end`", "403 supervisor, 409 while the successor has the ticket itself", ""),
    "assignment.release_handler": ("administrator at `/admin/users/of/NAME/deactivate`", "403 supervisor, 409 again", ""),
    "ticket.register": ("agent at `/desk`", "403 reviewer, 422 without a way to reach the citizen", ""),
    "ticket.recount": ("administrator at `/admin/calendars/city/recount`", "403 supervisor", "unit:reclassified"),
    "request.ask_export": ("supervisor at `/search/export`", "403 handler, 422 without purpose", "user:export_to_decide"),
    "request.approve@is_bulk_export": (
        "security at `/requests/ID/approve`",
        "403 supervisor, 409 again",
        "user:export_decided",
    ),
    "request.refuse@is_bulk_export": (
        "security at `/requests/ID/refuse`",
        "403 supervisor, 409 again",
        "user:export_decided",
    ),
}  # fmt: skip


def render() -> str:
    """Make the page."""
    parts = [_HEAD]
    for machine in Machine:
        rows = {name: row for name, row in ROWS.items() if name.startswith(f"{machine}.")}
        parts.append(f"\n## {machine.label_en}: {len(rows)} rows\n\n")
        parts.append(_line(_COLUMNS) + _line(["---"] * len(_COLUMNS)))
        parts.extend(_line(_cells(name, row)) for name, row in rows.items())
    parts.append(
        f"\n{len(ROWS)} rows, {len(SCENES)} scenes and {len(OWN_DOORS)} rows with doors of their own.\n"
    )
    return "".join(parts)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _cells(name: str, row: Transition) -> list[str]:
    scenes = [scene for scene in SCENES if scene.row == name]
    target = "same" if row.target is None else row.target
    states = f"{', '.join(row.sources)} → {target}"
    chosen = f"<br>when {', '.join(row.when)}" if row.when else ""
    shown = f"{row.label_en} `{row.action}`{chosen}"
    if name in _DOORS:
        return [shown, states, _roles(row), *_DOORS[name]]
    return [
        shown,
        states,
        _roles(row),
        _all(_caused(scene) for scene in scenes),
        _all(each for scene in scenes for each in _refusals(scene)),
        _all(each for scene in scenes for each in sorted(scene.told.split())),
    ]


def _all(cells: Iterator[str]) -> str:
    return "<br>".join(dict.fromkeys(cells)) or "–"


def _roles(row: Transition) -> str:
    people = row.roles - {Role.SYSTEM}
    return ", ".join(sorted(row.roles)) if people else "system"


def _caused(scene: Scene) -> str:
    cause = scene.cause
    if isinstance(cause, Tick):
        return f"system, when time passes ({cause.after.total_seconds() / 3600:g} h)"
    form = Form("N", cause.machine, cause.action, None, cause.is_blind)
    part = "ID" if cause.part or cause.machine != "ticket" else "None"
    told = f"{cause.who} at `{form.path.replace('None', part)}`"
    return told if scene.is_pressed else f"system, after {told}"


def _refusals(scene: Scene) -> Iterator[str]:
    for who, code in scene.no:
        yield f"{sentence(code).status} {code}: {who}"
    if isinstance(scene.cause, Press) and scene.is_pressed and scene.again:
        yield f"{sentence(scene.again).status} {scene.again}: again"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
