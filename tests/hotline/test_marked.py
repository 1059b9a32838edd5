"""Is exactly that marked in a text which was looked for?"""

from hotline.queries.marked import excerpt, mark


def written(parts) -> str:
    return "".join(f"[{part.text}]" if part.is_found else part.text for part in parts)


def test_what_was_looked_for_is_marked_wherever_it_stands():
    cases = {
        ("电梯停运，电梯坏了", "电梯"): "[电梯]停运，[电梯]坏了",
        ("路灯和电梯", "电梯 路"): "[路]灯和[电梯]",
        ("电梯又停", "电梯停运"): "[电梯]又停",
        ("ＬＥＤ灯与 LED2 和 ALED", "led"): "[ＬＥＤ]灯与 [LED]2 和 ALED",
        ("路灯led坏", "LED"): "路灯[led]坏",
        ("𠮷祥路", "𠮷祥"): "[𠮷祥]路",
        ("电梯", "%"): "电梯",
        ("", "电梯"): "",
    }
    assert {case: written(mark(*case)) for case in cases} == cases


def test_an_excerpt_begins_just_before_the_first_find():
    text = "前" * 40 + "电梯停运" + "后" * 100
    assert written(excerpt(text, "电梯", 30)) == "…" + "前" * 14 + "[电梯]停运" + "后" * 12 + "…"
    assert written(excerpt("电梯停运", "停运")) == "电梯[停运]"
    assert excerpt(text, "路灯") == ()
