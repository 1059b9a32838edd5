"""For how long may an extension be asked, where a category has limits of its own?"""

import pytest

from hotline.models.catalog import Category
from hotline.models.policies import PolicyRow
from hotline.services.policy_edits import put_row
from hotline.services.policy_faults import list_faults
from tests.hotline.admin.limits_desk import NOW, LimitsDesk, handling
from workflows.errors import Refused


def test_a_second_extension_of_a_category_is_held_to_the_first_above_it(session):
    desk = LimitsDesk(session)
    draft = desk.draft()
    pipes = Category(
        code="GG-01-1",
        name="管道",
        path="公共事业/供暖/管道",
        level=3,
        is_leaf=True,
        parent_id=desk.heating.id,
    )
    desk.session.add(pipes)
    desk.session.flush()
    asked = {"limit_class": "ordinary", "unit": "working_days"}

    def put(days: int, **more) -> PolicyRow:
        return put_row(desk.session, handling(days, **asked, **more), draft.revision, desk.admin, NOW)

    first = put(8, clock="extension", category_id=desk.heating.id)
    with pytest.raises(Refused) as caught:
        put(9, clock="second_extension", category_id=pipes.id)
    assert [(each.field, str(each.code), each.limit) for each in caught.value.errors] == [
        ("amount", "too_large", "8")
    ]
    put(8, clock="second_extension", category_id=pipes.id)
    assert list_faults(desk.session, draft) == ()
    put(7, clock="extension", category_id=desk.heating.id, row_id=first.id)
    assert [(str(fault.kind), fault.name) for fault in list_faults(desk.session, draft)] == [
        ("loose_extension", "second_extension")
    ]
