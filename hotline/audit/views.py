"""What may an audit administrator read and take out: the trail of who did what, and who saw one ticket."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from wtforms import DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from database import db
from hotline.audit.wording import endpoints_meant, say_deed, say_facts
from hotline.models.audit import AuditKind, AuditResult
from hotline.queries import audit_rows
from hotline.queries.audit_names import name_facts, things_meant
from hotline.queries.audit_rows import Line, Wanted
from hotline.queries.marks import BadCursorError
from hotline.services.site import current_site
from hotline.web.forms import HotlineForm
from hotline.web.moments import city_time
from hotline.web.pages import render
from hotline.web.workbook import Cover, Table, answer_with_book
from workflows.vocabulary import Word

_PAGE = 50
_MOST_TAKEN = 10_000
# No index holds what a record is about, so the time is bounded in which it is looked for.
_WITHOUT_DATES = timedelta(days=90)
_HEADING = (
    "时间",
    "账号",
    "姓名",
    "单位",
    "行为",
    "结果",
    "工单号",
    "网络地址",
    "做了什么",
    "详情",
    "请求编号",
    "校验链",
)
_INVALID, _SEE_OTHER, _NOT_FOUND = 422, 303, 404
blueprint = Blueprint("audit", __name__, url_prefix="/audit")


def _words(words: type[Word]) -> list[SelectChoice]:
    return [SelectChoice("", "不限"), *(SelectChoice(word.value, word.label_zh) for word in words)]


class TrailForm(HotlineForm):
    """The conditions; read from the address, so it carries no token."""

    class Meta(HotlineForm.Meta):
        """Nothing is changed by looking."""

        csrf = False

    who = StringField("人员", [Length(max=80, message="账号或姓名最多 80 字。")])
    kind = SelectField("行为", default="", choices=_words(AuditKind))
    result = SelectField("结果", default="", choices=_words(AuditResult))
    deed = StringField("做了什么", [Length(max=20, message="做了什么最多 20 字。")])
    about = StringField("对象", [Length(max=80, message="对象最多 80 字。")])
    number = StringField("工单号", [Length(max=24, message="工单号最多 24 位，请核对。")])
    ip = StringField("网络地址", [Length(max=45, message="网络地址最多 45 位，请核对。")])
    since = DateField("自", [Optional()])
    until = DateField("至", [Optional()])

    def wanted(self) -> Wanted:
        """The conditions as a query reads them; the last day counts in full."""
        zone = current_site().zone
        texts = {name: (self[name].data or "").strip() for name in ("who", "kind", "result", "number", "ip")}
        since = self.since.data and datetime.combine(self.since.data, time.min, zone).astimezone(UTC)
        last = self.until.data and self.until.data + timedelta(days=1)
        until = last and datetime.combine(last, time.min, zone).astimezone(UTC)
        deed = (self.deed.data or "").strip()
        endpoints = endpoints_meant(deed) if deed else None
        about = (self.about.data or "").strip()
        things = things_meant(db.session(), about) if about else None
        since = since or (things is not None and (until or datetime.now(UTC)) - _WITHOUT_DATES)
        return Wanted(**texts, since=since or None, until=until or None, endpoints=endpoints, about=things)

    def asked(self) -> list[tuple[str, str]]:
        """Say the conditions in words."""
        said = [(str(each.label.text), _chosen(each)) for each in self]
        if self.about.data and not self.since.data:
            said.append(("自", f"没有填写，只查 {_WITHOUT_DATES.days} 天"))
        return [pair for pair in said if pair[1]] or [("条件", "没有，全部记录")]


def _chosen(field: Any) -> str:
    labels = {each.value: each.label for each in getattr(field, "choices", None) or ()}
    return str(labels.get(field.data, field.data)) if field.data else ""


@blueprint.get("")
def index() -> Response:
    """The trail, newest first."""
    form = TrailForm(formdata=request.args)
    if not form.validate():
        return _page(form, [], None, status=_INVALID)
    try:
        lines, following = audit_rows.list_lines(
            db.session(), form.wanted(), request.args.get("after"), _PAGE
        )
    except BadCursorError:
        return redirect(url_for(".index"), _SEE_OTHER)  # type: ignore[return-value]  # also a response
    return _page(form, name_facts(db.session(), lines), following)


@blueprint.get("/export")
def export() -> Response:
    """The trail under the conditions as a workbook: the newest lines, as the page tells them."""
    form, now = TrailForm(formdata=request.args), datetime.now(UTC)
    if not form.validate():
        return _page(form, [], None, status=_INVALID)
    lines, following = audit_rows.list_lines(db.session(), form.wanted(), None, _MOST_TAKEN)
    cover = Cover("审计记录", form.asked(), now, cut_at=len(lines) if following else None)
    rows = [_cells(line) for line in name_facts(db.session(), lines)]
    return answer_with_book("audit", cover, [Table("审计记录", _HEADING, rows)])


@blueprint.get("/tickets/<number>")
def ticket(number: str) -> Response:
    """Who saw this ticket; nothing of the ticket itself."""
    if not audit_rows.is_ticket(db.session(), number):
        return render(
            "audit/ticket.html", status=_NOT_FOUND, number=number, viewers=(), lines=(), is_known=False
        )
    lines, following = audit_rows.list_lines(db.session(), Wanted(number=number), None, _PAGE)
    return render(
        "audit/ticket.html",
        number=number,
        viewers=audit_rows.list_viewers(db.session(), number),
        lines=name_facts(db.session(), lines),
        say_deed=say_deed,
        say_facts=say_facts,
        is_known=True,
        more_url=url_for(".index", number=number) if following else None,
    )


def _cells(line: Line) -> tuple[str | int | None, ...]:
    who = (line.username, line.name or "未登录", line.unit)
    what = (
        line.kind.label_zh,
        line.result.label_zh,
        line.number,
        line.ip,
        say_deed(line.endpoint, line.facts),
    )
    details = "，".join(f"{name} {value}" for name, value in say_facts(line.facts))
    return (city_time(line.at), *who, *what, details, line.request_id, line.link)


def _page(form: TrailForm, lines: Any, following: str | None, status: int = 200) -> Response:
    # Only the conditions: url_for() takes other words of an address for its own.
    asked: dict[str, Any] = {
        each.name: request.args[each.name] for each in form if request.args.get(each.name)
    }
    return render(
        "audit/index.html",
        status=status,
        form=form,
        lines=lines,
        say_deed=say_deed,
        say_facts=say_facts,
        has_conditions=bool(asked),
        export_url=url_for(".export", **asked),
        has_errors=bool(form.errors),
        older_url=url_for(".index", **asked, after=following) if following else None,
        first_url=url_for(".index", **asked) if request.args.get("after") else None,
    )
