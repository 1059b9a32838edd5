"""Where the security administrator's day begins: what waits, what was unusual, and what ends soon."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, url_for

from database import db
from hotline.queries.people_pages import Wanted, list_user_lines
from hotline.queries.protection import MOST, SOON, count_watched
from hotline.queries.requests import list_to_decide
from hotline.queries.reveals import Sought, list_reveals
from hotline.queries.substitutions import list_overseen
from hotline.queries.token_pages import TokenLine, list_token_lines
from hotline.web.access import may_call
from hotline.web.auth import current_actor
from hotline.web.pages import render

_FEW, _MANY = 5, 200
_BY_AUDIT, _BY_ADMIN = "由审计管理员查看", "由系统管理员处理"
# What is counted, what it is called, where it leads under which condition, and whose it is else.
_TILES = (
    ("to_decide", "待我审批", "requests.queue", "", ""),
    ("unusual", "7 天内异常查看身份", "reveals.index", "?unusual=1", ""),
    ("looks", "7 天内查看身份", "reveals.index", "", ""),
    ("standing_in", "生效中的代理", "substitutions.overseen", "", ""),
    ("denied", "24 小时内无权访问", "audit.index", "?result=denied", _BY_AUDIT),
    ("not_signed_in", "24 小时内登录未成", "audit.index", "?kind=sign_in&result=refused", _BY_AUDIT),
    ("locked", "锁定中的账号", "people.index", "?standing=locked", _BY_ADMIN),
    ("ending", f"{SOON.days} 天内到期的令牌", "tokens.index", "", _BY_ADMIN),
)


def overview() -> Response:
    """One page of numbers, each leading to its own page where that is open to whoever reads it."""
    session, viewer, now = db.session(), current_actor(), datetime.now(UTC)
    running = [line for line in list_overseen(session, viewer, now, _MANY) if line.is_running]
    return render(
        "audit/overview.html",
        tiles=_tiles(count_watched(session, viewer, now)),
        asked=list_to_decide(session, viewer, "", now)[:_FEW],
        unusual=list_reveals(session, Sought(is_unusual=True), _FEW),
        locked=list_user_lines(session, Wanted(standing="locked"), "", now)[:_FEW],
        ending=[line for line in list_token_lines(session, now) if _ends_soon(line, now)][:_FEW],
        running=running[:_FEW],
    )


def _ends_soon(line: TokenLine, now: datetime) -> bool:
    return line.standing == "works" and line.expires_at is not None and line.expires_at <= now + SOON


def _tiles(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Where a page belongs to another administrator, its tile says so instead of leading there."""
    return [
        {
            "label": label,
            "value": f"{MOST}+" if counts[name] > MOST else counts[name],
            "note": "" if may_call(endpoint) else note,
            "url": url_for(endpoint) + asked if may_call(endpoint) else None,
        }
        for name, label, endpoint, asked, note in _TILES
    ]
