"""What the apps above may hear from this one."""

from django.dispatch import Signal

# Sent with merchant=… inside the transaction that makes a shop, so that all it needs is there from the start.
merchant_created = Signal()
