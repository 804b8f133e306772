"""Customers: who they are, what they bought, what they are called by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants import places
from merchants.masking import contact, masked
from merchants.models import Membership
from merchants.roles import Right
from merchants.screens import Action, Column, DetailScreen, FormScreen, ListScreen
from merchants.screens.base import Text
from merchants.screens.languages import LanguageField
from orders.models import Customer
from orders.screens import sections, tones
from orders.screens.faults import in_words
from orders.services import change_customer, erase_customer, upsert_customer

FEW = 20


def shown_id(customer: Customer, membership: Membership) -> str:
    """Return the shop's own ID as this person may see it: some customers go by their address."""
    known = customer.external_id
    is_address = known in {customer.email, customer.phone} or "@" in known
    return known if membership.can(Right.SEE_CONTACTS) or not is_address else masked(known)


def name_of(customer: Customer, membership: Membership) -> str:
    """Return what a customer is called on screen."""
    if customer.erased_at:
        return str(_("Erased customer"))
    return customer.name or shown_id(customer, membership)


class CustomerList(ListScreen[Customer]):
    model = Customer
    section = "customers"
    title = _("Customers")
    search = ("name__icontains", "external_id__icontains", "phone__icontains", "email__icontains")
    search_hint = _("Name, ID, phone or email")
    actions = (Action(_("New customer"), "customer_create", Right.CHANGE_ORDERS, "primary", "plus"),)
    empty = _("No customers yet. They come with the first order.")
    export = "customers"

    def get_search(self) -> Sequence[str]:
        # Whoever may not read a number may not find it out by searching either.
        return self.search if self.membership.can(Right.SEE_CONTACTS) else ("name__icontains",)

    def get_queryset(self) -> QuerySet[Customer]:
        return super().get_queryset().annotate(orders_count=Count("orders"))

    def get_columns(self) -> Sequence[Column]:
        who = self.membership
        return (
            Column(
                pgettext_lazy("of a person", "Name"), lambda row: name_of(row, who), link="customer_detail"
            ),
            Column(_("ID"), lambda row: shown_id(row, who)),
            Column(_("Phone"), lambda row: contact(row.phone, who)),
            Column(_("Email"), lambda row: contact(row.email, who)),
            Column(_("Language"), lambda row: places.language_name(row.language), csv="language"),
            Column(_("Country"), lambda row: places.country_name(row.country), csv="country"),
            Column(_("Orders"), "orders_count", align="end"),
        )


class CustomerDetail(DetailScreen[Customer]):
    model = Customer
    template_name = "orders/customer.html"
    section = "customers"
    actions = (
        Action(
            _("Edit"), "customer_edit", Right.CHANGE_ORDERS, icon="edit", when=lambda row: not row.erased_at
        ),
        Action(
            _("Erase"),
            "customer_erase",
            Right.CHANGE_ORDERS,
            tone="danger",
            icon="trash",
            when=lambda row: not row.erased_at,
        ),
    )

    def get_title(self) -> Text:
        return name_of(self.row, self.membership)

    def get_actions(self) -> list[dict[str, Any]]:
        buttons = super().get_actions()
        if self.membership.can(Right.CHANGE_ORDERS) and not self.row.erased_at:
            href = f"{reverse('order_create')}?customer={self.row.pk}"
            new = {
                "label": _("New order"),
                "href": href,
                "tone": "btn-primary",
                "icon": "plus",
                "is_post": False,
            }
            buttons.insert(0, new)
        return buttons

    def get_facts(self) -> Sequence[Column]:
        who = self.membership
        return (
            Column(_("ID"), lambda row: shown_id(row, who)),
            Column(_("Phone"), lambda row: contact(row.phone, who)),
            Column(_("Email"), lambda row: contact(row.email, who)),
            Column(_("Language"), lambda row: places.language_name(row.language)),
            Column(_("Country"), lambda row: places.country_name(row.country)),
            Column(_("Region"), "region"),
            Column(_("Time zone"), "timezone"),
            Column(_("Known since"), "created_at"),
            *([Column(_("Erased"), "erased_at")] if self.row.erased_at else []),
        )

    def get_context(self) -> dict[str, Any]:
        orders = list(self.row.orders.order_by("-pk")[: FEW + 1])
        return {
            "orders": [(order, tones.ORDER[order.status]) for order in orders[:FEW]],
            "has_more_orders": len(orders) > FEW,
            "sections": sections.of_customer(self.row, self.membership),
        }


class CustomerForm(forms.Form):
    external_id = forms.CharField(
        label=_("ID"),
        required=False,
        max_length=100,
        help_text=_("What your shop calls them. Empty: they go by their email, or else their phone."),
    )
    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), required=False, max_length=200)
    phone = forms.CharField(
        label=_("Phone"), required=False, max_length=40, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.CharField(
        label=_("Email"), required=False, max_length=254, widget=forms.TextInput(attrs={"type": "email"})
    )
    language = LanguageField(label=_("Language"), required=False, max_length=20)
    country = forms.ChoiceField(
        label=_("Country"), required=False, choices=lambda: [("", "—"), *places.country_choices()]
    )
    region = forms.CharField(label=_("Region"), required=False, max_length=100)
    timezone = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A zone that a system wrote and nobody would choose stays what it is.
        known = str(self.initial.get("timezone") or "")
        zones = dict.fromkeys([*places.timezones(), *filter(None, [known])])
        self.fields["timezone"] = forms.ChoiceField(
            label=_("Time zone"), required=False, choices=[("", "—"), *((zone, zone) for zone in zones)]
        )


class CustomerCreate(FormScreen[Customer]):
    model = Customer
    form_class = CustomerForm
    right = Right.CHANGE_ORDERS
    section = "customers"
    title = _("New customer")
    back = "customer_list"
    saved = _("The customer is saved.")

    def save(self, form: CustomerForm) -> Customer:
        given = {name: value for name, value in form.cleaned_data.items() if value}
        known = given.get("external_id")
        if known and Customer.objects.filter(external_id=known).exists():
            raise ValidationError({"external_id": _("There is a customer of this ID already.")})
        with in_words(form.fields):
            return upsert_customer(self.merchant, **given)

    def success_url(self, row: Customer) -> str:
        return reverse("customer_detail", args=[row.pk])


class CustomerEdit(FormScreen[Customer]):
    model = Customer
    form_class = CustomerForm
    right = Right.CHANGE_ORDERS
    section = "customers"
    back = "customer_list"
    saved = _("The customer is saved.")

    def get_queryset(self) -> QuerySet[Customer]:
        return super().get_queryset().filter(erased_at=None)

    def get_title(self) -> Text:
        return name_of(self.row, self.membership)

    def back_url(self) -> str:
        return reverse("customer_detail", args=[self.kwargs["pk"]])

    def get_form(self) -> forms.BaseForm:
        names = [name for name in CustomerForm.base_fields if name != "external_id"]
        posted = self.request.POST if self.request.method == "POST" else None
        form = CustomerForm(posted, initial={name: getattr(self.row, name) for name in names})
        del form.fields["external_id"]
        return form

    def save(self, form: CustomerForm) -> Customer:
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        with in_words(form.fields):
            return change_customer(self.row, **changes)


class EraseForm(forms.Form):
    typed = forms.CharField(max_length=100)
    is_sure = forms.BooleanField(
        label=_("I know that this cannot be undone."),
        error_messages={"required": _("Say that you know it.")},
    )

    def __init__(self, *args: Any, wanted: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = wanted
        self.fields["typed"].label = _("Type the customer's ID: %(id)s") % {"id": wanted}

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if typed.strip() != self.wanted:
            raise ValidationError(_("This is not the ID."), code="wrong_id")
        return typed


class CustomerErase(CustomerEdit):
    intro = _(
        "Name, addresses and everything personal are blanked, here and on their orders. Orders, figures and"
        " opt-outs stay."
    )
    button = _("Erase for good")
    is_dangerous = True
    saved = _("The customer is erased.")

    def get_title(self) -> Text:
        return _("Erase %(name)s") % {"name": name_of(self.row, self.membership)}

    def get_form(self) -> forms.BaseForm:
        posted = self.request.POST if self.request.method == "POST" else None
        return EraseForm(posted, wanted=self.row.external_id)

    def save(self, form: Any) -> Customer:
        erase_customer(self.row)
        return self.row

    def success_url(self, row: Customer) -> str:
        return reverse("customer_detail", args=[row.pk])
