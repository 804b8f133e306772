"""Work off reviews: hand in what was asked for, ask where the rest stands, keep the answers."""

from __future__ import annotations

import structlog
from django.db import transaction
from django.utils import timezone as clock

from notifications.channels.sms import account_of
from notifications.delivery.engine import engine
from notifications.gateways.base import tidy
from notifications.gateways.registry import GATEWAYS
from notifications.gateways.reviewing import NotReviewed, Stage, Standing
from notifications.heartbeat import beating
from notifications.models import Review
from notifications.outbound import NoAnswer, NotSent
from notifications.reviewing.calling import Answer, call_all, request_of
from notifications.reviewing.claiming import Job, claim
from notifications.reviewing.deciding import LONGEST_REASON, decide, give_up, leave_open
from notifications.reviewing.terms import AFTER_NO_CONNECTION, AGAIN, Reviewed, next_look
from orders.events import Lane

log = structlog.get_logger(__name__)

BATCH = 50
# Proofs that were handed in are not kept here.
LONGEST_KEPT = 2_000


def work_off(*, limit: int = BATCH) -> int:
    """Do what is due now. Return how much that was."""
    jobs = claim(limit=limit)
    if not jobs:
        return 0
    ours = engine()
    requests = [request_of(job) for job in jobs]
    calls = call_all(jobs, requests, ours.world)
    answers = ours.loop.run_until_complete(beating(calls, lane=Lane.BULK))
    for job, answer in zip(jobs, answers, strict=True):
        try:
            _settle(job, answer)
        except Exception as fault:
            # The other answers are worth as much; this one is asked for again.
            log.exception("an answer about a review cannot be kept", fault=type(fault).__name__)
    return len(jobs)


@transaction.atomic
def _settle(job: Job, answer: Answer) -> None:
    """Keep an answer, unless the row has been taken back or handed in anew since."""
    review = _locked(job.review)
    if review is None:
        return
    if job.is_submission and not isinstance(answer, NotSent):
        review.fields = {name: value for name, value in review.fields.items() if len(value) <= LONGEST_KEPT}
    match answer:
        case Standing():
            decide(review, answer, was_asked=not job.is_submission)
        case NotReviewed() if job.is_submission:
            refusal = Standing(Stage.REJECTED, reason=_words(review, str(answer)))
            decide(review, refusal, was_asked=False)
        case NotReviewed() if review.state == Review.SUBMITTED and not review.code:
            # By its name he does not know it, so it never came to him.
            give_up(review)
        case NotReviewed():
            review.reason = _words(review, str(answer))
            review.look_at = next_look(review, now=clock.now())
            review.save()
        case NotSent() if job.is_submission:
            review.reason, review.submitted_at = _words(review, str(answer)), None
            review.look_at = clock.now() + AFTER_NO_CONNECTION
            review.save()
        case NoAnswer() if job.is_submission:
            leave_open(review)
            review.save(update_fields=["fields"])
        case _:
            review.look_at = clock.now() + AGAIN[Review.SUBMITTED]
            review.save(update_fields=["look_at"])


def _locked(review: Reviewed) -> Reviewed | None:
    rows = type(review).objects.select_for_update(of=("self",)).select_related("gateway", "merchant")
    found: Reviewed | None = rows.filter(pk=review.pk, submitted_at=review.submitted_at).first()
    return found


def _words(review: Reviewed, words: str) -> str:
    """Return the vendor's words without the account's secrets."""
    gateway = GATEWAYS[review.gateway.kind]
    return tidy(gateway.cross_out(words, account_of(review.gateway)), LONGEST_REASON)
