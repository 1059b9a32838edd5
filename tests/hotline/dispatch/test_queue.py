"""The dispatcher's page: what waits, where it goes, and what happens when something is wrong."""

from tests.hotline.department.office import post, sign_in


def test_the_pool_shows_what_waits_and_opens_the_first(client, office):
    number = office.waiting()
    page = sign_in(client, "dispatcher").get("/dispatch")
    assert page.status_code == 200
    assert number in page.text
    assert "规则命中" in page.text
    assert "梧桐区住房和城乡建设局" in page.text
