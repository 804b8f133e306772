"""A new order by hand: its customer, new or known, and its items."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants import places
from merchants.roles import Right
from merchants.screens import FormScreen
from merchants.screens.languages import LanguageField
from orders import normalise
from orders.errors import InvalidInput
from orders.inputs import CustomerFields, ItemFields
from orders.models import Customer, ItemKind, Order
from orders.screens.faults import in_words
from orders.services import place_order
from orders.statuses import OrderStatus

LOCAL_TIME = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
MORE_ROWS = 3
MOST_ROWS = 50
# Fields of a new customer, and what they are called beside an order's own.
CUSTOMER = ("external_id", "name", "phone", "email", "language")


class ItemForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=300)
    sku = forms.CharField(label=_("SKU"), max_length=100, required=False)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=1_000_000, initial=1)
    unit_price = forms.DecimalField(label=_("Unit price"), min_value=0, max_digits=14, decimal_places=2)
    kind = forms.ChoiceField(label=_("Kind"), choices=ItemKind.choices, initial=ItemKind.PHYSICAL)


Items = forms.formset_factory(ItemForm, extra=MORE_ROWS, max_num=MOST_ROWS, validate_max=True)


class OrderForm(forms.Form):
    number = forms.CharField(label=_("Number"), max_length=64)
    status = forms.ChoiceField(
        label=_("Status"),
        choices=[(status.value, status.label) for status in (OrderStatus.CREATED, OrderStatus.PAID)],
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=places.currency_choices)
    total = forms.DecimalField(
        label=_("Total"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text=_("Empty: the sum of the items."),
    )
    placed_at = forms.DateTimeField(
        label=_("Placed"), required=False, widget=LOCAL_TIME, help_text=_("Empty: now.")
    )
    known = forms.CharField(
        label=_("Known customer"), required=False, max_length=254, help_text=_("Their ID, email or phone.")
    )
    external_id = forms.CharField(label=_("ID"), required=False, max_length=100)
    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), required=False, max_length=200)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    email = forms.CharField(label=_("Email"), required=False, max_length=254)
    language = LanguageField(label=_("Language"), required=False, max_length=20)

    def __init__(self, data: Any = None, *, currency: str, country: str, customer: Customer | None) -> None:
        super().__init__(data, initial={"currency": currency})
        self.country = country
        self.customer = customer
        self.items = Items(data, prefix="items")
        if customer:
            for name in ("known", *CUSTOMER):
                del self.fields[name]

    def of(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]

    @property
    def head(self) -> list[forms.BoundField]:
        return self.of("number", "status", "currency", "total", "placed_at")

    @property
    def known_customer(self) -> list[forms.BoundField]:
        return self.of("known")

    @property
    def new_customer(self) -> list[forms.BoundField]:
        return self.of(*CUSTOMER)

    def is_valid(self) -> bool:
        # Both are asked, so that everything that is wrong is said at once.
        is_sound = self.items.is_valid()
        return super().is_valid() and is_sound

    def lines(self) -> list[ItemFields]:
        return [cast(ItemFields, form.cleaned_data) for form in self.items if form.has_changed()]

    def clean_known(self) -> str:
        known: str = self.cleaned_data["known"].strip()
        if known:
            self.customer = _find(known, country=self.country)
        return known

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.customer and "known" not in self.errors and not any(values.get(n) for n in CUSTOMER):
            self.add_error("known", _("Name a known customer or describe a new one."))
        if values.get("total") is None and "total" not in self.errors and self.items.is_valid():
            lines = self.lines()
            if not lines:
                self.add_error("total", _("Write the total, or at least one item."))
            prices = [line["unit_price"] * line["quantity"] for line in lines]
            values["total"] = sum(prices, Decimal(0))
        return values


def _find(known: str, *, country: str) -> Customer:
    """Return the one customer who goes by this ID, email or phone. Raises `ValidationError`."""
    wanted = Q(external_id=known) | Q(email=known.lower())
    with suppress(InvalidInput):  # which says that it is no phone
        wanted |= Q(phone=normalise.phone(known, countries=(country,)))
    found: list[Customer] = list(Customer.objects.filter(wanted, erased_at=None)[:3])
    exact = [customer for customer in found if customer.external_id == known] or found
    if not exact:
        raise ValidationError(_("No customer goes by this."), code="unknown_customer")
    if len(exact) > 1:
        raise ValidationError(
            _("Several customers go by this. Take the shop's own ID."), code="several_customers"
        )
    return exact[0]


class OrderCreate(FormScreen[Order]):
    model = Order
    template_name = "orders/order_form.html"
    right = Right.CHANGE_ORDERS
    section = "orders"
    title = _("New order")
    back = "order_list"
    button = _("Place the order")
    saved = _("The order is placed.")

    def get_form(self) -> OrderForm:
        return self._blank_form(self.request.POST if self.request.method == "POST" else None)

    def _blank_form(self, data: Any = None) -> OrderForm:
        merchant = self.merchant
        return OrderForm(
            data, currency=merchant.currency, country=merchant.country, customer=self._customer()
        )

    def _customer(self) -> Customer | None:
        """Return the customer whose page one came from."""
        try:
            wanted = UUID(self.request.GET.get("customer", ""))
        except ValueError:
            return None
        found: Customer | None = Customer.objects.filter(pk=wanted, erased_at=None).first()
        return found

    def get_context(self, form: Any) -> dict[str, Any]:
        return {"formset": form.items, "chosen": self._customer()}

    def show(self, form: Any, *, status: int = 200) -> HttpResponseBase:
        parts = (form, *form.items) if form.is_bound else ()
        wrong = [part[name] for part in parts for name in part.fields if name in part.errors]
        if wrong:  # the first of them takes the focus
            wrong[0].field.widget.attrs["autofocus"] = True
        return super().show(form, status=status)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "more" not in request.POST:
            return super().post(request, *args, **kwargs)
        # Without a script: the same page with what was entered, and room below.
        data = request.POST
        form = self._blank_form()
        form.initial = {name: data.get(name, "") for name in form.fields}
        rows = [
            {name: data.get(f"items-{row}-{name}", "") for name in ItemForm.base_fields}
            for row in range(MOST_ROWS)
        ]
        form.items = Items(initial=[row for row in rows if row["name"]], prefix="items")
        return self.show(form)

    def save(self, form: OrderForm) -> Order:
        values = form.cleaned_data
        customer: Customer | CustomerFields = form.customer or _new_customer(values)
        fields = {name: values[name] for name in ("status", "currency", "total")}
        if values["placed_at"]:
            fields["placed_at"] = values["placed_at"]
        names = {f"customer.{name}": name for name in CUSTOMER}
        with in_words(form.fields, names=names):
            return place_order(
                self.merchant, number=values["number"], customer=customer, items=form.lines(), **fields
            )

    def success_url(self, row: Order) -> str:
        return reverse("order_detail", args=[row.pk])


def _new_customer(values: dict[str, Any]) -> CustomerFields:
    return cast(CustomerFields, {name: values[name] for name in CUSTOMER if values.get(name)})
