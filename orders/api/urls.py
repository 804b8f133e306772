"""The paths of customers, orders, shipments, returns and events."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

router = SimpleRouter()
urlpatterns = router.urls
