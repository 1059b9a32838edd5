"""What does every component look like in every state: the gallery at /styleguide, without a database."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, render_template, request, url_for
from wtforms import BooleanField, FileField, Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from hotline.models.reveals import Purpose
from hotline.web.text_diff import compare
from workflows.vocabulary import AssignmentState, ClockName, Light, RequestState, TicketState, TicketType

blueprint = Blueprint("styleguide", __name__, url_prefix="/styleguide")

_THEMES = {"light": "浅色", "dark": "深色"}
_LONG = (
    "梧桐区和平里小区十二幢三单元九楼住户反映电梯自上月起反复停运，物业多次承诺维修而至今没有修复，老人上下楼十分不便"
    * 2
)
_LABEL = "请住房和城乡建设局三日内书面反馈"
_NOW = datetime(2026, 11, 23, 3, 20, tzinfo=UTC)


class _GalleryForm(Form):  # type: ignore[misc]  # WTForms ships no types
    phone = StringField("联系电话", [InputRequired("请填写联系电话")], description="回访和短信都用这个号码")
    content = TextAreaField("诉求内容", [InputRequired("请填写诉求内容")])
    district = SelectField(
        "所属区县",
        choices=[
            SelectChoice("", "请选择"),
            SelectChoice("wutong", "梧桐区"),
            SelectChoice("binjiang", "滨江区"),
        ],
    )
    kind = RadioField("诉求类型", choices=[SelectChoice(word.value, word.label_zh) for word in TicketType])
    confidential = BooleanField("个人信息保密")
    photos = FileField("照片或视频（选填）", description="最多 6 个，每个不超过 10 MB")


@blueprint.get("/")
def index() -> str:
    """Every component in every state, with the rows the screens would pass; in the look that is asked for."""
    asked = request.args.get("theme", "")
    look = {"theme": asked} if asked in _THEMES else {}
    return render_template("styleguide/index.html", **gallery(asked), **look)


_LONG_PARTS = {"number": "YJ20261112-01009", "title": _LONG, "meta": _LONG, "tags": [(_LABEL, "line")]}


def gallery(theme: str = "") -> dict[str, object]:
    """The gallery's data; `wrong` is a form that failed its check."""
    filled = _GalleryForm(data={"phone": "13800000000", "content": "电梯停运 8 天。", "kind": "complaint"})
    wrong = _GalleryForm(data={"kind": "complaint", "district": ""})
    wrong.validate()
    return {
        "now": _NOW,
        "form": filled,
        "wrong": wrong,
        "states": [*TicketState, *AssignmentState, *RequestState],
        "lights": _lights(),
        "purposes": tuple(Purpose),
        "rows": _rows(),
        "entries": _entries(),
        "person": _person(),
        "messages": _messages(),
        "views": _views(),
        "long": _LONG,
        "label": _LABEL,
        "long_row": {**_rows()[0], **_LONG_PARTS},
        "looks": [
            {"label": label, "url": url_for("styleguide.index", theme=each), "is_current": each == theme}
            for each, label in _THEMES.items()
        ],
        "pieces": compare("物业已安排维修。请耐心等待。", "物业已于 11 月 22 日更换主板。电梯恢复运行。"),
    }


def _lights() -> list[tuple[Light, datetime | None]]:
    due = {
        Light.GREEN: timedelta(days=2, hours=3),
        Light.YELLOW: timedelta(hours=6, minutes=10),
        Light.ORANGE: timedelta(minutes=55),
        Light.RED: -timedelta(days=1, hours=2),
    }
    return [(light, _NOW + due[light] if light in due else None) for light in Light]


def _rows() -> list[dict[str, object]]:
    return [
        {
            "number": "YJ20261112-01006",
            "title": "梧桐路 88 号外墙砖脱落",
            "state": TicketState.IN_PROCESS,
            "light": Light.RED,
            "due_at": _NOW - timedelta(days=1, hours=2),
            "clock": ClockName.HANDLE.label_zh,
            "meta": "11-12 梧桐街道",
        },
        {
            "number": "YJ20261118-03312",
            "title": "和平里小区 12 幢电梯停运，老人上下楼难",
            "state": TicketState.IN_PROCESS,
            "light": Light.YELLOW,
            "due_at": _NOW + timedelta(hours=6, minutes=10),
            "meta": "11-18 和平街道",
            "tags": [("二次来电", "warn")],
        },
        {
            "number": "YJ20261120-02290",
            "title": "物业公共收益未公示",
            "state": TicketState.AWAITING_SUPPLEMENT,
            "light": Light.PAUSED,
            "meta": "11-20 云山街道",
        },
    ]


def _entries() -> list[dict[str, object]]:
    return [
        {"actor": "梧桐区住建局 物业科", "act": "办理中", "mark": "now"},
        {
            "actor": "话务员 李敏",
            "act": "二次来电催办",
            "at": _NOW - timedelta(hours=1),
            "body": "电梯仍未恢复，请尽快联系本人。",
            "is_public": True,
        },
        {
            "actor": "王建国",
            "act": "",
            "at": _NOW - timedelta(days=3),
            "body": "维修资金申请材料缺街道盖章，周一补齐。",
            "is_internal": True,
        },
        {
            "actor": "滨江区城管局",
            "act": "退单",
            "at": _NOW - timedelta(days=4),
            "mark": "bad",
            "files": [("职责清单.pdf", "#")],
        },
        {"act": "并入", "at": _NOW - timedelta(days=5), "tickets": [("YJ20261112-01006", "#")]},
        {"act": "已受理", "at": _NOW - timedelta(days=5), "mark": "open"},
    ]


def _person() -> dict[str, object]:
    return {
        "phone": "100****5678",
        "name": "陈*",
        "place": "本市移动",
        "calls": "90 天第 6 次来电",
        "tags": [("老年人", "line")],
        "address": "梧桐区和平里小区 12 幢 3 单元",
    }


def _messages() -> list[dict[str, object]]:
    sms = "【12345】您的诉求 YJ20261118-03312 已转梧桐区住建局办理，预计 11 月 25 日 17:30 前答复。"
    return [
        {
            "channel": "sms",
            "to": "100****5678",
            "at": _NOW,
            "body": sms,
            "kind": "已派单",
            "status": "已送达",
        },
        {
            "channel": "email",
            "to": "l***@example.org",
            "at": _NOW,
            "subject": "诉求办理结果",
            "body": "您好：\n您的诉求已有答复。",
            "number": "YJ20261118-03312",
        },
    ]


def _views() -> list[dict[str, object]]:
    return [
        {"label": "待签收", "url": "#", "count": 6},
        {"label": "办理中", "url": "#", "count": 23, "is_current": True},
        {"label": "已超期", "url": "#", "count": 2, "is_alarming": True},
        {"label": "我关注的", "url": "#"},
    ]
