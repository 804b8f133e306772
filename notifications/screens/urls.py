"""The addresses of the screens about who was told what, and how that is set up."""

from notifications.screens import (
    gateways,
    hand_in,
    limits,
    message_mail,
    messages,
    optout_lists,
    optouts,
    replies,
    review_list,
    routes,
    rules,
    signature_reviews,
    signatures,
    template_reviews,
    templates,
    told,
    unknowns,
)
from orders.screens import sections

sections.add_to_events(told.of_events)
sections.add_to_customer(told.of_customer)

urlpatterns = [
    *messages.urlpatterns,
    *message_mail.urlpatterns,
    *replies.urlpatterns,
    *unknowns.urlpatterns,
    *optouts.urlpatterns,
    *optout_lists.urlpatterns,
    *rules.urlpatterns,
    *templates.urlpatterns,
    *template_reviews.urlpatterns,
    *signatures.urlpatterns,
    *signature_reviews.urlpatterns,
    *review_list.urlpatterns,
    *hand_in.urlpatterns,
    *gateways.urlpatterns,
    *routes.urlpatterns,
    *limits.urlpatterns,
]
