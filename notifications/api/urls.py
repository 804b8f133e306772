"""The paths of messages and of what a merchant sets up."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

router = SimpleRouter()
urlpatterns = router.urls
