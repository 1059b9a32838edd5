"""Does a mail arrive whole, in its thread and free of smuggled headers. Speaks to a local SMTP server."""

import smtplib
import socketserver
import ssl
import threading
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from typing import ClassVar

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from notifications.catalog import KINDS, Channel
from notifications.providers.base import Outgoing, PermanentFailure, TemporaryFailure, UnclearOutcome
from notifications.providers.smtp import MailServer, SmtpMail, compose
from notifications.render import render
from tests.notifications.samples import FACTS

WORDS = render(KINDS["new_ticket"], Channel.EMAIL, "zh", FACTS)
OUTGOING = Outgoing(
    id="01a2-7bcd",
    kind="new_ticket",
    channel=Channel.EMAIL,
    recipient="unit:3",
    address="liaison@unit.example",
    subject="20261123000123",
    text=WORDS.text,
    title=WORDS.title,
    html=WORDS.html,
)


@dataclass
class Inbox:
    """What the server took, and what it answers."""

    answer: str = "250 OK"
    recipient_answer: str = "250 OK"
    sender_answer: str = "250 OK"
    hangs_up: bool = False
    mails: list[Envelope] = field(default_factory=list)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.recipient_answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.mails.append(envelope)
        if self.hangs_up:
            server.transport.abort()
        return self.answer

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.sender_answer.startswith("2"):
            envelope.mail_from = address
        return self.sender_answer


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b"hotline" and data.password == b"right", handled=False)


class AnyPort(Controller):
    """A controller on a free port; the original asks port 0 whether it is there."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def server(inbox):
    controller = AnyPort(
        inbox,
        hostname="127.0.0.1",
        port=0,
        authenticator=authenticate,
        auth_require_tls=False,
        decode_data=False,
    )
    controller.start()
    yield MailServer(
        "127.0.0.1", controller.port, "", "", tls=False, sender="12345 热线 <noreply@hotline.example>"
    )
    controller.stop()


def test_a_mail_arrives_with_both_bodies_and_its_thread(server, inbox):
    accepted = SmtpMail(server).send(OUTGOING)
    mail = message_from_bytes(inbox.mails[0].content, policy=policy.default)
    assert inbox.mails[0].rcpt_tos == ["liaison@unit.example"]
    assert mail["Subject"] == "【12345】新工单 20261123000123（紧急）"
    assert mail["From"] == "12345 热线 <noreply@hotline.example>"
    assert mail["Message-ID"] == accepted.reference == "<01a2-7bcd@hotline.example>"
    assert mail["References"] == mail["In-Reply-To"] == "<20261123000123@hotline.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_body(("plain",)).get_content().split() == WORDS.text.split()
    assert mail.get_body(("html",)).get_content().split() == WORDS.html.split()


def test_a_repeat_is_the_same_mail(server, inbox):
    mail = SmtpMail(server)
    assert mail.send(OUTGOING) == mail.send(OUTGOING)


@pytest.mark.parametrize("field_name", ["address", "title", "subject"])
@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r"])
def test_a_line_break_in_a_header_is_refused(field_name, line_break):
    smuggled = replace(OUTGOING, **{field_name: f"a{line_break}Bcc: thief@evil.example"})
    with pytest.raises(PermanentFailure, match="line_break_in_header"):
        compose(smuggled, MailServer("", 25, "", "", tls=False, sender="noreply@hotline.example"))


def test_a_login_is_used_when_there_is_one(server, inbox):
    SmtpMail(replace(server, user="hotline", password="right")).send(OUTGOING)
    assert len(inbox.mails) == 1


def test_a_wrong_password_is_ours_to_mend_and_kills_no_mail(server, inbox):
    with pytest.raises(TemporaryFailure, match="smtp_login_refused"):
        SmtpMail(replace(server, user="hotline", password="wrong")).send(OUTGOING)


@pytest.mark.parametrize(
    ("answer", "failure"), [("451 later", TemporaryFailure), ("554 spam", PermanentFailure)]
)
def test_the_servers_answer_to_a_mail_decides(server, inbox, answer, failure):
    inbox.answer = answer
    with pytest.raises(failure) as caught:
        SmtpMail(server).send(OUTGOING)
    assert caught.value.code == f"smtp_{answer[:3]}"


@pytest.mark.parametrize(
    ("answer", "failure", "is_unreachable"),
    [
        ("450 busy", TemporaryFailure, None),
        ("550 unknown", PermanentFailure, True),
        ("554 no", PermanentFailure, False),
    ],
)
def test_the_servers_answer_to_a_recipient_decides(server, inbox, answer, failure, is_unreachable):
    inbox.recipient_answer = answer
    with pytest.raises(failure) as caught:
        SmtpMail(server).send(OUTGOING)
    assert getattr(caught.value, "is_unreachable", None) is is_unreachable


@pytest.mark.parametrize("answer", ["451 later", "550 not from here"])
def test_a_sender_the_server_refuses_is_ours_to_mend_and_kills_no_mail(server, inbox, answer):
    inbox.sender_answer = answer
    with pytest.raises(TemporaryFailure, match=f"smtp_{answer[:3]}"):
        SmtpMail(server).send(OUTGOING)


def test_a_server_that_hangs_up_over_the_text_leaves_open_whether_it_has_the_mail(server, inbox):
    inbox.hangs_up = True
    with pytest.raises(UnclearOutcome):
        SmtpMail(server).send(OUTGOING)


class ReportingServer(socketserver.StreamRequestHandler):
    """Just enough of a mail server that offers delivery reports (RFC 3461), which the other one does not."""

    asked: ClassVar[list[str]] = []

    def handle(self):
        self._say("220 ready")
        while line := self.rfile.readline().decode().strip():
            verb = line.partition(" ")[0].upper()
            self.asked.append(line)
            if verb == "DATA":
                self._say("354 go on")
                while self.rfile.readline() != b".\r\n":
                    continue
            self._say("250-here\r\n250 DSN" if verb == "EHLO" else "250 OK")
            if verb == "QUIT":
                return

    def _say(self, line):
        self.wfile.write(f"{line}\r\n".encode())


def test_word_of_a_failure_is_asked_for_without_the_text_and_goes_where_bounces_go(server):
    with socketserver.TCPServer(("127.0.0.1", 0), ReportingServer) as reporting:
        thread = threading.Thread(target=reporting.handle_request)
        thread.start()
        port = reporting.server_address[1]
        SmtpMail(replace(server, port=port, bounces="bounces@hotline.example")).send(OUTGOING)
        thread.join()
    assert ReportingServer.asked[1:3] == [
        "mail FROM:<bounces@hotline.example> RET=HDRS ENVID=01a2-7bcd",
        "rcpt TO:<liaison@unit.example> NOTIFY=FAILURE",
    ]


def test_a_server_without_encryption_is_not_used_when_encryption_is_demanded(server, inbox):
    with pytest.raises(TemporaryFailure, match=smtplib.SMTPNotSupportedError.__name__):
        SmtpMail(replace(server, tls=True)).send(OUTGOING)
    assert inbox.mails == []


def test_a_server_that_cannot_be_reached_is_a_temporary_failure():
    unreachable = MailServer("127.0.0.1", 9, "", "", tls=False, sender="noreply@hotline.example")
    with pytest.raises(TemporaryFailure):
        SmtpMail(unreachable).send(OUTGOING)


def test_certificates_are_checked_by_default():
    mail = SmtpMail(MailServer("mail.example", 587, "", "", tls=True, sender="a@b.example"))
    assert mail._tls_context.verify_mode is ssl.CERT_REQUIRED
    assert mail._tls_context.check_hostname
