"""Who carries which channel in this installation."""

from collections.abc import Callable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from notifications.catalog import Channel
from notifications.providers.base import Provider
from notifications.providers.console import ConsoleProvider
from notifications.providers.demo_carrier import DEMO_CARRIERS, DemoCarrier
from notifications.providers.mailbox import MailboxProvider
from notifications.providers.outbound import Outbound
from notifications.providers.relay import Relay, RelayAccount
from notifications.providers.routing import Route
from notifications.providers.smtp import MailServer, SmtpMail
from notifications.providers.tencent_sms import TemplatesError, TencentAccount, TencentSms, read_templates
from notifications.providers.twilio_sms import TwilioAccount, TwilioSms


class ProviderSettings(Protocol):
    """The part of the settings that chooses providers."""

    @property
    def is_demo(self) -> bool: ...
    @property
    def base_url(self) -> str: ...
    @property
    def sms_weights(self) -> Mapping[str, float]: ...
    @property
    def twilio_account_sid(self) -> str: ...
    @property
    def twilio_auth_token(self) -> str: ...
    @property
    def twilio_from(self) -> str: ...
    @property
    def twilio_api_base(self) -> str: ...
    @property
    def tencent_secret_id(self) -> str: ...
    @property
    def tencent_secret_key(self) -> str: ...
    @property
    def tencent_app_id(self) -> str: ...
    @property
    def tencent_sign(self) -> str: ...
    @property
    def tencent_templates(self) -> str: ...
    @property
    def tencent_region(self) -> str: ...
    @property
    def tencent_api_base(self) -> str: ...
    @property
    def relay_url(self) -> str: ...
    @property
    def relay_secret(self) -> str: ...
    @property
    def relay_networks(self) -> tuple[str, ...]: ...
    @property
    def outbound_hosts(self) -> tuple[str, ...]: ...
    @property
    def smtp_host(self) -> str: ...
    @property
    def smtp_port(self) -> int: ...
    @property
    def smtp_user(self) -> str: ...
    @property
    def smtp_password(self) -> str: ...
    @property
    def smtp_tls(self) -> bool: ...
    @property
    def mail_from(self) -> str: ...
    @property
    def mail_bounces(self) -> str: ...


def providers_for(
    settings: ProviderSettings, session_factory: Callable[[], Session]
) -> Mapping[Channel, Route]:
    """Choose the providers of each channel; build once per process, so that one that rests stays remembered.

    The demo keeps everything in the mailbox, so that nobody's phone rings and everything can be seen.
    """
    mailbox = Route([(MailboxProvider(session_factory), 1.0)])
    return {
        Channel.SMS: _demo_sms(session_factory) if settings.is_demo else _sms(settings),
        Channel.EMAIL: mailbox if settings.is_demo else Route([(_mail(settings), 1.0)]),
        Channel.MAILBOX: mailbox,
    }


def rings_nowhere(settings: ProviderSettings) -> bool:
    """Tell whether the SMS of this installation reach no telephone, without building any provider."""
    return settings.is_demo or not settings.sms_weights


def find_template_fault(path: str) -> str | None:
    """Say what is wrong with the file of approved templates, or None."""
    try:
        read_templates(Path(path))
    except (OSError, TemplatesError, UnicodeDecodeError) as error:
        return str(error)
    return None


def _demo_sms(session_factory: Callable[[], Session]) -> Route:
    return Route([(DemoCarrier(name, session_factory), 1.0) for name in DEMO_CARRIERS])


def _sms(settings: ProviderSettings) -> Route:
    weighted = [(_MAKERS[name](settings), weight) for name, weight in settings.sms_weights.items()]
    return Route(weighted or [(ConsoleProvider(), 1.0)])


def _twilio(settings: ProviderSettings) -> Provider:
    return TwilioSms(
        TwilioAccount(
            sid=settings.twilio_account_sid,
            token=settings.twilio_auth_token,
            sender=settings.twilio_from,
            api_base=settings.twilio_api_base,
            public_base=settings.base_url,
        )
    )


def _tencent(settings: ProviderSettings) -> Provider:
    return TencentSms(
        TencentAccount(
            secret_id=settings.tencent_secret_id,
            secret_key=settings.tencent_secret_key,
            app_id=settings.tencent_app_id,
            sign_name=settings.tencent_sign,
            region=settings.tencent_region,
            api_base=settings.tencent_api_base,
        ),
        read_templates(Path(settings.tencent_templates)),
    )


def _relay(settings: ProviderSettings) -> Provider:
    networks = tuple(ip_network(network) for network in settings.relay_networks)
    outbound = Outbound(frozenset(settings.outbound_hosts), networks)
    return Relay(RelayAccount(settings.relay_url, settings.relay_secret), outbound)


_MAKERS: Mapping[str, Callable[[ProviderSettings], Provider]] = {
    TwilioSms.name: _twilio,
    TencentSms.name: _tencent,
    Relay.name: _relay,
}


def _mail(settings: ProviderSettings) -> Provider:
    if not settings.smtp_host:
        return ConsoleProvider()
    return SmtpMail(
        MailServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            user=settings.smtp_user,
            password=settings.smtp_password,
            tls=settings.smtp_tls,
            sender=settings.mail_from,
            bounces=settings.mail_bounces,
        )
    )
