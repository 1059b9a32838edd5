"""What is wrong with a place in a tree?"""

from collections.abc import Mapping

from hotline.web.sentences.words import INVALID, Sentence
from workflows.errors import FieldCode

SENTENCES: Mapping[str, Sentence] = {
    FieldCode.BAD_NAME: Sentence(
        INVALID, "名称里不能有斜杠“/”，请换一种写法。", "A name has no slash in it; write it another way."
    ),
    FieldCode.BAD_CATEGORY_CODE: Sentence(
        INVALID,
        "请用大写字母、数字和短横线，例如 CG-06，最多 32 个字符。",
        "Use capital letters, digits and hyphens, such as CG-06, at most 32 characters.",
    ),
    FieldCode.UNDER_ITSELF: Sentence(
        INVALID,
        "不能移到自己或自己的下级之下，请另选上级。",
        "It cannot lie under itself or under one of its own; choose another parent.",
    ),
    FieldCode.HAS_CHILDREN: Sentence(
        INVALID,
        "还有在用的下级分类，请先停用或移走它们。",
        "Categories below it are still in use; end or move them first.",
    ),
    FieldCode.PARENT_ENDED: Sentence(
        INVALID,
        "上级分类已停用，请先恢复上级，或移到别的上级。",
        "The category above it has ended; restore that one first, or move this one.",
    ),
    FieldCode.KIND_IS_FIXED: Sentence(
        INVALID,
        "已有的分类不能在大类和小类之间改变，请新建一个再并入。",
        "A category stays a branch or a leaf; add another one and merge this one into it.",
    ),
    FieldCode.COLUMNS_MISSING: Sentence(
        INVALID,
        "表格第一行缺少这些列：{limit}。请用导出的表格修改。",
        "The first line lacks these columns: {limit}. Begin with the table that is exported.",
    ),
    FieldCode.ROWS_AT_FAULT: Sentence(
        INVALID,
        "有的行需要更正，一行都没有导入。请按下表修改后重新试算。",
        "Some rows need mending and none was taken; mend them as listed and try again.",
    ),
    FieldCode.NOT_A_TABLE: Sentence(
        INVALID,
        "读不出表格。请选择 CSV 文件（Excel 中另存为 CSV），第一行是列名。",
        "This is no table: choose a CSV file whose first line names the columns.",
    ),
    FieldCode.BAD_CELL: Sentence(
        INVALID,
        "单元格“{limit}”的列数不对，或含有公式、乱码，请更正。",
        "“{limit}”: too many or too few cells, a formula or broken characters; mend it.",
    ),
}
