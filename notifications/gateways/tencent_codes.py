"""Tencent Cloud's words in ours: the codes of answers and of receipts.

From the vendor's error pages (38780, 59177, 3771) and the comments in his SDK. A code is a family and,
mostly, a dot and a name. An unlisted name is judged by its family; one of InternalError is unknown, for
nobody says that the text was not taken; a family that we do not know is CONFIG.
"""

from __future__ import annotations

from notifications.gateways.terms import by_code
from notifications.outcomes import ErrorClass

_HOUR, _DAY = 3600, 24 * 3600


# The vendor's own time-outs: the text may have left.
UNKNOWN = frozenset({"InternalError.Timeout", "InternalError.SendAndRecvFail"})
ANSWERS = by_code(
    {
        ErrorClass.RECIPIENT: """
            InvalidParameterValue.IncorrectPhoneNumber FailedOperation.PhoneNumberParseFail
        """,
        ErrorClass.NO_ROUTE: """
            UnsupportedOperation.UnsupportedRegion LimitExceeded.AppCountryOrRegionInBlacklist
        """,
        ErrorClass.OPTED_OUT: "FailedOperation.PhoneNumberInBlacklist",
        ErrorClass.CONTENT: """
            InvalidParameter.DirtyWordFound InvalidParameterValue.ContentLengthLimit
            InvalidParameterValue.TemplateParameterFormatError
            InvalidParameterValue.TemplateParameterLengthLimit
            InvalidParameterValue.ProhibitedUseUrlInTemplateParameter
            InvalidParameterValue.TemplateWithDirtyWords
            InvalidParameterValue.MarketingTemplateWithoutUnsubscribe
            InvalidParameterValue.UnsupportedTemplateVariable
        """,
        # Advertising at night (22:00-8:00) is no fault of the text, the account or the gateway: a later hour
        # cures it, another vendor must not be tried at this one. So it is the person who gets too much now.
        ErrorClass.RATE_RECIPIENT: """
            LimitExceeded.PhoneNumberThirtySecondLimit LimitExceeded.PhoneNumberOneHourLimit
            LimitExceeded.PhoneNumberDailyLimit LimitExceeded.PhoneNumberSameContentDailyLimit
            LimitExceeded.DeliveryFrequencyLimit FailedOperation.MarketingSendTimeConstraint
        """,
        ErrorClass.BALANCE: """
            FailedOperation.InsufficientBalanceInSmsPackage UnauthorizedOperation.ServiceSuspendDueToArrears
        """,
        ErrorClass.CREDENTIALS: """
            InternalError.SigVerificationFail InternalError.SigFieldMissing InternalError.RequestTimeException
        """,
        ErrorClass.CONFIG: """
            LimitExceeded.PhoneNumberCountLimit
            InternalError.RestApiInterfaceNotExist InternalError.JsonParseFail
            FailedOperation.FailResolvePacket FailedOperation.JsonParseFail
        """,
        ErrorClass.TRANSIENT: """
            InternalError.OtherError InternalError.UnknownError InternalError.ParseBackendResponseFail
            FailedOperation.OtherError FailedOperation.ParametersOtherError
        """,
    }
)
FAMILIES = by_code(
    {
        ErrorClass.CONTENT: "FailedOperation UnsupportedOperation",
        ErrorClass.RATE_ACCOUNT: "LimitExceeded RequestLimitExceeded",
        ErrorClass.CREDENTIALS: "AuthFailure UnauthorizedOperation IpInBlacklist IpNotInWhitelist",
        ErrorClass.CONFIG: "InvalidParameter InvalidParameterValue MissingParameter UnknownParameter",
        ErrorClass.TRANSIENT: "ResourceInsufficient ResourceUnavailable ServiceUnavailable",
    }
)
# How long to wait (seconds). Ten hours after any moment of the night it is day; days end at midnight in
# China, and a daily limit of the account may be raised at any time.
WAITS = {
    "LimitExceeded.PhoneNumberThirtySecondLimit": 30,
    "LimitExceeded.PhoneNumberOneHourLimit": _HOUR,
    "LimitExceeded.PhoneNumberDailyLimit": _DAY,
    "LimitExceeded.PhoneNumberSameContentDailyLimit": _DAY,
    "FailedOperation.MarketingSendTimeConstraint": 10 * _HOUR,
    "LimitExceeded.AppDailyLimit": _HOUR,
    "LimitExceeded.AppMainlandChinaDailyLimit": _HOUR,
    "LimitExceeded.AppGlobalDailyLimit": _HOUR,
    "LimitExceeded.AppCountryOrRegionDailyLimit": _HOUR,
    "LimitExceeded.DailyLimit": _HOUR,
}
# `errmsg` of a receipt. The carriers' own codes, which are most, prove nothing of the number.
RECEIPTS = {
    "-106": ErrorClass.CONTENT,  # a carrier's forbidden word
    "002": ErrorClass.TRANSIENT,  # switched off or out of reach
}


def error_of_answer(code: str) -> ErrorClass | None:
    """Return the class of an answer's code; None when it leaves open whether the text was taken."""
    family = code.partition(".")[0]
    if code in UNKNOWN:
        return None
    if known := ANSWERS.get(code) or FAMILIES.get(family):
        return known
    return None if family == "InternalError" else ErrorClass.CONFIG


def error_of_receipt(code: str) -> ErrorClass | None:
    """Return the class of a receipt's code; None for a carrier's own."""
    return RECEIPTS.get(code)
