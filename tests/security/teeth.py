"""Do the tests bite? Each guard is switched off in turn, in a process of its own, and its tests must go red.

As a plugin of pytest (`-p tests.security.teeth` with TOOTH set) it loads one file of the product with one line
changed. Run by itself it goes through all guards and says which tests did not notice: `make teeth`.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).resolve().parents[2]
_TESTS_FAILED = 1
_SECONDS = 300
_FAILED, _ERROR = " failed", "\nERROR "


@dataclass(frozen=True, slots=True)
class Guard:
    """One line that protects, what stands there when it is off, and the tests that must notice."""

    name: str
    file: str
    line: str
    off: str
    tests: tuple[str, ...]


_LIFE, _OUT = "hotline/services/lifecycle.py", "tests/notifications/test_outbox.py"
_SIGNING, _RELAY = "notifications/signing.py", "tests/notifications/test_relay.py"
_FAULTS, _FOREIGN = "tests/notifications/test_worker_faults.py", "tests/security/test_foreign_pages.py"
_MACHINES = "tests/security/test_messages_of_machines.py"
# Tells whether there is a ticket of the number that was typed.
_HOW_MANY = (
    'str(db.session.scalar(__import__("sqlalchemy").text("SELECT count(*) FROM tickets WHERE number = :n"), '
    '{"n": citizen_access.normal_number(form.number.data)}))'
)

GUARDS: tuple[Guard, ...] = (
    Guard("version check", _LIFE, "command.version != ticket.version", "command.version == -1",
          ("tests/hotline/api/test_refusals.py::test_a_stale_version_is_answered_with_the_ticket_as_it_is_now",)),
    Guard("idempotency insert", "hotline/services/idempotency.py", "    session.add(\n        IdempotencyKey(",
          "    str(\n        IdempotencyKey(",
          ("tests/hotline/test_idempotency.py::test_the_first_answer_is_given_again_byte_for_byte",)),
    Guard("outbox unique key", "notifications/models.py", "key: Mapped[str] = mapped_column(unique=True)",
          "key: Mapped[str] = mapped_column()", (f"{_OUT}::test_the_same_key_twice_is_one_message",)),
    Guard("lease", "notifications/claims.py", '"next_attempt_at": lease.until}', '"next_attempt_at": lease.at}',
          (f"{_OUT}::test_a_claimed_message_is_not_claimed_again",)),
    Guard("owner check on result", "notifications/claims.py",
          "tuple_(OutboxMessage.id, OutboxMessage.owner, OutboxMessage.attempts).in_(leases)",
          "OutboxMessage.id.in_([each for each, _, _ in leases])",
          (f"{_OUT}::test_a_worker_that_lost_its_lease_writes_nothing",
           f"{_OUT}::test_the_same_worker_cannot_settle_an_older_attempt")),
    Guard("attempt before run", "notifications/claims.py", '"crashes": crashes + 1,', '"crashes": crashes,',
          (f"{_FAULTS}::test_a_message_whose_worker_dies_five_times_is_dead_and_the_others_flow",)),
    Guard("timer unique key", "hotline/models/clocks.py", 'UniqueConstraint("clock_id", "kind", "cycle"),', "",
          ("tests/security/test_guards.py::test_the_database_takes_no_second_timer_of_one_cycle",)),
    Guard("order per ticket and recipient", "notifications/claims.py", "        ~_must_wait(),\n", "",
          (f"{_OUT}::test_a_later_message_waits_for_the_earlier_one_to_the_same_recipient",)),
    Guard("receipt moves forward only", "notifications/receipts.py",
          "if _RANK[state] <= _RANK.get(message.state, 0):", "if _RANK[state] < 0:",
          ("tests/notifications/test_receipts.py::test_a_late_receipt_never_moves_a_message_back",)),
    Guard("comparison of signatures", _SIGNING, "hmac.compare_digest(each.encode(), signature.encode())",
          "len(each) == len(signature)",
          (f"{_RELAY}::test_no_single_bit_may_differ",
           f"{_MACHINES}::test_of_a_thousand_receipts_with_one_bit_changed_none_counts")),
    Guard("window of time", _SIGNING, "_TOLERANCE = timedelta(minutes=5)", "_TOLERANCE = timedelta(days=9000)",
          (f"{_MACHINES}::test_an_old_receipt_and_one_of_the_future_are_refused",)),
    Guard("store against replays", "notifications/models.py",
          "provider_reference: Mapped[str] = mapped_column(String(128), unique=True)",
          "provider_reference: Mapped[str] = mapped_column(String(128))",
          ("tests/hotline/api/test_webhooks.py::test_a_rating_that_arrives_twice_acts_once",)),
    Guard("scope of a unit", "hotline/queries/scope.py", "_SHARE.unit_id.in_(viewer.subtree_unit_ids),", "",
          ("tests/hotline/test_scope.py::test_a_ticket_that_is_not_yours_looks_absent",)),
    Guard("list of allowed fields", "workflows/needs.py", "for name in data if name not in known]",
          "for name in data if name == chr(0)]",
          ("tests/security/test_guards.py::test_an_action_takes_no_field_that_it_does_not_name",)),
    Guard("token of forms", "hotline/web/security.py", "WTF_CSRF_TIME_LIMIT=None,", "WTF_CSRF_ENABLED=False,",
          (f"{_FOREIGN}::test_no_route_takes_a_form_without_its_token_or_with_anothers",)),
    Guard("new session at sign-in", "hotline/web/auth.py",
          "    empty_session()\n    g.pop(", "    g.pop(",
          ("tests/hotline/web/test_sign_in.py::test_what_was_planted_in_a_session_is_gone_after_the_login",)),
    Guard("count of failed sign-ins", "hotline/services/accounts.py", "else_=User.failed_attempts + 1)",
          "else_=User.failed_attempts)",
          ("tests/hotline/test_accounts.py::test_of_forty_guesses_at_once_only_five_reach_the_password",)),
    Guard("count of guessed codes", "hotline/citizen/views.py",
          '_FAILURES_PER_TICKET = "20 per 15 minutes; 60 per day"', '_FAILURES_PER_TICKET = "9999 per 1 minute"',
          ("tests/security/test_guessing.py::test_a_thousand_codes_from_many_addresses_do_not_open_a_ticket",)),
    Guard("same answer to every failure", "hotline/citizen/views.py",
          'form.code.errors = [_("工单号或查询码不正确，请核对后再试")]', f"form.code.errors = [{_HOW_MANY}]",
          ("tests/hotline/citizen/test_finding.py::test_every_failure_gets_the_same_answer",)),
    Guard("check of addresses called", "notifications/providers/outbound.py",
          "return address.is_global and not address.is_multicast", "return True",
          (f"{_RELAY}::test_a_listed_host_that_leads_into_a_network_of_ours_is_not_called",)),
    Guard("quote before formulas", "hotline/web/sheet.py", "cell.startswith(_FORMULA)", "cell.startswith(chr(0))",
          ("tests/security/test_texts.py::test_any_text_is_the_same_in_a_table_and_never_a_formula",)),
    Guard("hidden signs refused", "workflows/needs.py", "if any(_is_forbidden(sign) for sign in text):", "if False:",
          ("tests/security/test_texts.py::test_a_hidden_sign_is_refused_before_the_database",)),
    Guard("addresses kept out of the log", "hotline/web/request_log.py", "endpoint=request.endpoint,",
          "endpoint=request.full_path,",
          ("tests/security/test_addresses.py::test_nobody_writes_a_line_into_the_log_or_into_an_answer",)),
    Guard("chain of the trail", "hotline/services/audit_chain.py",
          "hmac.compare_digest(each, link.hash)), 0)", "True), 0)",
          ("tests/hotline/test_audit.py::test_whoever_changes_the_trail_past_the_program_is_found_out",)),
)  # fmt: skip


def pull(guard: Guard) -> None:
    """Change what Python reads when it loads the guard's file; nothing is written."""
    place, original = str(ROOT / guard.file), SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, fullname: str) -> CodeType | None:
        if loader.path != place:
            return original(loader, fullname)
        text = loader.get_data(place).decode().replace(guard.line, guard.off)
        code: CodeType = compile(text, place, "exec", dont_inherit=True)
        return code

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign,assignment]  # this process is a test of the tests


def notices(guard: Guard) -> tuple[str, ...]:
    """Run the guard's tests with the guard off; gives those that stayed green."""
    return tuple(test for test in guard.tests if not _goes_red(guard, test))


def _goes_red(guard: Guard, test: str) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:randomly"]
    command += ["-p", "tests.security.teeth", "-p", "no:cacheprovider", test]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "TOOTH": guard.name, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    # An error before the test is no answer.
    return done.returncode == _TESTS_FAILED and _FAILED in done.stdout and _ERROR not in done.stdout


def main(names: list[str]) -> int:
    """Pull each tooth, or those named; the exit code is the number of guards whose tests stayed green."""
    blind = 0
    for guard in GUARDS:
        if not names or guard.name in names:
            green = notices(guard)
            blind += bool(green)
            sys.stdout.write(f"{'GREEN ' + ', '.join(green) if green else 'red'}: {guard.name}\n")
            sys.stdout.flush()
    return blind


# Not by a hook: what is to be changed is loaded with the first conftest.
if os.environ.get("TOOTH"):
    pull(next(guard for guard in GUARDS if guard.name == os.environ["TOOTH"]))

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
