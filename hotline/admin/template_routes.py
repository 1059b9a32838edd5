"""Which address leads to which view of message templates?"""

from flask import Blueprint

from hotline.admin import message_templates, template_publishing

_POST = ["POST"]

blueprint = Blueprint("message_templates", __name__, url_prefix="/admin/messages")
blueprint.add_url_rule("", "index", message_templates.index)
blueprint.add_url_rule("/<kind>", "show", message_templates.show)
blueprint.add_url_rule("/<kind>/draft", "edit", message_templates.edit)
blueprint.add_url_rule("/<kind>/draft", "save", message_templates.save, methods=_POST)
blueprint.add_url_rule("/<kind>/draft/start", "start", message_templates.start, methods=_POST)
blueprint.add_url_rule("/<kind>/draft/preview", "preview", message_templates.preview, methods=_POST)
blueprint.add_url_rule("/<kind>/draft/test", "send_test", message_templates.send_test, methods=_POST)
blueprint.add_url_rule("/<kind>/draft/publish", "confirm", template_publishing.confirm)
blueprint.add_url_rule("/<kind>/draft/publish", "publish", template_publishing.publish, methods=_POST)
blueprint.add_url_rule("/<kind>/draft/discard", "confirm_discard", template_publishing.confirm_discard)
blueprint.add_url_rule("/<kind>/draft/discard", "discard", template_publishing.discard, methods=_POST)
