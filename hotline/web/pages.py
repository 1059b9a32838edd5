"""How does a view answer with a page: whole, or the one block htmx asked for, and with whose menu."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, current_app, g, make_response, render_template, request, url_for

from config import Settings
from hotline.models.people import SESSION_IDLE
from hotline.queries.substitutions import LENDABLE
from hotline.services.site import current_site
from hotline.web.access import may_call
from hotline.web.auth import SignedIn, signed_in
from hotline.web.language import current_language, current_size
from hotline.web.menu_counts import count_waiting
from hotline.web.places import FIGURES, LEDGERS
from hotline.web.request_log import request_id
from hotline.web.ui import NavItem
from workflows.vocabulary import CENTRE_ROLES, UNIT_ROLES, Role


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the menu: shown when it exists and both the roles here and the access table allow it."""

    endpoint: str
    label_zh: str
    label_en: str
    roles: frozenset[Role]


# In the order of a day's work; the first one that somebody may see is where most land.
MENU: tuple[Entry, ...] = (
    Entry("desk.index", "受理台", "Desk", frozenset({Role.AGENT, Role.EXPERT})),
    Entry("desk.mine", "我的工单", "My tickets", frozenset({Role.AGENT, Role.EXPERT})),
    Entry("intake.queue", "预审", "Intake review", frozenset({Role.REVIEWER})),
    Entry("dispatch.queue", "派单池", "Dispatch", frozenset({Role.DISPATCHER})),
    Entry("department.inbox", "收件箱", "Inbox", frozenset({Role.HANDLER, Role.UNIT_LEADER})),
    Entry("department.review", "待审核", "To approve", frozenset({Role.UNIT_LEADER})),
    Entry("department.orders", "督办件", "Orders", frozenset({Role.HANDLER, Role.UNIT_LEADER})),
    Entry("requests.mine", "我的申请", "My requests", frozenset({Role.HANDLER, Role.UNIT_LEADER})),
    Entry("rosters.index", "值班表", "Duty roster", frozenset({Role.HANDLER, Role.UNIT_LEADER})),
    Entry("review.queue", "办结审核", "Reply review", frozenset({Role.AUDITOR})),
    Entry("callback.queue", "回访台", "Callback", frozenset({Role.CALLBACK_AGENT})),
    Entry("figures.cockpit", "驾驶舱", "Cockpit", frozenset({Role.CENTRE_LEADER})),
    Entry("supervisor.board", "督办看板", "Board", frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER})),
    Entry("supervisor.overdue", "时限督办", "Deadlines", frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER})),
    Entry("supervisor.orders", "督办与台账", "Orders", frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER})),
    Entry("figures.units", "统计分析", "Figures", frozenset({Role.SUPERVISOR})),
    Entry("reveals.overview", "安全概览", "Security", frozenset({Role.SECURITY_OFFICER})),
    Entry("supervisor.invalid", "待判无效", "Found invalid", frozenset({Role.REVIEWER})),
    Entry(
        "requests.queue",
        "待我审批",
        "To decide",
        frozenset(
            {
                Role.AGENT,
                Role.CALLBACK_AGENT,
                Role.DISPATCHER,
                Role.AUDITOR,
                Role.SUPERVISOR,
                Role.CENTRE_LEADER,
                Role.SECURITY_OFFICER,
                Role.HANDLER,
                Role.UNIT_LEADER,
            }
        ),
    ),
    Entry("substitutions.overseen", "代理安排", "Substitutions", frozenset({Role.SECURITY_OFFICER})),
    Entry("search.index", "工单检索", "Search", CENTRE_ROLES | UNIT_ROLES),
    Entry("delivery.board", "消息发送", "Messages", frozenset({Role.SUPERVISOR})),
    Entry("audit.index", "审计记录", "Audit trail", frozenset({Role.AUDIT_ADMINISTRATOR})),
    Entry(
        "reveals.index",
        "身份查看",
        "Reveals",
        frozenset({Role.SECURITY_OFFICER, Role.AUDIT_ADMINISTRATOR}),
    ),
    Entry("admin.index", "系统管理", "Administration", frozenset({Role.ADMINISTRATOR})),
    Entry("policies.index", "时限规则", "Limits", frozenset({Role.CENTRE_LEADER})),
    Entry("message_templates.index", "消息模板", "Templates", frozenset({Role.CENTRE_LEADER})),
    Entry(
        "catalogue.index",
        "派单目录",
        "Catalogue",
        frozenset({Role.DISPATCHER, Role.CENTRE_LEADER, Role.ADMINISTRATOR}),
    ),
    Entry(
        "knowledge.index", "知识库", "Knowledge", CENTRE_ROLES | UNIT_ROLES | frozenset({Role.ADMINISTRATOR})
    ),
)


def render(template: str, block: str | None = None, status: int = 200, **context: Any) -> Response:
    """Answer with the page, or with only `block` of the same file when htmx asks for a part of it.

    Blocks are rendered with the page's context and without its base: what a block needs must be in `context`.
    """
    if block is not None and is_fragment_wanted():
        return make_response(_render_block(template, block, context), status)
    return make_response(render_template(template, **{"nav_counts": _nav_counts(), **context}), status)


def is_fragment_wanted() -> bool:
    """Whether htmx asks for a part; a boosted link or a restored page wants the whole."""
    asks = request.headers.get("HX-Request") == "true"
    wants_all = "HX-Boosted" in request.headers or "HX-History-Restore-Request" in request.headers
    return asks and not wants_all


def public_url(endpoint: str, **values: Any) -> str:
    """Make an absolute link for messages, from the configured address and never from the Host header."""
    return current_site().link(url_for(endpoint, **values))


def menu_of(user: SignedIn) -> tuple[NavItem, ...]:
    """List what a person may open from the top bar."""
    is_english = current_language() == "en"
    entries = _entries_of(user)
    around = _entry_around([entry.endpoint for entry in entries])
    return tuple(
        NavItem(
            label=entry.label_en if is_english else entry.label_zh,
            url=url_for(entry.endpoint),
            is_current=entry.endpoint == around,
        )
        for entry in entries
    )


def _entry_around(menu: Sequence[str]) -> str | None:
    """Tell which entry of the menu the page lies behind; a tab, behind the entry it stands beside."""
    behind = {endpoint: endpoint for endpoint in menu}
    for tabs in (LEDGERS, FIGURES):
        owner = next((endpoint for endpoint in tabs if endpoint in menu), None)
        if owner is not None:
            behind = {**dict.fromkeys(tabs, owner), **behind}
    inside = {url: behind[endpoint] for endpoint in behind if _is_inside(url := url_for(endpoint))}
    return inside[max(inside, key=len)] if inside else None


def _entries_of(user: SignedIn) -> list[Entry]:
    return [entry for entry in MENU if user.roles & entry.roles and may_call(entry.endpoint)]


def _nav_counts() -> dict[str, int]:
    """What waits behind the entries of the menu, by their addresses.

    Only for a whole page that a view answers with: what says that something broke asks the database nothing.
    """
    user = signed_in()
    if user is None:
        return {}
    endpoints = [entry.endpoint for entry in _entries_of(user)]
    return {url_for(name): held for name, held in count_waiting(user, endpoints, datetime.now(UTC)).items()}


def _is_inside(url: str) -> bool:
    """The page itself, or one that lies below it: its place in the bar stays marked there too.

    A page that is shown again in answer to a form (`g.shown_path`) is where it was filled in.
    """
    path = str(g.get("shown_path", request.path))
    return path == url or path.startswith(f"{url.rstrip('/')}/")


def landing_url(user: SignedIn) -> str | None:
    """Where a person's work begins; None while there is no page for them.

    Whoever approves what handlers write, and writes nothing themselves, begins with what waits for that.
    """
    approves = Role.UNIT_LEADER in user.roles and Role.HANDLER not in user.roles
    if approves and may_call("department.review"):
        return url_for("department.review")
    menu = menu_of(user)
    return menu[0].url if menu else None


def register_pages(app: Flask, settings: Settings) -> None:
    """Give every template what its frame shows."""

    @app.context_processor
    def frame() -> dict[str, object]:
        user = signed_in()
        return {
            "now": datetime.now(UTC),
            "request_id": request_id(),
            "is_demo": settings.is_demo,
            "account": None if user is None else _account(user),
            "acts_for": user.acts_for if user else None,
            "nav_items": () if user is None else menu_of(user),
            **({} if user is None else _look_of(user)),
            "session_ends_at": user.ends_at if user else None,
            "session_idle": int(SESSION_IDLE.total_seconds()),
            "profile_url": _url_if("preferences.index") if user else None,
            "stand_in_url": _url_if("substitutions.index") if user and user.roles & LENDABLE else None,
            "logout_url": _url_if("sign_in.logout") if user else None,
            "search_url": _url_if("search.index") if user else None,
            "palette_url": _url_if("search.palette") if user else None,
            "mailbox_url": _url_if("mailbox.index") if settings.is_demo else None,
            "page_language": "en" if current_language() == "en" else "zh-CN",
            "city_name": current_site().city_en if current_language() == "en" else current_site().city,
            "size": current_size(),
            "language_url": _switch("language.choose", language="zh" if current_language() == "en" else "en"),
            "size_url": _switch("language.resize", size="normal" if current_size() == "large" else "large"),
        }


def _render_block(template: str, block: str, context: dict[str, Any]) -> str:
    found = current_app.jinja_env.get_template(template)
    current_app.update_template_context(context)
    return "".join(found.blocks[block](found.new_context(context)))


def _account(user: SignedIn) -> dict[str, str]:
    held = [role for role in Role if role in user.roles]
    role = "" if not held else held[0].label_en if current_language() == "en" else held[0].label_zh
    return {"name": user.display_name, "role": role, "unit": user.unit_name}


def _look_of(user: SignedIn) -> dict[str, object]:
    return {"theme": user.theme, "density": user.density, "single_keys": user.has_single_keys}


def _switch(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, next=request.full_path.rstrip("?"), **values)


def _url_if(endpoint: str) -> str | None:
    return url_for(endpoint) if may_call(endpoint) else None
