"""Columns whose names say that they are filled in with the outcome: how it ended, when, what it cost.

Two signs have to agree: the target speaks of an outcome (churn, a default, a stay in hospital), and the column of what
follows that very outcome (a cancellation date, a recovery, a discharge). A name alone says nothing: a discharge date is
known when a readmission is predicted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_WHEN = r"(date|dates|dt|d|day|time|timestamp|ts|at|on|datetime|month|year)"
_HOW = (
    r"(reason|reasons|cause|type|category|code|channel|method|comment|comments|note|notes|feedback|survey|interview|"
    r"form)"
)
_EARLIER = re.compile(
    r"(^|_)(prev|previous|prior|past|before|history|historical|hist|avg|average|mean|planned|plan|scheduled|sched|"
    r"expected|promised|estimated|est|eta|crs|target|max|min|count|num|n|nr|since|ever|within|rate|rolling|lag|mths|mnths)"
    r"(_|$|\d)"
)
"""Of earlier ones, or of a plan."""
_MEASURE = re.compile(r"(^|_)(amount|amt|cost|costs|(?<!churn_)value|rate|price|count|number|pct|percent|share)(_|$)")
"""Where the target is a quantity, that it happened at all, and when, may be known."""


@dataclass(frozen=True)
class _Kind:
    outcome: re.Pattern[str]
    known_after: re.Pattern[str]


def _kind(outcome: str, *known_after: str) -> _Kind:
    return _Kind(
        re.compile(rf"(^|_)({outcome})(_|$)"),
        re.compile("|".join(f"({pattern})" for pattern in known_after)),
    )


def _about(stem: str) -> tuple[str, ...]:
    """``cancel_date``, ``date_of_cancellation``, ``cancel_reason``."""
    return (rf"(^|_)({stem})_{_WHEN}$", rf"(^|_)({stem})_{_HOW}$", rf"^({_WHEN}|{_HOW})_(of|for)_({stem})$")


_KINDS = (
    _kind(
        r"default|defaulted|charged_off|charge_off|chargeoff|bad_loan|loan_status|is_bad|bad|npl|non_performing|repaid",
        r"^recover(y|ies|ed)(_amount|_fee|_amt)?$", r"^(amount|total|amt)_recovered$", r"collection_recovery_fee",
        r"^total_rec_", r"^total_pymnt", r"^last_pymnt_", r"^out_prncp", r"^debt_settlement", r"^loss_given_default$",
        r"^lgd$", r"^write_?off_(amount|amt)$",
        *_about(r"charge_?off|charged_off|default|write_?off|recovery|repossession|foreclosure|settlement"),
    ),
    _kind(
        r"churn|churned|is_churn|churner|attrition|left|leave|leaves|leaver|cancelled|canceled|is_canceled|is_cancelled|"
        r"cancels|exited|quit|resigned|terminated|unsubscribed|dropout|dropped_out|retained",
        r"^churn_(score|value|label)$", r"^(last_day_worked|severance(_pay)?)$", r"^reservation_status(_date)?$",
        r"^cancell?ation_fee(_paid)?$",
        *_about(r"cancel|cancell?ed|cancell?ation|churn|exit|leaving|left|attrition|resign(ed|ation)?|"
                r"terminat(ed|ion)|unsubscrib(e|ed)|deactivat(ed|ion)|quit|closure|account_closed|dropout"),
        r"^term_(date|reason)$",
    ),
    _kind(
        r"los|length_of_stay|stay|long_stay|stay_days|days_in_hospital|died|death|dead|deceased|mortality|expire_flag|"
        r"hospital_expire_flag|survival",
        r"^(disch|death|out)time$", r"^dod(_|$)", r"^autopsy",
        r"^discharge(d)?_(disposition|location|status|destination)",
        *_about(r"discharge|discharged|death|dying|died|autopsy"),
    ),
    _kind(r"los|length_of_stay|long_stay|stay_days|days_in_hospital",
          r"^total_(cost|costs|charge|charges|bill)$", r"^bill_(total|amount)$"),
    _kind(
        r"readmitted|readmission|is_readmitted", r"^days_(to|until)_readmission$",
        *_about(r"readmission|readmitted"),
    ),
    _kind(
        r"late|is_late|delay|delayed|is_delayed|on_time|arr_del15|arr_del|arrival_delay|arr_delay|late_delivery",
        rf"^(actual|real)_(\w+_)?{_WHEN}$", rf"^(delivered|received|arrived)_{_WHEN}$",
        rf"^order_delivered_customer_{_WHEN}$", r"^arr_(time|delay)$", r"^arrival_delay$", r"^actual_elapsed_time$",
        r"^wheels_on$", r"^(carrier|weather|nas|security|late_aircraft)_delay$", *_about(r"delay"),
    ),
    _kind(
        r"fraud|is_fraud|fraudulent|fraud_flag|fraud_reported",
        r"^chargeback(_|$)", r"^fraud_(amount|loss)$",
        r"^(investigation|dispute)_(result|outcome|status|amount)$",
        *_about(r"fraud|chargeback|dispute|investigation"),
    ),
    _kind(
        r"returned|is_returned|is_return|return_flag|refunded|is_refunded|was_returned",
        r"^refund(ed)?_(amount|amt|value)$", *_about(r"return|returned|refund|refunded"),
    ),
    _kind(
        r"fail|failed|failure|machine_failure|breakdown|fault|broke_down",
        r"^(twf|hdf|pwf|osf|rnf)$", r"^repair_cost(s)?$", r"^downtime(_hours|_minutes|_h|_min)?$",
        *_about(r"fail|failed|failure|breakdown"),
    ),
    _kind(
        r"converted|conversion|won|is_won|deal_won|lead_converted|closed_won",
        r"^(lost|won)_(value|amount)$", *_about(r"close|closed|won|lost|loss|conversion|converted"),
    ),
    _kind(r"survived", r"^(boat|lifeboat|body|body_number)$"),
    _kind(
        r"ftr|result|winner|home_win|match_result|outcome|win|home_team_win|win_home",
        r"^(fthg|ftag)$", r"^(ft|full_time|final)_((home|away)_)?(goals|score|result)$",
        r"^(home|away)_(team_)?(goals|score)$",
    ),
    _kind(
        r"claim|has_claim|is_claim|claimed|claim_flag|made_claim|claim_ind|claim_status|filed_claim",
        r"^claim(s)?_(amount|amt|cost|paid|payout|severity|value|closed|settled)$", r"^payout(_amount)?$",
        *_about(r"claim|settlement"),
    ),
)  # fmt: skip


@lru_cache(maxsize=4096)
def snake(name: str) -> str:
    """
    >>> snake("CancellationDate"), snake("Churn Reason"), snake("total_rec_prncp"), snake("DateofTermination")
    ('cancellation_date', 'churn_reason', 'total_rec_prncp', 'date_of_termination')
    """
    text = re.sub(r"(?<=[a-z0-9])of(?=[A-Z])", "_of_", name)
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text)
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def known_after(target: Iterable[str], column: str) -> str | None:
    """The name of the target whose outcome ``column`` is only known with.

    >>> known_after({"left"}, "cancellation_date"), known_after({"loan_status"}, "recoveries")
    ('left', 'loan_status')
    >>> known_after({"readmitted"}, "discharge_date"), known_after({"default"}, "bill_amt1")
    (None, None)
    """
    name = snake(column)
    for outcome in sorted(target):
        spoken = snake(outcome)
        if spoken == name or _MEASURE.search(spoken):
            continue
        for kind in _KINDS:
            if kind.outcome.search(spoken) and kind.known_after.search(name) and not _EARLIER.search(name):
                return outcome
    return None
