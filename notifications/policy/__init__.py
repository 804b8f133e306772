"""What may be sent, and when: the gates and what they rest on. Pure."""
