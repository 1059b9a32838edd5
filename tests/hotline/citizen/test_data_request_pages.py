"""What does whoever decides a citizen's wish read before they decide?"""

from tests.hotline.citizen.wishes import ask_erasing, last_id


def test_whoever_decides_reads_until_when_and_that_an_open_ticket_is_not_erased(
    client, number, supervisor, session_factory
):
    ask_erasing(client, number)
    assert "最迟答复" in supervisor.get("/board/data-requests").text
    page = supervisor.get(f"/board/data-requests/{last_id(session_factory)}").text
    assert "最迟答复" in page
    assert "工单还没有办结，现在不能删除" in page
    assert "立即删除，不能恢复" not in page
