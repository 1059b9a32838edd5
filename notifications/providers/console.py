"""The provider of an installation without one: it notes that it would send, never to whom nor what."""

import structlog

from notifications.providers.base import Accepted, Outgoing

_LOG = structlog.get_logger(__name__)


class ConsoleProvider:
    """Accepts everything and sends nothing."""

    name = "console"

    def send(self, outgoing: Outgoing) -> Accepted:
        _LOG.warning(
            "message_would_be_sent", message_id=outgoing.id, kind=outgoing.kind, channel=str(outgoing.channel)
        )
        return Accepted(reference=outgoing.id)
