"""What do the codes of sending mean to people: errors, ends of attempts, providers, capacities?"""

import re
from collections.abc import Mapping

from hotline.queries.wording import SKIP_REASONS
from notifications.catalog import TEXTER
from notifications.models import UNCLEAR, State
from workflows.vocabulary import Audience, Role

_NO_NUMBER = "号码不存在或收不了短信"
_OURS = "发送账号、号码或额度有问题，需要管理员处理"
_TEXT = "内容没有通过通道商审核"
_OTHER_ROUTE = "这个通道商不发往该号码，会换一个通道商"
ERRORS: Mapping[str, str] = {
    "provider_resting": "通道商连续失败，正在休息",
    "poison": "多次造成发送程序出错，已停止发送",
    "unknown_kind": "系统不认识这种消息",
    "unreadable": "内容无法解密，请核对加密密钥",
    "no_provider": "这个渠道没有配置通道商",
    "no_template": "通道商没有报备这种消息的模板",
    "demo_outage": "演示中有意停用的通道商",
    "hung": "通道商长时间没有回应",
    "unreadable_answer": "通道商的回应看不懂，可能已经收下",
    "undelivered": "通道商报告没有送达",
    "line_break_in_header": "收件地址或标题里有换行，不能发送",
    "smtp_login_refused": "邮件服务器不接受登录，请核对账号和密码",
    "relay_host_not_listed": "转发地址不在允许的名单里",
    "relay_not_https": "转发地址不是 https",
    **SKIP_REASONS,
    **{
        f"twilio_{code}": _NO_NUMBER
        for code in (21211, 21214, 21217, 21401, 21407, 21421, 21614, 30005, 30006)
    },
    "twilio_21610": "对方已向通道商退订",
    "twilio_30003": "对方关机或不在服务区",
    "twilio_30004": "对方屏蔽了这类短信",
    "twilio_30007": "运营商把短信当垃圾短信拦截",
    **dict.fromkeys(("twilio_21408", "twilio_21612"), _OTHER_ROUTE),
    **{
        f"twilio_{code}": _OURS
        for code in (20003, 20005, 21212, 21603, 21606, 21611, 21659, 21660, 21703, 63038)
    },
    "tencent_InvalidParameterValue.IncorrectPhoneNumber": _NO_NUMBER,
    "tencent_FailedOperation.PhoneNumberParseFail": _NO_NUMBER,
    "tencent_FailedOperation.PhoneNumberInBlacklist": "对方已向通道商退订",
    "tencent_FailedOperation.ContainSensitiveWord": _TEXT,
    "tencent_FailedOperation.InsufficientBalanceInSmsPackage": "短信套餐余额不足，需要管理员处理",
}
# Codes of which there are many with one meaning; the first that fits the beginning.
_FAMILIES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(relay_)?http_429"), "通道商要求放慢发送"),
    (re.compile(r"(relay_)?http_5|ServerDisconnected"), "通道商服务暂时不可用"),
    (re.compile(r"(relay_)?http_4"), "通道商拒绝了请求，需要管理员核对配置"),
    (re.compile(r"smtp_(5\.)?1\.|smtp_55[0-3]"), "邮箱地址不存在或拒收"),
    (re.compile(r"smtp_5\.2\."), "对方邮箱已满或停用"),
    (re.compile(r"smtp_5"), "邮件服务器拒绝了这封邮件"),
    (re.compile(r"smtp_"), "邮件服务器暂时不收，会再试"),
    (re.compile(r"raised_"), "发送程序出错，需要管理员查看日志"),
    (re.compile(r"tencent_LimitExceeded"), "超过通道商的频率限制"),
    (re.compile(r"tencent_(FailedOperation\.Template|UnsupportedOperation)"), _OTHER_ROUTE),
    (re.compile(r"tencent_"), "腾讯云没有接受，请按代码查它的说明"),
    (re.compile(r"twilio_"), "Twilio 没有接受，请按代码查它的说明"),
    (re.compile(r"relay_"), "转发程序没有接受"),
    (re.compile(r".*(Timeout|timeout)"), "连接超时"),
    (re.compile(r".*(Connection|connection|gaierror|SSL|ssl|OSError)"), "连不上通道商"),
)
_UNKNOWN = "其他原因"
OUTCOMES: Mapping[str | None, tuple[str, str]] = {
    None: ("没有结果", "warn"),
    State.ACCEPTED: ("通道商已收下", "ok"),
    State.CREATED: ("没有成功，会再试", "warn"),
    UNCLEAR: ("没有回音，可能已收下", "warn"),
    State.DEAD: ("没有成功，不再试", "bad"),
}
PROVIDERS: Mapping[str, str] = {
    "twilio": "Twilio",
    "tencent": "腾讯云短信",
    "relay": "转发程序",
    "smtp": "邮件服务器",
    "mailbox": "站内信箱",
    "demo-1": "演示短信通道甲",
    "demo-2": "演示短信通道乙",
    "console": "控制台（不真正发送）",
}
_CAPACITIES: Mapping[str, str] = {
    "follower": "并入工单的诉求人",
    "principal": "被代理人",
    "substitute": "代理人",
    TEXTER: "来信人",
    **{str(role): role.label_zh for role in Role},
    **{str(audience): audience.label_zh for audience in Audience},
}


def explain(code: str | None) -> str:
    """Say in plain words what a code means; a code nobody has words for gets general ones."""
    if not code:
        return ""
    if code in ERRORS:
        return ERRORS[code]
    return next((words for pattern, words in _FAMILIES if pattern.match(code)), _UNKNOWN)


def name_provider(name: str | None) -> str:
    """Name a provider as people call it."""
    return PROVIDERS.get(name or "", name or "")


def name_capacity(because: str) -> str:
    """Name in what capacity somebody is told; empty where nothing was kept."""
    return _CAPACITIES.get(because, "")
