"""Every row of every machine: its form can be drawn and what it will do can be said."""

from datetime import UTC, datetime

from hotline.services.lifecycle import ENGINES
from hotline.web.action_forms import make_fields
from hotline.web.action_preview import preview
from hotline.web.ticket_moves import Look, Target
from tests.hotline.ticket_story import dispatched, found_city, share_of
from workflows.definition import Offer


def test_every_action_a_person_takes_has_a_form_that_can_be_drawn_and_a_preview(app, session_factory):
    now = datetime.now(UTC)
    with app.test_request_context(), session_factory() as session:
        city = found_city(session)
        ticket = dispatched(session, city, now)
        look = Look(session, ticket, city.actors["ma"], now)
        draw = app.jinja_env.get_template("partials/ticket_field.html")
        for machine, engine in ENGINES.items():
            for row in engine.workflow.transitions:
                target = Target(machine, row.action, share_of(session, ticket.number).id)
                for each in make_fields(look, target, row.needs, {}, {}):
                    assert each.label != each.name, (row.action, each.name)
                    assert f'name="{each.name}"' in draw.render(each=each) or each.widget == "checks"
                offer = Offer(row.action, row.label_zh, row.label_en, row.needs, row.notices)
                assert preview(machine, offer, row.sources[0]).from_state == row.sources[0]
