"""What is wrong with somebody who is named in an action?"""

from collections.abc import Mapping

from hotline.web.sentences.words import INVALID, Sentence
from workflows.errors import FieldCode

SENTENCES: Mapping[str, Sentence] = {
    FieldCode.NOT_A_COLLEAGUE: Sentence(
        INVALID,
        "只能交给承办单位在用的经办人员，请从名单中选择；要由其他单位办理，请用下派、退回派单或改派。",
        "Choose an active handler of the unit that holds the share; pass it down or return it for others.",
    ),
    FieldCode.BEING_CHANGED: Sentence(
        INVALID,
        "这位同事的账号正在变更，请稍后再试，或选择另一位。",
        "This colleague's account is being changed; try again in a moment, or choose another.",
    ),
}
