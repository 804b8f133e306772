"""What the orders say upward."""

from django.dispatch import Signal

# A person's data was blanked, inside the transaction that did it.
# Sent with `customer_id` (UUID), `merchant_id` (UUID) and `addresses` (the email and phone that were known).
customer_erased = Signal()
