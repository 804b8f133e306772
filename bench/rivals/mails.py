"""django-post-office as its documents tell to send many: send_many, then batches, processes and threads."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from django.db import connections
from django.template import Context, Template
from post_office import mail
from post_office.models import EmailTemplate

PROCESSES = 2


def prepare(words: str) -> None:
    """As a step: make the template of the very words that Orderbell sends (a JSON file)."""
    told = json.loads(Path(words).read_text())
    EmailTemplate.objects.create(
        name="paid", subject=told["subject"], content=told["text"], html_content=told["html"]
    )


def run(way: str, count: str) -> dict[str, float]:
    """As a step: insert and send; return mails a second, `whole` and `sending` alone.

    `way` says who renders: `sender` (render_on_delivery, in its processes) or `inserter` (once parsed).
    """
    template = EmailTemplate.objects.get()
    began = time.perf_counter()
    mail.send_many(_mails(way, template, int(count)))
    inserted = time.perf_counter()
    connections.close_all()
    sent, _failed, _again = mail.send_queued(processes=PROCESSES, log_level=0)
    ended = time.perf_counter()
    if sent != int(count):
        raise RuntimeError(f"only {sent} of {count} mails were sent")
    return {"whole": int(count) / (ended - began), "sending": int(count) / (ended - inserted)}


def _mails(way: str, template: EmailTemplate, count: int) -> list[dict[str, Any]]:
    about = [
        (f"c{number}@example.com", {"name": "林小雨", "number": f"{number:012x}"}) for number in range(count)
    ]
    common = {"sender": "Bench <no-reply@orderbell.example>"}
    if way == "sender":
        return [
            common
            | {"recipients": [to], "template": template, "context": context, "render_on_delivery": True}
            for to, context in about
        ]
    parts = {
        "subject": Template(template.subject),
        "message": Template(template.content),
        "html_message": Template(template.html_content),
    }
    return [
        common | {"recipients": [to]} | {name: part.render(Context(context)) for name, part in parts.items()}
        for to, context in about
    ]
