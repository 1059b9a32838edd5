"""What would a message look like: invented facts, as they mostly are and as long as they get.

For the page of all messages, for previews and for the tests that count what an SMS costs.
"""

from collections.abc import Mapping
from types import MappingProxyType

_SITE, _LONG_SITE = "https://12345.example.cn", "https://hotline.yunjiang.example.cn"
_TOKEN = "8Kd2PqVx7RmT4sYw9LzB1g"  # noqa: S105 - invented, as long as the token of a link is

TYPICAL: Mapping[str, str] = MappingProxyType(
    {
        "asked": "更正：姓名",
        "asker": "何敏",
        "because": "您是主办单位的联络员",
        "calendar": "云江市工作日历",
        "clock": "办理时限",
        "count": "3",
        "date": "11月27日",
        "decision": "同意",
        "due": "11月30日17:30",
        "ending": "撤销",
        "ends": "11月27日18:00",
        "entry": "公积金提取条件和材料",
        "forecast": "2",
        "latest": "办理时限已超期（应于11月30日17:30）；督办单反馈已超期（应于12月3日17:30）",
        "left": "4小时",
        "level": "四级：挂牌督办",
        "line": "119",
        "lines": "需重新办理\n已转入督办（四级：挂牌督办）",
        "link": f"{_SITE}/t/{_TOKEN}",
        "longest": "YJ20261110-00031 超期 8 个工作日",
        "master": "YJ20261120-00007",
        "missed": "办理时限临近到期（11月30日17:30）\n办理时限已超期（应于11月30日17:30）",
        "most": "20000",
        "number": "YJ20261123-00123",
        "orange": "3",
        "outcome": "已解决",
        "parts": "已超期1项、即将到期2项",
        "path": "向人民法院提起诉讼",
        "person": "何敏",
        "principal": "李敬言",
        "query_code": "482913",
        "reason": "超出本市政府职权",
        "red": "12",
        "request": "延期",
        "roles": "承办人、单位领导",
        "scope": "全市",
        "share": "80",
        "sign_due": "11月24日10:00",
        "site": _SITE,
        "stage": "办理中",
        "starts": "11月23日09:00",
        "substitute": "张望舒",
        "tails": "00123、00098",
        "today": "7",
        "told": "需重新办理；已转入督办（四级：挂牌督办）",
        "total": "3",
        "unit": "梧桐区城市管理局",
        "urgency": "一般",
        "used": "16000",
        "why": "短时间多次",
        "yellow": "20",
        "years": "2027",
    }
)
_LONGER = {
    "asked": "更正：反映的内容",
    "clock": "督办反馈时限",
    "date": "12月27日17:30",
    "decision": "不同意",
    "due": "12月30日17:30",
    "entry": "住宅专项维修资金在紧急维修时怎么申请、要多少业主同意、多久拨付到位",
    "left": "14天23小时",
    "level": "六级：约谈问责",
    "link": f"{_LONG_SITE}/t/{_TOKEN}",
    "number": "YJ20261123-100123",
    "outcome": "转紧急或法定渠道",
    "parts": "已提级1项、已超期12项、督办反馈超期2项、被催办3项、即将到期14项",
    "reason": "应走或已走诉讼、仲裁、复议、信访等途径",
    "request": "不合理诉求剔除",
    "sign_due": "12月24日10:00",
    "site": _LONG_SITE,
    "stage": "已转紧急处置",
    "tails": "100123、100098、100077、100065",
    "unit": "云江市梧桐区住房和城乡建设局物业管理科",
    "urgency": "特急",
}
LONGEST: Mapping[str, str] = MappingProxyType({**TYPICAL, **_LONGER})
# What an English text is filled with: names of units stay as they are.
TYPICAL_EN: Mapping[str, str] = MappingProxyType(
    {
        **TYPICAL,
        "asked": "Correction: Name",
        "because": "you are the liaison of the main unit",
        "clock": "handle",
        "date": "27 Nov",
        "decision": "approved",
        "due": "30 Nov 17:30",
        "ending": "Revoked",
        "ends": "27 Nov 18:00",
        "latest": "handle overdue (was due 30 Nov 17:30); order overdue (was due 3 Dec 17:30)",
        "left": "4h",
        "level": "Level 4: listed",
        "lines": "must be worked on again\nis under supervision (Level 4: listed)",
        "missed": "handle nearly due (30 Nov 17:30)\nhandle overdue (was due 30 Nov 17:30)",
        "outcome": "Resolved",
        "parts": "1 overdue, 2 due soon",
        "path": "the court",
        "reason": "Outside the city's power",
        "request": "Extension",
        "roles": "Unit handler, Unit leader",
        "scope": "The whole city",
        "sign_due": "24 Nov 10:00",
        "stage": "In progress",
        "starts": "23 Nov 09:00",
        "tails": "00123, 00098",
        "told": "must be worked on again; is under supervision",
        "unit": "Wutong Urban Management Bureau",
        "urgency": "Ordinary",
        "why": "many in a short time",
    }
)
LONGEST_EN: Mapping[str, str] = MappingProxyType(
    {
        **TYPICAL_EN,
        **{name: LONGEST[name] for name in ("link", "number", "site", "unit")},
        "outcome": "Handed to an emergency or statutory channel",
        "parts": "1 escalated, 12 overdue, 2 with an order overdue, 3 urged, 14 due soon",
        "reason": "For courts, arbitration, review or petition",
        "request": "Exclusion as unreasonable",
    }
)


def specimen(language: str, *, is_long: bool = False) -> Mapping[str, str]:
    """Give invented facts in a language, as they mostly are or as long as they get."""
    if language == "en":
        return LONGEST_EN if is_long else TYPICAL_EN
    return LONGEST if is_long else TYPICAL
