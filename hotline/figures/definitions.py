"""What does each figure mean, in the words that are printed beside it?"""

from hotline.queries.measures import Measure
from hotline.queries.peers import LEAST_RANKED, RateName

RATE_LABELS: dict[RateName, str] = {
    RateName.CONTACTED: "响应率",
    RateName.ON_TIME: "按时办结率",
    RateName.SOLVED: "解决率",
    RateName.CONTENT: "满意率",
    RateName.RETURNED: "退单率",
    RateName.REWORKED: "重办率",
}
MEASURE_LABELS: dict[Measure, str] = {
    Measure.RECEIVED: "收到的工单",
    Measure.RETURNED: "同意退单的工单",
    Measure.RETURN_REFUSED: "退单被驳回的工单",
    Measure.CLOSED: "办结的工单",
    Measure.ON_TIME: "按时办结的工单",
    Measure.LATE: "超期办结的工单",
    Measure.EXCLUDED: "已剔除的工单",
    Measure.ASKED: "回访问过是否联系的工单",
    Measure.CONTACTED: "按时联系诉求人的工单",
    Measure.NOT_CONTACTED: "未按时联系诉求人的工单",
    Measure.VALID: "有效回访的工单",
    Measure.SOLVED: "诉求人确认已解决的工单",
    Measure.NOT_SOLVED: "部分解决或没有解决的工单",
    Measure.RATED: "有满意度评价的工单",
    Measure.CONTENT: "评价满意的工单",
    Measure.DISCONTENT: "评价不满意的工单",
    Measure.HELD: "参与主办并办结的工单",
    Measure.REWORKED: "被重办的工单",
}
COMMON: tuple[tuple[str, str], ...] = (
    ("统计对象", "只计主办单位；下派的分单计入下派单位，协办不计。已同意剔除的工单不计入各项，另列件数。"),
    ("统计时段", "按城市当地日期，含首尾两天。收到按派单时间计，其余按办结时间计。"),
)
DEFINITIONS: tuple[tuple[str, str], ...] = (
    *COMMON,
    ("收到", "时段内派给本单位主办的工单；派出后由中心撤回的不计。"),
    ("办结", "时段内办结、有办理时限、最后由本单位主办的工单。"),
    ("响应率", "回访时诉求人说单位联系过、且联系未超过联系时限 ÷ 回访时问过是否联系的工单。"),
    (
        "按时办结率",
        (
            "没有超过办理时限（含已同意的延期）÷ 办结；超期申诉成立的计为按时，"
            "重办时才接手的单位只对自己那一轮负责。"
        ),
    ),
    ("解决率", "诉求人最后一次评价为「已解决」÷ 有此项评价的工单；部分解决不计入；评价申诉成立的不计。"),
    ("满意率", "最后一次评价为非常满意、满意、基本满意 ÷ 有满意度评价的工单；评价申诉成立的不计。"),
    ("退单率", "同意退单 ÷ 收到；驳回的退单另列。"),
    ("重办率", "在本单位主办之后又进入下一轮的工单 ÷ 本单位任一轮主办过并办结的工单。"),
    ("办理时长中位数", "从派到本单位到提交办理结果，只计工作时间，扣除暂停；一半工单更短，一半更长。"),
    ("同类组", "按单位类别和服务范围分组：市级部门、区级部门、街道（镇）、公共服务企业等，只在组内比较。"),
    ("排名", f"按所选指标从高到低，并列同名次。该指标分母不足 {LEAST_RANKED} 件的单位不排名。"),
    (
        "区间",
        (
            "95% 置信区间（Wilson）。区间整个在全组比率之上或之下，才标「高于同类」「低于同类」；"
            "否则差别可能出于偶然。"
        ),
    ),
)
TREND_DEFINITIONS: tuple[tuple[str, str], ...] = (
    ("受理", "按受理时间计的全部工单，草稿除外，含直接答复和重复件。"),
    ("常态", "前四周同一星期几的平均件数；系统开始受理以前的周不计入，当天未结束的不比较。"),
    ("突增", "时段件数不少于 5，且比前四周相同时段的平均数高出 3 个标准差以上（件数按泊松分布估计）。"),
    ("注意", "法定节假日与平日不同，节后首周的常态可能偏低或偏高。"),
)
