"""How much may be sent: the vendors' limits as buckets, the merchants' own as budgets.

    waits = buckets().take([claims_for(text, limits=…, per_second=…), …])    before a batch leaves
    untils = usage.reserve([usage.spending(setup, …), …])                    as it is written ahead

Both hold a text back and never lose it: whoever is told to wait is asked again then.
"""

from notifications.limits.arithmetic import Claim, Wanted
from notifications.limits.claims import Leaving, claims_for
from notifications.limits.stores import Buckets, buckets

__all__ = ["Buckets", "Claim", "Leaving", "Wanted", "buckets", "claims_for"]
