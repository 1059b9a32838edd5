"""Which ready-made records do the agents of the invented city choose from?"""

from datetime import datetime

from sqlalchemy.orm import Session

from hotline.demo.people import Staff
from hotline.services.category_edits import Edit
from hotline.services.saved_forms import SavedInput, put_saved

_FORMS = (
    SavedInput(
        "路灯不亮",
        "help",
        "CG-06",
        "〔路段〕路灯不亮",
        "＿＿路（小区）＿＿号附近有＿＿盏路灯不亮，从＿＿开始，希望尽快修好。",
        "在哪条路、靠近几号\n不亮几盏，连着还是隔着\n从哪天开始\n有没有露出的电线",
    ),
    SavedInput(
        "电梯停运",
        "complaint",
        "SJ-05",
        "〔小区、幢〕电梯停运",
        "＿＿小区＿＿幢电梯从＿＿起停运，物业答复＿＿，楼里有＿＿，希望＿＿前修好。",
        "现在有没有人困在里面\n停了几部、从哪天起\n物业怎么答复\n楼里有没有行动不便的人",
    ),
    SavedInput(
        "夜间施工噪声",
        "complaint",
        "CG-04",
        "〔工地〕夜间施工噪声",
        "＿＿（工地）在＿＿点至＿＿点施工，声音来自＿＿，已持续＿＿天，希望夜间停工。",
        "工地名称或位置\n几点到几点、今晚是否还在施工\n什么机器的声音",
    ),
    SavedInput(
        "停水停电咨询",
        "consultation",
        "",
        "〔小区〕停水（停电）咨询",
        "＿＿小区从＿＿起停水（停电），咨询原因和恢复时间。",
        "只有自家停还是整幢、整个小区\n有没有看到通知",
    ),
    SavedInput(
        "表扬工作人员",
        "praise",
        "",
        "表扬〔单位〕〔姓名〕",
        "＿＿单位＿＿在＿＿（时间）帮助来电人＿＿，特此表扬。",
    ),
)


def seed_saved_forms(session: Session, now: datetime) -> None:
    """Publish them in the name of the city's administrator."""
    edit = Edit(Staff(session)["admin"], now, "常接到的诉求")
    for given in _FORMS:
        put_saved(session, None, given, edit)
