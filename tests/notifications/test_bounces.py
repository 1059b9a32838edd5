"""Does a mail that came back mark its message, once, and is nobody else's mail touched? Speaks POP3 to a stand-in."""

import socketserver
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from notifications import claims, outbox
from notifications.bounces import BounceBox, collect
from notifications.catalog import Channel
from notifications.claims import Lease
from notifications.models import OutboxMessage, ReceivedReceipt, State
from notifications.settlements import Ended, Settlement, settle_all
from tests.notifications.samples import MORNING, message

OURS = "<01a2@hotline.example>"


@dataclass
class Box:
    """A mailbox that keeps to RFC 1939: what is deleted goes when the client says goodbye."""

    mails: list[bytes] = field(default_factory=list)
    password: str = "right"

    def serve(self, handler: socketserver.StreamRequestHandler) -> None:
        self._say(handler, "+OK ready")
        doomed: set[int] = set()
        while line := handler.rfile.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            if verb == "QUIT":
                self.mails = [mail for number, mail in enumerate(self.mails, 1) if number not in doomed]
                self._say(handler, "+OK bye")
                return
            self._answer(handler, verb, rest, doomed)

    def _answer(self, handler, verb, rest, doomed):
        if verb == "PASS" and rest != self.password:
            self._say(handler, "-ERR no")
        elif verb == "LIST":
            sizes = [f"{number} {len(mail)}" for number, mail in enumerate(self.mails, 1)]
            self._say(handler, "\r\n".join(["+OK", *sizes, "."]))
        elif verb == "RETR":
            handler.wfile.write(b"+OK\r\n" + self.mails[int(rest) - 1] + b"\r\n.\r\n")
        else:
            if verb == "DELE":
                doomed.add(int(rest))
            self._say(handler, "+OK")

    def _say(self, handler, line):
        handler.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def box():
    return Box()


@pytest.fixture
def mailbox(box):
    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            box.serve(self)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield BounceBox("127.0.0.1", server.server_address[1], "bounces", "right", tls=False)
        server.shutdown()
        thread.join()


def report(*, action="failed", status="5.1.1", reference=OURS, returned="headers"):
    """A delivery report as mail servers write it (RFC 3464)."""
    blocks = (
        "Reporting-MTA: dns; unit.example\r\n\r\nFinal-Recipient: rfc822; liaison@unit.example\r\n"
        f"Action: {action}\r\nStatus: {status} (no such user)\r\n"
    )
    text = f"Message-ID: {reference}\r\nSubject: x\r\n" + ("" if returned == "headers" else "\r\nwords\r\n")
    kind = "text/rfc822-headers" if returned == "headers" else "message/rfc822"
    boundary = "b0undary"
    lines = [
        "From: MAILER-DAEMON@unit.example",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"',
        "",
        f"--{boundary}",
        "Content-Type: text/plain",
        "",
        "I'm sorry to have to inform you",
        f"--{boundary}",
        "Content-Type: message/delivery-status",
        "",
        blocks,
        f"--{boundary}",
        f"Content-Type: {kind}",
        "",
        text,
        f"--{boundary}--",
    ]
    return "\r\n".join(lines).encode()


def plain(subject, **headers):
    mail = EmailMessage()
    mail["Subject"] = subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("words")
    return mail.as_bytes().replace(b"\n", b"\r\n").strip()


@pytest.fixture
def sent(session_factory):
    """A mail that the server took."""
    with session_factory() as session, session.begin():
        outbox.put(
            session,
            message(
                kind="new_ticket", channel=Channel.EMAIL, recipient="unit:3", address="liaison@unit.example"
            ),
        )
        lease = Lease("a", MORNING, timedelta(seconds=30))
        (claimed,) = claims.claim(session, 1, lease)
        claims.begin_all(session, [(claimed, "smtp")], lease)
        settle_all(
            session, [Ended(claimed, Settlement(State.ACCEPTED, MORNING, 0, 0, provider_reference=OURS))]
        )


def row(session_factory):
    with session_factory() as session:
        return session.scalars(select(OutboxMessage)).one()


@pytest.mark.parametrize("returned", ["headers", "whole mail"])
def test_a_mail_that_came_back_marks_its_message_and_is_gone(box, mailbox, sent, session_factory, returned):
    box.mails = [report(returned=returned)]
    assert collect(mailbox, session_factory, MORNING) == 1
    found = row(session_factory)
    assert (found.state, found.last_error, found.is_unreachable) == (State.FAILED, "smtp_5.1.1", True)
    assert box.mails == []


def test_a_delay_is_no_failure(box, mailbox, sent, session_factory):
    box.mails = [report(action="delayed", status="4.4.1")]
    collect(mailbox, session_factory, MORNING)
    assert row(session_factory).state == State.ACCEPTED


def test_a_report_of_a_mail_that_is_none_of_ours_is_harmless(box, mailbox, sent, session_factory):
    box.mails = [report(reference="<other@elsewhere.example>")]
    collect(mailbox, session_factory, MORNING)
    assert row(session_factory).state == State.ACCEPTED
    with session_factory() as session:
        assert session.scalars(select(ReceivedReceipt.reference)).all() == ["<other@elsewhere.example>"]


def test_what_a_person_wrote_stays_and_what_a_program_answered_goes(box, mailbox, session_factory):
    person = plain("路灯")
    box.mails = [person, plain("Out of office", Auto_Submitted="auto-replied")]
    assert collect(mailbox, session_factory, MORNING) == 0
    assert box.mails == [person]


@pytest.mark.parametrize("status", ["", "5", "5.1.1.1", "5.x.1", "5.1.1\x00", "９.１.１"])
def test_a_strangers_status_is_not_kept_as_it_comes(box, mailbox, sent, session_factory, status):
    box.mails = [report(status=status)]
    collect(mailbox, session_factory, MORNING)
    assert row(session_factory).last_error == "smtp_failed"


def test_a_mailbox_that_cannot_be_read_keeps_its_mails(box, mailbox, session_factory):
    box.mails, box.password = [report()], "another"
    with pytest.raises(Exception, match="no"):
        collect(mailbox, session_factory, MORNING)
    assert len(box.mails) == 1


def test_a_report_stays_when_it_could_not_be_written_down(box, mailbox, session_factory):
    def broken():
        raise OSError

    box.mails = [report()]
    with pytest.raises(OSError):
        collect(mailbox, broken, MORNING)
    assert len(box.mails) == 1
