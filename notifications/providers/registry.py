"""Who carries which channel in this installation."""

from collections.abc import Callable, Mapping
from typing import Protocol

from sqlalchemy.orm import Session

from notifications.catalog import Channel
from notifications.providers.base import Provider, Watched
from notifications.providers.console import ConsoleProvider
from notifications.providers.mailbox import MailboxProvider
from notifications.providers.smtp import MailServer, SmtpMail
from notifications.providers.twilio_sms import TwilioAccount, TwilioSms


class ProviderSettings(Protocol):
    """The part of the settings that chooses providers."""

    @property
    def is_demo(self) -> bool: ...
    @property
    def base_url(self) -> str: ...
    @property
    def twilio_account_sid(self) -> str: ...
    @property
    def twilio_auth_token(self) -> str: ...
    @property
    def twilio_from(self) -> str: ...
    @property
    def twilio_api_base(self) -> str: ...
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


def providers_for(
    settings: ProviderSettings, session_factory: Callable[[], Session]
) -> Mapping[Channel, Watched]:
    """Choose one provider per channel; build once per process, so that a resting provider stays remembered.

    The demo keeps everything in the mailbox, so that nobody's phone rings and everything can be seen.
    """
    mailbox = MailboxProvider(session_factory)
    carriers: Mapping[Channel, Provider] = {
        Channel.SMS: mailbox if settings.is_demo else _sms(settings),
        Channel.EMAIL: mailbox if settings.is_demo else _mail(settings),
        Channel.MAILBOX: mailbox,
    }
    return {channel: Watched(provider) for channel, provider in carriers.items()}


def _sms(settings: ProviderSettings) -> Provider:
    if not settings.twilio_account_sid:
        return ConsoleProvider()
    return TwilioSms(
        TwilioAccount(
            sid=settings.twilio_account_sid,
            token=settings.twilio_auth_token,
            sender=settings.twilio_from,
            api_base=settings.twilio_api_base,
            public_base=settings.base_url,
        )
    )


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
        )
    )
