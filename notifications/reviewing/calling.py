"""One question to a vendor, and what he answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import structlog
from django.utils import timezone as clock

from notifications import templates
from notifications.channels.sms import account_of
from notifications.gateways.base import Exchange
from notifications.gateways.registry import GATEWAYS, REVIEWING
from notifications.gateways.reviewing import NotReviewed, SignatureDraft, Standing, TemplateDraft
from notifications.models import VendorSignature, VendorTemplate
from notifications.outbound import NoAnswer, NotSent, Request, Response
from notifications.reviewing.claiming import Job
from notifications.reviewing.terms import goes_abroad

log = structlog.get_logger(__name__)

AT_ONCE = 8
# While vendors hang nothing more is asked after so long (seconds): others wait for this worker.
PATIENCE = 15.0
Answer = Standing | NotSent | NoAnswer | NotReviewed


async def call_all(
    jobs: Sequence[Job], requests: Sequence[Request | NotSent], exchange: Exchange
) -> list[Answer]:
    """Send the requests, a few at once; return the answers in their order."""
    gate = asyncio.Semaphore(AT_ONCE)
    until = time.monotonic() + PATIENCE

    async def call(job: Job, request: Request | NotSent) -> Answer:
        if isinstance(request, NotSent):
            return request
        async with gate:
            if time.monotonic() > until:
                return NotSent("others took too long to answer")
            return await _call(job, request, exchange)

    return list(await asyncio.gather(*map(call, jobs, requests)))


async def _call(job: Job, request: Request, exchange: Exchange) -> Answer:
    timeout = GATEWAYS[job.review.gateway.kind].timeout
    try:
        response = await exchange(request, timeout=timeout)
        if response.status >= 500:
            return NoAnswer(f"HTTP {response.status}")
        return _read(job, response)
    except (NotSent, NoAnswer, NotReviewed) as fault:
        return fault
    except Exception as fault:
        log.exception("an answer about a review could not be read", fault=type(fault).__name__)
        return NoAnswer(f"internal fault: {type(fault).__name__}")


def request_of(job: Job) -> Request | NotSent:
    """Return the request that hands in or asks; a fault of ours in making it must not hold up the others."""
    try:
        return _request(job)
    except Exception as fault:
        log.exception("a request about a review could not be made", fault=type(fault).__name__)
        return NotSent(f"internal fault: {type(fault).__name__}")


def _request(job: Job) -> Request:
    review = job.review
    account, now = account_of(review.gateway), clock.now()
    reviewing, is_abroad = REVIEWING[review.gateway.kind], goes_abroad(review.gateway)
    if isinstance(review, VendorSignature):
        text = review.signature.text
        if job.is_submission:
            return reviewing.submit_signature(
                SignatureDraft(text, is_abroad, review.fields), account, now=now
            )
        return reviewing.look_at_signature(text, review.code, account, now=now)
    if job.is_submission:
        return reviewing.submit_template(_draft(review, is_abroad=is_abroad), account, now=now)
    return reviewing.look_at_template(review.code, account, now=now, is_international=is_abroad)


def _read(job: Job, response: Response) -> Standing:
    reviewing = REVIEWING[job.review.gateway.kind]
    if job.is_submission:
        return reviewing.parse_submitted(response)
    if isinstance(job.review, VendorSignature):
        return reviewing.parse_signature(response)
    return reviewing.parse_template(response)


def _draft(review: VendorTemplate, *, is_abroad: bool) -> TemplateDraft:
    template, country = review.template, "" if is_abroad else "CN"
    return TemplateDraft(
        name=f"{template.code} {template.language}",
        body=review.body,
        category=template.category,
        is_international=is_abroad,
        signature=templates.signatures_of(review.merchant, {country})[country],
        variables=review.params,
        fields=review.fields,
    )
