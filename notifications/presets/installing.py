"""Give a shop its recipes, a signature and the sandbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import Count

from merchants.models import Merchant
from merchants.ownership import across_merchants
from notifications.models import (
    Category,
    ChannelKind,
    GatewayAccount,
    Rule,
    Signature,
    Template,
    TemplateVersion,
)
from notifications.presets.recipe import Recipe
from notifications.presets.recipes import RECIPES
from notifications.presets.team import TEAM_NEWS

LANGUAGES = ("en", "zh-hans")
SHORTEST_SIGNATURE, LONGEST_SIGNATURE = 2, 12


@transaction.atomic
def install(merchant: Merchant) -> None:
    """Make what is missing of the recipes' templates and rules, a signature and a sandbox account.

    What the merchant has changed, switched off or removed stays as it is.
    """
    Merchant.objects.select_for_update().get(pk=merchant.pk)
    _install_templates(merchant, RECIPES)
    _install_rules(merchant, RECIPES)
    # The base managers also see what was removed.
    if not Signature._base_manager.filter(merchant=merchant).exists():
        Signature.objects.create(
            merchant=merchant, text=signature_text(merchant), countries=_signed(merchant), is_default=True
        )
    if not GatewayAccount._base_manager.filter(merchant=merchant).exists():
        GatewayAccount.objects.create(merchant=merchant, kind="sandbox", name="Sandbox", priority=100)


def catch_up() -> int:
    """Give every merchant what they lack of the team's recipes, after an upgrade. Return to how many.

    Nobody's customers hear anything new by it.
    """
    codes = [recipe.code for recipe in TEAM_NEWS]
    with across_merchants(), transaction.atomic():
        known = Rule._base_manager.filter(preset__in=codes)
        complete = known.values("merchant").annotate(Count("pk")).filter(pk__count=len(codes))
        lacking = list(Merchant.objects.exclude(pk__in=complete.values("merchant")))
        for merchant in lacking:
            _install_templates(merchant, TEAM_NEWS)
            _install_rules(merchant, TEAM_NEWS)
    return len(lacking)


def _install_templates(merchant: Merchant, recipes: Iterable[Recipe]) -> None:
    present = set(Template._base_manager.filter(merchant=merchant).values_list("code", "channel", "language"))
    new = [
        template
        for recipe in recipes
        for template in _templates(recipe, merchant)
        if (template.code, template.channel, template.language) not in present
    ]
    Template.objects.bulk_create(new)
    TemplateVersion.objects.bulk_create(
        TemplateVersion(
            merchant=merchant, template=template, number=1, subject=template.subject, body=template.body
        )
        for template in new
    )


def _templates(recipe: Recipe, merchant: Merchant) -> Iterator[Template]:
    for language in LANGUAGES:
        words = recipe.words(language)
        for channel, subject, body in (
            (ChannelKind.SMS, "", words.sms),
            (ChannelKind.EMAIL, words.subject, words.mail),
        ):
            if channel not in recipe.channels:
                continue
            yield Template(
                merchant=merchant,
                code=recipe.code,
                event=recipe.event,
                channel=channel,
                language=language,
                category=Category.TRANSACTIONAL,
                subject=subject,
                body=body,
            )


def _install_rules(merchant: Merchant, recipes: Iterable[Recipe]) -> None:
    present = set(Rule._base_manager.filter(merchant=merchant).values_list("preset", flat=True))
    names = set(Rule.objects.filter(merchant=merchant).values_list("name", flat=True))
    Rule.objects.bulk_create(
        Rule(
            merchant=merchant,
            name=_free_name(recipe.words(merchant.language).name, names),
            event=recipe.event,
            conditions=recipe.conditions,
            recipients=list(recipe.recipients),
            channels=list(recipe.channels),
            strategy=Rule.Strategy.ALL,
            template=recipe.code,
            useful_seconds=recipe.useful,
            preset=recipe.code,
        )
        for recipe in recipes
        if recipe.code not in present
    )


def _free_name(name: str, taken: set[str]) -> str:
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name} {number}"
    return free


def _signed(merchant: Merchant) -> list[str]:
    """Return the countries whose texts are signed: the brackets would halve the room of a text in English."""
    return [] if merchant.country == "CN" else ["CN"]


def signature_text(merchant: Merchant) -> str:
    """Return a signature made of the shop's name: letters and digits, 2 to 12 of them."""
    text = "".join(char for char in merchant.name if char.isalnum())[:LONGEST_SIGNATURE]
    return text if len(text) >= SHORTEST_SIGNATURE else "店铺通知"
