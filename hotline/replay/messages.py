"""Which messages does a file hold: each row made ready for the workflow, or refused with the reason."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hotline.services.local_times import read_local
from hotline.services.table_files import Row, Table, UnreadableFileError, read_table
from workflows.data import ANSWER_LIMIT, CONTENT_LIMIT, TITLE_LIMIT

COLUMNS = ("time", "title", "content", "reply", "reply_time")
_AT_LEAST = timedelta(hours=1)
_LONGEST = timedelta(days=20 * 365)
# What storage or readers cannot take: controls but line breaks and tabs, and marks that turn the text around.
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Message:
    """One citizen's message with the real reply. `repairs` names what had to be mended to take it."""

    line: int
    source_id: str
    user: str
    title: str
    content: str
    sent_at: datetime
    reply: str
    replied_at: datetime
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedMessage:
    """A row that cannot be played, and why."""

    line: int
    source_id: str
    reason: str


class _Unfit(Exception):  # noqa: N818 - never leaves this module
    pass


def read_messages(path: Path, zone: ZoneInfo, now: datetime) -> list[Message | RefusedMessage]:
    """Read every row in the order of the file. Raises UnreadableFileError when a needed column is missing."""
    table = read_table(path)
    missing = [name for name in COLUMNS if name not in table.header]
    if missing:
        message = f"the file lacks the columns {', '.join(missing)}"
        raise UnreadableFileError(message)
    return [_read(table, row, zone, now) for row in table.rows]


def _read(table: Table, row: Row, zone: ZoneInfo, now: datetime) -> Message | RefusedMessage:
    cells = table.values(row)
    source_id = cells.get("msg_id", "")
    # A formula is only text here: nothing of the file is ever opened in a spreadsheet.
    if row.fault is not None and row.fault.trouble not in {"formula", "nul"}:
        return RefusedMessage(row.line, source_id, f"{row.fault.trouble} {row.fault.column}".strip())
    try:
        return _message(row.line, cells, zone, now)
    except _Unfit as unfit:
        return RefusedMessage(row.line, source_id, str(unfit))


def _message(line: int, cells: Mapping[str, str], zone: ZoneInfo, now: datetime) -> Message:
    repairs: list[str] = []
    texts = {name: _clean(cells[name], name, repairs) for name in ("title", "content", "reply")}
    sent_at = _instant(cells["time"], "time", zone)
    replied_at = _instant(cells["reply_time"], "reply_time", zone)
    if replied_at <= sent_at:
        replied_at = sent_at + _AT_LEAST
        repairs.append("reply_before_message")
    if not now - _LONGEST < sent_at < replied_at < now:
        reason = "time outside the last twenty years"
        raise _Unfit(reason)
    if not texts["content"] and texts["title"]:
        texts["content"] = texts["title"]
        repairs.append("content_from_title")
    if len(texts["title"]) > TITLE_LIMIT:
        texts["title"] = texts["title"][: TITLE_LIMIT - 1] + "…"
        repairs.append("title_cut")
    _require(texts["content"], "content", CONTENT_LIMIT)
    _require(texts["reply"], "reply", ANSWER_LIMIT)
    return Message(
        line=line,
        source_id=cells.get("msg_id", ""),
        user=cells.get("user", ""),
        title=texts["title"],
        content=texts["content"],
        sent_at=sent_at,
        reply=texts["reply"],
        replied_at=replied_at,
        repairs=tuple(repairs),
    )


def _clean(text: str, name: str, repairs: list[str]) -> str:
    cleaned = _UNWANTED.sub("", text.replace("\r\n", "\n")).strip()
    if _UNWANTED.search(text.replace("\r\n", "\n")):
        repairs.append(f"{name}_controls_removed")
    return cleaned


def _require(text: str, name: str, limit: int) -> None:
    if not text:
        reason = f"{name} is empty"
        raise _Unfit(reason)
    if len(text) > limit:
        reason = f"{name} is longer than {limit} characters"
        raise _Unfit(reason)


def _instant(text: str, name: str, zone: ZoneInfo) -> datetime:
    try:
        return read_local(text, zone)
    except ValueError as error:
        reason = f"{name} is empty" if not text.strip() else f"{name} is no date and time"
        raise _Unfit(reason) from error


def sound(messages: Sequence[Message | RefusedMessage]) -> Iterator[Message]:
    """Pick those that can be played."""
    return (message for message in messages if isinstance(message, Message))
