"""What is wrong with how somebody is reached or known, and how is it mended?"""

from collections.abc import Mapping

from hotline.web.sentences.words import INVALID, Sentence
from workflows.errors import FieldCode

SENTENCES: Mapping[str, Sentence] = {
    FieldCode.BAD_PHONE: Sentence(
        INVALID,
        "电话号码有误，请填写手机号或带区号的固定电话。",
        "Enter a mobile number, or a landline with its area code.",
    ),
    FieldCode.BAD_EMAIL: Sentence(
        INVALID,
        "邮箱地址有误，请检查，例如 name@example.cn。",
        "Check the address; it looks like name@example.cn.",
    ),
    FieldCode.BAD_ID_NUMBER: Sentence(
        INVALID,
        "证件号码有误，请逐位核对：身份证、居住证 18 位，末位可为 X；护照、通行证 6 至 9 位。",
        "Check each character: identity cards have 18, the last may be X; passports and permits 6 to 9.",
    ),
}
