"""What a page says, read by tests: as a reader sees it, or all of it but what chance wrote."""

import re

# Tokens of forms and keys of repeats: letters that only chance chose.
_TOKEN = re.compile(r'name="(?:csrf[-_]token|request_key)"[^>]*?(?:value|content)="[^"]*"')


def plain(page: str) -> str:
    """The words alone, with single spaces between them."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def without_tokens(page: str) -> str:
    """The whole page but its form tokens: any two letters may stand together in one."""
    without, how_many = _TOKEN.subn("", page)
    assert how_many, "no token was found: does this page have a form, or have tokens another look now?"
    return without
