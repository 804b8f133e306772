"""The paths of customers, orders, shipments, returns and events."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from orders.api import problems  # noqa: F401  # tells what our errors are to callers
from orders.api.customers import CustomerViewSet
from orders.api.events import EventViewSet
from orders.api.orders import OrderViewSet, ReturnsOfOrder, ShipmentsOfOrder
from orders.api.parcels import ReturnViewSet, ShipmentViewSet

router = SimpleRouter()
router.register("customers", CustomerViewSet, "customer")
router.register("orders", OrderViewSet, "order")
router.register("orders/(?P<order_number>[^/]+)/shipments", ShipmentsOfOrder, "shipment-of-order")
router.register("orders/(?P<order_number>[^/]+)/returns", ReturnsOfOrder, "return-of-order")
router.register("shipments", ShipmentViewSet, "shipment")
router.register("returns", ReturnViewSet, "return")
router.register("events", EventViewSet, "event")
urlpatterns = router.urls
