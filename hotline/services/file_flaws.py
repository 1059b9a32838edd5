"""Why is a file not taken, in words for whoever sent it?"""

from workflows.vocabulary import Word


class Flaw(Word):
    """Why a file is not taken."""

    EMPTY = "empty", "文件是空的。", "The file is empty."
    TOO_LARGE = "too_large", "文件超过 20 MB。", "The file is larger than 20 MB."
    TOO_MANY = "too_many", "一次最多上传 5 个文件。", "At most 5 files at a time."
    TOO_LARGE_TOGETHER = (
        "too_large_together",
        "一次上传的文件合计超过 50 MB，请分几次上传。",
        "Together the files are larger than 50 MB; send them in several goes.",
    )
    BAD_TYPE = (
        "bad_type",
        "不是 jpg、png、webp、pdf、docx、xlsx、mp4、mp3，或者文件已损坏。请换一个。",
        "Only jpg, png, webp, pdf, docx, xlsx, mp4 and mp3, whose content matches the name.",
    )
    TOO_MANY_PIXELS = (
        "too_many_pixels",
        "图片超过 5000 万像素，请缩小后再上传。",
        "The picture has more than 50 million pixels; make it smaller.",
    )
    BAD_ARCHIVE = (
        "bad_archive",
        "文件里嵌有其他文件、宏，或者解开后过大。请另存为不含嵌入内容的文件，或者转成 pdf。",
        "The document holds other files or macros, or unpacks too large; save it without or as pdf.",
    )
    INFECTED = (
        "infected",
        "安全检查发现这个文件有害，没有收下。",
        "The security check found this file harmful; it was not kept.",
    )
    NOT_SCANNED = (
        "not_scanned",
        "文件安全检查暂时不可用，没有收下。请先提交文字，过后再补充文件。",
        "Files cannot be checked just now and were not kept; send your words and add files later.",
    )
    USED_UP = (
        "used_up",
        "上传的文件已达上限，没有收下。请明天再补充，或者改用文字说明。",
        "You have sent as many files as there is room for; add more tomorrow or say it in words.",
    )
    NO_ROOM = (
        "no_room",
        "暂时没有地方存放文件，请先提交文字，过后再补充。",
        "There is no room for files just now; send your words and add files later.",
    )


class BadUploadError(ValueError):
    """A file that is not taken, and why."""

    def __init__(self, flaw: Flaw, name: str = "") -> None:
        super().__init__(f"{flaw}: {name}")
        self.name = name
        self.flaw = flaw
