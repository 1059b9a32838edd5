"""The storm day of the city: hundreds of calls about a few things, urged and merged one after the other."""

import pytest

from tests.stories.stage import refused

CALLS = 200
MASTERS = 4


@pytest.fixture
def masters(stage) -> list[str]:
    return [stage.dispatched("HOUSING", address=f"文昌路 {serial} 号") for serial in range(1, MASTERS + 1)]


def test_two_hundred_urges_and_mergers_in_a_row_keep_every_version_whole(stage, masters):
    urged = merged = 0
    for serial in range(CALLS):
        master = masters[serial % MASTERS]
        if serial % 2:
            try:
                stage.act("agent", master, "urge", words="还没有修好")
                urged += 1
            except AssertionError:
                with refused("urged_recently"):
                    stage.act("supervisor", master, "urge")
        else:
            number = stage.register("second_agent", phone=f"139{serial:08d}")
            stage.act("dispatcher", number, "merge", master=master)
            merged += 1
        if serial % 25 == 0:
            stage.wait(hours=1)
    assert merged == CALLS / 2
    for number in masters:
        ticket, actions = stage.ticket(number), stage.actions(number)
        assert ticket.version == len(actions)
        assert ticket.follower_count == actions.count("take_in")
        assert ticket.urge_count == actions.count("urge")
    assert sum(stage.ticket(number).follower_count for number in masters) == merged
    assert sum(stage.ticket(number).urge_count for number in masters) == urged
    stage.end()
