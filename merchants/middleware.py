"""Put the merchant a person works for, their time zone and language, on each request."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from merchants.models import Membership, Merchant, User
from merchants.ownership import across_merchants

GetResponse = Callable[[HttpRequest], HttpResponseBase]
SESSION_KEY = "merchant"


class MerchantRequest(HttpRequest):
    """A request as screens see it: the merchant is chosen, the person is known."""

    user: User
    merchant: Merchant
    membership: Membership
    memberships: list[Membership]


class CurrentMerchantMiddleware:
    """Set `request.merchant` and `request.membership`, None for who works in no shop.

    The shop is the one that the session names, if the person is still in its team, else their oldest. Times
    are then shown in its zone, words in the person's language. Who may see a screen is the screen's to say.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.merchant = request.membership = None  # type: ignore[attr-defined]  # what this class is for
        request.memberships = []  # type: ignore[attr-defined]
        # Systems and customers carry no session: nothing is looked up for them.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return self.get_response(request)
        if request.user.language:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        memberships = request.memberships = memberships_of(request.user)  # type: ignore[attr-defined]
        if not memberships:
            return self.get_response(request)
        chosen = request.session.get(SESSION_KEY)
        membership = next((one for one in memberships if str(one.merchant_id) == chosen), memberships[0])
        request.membership, request.merchant = membership, membership.merchant  # type: ignore[attr-defined]
        with timezone.override(ZoneInfo(membership.merchant.timezone)):
            return self.get_response(request)


def memberships_of(user: User) -> list[Membership]:
    """Return the person's places in all teams, oldest first."""
    with across_merchants():
        return list(Membership.objects.filter(user=user.pk).select_related("merchant").order_by("pk"))
