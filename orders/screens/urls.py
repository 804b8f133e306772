"""The addresses of the screens about what happened."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from merchants.screens import navigation
from merchants.screens.navigation import Entry
from orders.screens import customers, orders, placing, returns, shipments

navigation.add(Entry("orders", _("Orders"), url="order_list", icon="orders", place=10))
navigation.add(Entry("customers", _("Customers"), url="customer_list", icon="customers", place=20))

urlpatterns = [
    path("orders/", orders.OrderList.as_view(), name="order_list"),
    path("orders/new/", placing.OrderCreate.as_view(), name="order_create"),
    path("orders/<uuid:pk>/", orders.OrderDetail.as_view(), name="order_detail"),
    path("orders/<uuid:pk>/status/<slug:status>/", orders.OrderStatusChange.as_view(), name="order_status"),
    path("orders/<uuid:pk>/shipments/new/", shipments.ShipmentCreate.as_view(), name="shipment_create"),
    path("orders/<uuid:pk>/returns/new/", returns.ReturnCreate.as_view(), name="return_create"),
    path("shipments/<uuid:pk>/report/", shipments.ShipmentReport.as_view(), name="shipment_report"),
    path("returns/<uuid:pk>/move/<slug:status>/", returns.ReturnMove.as_view(), name="return_move"),
    path("customers/", customers.CustomerList.as_view(), name="customer_list"),
    path("customers/new/", customers.CustomerCreate.as_view(), name="customer_create"),
    path("customers/<uuid:pk>/", customers.CustomerDetail.as_view(), name="customer_detail"),
    path("customers/<uuid:pk>/edit/", customers.CustomerEdit.as_view(), name="customer_edit"),
    path("customers/<uuid:pk>/erase/", customers.CustomerErase.as_view(), name="customer_erase"),
]
