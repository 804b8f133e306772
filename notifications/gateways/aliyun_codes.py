"""Aliyun's words in ours: the codes of answers and of receipts.

From the vendor's pages on API errors (101346), international errors (error-code-intl, and 116206 for older
names) and receipts (101347). Keys are upper case and without `isv.` or `isp.`: the vendor mixes cases, and
abroad he leaves the prefix out.

Unlisted codes: `isv.` is CONTENT, `isp.` TRANSIENT. Any other is CONFIG (RATE_ACCOUNT with status 429), but
an unknown outcome with a status of 500 and more: it may be the word of something in between. In receipts
an unlisted code has no class: it is a carrier's own, and proves nothing of the number.
"""

from __future__ import annotations

from notifications.gateways.terms import by_code
from notifications.outcomes import ErrorClass

ANSWERS = by_code(
    {
        ErrorClass.RECIPIENT: """
            MOBILE_NUMBER_ILLEGAL DOMESTIC_NUMBER_NOT_SUPPORTED
        """,
        ErrorClass.NO_ROUTE: "NOT_SUPPORTED_COUNTRY COUNTRY_RESTRICTED",
        ErrorClass.OPTED_OUT: "CUSTOMER_REFUSED BLACK_KEY_CONTROL_LIMIT",
        ErrorClass.CONTENT: """
            SMS_TEMPLATE_ILLEGAL SMS_SIGNATURE_ILLEGAL SMS_SIGN_ILLEGAL SIGN_STATE_ILLEGAL SIGNATURE_BLACKLIST
            SIGN_NAME_ILLEGAL SMS_SIGNATURE_SCENE_ILLEGAL TEMPLATE_MISSING_PARAMETERS TEMPLATE_PARAMS_ILLEGAL
            TEMPLATE_PARAMETER_COUNT_ILLEGAL PARAM_LENGTH_LIMIT PARAM_NOT_SUPPORT_URL INVALID_JSON_PARAM
            INVALID_PARAMETERS SMS_CONTENT_ILLEGAL UNSUPPORTED_CONTENT SMS_CONTENT_MISMATCH_TEMPLATE_TYPE
            EXTEND_CODE_ERROR ONE_CODE_MULTIPLE_SIGN CODE_EXCEED_LIMIT CODE_ERROR SMS_TEST_SIGN_TEMPLATE_LIMIT
            SMS_TEST_TEMPLATE_PARAMS_ILLEGAL SMS_TEST_NUMBER_LIMIT INVALID_SENDERID SMS_SECURITY_INTERCEPTED
            SENDERID_ERROR SMS_CONTENT_CODE_ILLEGAL SMS_SIGN_NAME_ILLEGAL CONTENT_MISSING_PARAMETERS
        """,
        ErrorClass.RATE_RECIPIENT: """
            BUSINESS_LIMIT_CONTROL BUSINESS_LIMIT_CONTROL_MINUTE BUSINESS_LIMIT_CONTROL_PHONE
            BUSINESS_LIMIT_HOUR BUSINESS_LIMIT_DAY
        """,
        ErrorClass.RATE_ACCOUNT: "DAY_LIMIT_CONTROL MONTH_LIMIT_CONTROL QPS_LIMIT_CONTROL",
        ErrorClass.BALANCE: "AMOUNT_NOT_ENOUGH OUT_OF_SERVICE",
        ErrorClass.CREDENTIALS: """
            SIGNATUREDOESNOTMATCH SIGNATURENONCEUSED RAM_PERMISSION_DENY ACCOUNT_NOT_EXISTS ACCOUNT_ABNORMAL
            SECURITY_FROZEN_ACCOUNT PRODUCT_UN_SUBSCRIPT PRODUCT_UNSUBSCRIBE DENY_IP_RANGE
            PRODUCT_NOT_SUBSCRIBED ACCOUNT_ILLEGAL FORBIDDEN_ACTION RAM_CHECK_FAILED
        """,
        ErrorClass.CONFIG: "MOBILE_COUNT_OVER_LIMIT INVALIDVERSION INTERFACE_OFFLINE",
        ErrorClass.TRANSIENT: """
            SYSTEM_ERROR GATEWAY_ERROR SERVICEUNAVAILABLE INTERNALERROR ONLINE_BILLING_FAILED
            BILLING_DEDUCTION_ERROR
        """,
    }
)
# What means something else without its prefix: abroad this is a forbidden word, at home a person who refuses.
ABROAD = {"BLACK_KEY_CONTROL_LIMIT": ErrorClass.CONTENT}
# Families of the API gateway: the name goes on after a dot.
FAMILIES = {
    "THROTTLING": ErrorClass.RATE_ACCOUNT,
    "INVALIDACCESSKEYID": ErrorClass.CREDENTIALS,
    "INVALIDTIMESTAMP": ErrorClass.CREDENTIALS,
    "FORBIDDEN": ErrorClass.CREDENTIALS,
    "NOPERMISSION": ErrorClass.CREDENTIALS,
    "INVALIDACTION": ErrorClass.CONFIG,
}
RECEIPTS = by_code(
    {
        ErrorClass.RECIPIENT: """
            MOBILE_NOT_ON_SERVICE MOBILE_ACCOUNT_ABNORMAL INVALID_NUMBER MOBLLE_TERMINAL_ERROR
            MOBILE_TERMINAL_ERROR SP_NOT_BY_INTER_SMS
        """,
        ErrorClass.OPTED_OUT: "USER_REJECT MOBILE_IN_BLACK",
        ErrorClass.CONTENT: "CONTENT_KEYWORD CONTENT_ERROR PARAMS_ILLEGAL PORT_NOT_REGISTERED",
        ErrorClass.RATE_RECIPIENT: "MOBILE_SEND_LIMIT",
        ErrorClass.TRANSIENT: "IS_CLOSE NO_ROUTE SP_UNKNOWN_ERROR",
    }
)
# In a rate refusal's code or message: which window is full, and so how long to wait.
WINDOWS = {
    "分钟级": 60,
    "小时级": 3600,
    "天级": 24 * 3600,
    "_MINUTE": 60,
    "_HOUR": 3600,
    "LIMIT_DAY": 24 * 3600,
}


def error_of_answer(code: str) -> ErrorClass | None:
    """Return the class of an answer's code; an unknown one is judged by its prefix, if it has one."""
    upper = code.upper()
    bare = upper.removeprefix("ISV.").removeprefix("ISP.")
    if known := ABROAD.get(upper) or ANSWERS.get(bare) or FAMILIES.get(bare.split(".")[0]):
        return known
    if upper.startswith("ISV."):
        return ErrorClass.CONTENT
    if upper.startswith("ISP."):
        return ErrorClass.TRANSIENT
    return None


def error_of_receipt(code: str) -> ErrorClass | None:
    """Return the class of a receipt's code; None for a carrier's own: they prove nothing of the number."""
    upper = code.upper()
    bare = upper.removeprefix("ISV.").removeprefix("ISP.")
    return RECEIPTS.get(bare) or ABROAD.get(upper) or ANSWERS.get(bare)
