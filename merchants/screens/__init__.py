"""The declarative base of every back-office screen: always inside one merchant, always behind a right.

A list, with search, paging by cursor, cards on a phone and export as CSV:

    class OrderList(ListScreen[Order]):
        model = Order
        section = "orders"                       # which entry of the menu is current
        title = _("Orders")
        columns = (
            Column(_("Number"), "number", link="order_detail"),          # a URL that takes the row's pk
            Column(_("Customer"), "customer.name"),                      # a dotted path; methods are called
            Column(_("Status"), "get_status_display", badge=lambda order: TONES[order.status]),
            Column(_("Total"), lambda order: f"{order.total} {order.currency}", align="end"),
        )
        search = ("number__icontains", "customer__name__icontains")
        filterset_class = OrderFilter            # django-filter, optional
        actions = (Action(_("New order"), "order_create", right=Right.CHANGE_ORDERS),)
        row_actions = (Action(_("Edit"), "order_edit", right=Right.CHANGE_ORDERS),)  # take the row's pk
        empty = _("No orders yet. They appear as soon as your shop posts one.")
        export = "orders"                        # orders.csv; None (default) offers none

        def get_queryset(self) -> QuerySet[Order]:
            return super().get_queryset().select_related("customer")

A form, for a new row or (with `pk` in the URL) a present one:

    class OrderForm(MerchantForm):               # a ModelForm: choices and uniqueness stay in the shop
        class Meta:
            model = Order
            fields = ("number", "total")

    class OrderEdit(FormScreen[Order]):
        model = Order
        form_class = OrderForm
        right = Right.CHANGE_ORDERS
        section = "orders"
        title = _("Order")
        back = "order_list"                      # where Cancel and, unless success_url() says else, Save lead
        saved = _("The order is saved.")

        def save(self, form: OrderForm) -> Order: ...   # when there is more to it than form.save()

Raise `ValidationError` in `save()` to show an error of business beside the form, input kept.

A row and what belongs to it (template "screens/detail.html", whose block `sections` takes the rest):

    class OrderDetail(DetailScreen[Order]):
        model = Order
        section = "orders"
        facts = (Column(_("Number"), "number"), ...)
        actions = (Action(_("Cancel order"), "order_cancel", right=Right.CHANGE_ORDERS, tone="danger"),)

Something done to a row: GET asks `question`, POST does it:

    class OrderCancel(ActionScreen[Order]):
        model = Order
        right = Right.CHANGE_ORDERS
        section = "orders"
        title = _("Cancel order")
        question = _("Cancel this order? The customer is told.")
        button = _("Cancel order")
        back = "order_detail"
        back_takes_row = True

        def perform(self, row: Order) -> Text:   # what it returns is shown; a ValidationError too
            services.change_order(row, status="cancelled")
            return _("The order is cancelled.")

Anything else derives from `Screen` and renders a template that extends "screens/page.html".
`self.merchant` and `self.membership` are set in all of them; another merchant's row is a 404. In templates:
`{% load screens %}`, `{% fields form %}`, `{% field form.name %}`, `{% badge tone %}text{% endbadge %}`,
`{% icon "orders" %}`. Tones of badges: good, bad, wait, info, plain. The menu: `navigation`.
"""

from merchants.screens.actions import ActionScreen
from merchants.screens.base import Action, Column, Screen
from merchants.screens.details import DetailScreen
from merchants.screens.forms import FormScreen, MerchantForm
from merchants.screens.lists import ListScreen

__all__ = [
    "Action",
    "ActionScreen",
    "Column",
    "DetailScreen",
    "FormScreen",
    "ListScreen",
    "MerchantForm",
    "Screen",
]
