"""Which refusals does only the API know, and what do they say?"""

from collections.abc import Mapping
from enum import StrEnum

from hotline.services.file_flaws import Flaw
from hotline.web.refusals import Sentence

_INVALID = 422


class ApiCode(StrEnum):
    """Every reason a request can be refused before it reaches the workflow."""

    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    TOO_DEEP = "too_deep"
    TOO_SMALL = "too_small"
    DUPLICATE_FIELD = "duplicate_field"
    BAD_CURSOR = "bad_cursor"
    BAD_KEY = "bad_key"
    BAD_VALUE = "bad_value"
    FILE_NEEDED = "file_needed"
    UNKNOWN_AGENT = "unknown_agent"
    SEVERAL_AGENTS = "several_agents"


API_SENTENCES: Mapping[str, Sentence] = {
    ApiCode.NOT_JSON: Sentence(_INVALID, "内容不是有效的 JSON。", "The body is not valid JSON."),
    ApiCode.NOT_AN_OBJECT: Sentence(_INVALID, "此处应为 JSON 对象。", "A JSON object is expected here."),
    ApiCode.TOO_DEEP: Sentence(_INVALID, "JSON 嵌套过深。", "The JSON is nested too deeply."),
    ApiCode.TOO_SMALL: Sentence(_INVALID, "数值过小，最小为 {limit}。", "Too small: at least {limit}."),
    ApiCode.DUPLICATE_FIELD: Sentence(_INVALID, "同一字段出现了两次。", "This field is given twice."),
    ApiCode.BAD_CURSOR: Sentence(
        _INVALID,
        "翻页标记无效，请从第一页重新开始。",
        "This page mark was not given out by this list; begin at its first page.",
    ),
    ApiCode.BAD_KEY: Sentence(
        _INVALID, "应为 1 至 255 个可见 ASCII 字符。", "Give 1 to 255 visible ASCII characters."
    ),
    ApiCode.BAD_VALUE: Sentence(
        _INVALID,
        "此项的值无效，请对照接口文档修改。",
        "This value does not fit; see the document of the API.",
    ),
    ApiCode.FILE_NEEDED: Sentence(_INVALID, "请上传一个文件。", "Send one file."),
    ApiCode.UNKNOWN_AGENT: Sentence(
        _INVALID,
        "没有用户名或工号为此的在用话务员，请核对座席与账号的对应关系。",
        "No active agent has this user name or staff number; check how seats and accounts are matched.",
    ),
    ApiCode.SEVERAL_AGENTS: Sentence(
        _INVALID,
        "有多名话务员使用此工号，请改用用户名。",
        "Several agents have this staff number; give the user name.",
    ),
    **{flaw.value: Sentence(_INVALID, flaw.label_zh, flaw.label_en) for flaw in Flaw},
}
