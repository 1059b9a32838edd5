"""Which commands does `flask --app wsgi` know: one list."""

from flask import Flask

from hotline.cli.accounts import token_group, user_group
from hotline.cli.audit import audit_group
from hotline.cli.calendar import calendar_group
from hotline.cli.check_messages import check_messages
from hotline.cli.check_rights import check_rights
from hotline.cli.check_workflow import check_workflow
from hotline.cli.clocks import clocks_group
from hotline.cli.demo import demo_group
from hotline.cli.digest import digest_group
from hotline.cli.keys import keys_group
from hotline.cli.messages import messages_group
from hotline.cli.outbox import outbox_group
from hotline.cli.policies import policies_group
from hotline.cli.retention import retention_group
from hotline.cli.serve import serve
from hotline.cli.tickets import tickets_group
from hotline.cli.worker import tick, worker


def register_commands(app: Flask) -> None:
    """Add every command of ours to the application's command line."""
    for command in (
        audit_group,
        calendar_group,
        check_messages,
        check_rights,
        check_workflow,
        clocks_group,
        demo_group,
        digest_group,
        serve,
        worker,
        keys_group,
        tick,
        messages_group,
        outbox_group,
        policies_group,
        retention_group,
        tickets_group,
        token_group,
        user_group,
    ):
        app.cli.add_command(command)
