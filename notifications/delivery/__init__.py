"""The message's way from an event to a gateway, and every state on it.

drafting: events → messages · claiming: whose turn it is · preparing: gates and words ·
sending: write ahead, send, finish · settling: what became of the unknown · states, rows: the writes.
"""
