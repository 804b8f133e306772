"""Choose: the shop one works for, the language one reads."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from merchants.middleware import SESSION_KEY, MerchantRequest


@require_POST
def switch_merchant(request: MerchantRequest) -> HttpResponse:
    """Work for another of one's shops; 404 for a shop whose team one is not in."""
    wanted = request.POST.get("merchant", "")
    if wanted not in {str(one.merchant_id) for one in request.memberships}:
        raise Http404
    request.session[SESSION_KEY] = wanted
    # The page one came from shows another shop's things: begin anew.
    return HttpResponseRedirect(reverse("home"))


@require_POST
def switch_language(request: HttpRequest) -> HttpResponse:
    """Read in another language: kept with the person, and in a cookie for before the login."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest()
    if request.user.is_authenticated:
        request.user.language = language
        request.user.save(update_fields=["language"])
    wanted = request.POST.get("next", "")
    is_here = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    response = HttpResponseRedirect(wanted if is_here else reverse("home"))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=request.is_secure(),
        httponly=True,
    )
    return response
