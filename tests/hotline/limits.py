"""A limit as an administrator fills it in."""

LIMIT = {
    "clock": "handle",
    "limit_class": "urgent",
    "ticket_type": "help",
    "amount": "12",
    "unit": "hours",
    "calendar": "city",
    "start_rule": "at_once",
    "day_end_rule": "same_time",
    "pauses_in": "suspended",
}
