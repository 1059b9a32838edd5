"""What is each page called that lies behind one of the menu: in tabs, on other pages, and behind Ctrl K?"""

from collections.abc import Mapping

FIGURES: Mapping[str, str] = {
    "figures.cockpit": "驾驶舱",
    "figures.units": "单位比较",
    "figures.trends": "诉求趋势",
    "figures.daily": "日报",
    "figures.wall": "大屏",
}
LEDGERS: Mapping[str, str] = {
    "supervisor.orders": "督办单",
    "supervisor.suspended": "挂账台账",
    "supervisor.disputes": "争议会商",
    "supervisor.invalid": "待判无效",
    "supervisor.merged": "并案",
    "supervisor.excluded": "剔除台账",
    "supervisor.watched": "敏感和紧急",
    "supervisor.data_requests": "个人信息申请",
}
SET_UP: Mapping[str, str] = {
    "units.index": "承办单位",
    "people.index": "人员与角色",
    "tokens.index": "接口令牌",
    "categories.index": "诉求分类",
    "policies.index": "时限规则",
    "message_templates.index": "消息模板",
    "watch_words.index": "敏感词和紧急词",
    "saved_forms.index": "常用受理模板",
    "calendars.index": "工作日历",
    "statements.index": "个人信息告知",
    "retention.index": "保存期限",
    "delivery.board": "消息发送",
    "admin.workflow": "流程表",
    "styleguide.index": "组件库",
}
ACCOUNT: Mapping[str, str] = {
    "substitutions.index": "我的代理",
    "substitutions.overseen": "代理安排",
}
PLACES: Mapping[str, str] = {**FIGURES, **LEDGERS, **SET_UP, "preferences.index": "我的设置", **ACCOUNT}
