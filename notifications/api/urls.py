"""The paths of messages and of what a merchant sets up."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from notifications.api import problems  # noqa: F401  # tells what our errors are to callers
from notifications.api.limits import LimitViewSet
from notifications.api.messages import MessageViewSet
from notifications.api.opt_outs import OptOutViewSet
from notifications.api.replies import ReplyViewSet
from notifications.api.reviews import (
    GatewaysWithSubmissions,
    SignaturesWithReviews,
    TemplatesWithReviews,
)
from notifications.api.settings import RouteViewSet, RuleViewSet

router = SimpleRouter()
router.register("messages", MessageViewSet, "message")
router.register("replies", ReplyViewSet, "reply")
router.register("signatures", SignaturesWithReviews, "signature")
router.register("templates", TemplatesWithReviews, "template")
router.register("rules", RuleViewSet, "rule")
router.register("opt-outs", OptOutViewSet, "opt-out")
router.register("gateways", GatewaysWithSubmissions, "gateway")
router.register("routes", RouteViewSet, "route")
router.register("limits", LimitViewSet, "limit")
urlpatterns = router.urls
