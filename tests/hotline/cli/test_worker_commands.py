"""What do the commands do that fire timers and send messages once."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from config import Settings
from hotline.cli.outbox import outbox_group
from hotline.cli.worker import start_jobs, tick, worker

AT = "2026-11-23T09:00+08:00"


def test_one_round_with_nothing_due_says_so(app: Flask) -> None:
    done = app.test_cli_runner().invoke(worker, ["--once"])
    assert (done.exit_code, done.output) == (0, "0 timers settled, 0 messages handed to their providers\n")


def test_a_tick_may_be_given_its_instant_in_the_demo(app: Flask) -> None:
    assert app.test_cli_runner().invoke(tick, ["--at", AT]).output == "0 timers settled\n"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_production_never_fires_timers_before_their_time(
    make_app: Callable[[Settings], Flask], settings: Settings
) -> None:
    done = make_app(replace(settings, env="production")).test_cli_runner().invoke(tick, ["--at", AT])
    assert (done.exit_code, "refused in production" in done.output) == (1, True)


def test_an_empty_outbox_is_sent_at_once(app: Flask) -> None:
    done = app.test_cli_runner().invoke(outbox_group, ["send", "--once"])
    assert (done.exit_code, done.output) == (0, "0 messages handed to their providers\n")


def test_the_recurring_jobs_start_and_stop_inside_a_process(app: Flask) -> None:
    scheduler = start_jobs(app)
    names = {job.id for job in scheduler.get_jobs()}
    scheduler.shutdown(wait=True)
    assert {"tick", "outbox"} <= names
