"""The message's way from an event to a gateway, and every state on it.

drafting: events → messages · taking: whose turn it is · preparing: gates and words · writing: ahead of the
first byte · sending, finishing: out, and what came of it · settling, asking: what became of the unknown ·
watching, resting: how accounts fare · states, rows: the writes.
"""
