"""Amazon's words in ours: the error codes of SNS Publish, and those that all of its services share.

A code that is not listed is judged by the HTTP status: 429 is a rate, 401 and 403 are credentials, every
other 4xx is `CONFIG`. A 5xx with an unlisted code, or without any, proves nothing.
"""

from __future__ import annotations

from notifications.gateways.terms import by_code
from notifications.outcomes import ErrorClass

ANSWERS = by_code(
    {
        ErrorClass.OPTED_OUT: "OptedOut OptedOutException",
        ErrorClass.CONTENT: """
            InvalidParameter InvalidParameterValue ParameterValueInvalid ValidationException
        """,
        ErrorClass.RATE_ACCOUNT: """
            Throttling ThrottlingException Throttled ThrottledException KMSThrottling RequestLimitExceeded
            TooManyRequestsException
        """,
        ErrorClass.CREDENTIALS: """
            AuthorizationError InvalidSecurity InvalidClientTokenId UnrecognizedClientException AccessDenied
            AccessDeniedException SignatureDoesNotMatch IncompleteSignature MissingAuthenticationToken
            MissingAuthenticationTokenException ExpiredToken ExpiredTokenException RequestExpired
            OptInRequired NotAuthorized
        """,
        ErrorClass.TRANSIENT: "InternalError InternalFailure ServiceUnavailable",
    }
)
# What a refused parameter is about, by a word of the vendor's; the first that is found counts.
PARAMETERS = {
    "senderid": ErrorClass.CONFIG,
    "origination": ErrorClass.CONFIG,
    "attribute": ErrorClass.CONFIG,
    "phonenumber": ErrorClass.RECIPIENT,
    "phone number": ErrorClass.RECIPIENT,
}


def error_of_answer(code: str, said: str, status: int) -> ErrorClass | None:
    """Return the class of an error; None when it is not certain that the text was refused."""
    known = ANSWERS.get(code)
    if known is ErrorClass.CONTENT:
        words = said.lower()
        return next((error for word, error in PARAMETERS.items() if word in words), known)
    if known:
        return known
    if status == 429:
        return ErrorClass.RATE_ACCOUNT
    if status in (401, 403):
        return ErrorClass.CREDENTIALS
    return ErrorClass.CONFIG if 300 <= status < 500 else None
