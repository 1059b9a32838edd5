"""What must change in the rows besides the state: one function for each effect a table can name."""

from collections.abc import Callable, Mapping

from hotline.services.effects import giving, merging, orders, record, requests, shares, undoing
from hotline.services.effects.catalogue import propose_catalogue_row, propose_other_unit
from hotline.services.effects.change import Change
from workflows.definition import Effect


def carry_out(change: Change) -> None:
    """Apply the decision's effects in the order of the row; flushes so that new rows have their ids."""
    if not change.decision.effects:
        return
    # Half of a row's effects may break a constraint that the whole keeps, so nothing is flushed in between.
    with change.session.no_autoflush:
        for effect in change.decision.effects:
            _EFFECTS[effect](change)
    change.session.flush()


_EFFECTS: Mapping[Effect, Callable[[Change], None]] = {
    Effect.KEEP_RECORD: record.keep_record,
    Effect.CORRECT_RECORD: record.correct_record,
    Effect.MARK_SUBMITTED: record.mark_submitted,
    Effect.SET_OUTCOME: record.set_outcome,
    Effect.CLEAR_OUTCOME: record.clear_outcome,
    Effect.AWAIT_SUPPLEMENT: record.await_supplement,
    Effect.END_WAITING: record.end_waiting,
    Effect.PROPOSE_INVALID: record.propose_invalid,
    Effect.DROP_INVALID: record.drop_invalid,
    Effect.COUNT_CALL_ATTEMPT: record.count_call_attempt,
    Effect.BOOK_CALL: record.book_call,
    Effect.KEEP_ANSWER: record.keep_answer,
    Effect.MARK_ARCHIVED: record.mark_archived,
    Effect.CREATE_ASSIGNMENTS: shares.create_assignments,
    Effect.RECALL_ASSIGNMENTS: shares.recall_assignments,
    Effect.REDIRECT: shares.redirect,
    Effect.ADD_CO_HANDLER: shares.add_co_handler,
    Effect.CREATE_CHILD: shares.create_child,
    Effect.RECALL_CHILD: shares.recall_child,
    Effect.REPORT_TO_PARENT: shares.report_to_parent,
    Effect.HANDLE_AGAIN: shares.open_main_again,
    Effect.NEW_ROUND: shares.new_round,
    Effect.REOPEN: shares.reopen,
    Effect.KEEP_RATING: shares.keep_rating,
    Effect.KEEP_CONTACT: shares.keep_contact,
    Effect.KEEP_SIGNATURE: shares.keep_signature,
    Effect.KEEP_REPLY: shares.keep_reply,
    Effect.COUNT_RETURN: shares.count_return,
    Effect.FORBID_RETURN: shares.forbid_return,
    Effect.CANCEL_REQUESTS: shares.cancel_requests,
    Effect.CANCEL_ABOUT_CLOSING: requests.cancel_about_closing,
    Effect.OPEN_REQUEST: requests.open_request,
    Effect.DECIDE_REQUEST: requests.decide_request,
    Effect.ENDORSE_REQUEST: requests.endorse_request,
    Effect.MARK_VIEWED: requests.mark_viewed,
    Effect.COUNT_EXTENSION: requests.count_extension,
    Effect.UPHOLD_APPEAL: requests.uphold_appeal,
    Effect.EXCLUDE: requests.exclude,
    Effect.INCLUDE: requests.include,
    Effect.FOLLOW_MASTER: merging.follow_master,
    Effect.LEAVE_MASTER: merging.leave_master,
    Effect.COUNT_FOLLOWER: merging.count_follower,
    Effect.UNCOUNT_FOLLOWER: merging.uncount_follower,
    Effect.ARCHIVE_FOLLOWERS: merging.archive_followers,
    Effect.COUNT_URGE: orders.count_urge,
    Effect.RAISE_LEVEL: orders.raise_level,
    Effect.ORDER_FROM_THIRD_ROUND: orders.order_from_third_round,
    Effect.OPEN_ORDER: orders.open_order,
    Effect.KEEP_ORDER_ANSWER: orders.keep_order_answer,
    Effect.REFUSE_ORDER_ANSWER: orders.refuse_order_answer,
    Effect.CLOSE_ORDER: orders.close_order,
    Effect.WITHDRAW_ORDER: orders.withdraw_order,
    Effect.HAND_OVER: shares.hand_over,
    Effect.GIVE_SHARE: giving.give_share,
    Effect.RELEASE_HANDLER: giving.release_handler,
    Effect.RELEASE_ABSENT: giving.release_absent,
    Effect.PROPOSE_CATALOGUE_ROW: propose_catalogue_row,
    Effect.PROPOSE_OTHER_UNIT: propose_other_unit,
    Effect.UNTELL: undoing.untell,
    Effect.UNDO_SHARES: undoing.undo_shares,
    Effect.UNDO_DISPATCH: undoing.undo_dispatch,
    Effect.UNDO_REDIRECT: undoing.undo_redirect,
    Effect.UNDO_SIGNATURE: undoing.undo_signature,
    Effect.NAME_RECALL: undoing.name_recall,
}
