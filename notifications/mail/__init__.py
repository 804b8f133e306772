"""A merchant's mail: their words inside a fixed layout in their brand, as Liquid for HTML and plain text.

Pure. All that does not differ from message to message is done here, once per template version:
cleaning, layout, colours, styles put into the tags. What is left to do for each mail is one
rendering of each text.
"""

from notifications.mail.composing import Mail, MailBrand, compose

__all__ = ["Mail", "MailBrand", "compose"]
