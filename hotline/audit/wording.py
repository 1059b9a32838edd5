"""What does an audit record say was done, in the words of the screens instead of the program's own names?"""

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from hotline.models.data_requests import DataRequestKind
from hotline.models.retention import RetentionKind
from hotline.models.reveals import Purpose, Way
from hotline.models.substitutions import Ending
from hotline.queries.reveals import say_shown
from hotline.queries.wording import MESSAGE_KINDS
from hotline.services.lifecycle import ENGINES
from hotline.web.moments import city_time
from hotline.web.ticket_moves import MACHINES
from workflows.policy import RowName
from workflows.vocabulary import Role

FACT_WORDS: Mapping[str, str] = {
    "account": "账号",
    "act": "事由",
    "action": "操作",
    "assignment_id": "分单",
    "batch": "打印批次",
    "by": "凭",
    "call_id": "来电",
    "category_id": "分类",
    "clock": "时限",
    "code": "代码",
    "correction_id": "纠错",
    "export_id": "导出",
    "file_id": "附件",
    "form_id": "模板",
    "found": "查到件数",
    "group_id": "词组",
    "hold_id": "保留",
    "kind": "种类",
    "language": "语言",
    "name": "名称",
    "order_id": "督办单",
    "part": "对象",
    "phrase_id": "常用语",
    "place": "在",
    "principal": "被代理人",
    "proposal_id": "建议",
    "purpose": "目的",
    "request_id": "申请",
    "roles": "角色",
    "row_id": "规则",
    "row_number": "条目",
    "session_id": "登录编号",
    "shift_id": "班次",
    "shown": "内容",
    "size": "字号",
    "step": "步骤",
    "step_id": "提级",
    "subject_id": "对象编号",
    "substitute": "代理人",
    "substitution_id": "代理编号",
    "token_id": "令牌",
    "until": "到",
    "username": "账号",
    "version": "版本",
    "view_id": "视图",
    "way": "方式",
    "why": "原因",
    "year": "年份",
}
_VALUES: Mapping[tuple[str, str], str] = {
    ("act", "named"): "安排代理",
    **{("act", ending.value): ending.label_zh for ending in Ending},
    ("by", "code"): "工单号和查询码",
    ("by", "link"): "短信链接",
    ("by", "own_data"): "我的个人信息页",
    ("by", "own_data_file"): "我的个人信息文件",
    ("place", "desk"): "受理台",
    ("place", "search"): "工单检索",
    ("step", "code"): "验证码不对",
    ("step", "in"): "已进入",
    ("step", "old password"): "原密码不对",
    ("step", "password"): "密码不对",
    ("why", "purpose"): "没有说明目的",
    ("why", "words"): "没有写明目的",
    **{("kind", name): label for name, label in MESSAGE_KINDS.items()},
    **{("kind", str(kind)): kind.label_zh for kind in RetentionKind},
    **{("purpose", str(word)): word.label_zh for word in Purpose},
    **{("request_id", str(kind)): kind.label_zh for kind in DataRequestKind},
    **{("way", str(word)): word.label_zh for word in Way},
    **{("clock", str(word)): word.label_zh for word in RowName},
    **{("part", name): machine.label_zh for name, machine in MACHINES.items()},
}


def _say(name: str, value: str) -> str:
    say = _SPOKEN.get(name)
    return _VALUES.get((name, value), value) if say is None else say(value)


def _say_roles(value: str) -> str:
    return "、".join(_ROLES.get(role, role) for role in value.split(","))


def _say_moment(value: str) -> str:
    try:
        return city_time(datetime.fromisoformat(value))
    except ValueError:  # a record of an earlier edition
        return value


_ROLES: Mapping[str, str] = {str(role): role.label_zh for role in Role}
_SPOKEN: Mapping[str, Callable[[str], str]] = {
    "roles": _say_roles,
    "shown": say_shown,
    "until": _say_moment,
    "version": "第 {} 版".format,
}


def _read() -> dict[str, str]:
    with Path(__file__).with_name("endpoint_words.csv").open(encoding="utf-8", newline="") as file:
        return {row["endpoint"]: row["words"] for row in csv.DictReader(file)}


ENDPOINT_WORDS: Mapping[str, str] = _read()
# The same act on each kind of request, whose kind a record does not keep.
_OF_EVERY_KIND = {"approve": "同意申请", "refuse": "驳回申请", "endorse": "转报申请"}
ACTION_WORDS: Mapping[str, str] = {
    row.action: row.label_zh for engine in ENGINES.values() for row in engine.workflow.transitions
} | _OF_EVERY_KIND


def say_deed(endpoint: str, facts: Mapping[str, Any]) -> str:
    """Name what was asked for; of an endpoint that is gone only its own name is left."""
    words, action = ENDPOINT_WORDS.get(endpoint, endpoint), ACTION_WORDS.get(str(facts.get("action")))
    return f"{words}：{action}" if action else words


def endpoints_meant(words: str) -> frozenset[str]:
    """Which endpoints do something whose words have these in them?"""
    return frozenset(endpoint for endpoint, said in ENDPOINT_WORDS.items() if words in said)


def say_facts(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name the facts and what they are, without the act that say_deed told."""
    for name, value in facts.items():
        if not (name == "action" and value in ACTION_WORDS):
            yield FACT_WORDS.get(name, name), _say(name, str(value))
