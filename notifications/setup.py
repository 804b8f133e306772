"""What merchants have set up, loaded at once for all the merchants of a batch of work.

Each part is one query, made when first asked for.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import F

from merchants.models import Brand, Membership, Merchant
from notifications.models import (
    GatewayAccount,
    Route,
    Rule,
    SendingLimit,
    Signature,
    TemplateVersion,
    VendorSignature,
    VendorTemplate,
)
from notifications.planning import RuleFacts, Wording
from notifications.recipients import Person

# A change on a screen reaches workers that are under way after so many seconds.
FRESH = 1.0


class Setup:
    """The configuration of some merchants at one moment."""

    def __init__(self, merchant_ids: Iterable[UUID]) -> None:
        self.merchant_ids = sorted(set(merchant_ids))
        # What this worker knows of the accounts: texts given to those on trial, and who does not answer.
        self.trials: Counter[UUID] = Counter()
        # What routing answered, by errand; forgotten when somebody falls silent.
        self.choices: dict[Any, Any] = {}
        self.silent: frozenset[UUID] = frozenset()

    @cached_property
    def merchants(self) -> dict[UUID, Merchant]:
        return {merchant.pk: merchant for merchant in Merchant.objects.filter(pk__in=self.merchant_ids)}

    @cached_property
    def brands(self) -> dict[UUID, Brand]:
        return {brand.pk: brand for brand in Brand.objects.filter(pk__in=self.merchant_ids)}

    @cached_property
    def rules(self) -> dict[tuple[UUID, str], list[RuleFacts]]:
        """Active rules by merchant and event."""
        found: dict[tuple[UUID, str], list[RuleFacts]] = defaultdict(list)
        for rule in Rule.objects.filter(merchant__in=self.merchant_ids, is_active=True).order_by("id"):
            found[rule.merchant_id, rule.event].append(rule_facts(rule))
        return found

    @cached_property
    def rules_by_id(self) -> dict[UUID, RuleFacts]:
        return {rule.id: rule for rules in self.rules.values() for rule in rules}

    @cached_property
    def _versions(self) -> list[TemplateVersion]:
        return list(
            TemplateVersion.objects.filter(
                template__merchant__in=self.merchant_ids,
                template__is_active=True,
                template__archived_at=None,
                number=F("template__version"),
            ).select_related("template")
        )

    @cached_property
    def versions(self) -> dict[UUID, TemplateVersion]:
        """The versions in force, by their id; each with its template."""
        return {version.pk: version for version in self._versions}

    @cached_property
    def _wordings(self) -> dict[tuple[UUID, str, str], list[Wording]]:
        found: dict[tuple[UUID, str, str], list[Wording]] = defaultdict(list)
        for version in self._versions:
            template = version.template
            found[template.merchant_id, template.code, template.channel].append(
                Wording(template.pk, version.pk, template.language, template.category)
            )
        return found

    def wordings(self, merchant_id: UUID, code: str, channel: str) -> Sequence[Wording]:
        """Return a template's active wordings on a channel, one a language."""
        return self._wordings.get((merchant_id, code, channel), ())

    @cached_property
    def gateways(self) -> dict[UUID, list[GatewayAccount]]:
        """Active gateway accounts by merchant, the preferred first."""
        found: dict[UUID, list[GatewayAccount]] = defaultdict(list)
        accounts = GatewayAccount.objects.filter(merchant__in=self.merchant_ids, is_active=True)
        for account in accounts.order_by("priority", "id"):
            found[account.merchant_id].append(account)
        return found

    @cached_property
    def on_trial(self) -> frozenset[UUID]:
        """The accounts that had to rest and have not proved themselves since.

        One whose receipts stay away is not among them: that it accepts texts proves nothing.
        """
        accounts = (row for rows in self.gateways.values() for row in rows)
        return frozenset(row.pk for row in accounts if row.rests and row.doubted_until is None)

    @cached_property
    def routes(self) -> dict[UUID, dict[tuple[str, str], list[str]]]:
        """The accounts' ids in order, by merchant and by country and category (empty: any)."""
        found: dict[UUID, dict[tuple[str, str], list[str]]] = defaultdict(dict)
        for row in Route.objects.filter(merchant__in=self.merchant_ids):
            # Operators can write anything here; what is no list of ids names nobody.
            named = row.gateways if isinstance(row.gateways, list) else []
            ids = [name.lower() for name in named if isinstance(name, str)]
            found[row.merchant_id][row.country, row.category] = ids
        return found

    @cached_property
    def vendor_templates(self) -> dict[tuple[UUID, UUID], VendorTemplate]:
        """What a template is called at a gateway, by template and gateway."""
        rows = VendorTemplate.objects.filter(merchant__in=self.merchant_ids)
        return {(row.template_id, row.gateway_id): row for row in rows}

    @cached_property
    def signatures(self) -> dict[UUID, list[Signature]]:
        """Signatures by merchant, the default first."""
        found: dict[UUID, list[Signature]] = defaultdict(list)
        for row in Signature.objects.filter(merchant__in=self.merchant_ids).order_by("-is_default", "id"):
            found[row.merchant_id].append(row)
        return found

    def signature(self, merchant_id: UUID, country: str) -> str:
        """Return the signature for texts to a country, without brackets; empty when there is none."""
        row = self.signature_row(merchant_id, country)
        return row.text if row else ""

    def signature_row(self, merchant_id: UUID, country: str) -> Signature | None:
        for row in self.signatures.get(merchant_id, ()):
            if not row.countries or country in row.countries:
                return row
        return None

    @cached_property
    def barred_signatures(self) -> frozenset[tuple[UUID, UUID]]:
        """Signatures and the gateways whose vendors refuse texts with them."""
        rows = VendorSignature.objects.filter(merchant__in=self.merchant_ids).defer("fields", "carriers")
        return frozenset((row.signature_id, row.gateway_id) for row in rows if row.is_barred)

    @cached_property
    def limits(self) -> dict[UUID, list[SendingLimit]]:
        """Sending limits by merchant; one who has none is not in it."""
        found: dict[UUID, list[SendingLimit]] = defaultdict(list)
        for row in SendingLimit.objects.filter(merchant__in=self.merchant_ids):
            found[row.merchant_id].append(row)
        return dict(found)

    @cached_property
    def teams(self) -> dict[UUID, dict[str, list[Person]]]:
        """The people of each merchant's team, by role."""
        found: dict[UUID, dict[str, list[Person]]] = defaultdict(lambda: defaultdict(list))
        members = Membership.objects.filter(merchant__in=self.merchant_ids, user__is_active=True)
        for member in members.select_related("user").order_by("id"):
            user = member.user
            found[member.merchant_id][member.role].append(
                Person(
                    key=f"user:{user.pk}",
                    name=user.get_full_name(),
                    email=user.email.lower(),
                    language=user.language,
                )
            )
        return found


class Setups:
    """The setup of a moment ago, for work in many small batches."""

    def __init__(self) -> None:
        self._setup, self._until = Setup(()), 0.0
        # The accounts that do not answer, as far as this worker knows.
        self.silent: frozenset[UUID] = frozenset()

    def of(self, merchant_ids: Iterable[UUID]) -> Setup:
        """Return a setup of at least these merchants, at most `FRESH` seconds old."""
        wanted = set(merchant_ids)
        if time.monotonic() > self._until or not wanted <= set(self._setup.merchant_ids):
            self._setup, self._until = Setup(wanted), time.monotonic() + FRESH
        if self._setup.silent != self.silent:
            self._setup.silent = self.silent
            self._setup.choices.clear()
        return self._setup

    def is_on_trial(self, account_id: UUID) -> bool:
        """Say whether an account, as it was read last, comes back from a rest."""
        return account_id in self._setup.on_trial

    def forget(self) -> None:
        """Load it anew next time: something has just changed."""
        self._until = 0.0


def rule_facts(rule: Rule) -> RuleFacts:
    return RuleFacts(
        id=rule.pk,
        event=rule.event,
        match=rule.match,
        conditions=rule.conditions,
        recipients=rule.recipients,
        channels=rule.channels,
        strategy=rule.strategy,
        template=rule.template,
        delay=rule.delay_seconds,
        useful=rule.useful_seconds,
        lane=rule.lane,
    )
