"""Which address leads to which view of the limits?"""

from flask import Blueprint

from hotline.admin import policies, policy_changes, policy_publishing

_POST = ["POST"]
_NEW = {"row_id": None}
_NEW_STEP = {"step_id": None}

blueprint = Blueprint("policies", __name__, url_prefix="/admin/policies")
blueprint.add_url_rule("", "index", policies.index)
blueprint.add_url_rule("/versions", "versions", policies.versions)
blueprint.add_url_rule("/compare", "compare", policies.compare)
blueprint.add_url_rule("/trial", "trial", policies.trial)
blueprint.add_url_rule("/draft", "start_draft", policy_changes.start_draft, methods=_POST)
blueprint.add_url_rule("/draft/rows/new", "row_form", policy_changes.row_form, defaults=_NEW)
blueprint.add_url_rule("/draft/rows/<int:row_id>", "row_form", policy_changes.row_form)
blueprint.add_url_rule("/draft/rows", "put_row", policy_changes.put_row, methods=_POST, defaults=_NEW)
blueprint.add_url_rule("/draft/rows/<int:row_id>", "put_row", policy_changes.put_row, methods=_POST)
blueprint.add_url_rule("/draft/rows/try", "try_row", policy_changes.try_row, methods=_POST, defaults=_NEW)
blueprint.add_url_rule("/draft/rows/<int:row_id>/try", "try_row", policy_changes.try_row, methods=_POST)
blueprint.add_url_rule(
    "/draft/rows/<int:row_id>/remove", "remove_row", policy_changes.remove_row, methods=_POST
)
blueprint.add_url_rule("/draft/steps/new", "step_form", policy_changes.step_form, defaults=_NEW_STEP)
blueprint.add_url_rule("/draft/steps/<int:step_id>", "step_form", policy_changes.step_form)
blueprint.add_url_rule("/draft/steps", "put_step", policy_changes.put_step, methods=_POST, defaults=_NEW_STEP)
blueprint.add_url_rule("/draft/steps/<int:step_id>", "put_step", policy_changes.put_step, methods=_POST)
blueprint.add_url_rule(
    "/draft/steps/<int:step_id>/remove", "remove_step", policy_changes.remove_step, methods=_POST
)
blueprint.add_url_rule("/draft/publish", "confirm", policy_publishing.confirm)
blueprint.add_url_rule("/draft/publish", "publish", policy_publishing.publish, methods=_POST)
blueprint.add_url_rule("/draft/discard", "confirm_discard", policy_publishing.confirm_discard)
blueprint.add_url_rule("/draft/discard", "discard", policy_publishing.discard, methods=_POST)
