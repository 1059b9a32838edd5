"""Do pages call the city what the installation says it is called?"""

import pytest

from config import Settings, SettingsError
from hotline.services.site import configure_site, current_site

ELSEWHERE = "海州市,Haizhou"


@pytest.fixture
def elsewhere(app):
    """An installation of another city."""
    before = current_site()
    configure_site(before.base_url, before.zone.key, city_name=ELSEWHERE)
    yield app.test_client()
    configure_site(before.base_url, before.zone.key, rings_nowhere=before.rings_nowhere)


def test_every_frame_names_the_city_of_the_settings_in_the_language_of_the_reader(elsewhere):
    for path in ("/", "/help", "/privacy", "/login"):
        page = elsewhere.get(path, follow_redirects=True).text
        assert "海州市" in page, path
        assert "云江" not in page, path
    elsewhere.set_cookie("lang", "en")
    for path in ("/help", "/privacy"):
        page = elsewhere.get(path).text
        assert "Haizhou" in page, path
        assert "海州市" not in page, path


def test_production_says_what_its_city_is_called_in_two_languages():
    assert Settings.from_env({"CITY_NAME": ELSEWHERE}).city_name == ELSEWHERE
    for told in ({"HOTLINE_ENV": "production"}, {"CITY_NAME": "海州市"}):
        with pytest.raises(SettingsError, match="CITY_NAME"):
            Settings.from_env(told)
