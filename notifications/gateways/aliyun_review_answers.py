"""Read what Aliyun says of reviews: in answers, and in what he pushes.

A signature that Aliyun approved is still refused by each carrier that has not registered it. A carrier first
registers it on trial, and only texts that are sent lead from there to the final registration: a trial
therefore counts as filed, and with all carriers filed or usable the signature is usable. Carriers have no
say in templates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from notifications.gateways.base import tidy
from notifications.gateways.reading import Fields, read_object, word
from notifications.gateways.reviewing import News, NotReviewed, Stage, Standing
from notifications.outbound import Response

MAX_CODE = 60
MAX_REASON = 300
MAX_BODY = 1000
# His words in answers, in lists (one of them misspelt) and in pushes.
STAGES = {
    **dict.fromkeys(("0", "audit_state_init", "approving"), Stage.SUBMITTED),
    **dict.fromkeys(("1", "audit_state_pass", "approved"), Stage.APPROVED),
    **dict.fromkeys(("2", "audit_state_not_pass", "rejected"), Stage.REJECTED),
    **dict.fromkeys(("10", "audit_state_cancel", "audit_sate_cancel"), Stage.REJECTED),
}
# His own words for what has no reason of its own.
REFUSALS = {"10": "取消审核", "audit_state_cancel": "取消审核", "audit_sate_cancel": "取消审核"}
CARRIER_STAGES = {"3": Stage.USABLE, "1": Stage.FILED, "-1": Stage.SUBMITTED}
CARRIER_FAULTS = {"0": "报备失败", "2": "报备失效", "-2": "未报备"}


def read_submitted(response: Response) -> Standing:
    """Return what was handed in, by the code of a template or the number of a signature's ticket."""
    answer = _read(response)
    return Standing(Stage.SUBMITTED, code=_code(answer, "TemplateCode") or _code(answer, "OrderId"))


def read_signature(response: Response) -> Standing:
    answer = _read(response)
    standing = _standing(answer, word(answer, "SignStatus"), code=_code(answer, "OrderId"))
    if standing.stage is not Stage.APPROVED:
        return standing
    details = _dicts(answer.get("SignIspRegisterDetailList"))
    carriers = {tidy(word(one, "OperatorCode"), MAX_CODE): _of_carrier(one) for one in details}
    # What he told before he told of each carrier.
    is_registered = not carriers and word(answer, "RegisterResult") == "1"
    stage = Stage.USABLE if is_registered else _together(carriers.values())
    reason = tidy("; ".join(_explanations(details)), MAX_REASON)
    return replace(standing, stage=stage, reason=reason, carriers=carriers)


def read_template(response: Response) -> Standing:
    answer = _read(response)
    body = tidy(word(answer, "TemplateContent"), MAX_BODY)
    return _of_template(
        _standing(answer, word(answer, "TemplateStatus"), code=_code(answer, "TemplateCode"), body=body)
    )


def news_of(item: Fields) -> News | None:
    """Return the news in one item of a push; None when it holds none, or of a state we do not know."""
    about = "template" if "template_status" in item else "signature"
    status = word(item, "template_status" if about == "template" else "sign_status").lower()
    name = word(item, "template_code" if about == "template" else "sign_name")
    stage = STAGES.get(status)
    if stage is None or not name:
        return None
    reason = tidy(word(item, "reason"), MAX_REASON) if stage is Stage.REJECTED else ""
    if about == "template":
        body = tidy(word(item, "template_content"), MAX_BODY)
        standing = _of_template(Standing(stage, reason=reason, code=tidy(name, MAX_CODE), body=body))
    else:
        standing = Standing(stage, reason=reason, code=_code(item, "orderId") or _code(item, "order_id"))
    return News(about, tidy(name, MAX_CODE), standing)


def _read(response: Response) -> Fields:
    answer = read_object(response.body)
    code = word(answer, "Code")
    if code.upper() != "OK":
        said = word(answer, "Message") or f"HTTP {response.status}"
        raise NotReviewed(tidy(code, MAX_CODE), tidy(said, MAX_REASON))
    return answer


def _standing(answer: Fields, status: str, *, code: str, body: str = "") -> Standing:
    stage = STAGES.get(status.lower())
    if stage is None:
        raise NotReviewed("", tidy(f"unknown status {status!r}", MAX_REASON))
    audit = answer.get("AuditInfo")
    said = word(audit, "RejectInfo") if isinstance(audit, dict) else ""
    reason = (said or REFUSALS.get(status.lower(), "")) if stage is Stage.REJECTED else ""
    return Standing(stage, reason=tidy(reason, MAX_REASON), code=code, body=body)


def _of_template(standing: Standing) -> Standing:
    return replace(standing, stage=Stage.USABLE) if standing.stage is Stage.APPROVED else standing


def _of_carrier(detail: Fields) -> str:
    """Return a carrier's stage, or the vendor's codes for what is wrong there."""
    status = word(detail, "RegisterStatus")
    if stage := CARRIER_STAGES.get(status):
        return stage.value
    codes = [word(reason, "ReasonCode") for reason in _dicts(detail.get("RegisterStatusReasons"))]
    return tidy(", ".join(filter(None, codes)) or CARRIER_FAULTS.get(status, status), MAX_REASON)


def _together(carriers: Iterable[str]) -> Stage:
    are_filed = [one in (Stage.FILED, Stage.USABLE) for one in carriers]
    if are_filed and all(are_filed):
        return Stage.USABLE
    return Stage.FILED if any(are_filed) else Stage.APPROVED


def _explanations(details: Iterable[Fields]) -> list[str]:
    """Return what the vendor says beside the codes, each sentence once."""
    sentences = (
        str(sentence)
        for detail in details
        for reason in _dicts(detail.get("RegisterStatusReasons"))
        for sentence in _list(reason.get("ReasonDescList"))
    )
    return list(dict.fromkeys(sentences))


def _code(item: Fields, name: str) -> str:
    return tidy(word(item, name), MAX_CODE)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dicts(value: Any) -> list[Fields]:
    return [one for one in _list(value) if isinstance(one, dict)]
