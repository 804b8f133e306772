"""What belongs to a template: its versions."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from merchants.roles import Right
from merchants.screens import ActionScreen
from merchants.screens.base import RowScreen, Text
from notifications import templates
from notifications.models import Template, TemplateVersion
from notifications.rendering import TemplateErrors


def version_of(template: Template, number: int) -> TemplateVersion:
    """Return a version of a template by its number; 404 when there is none such."""
    found: TemplateVersion = get_object_or_404(
        TemplateVersion.objects.select_related("created_by"), template=template, number=min(number, 2**31 - 1)
    )
    return found


class VersionDetail(RowScreen[Template]):
    """One wording as it was."""

    model = Template
    template_name = "notifications/templates/version.html"
    section = "templates"

    def get_title(self) -> Text:
        words = {"template": self.row, "number": self.kwargs["number"]}
        return _("%(template)s, version %(number)s") % words

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        version = version_of(self.row, self.kwargs["number"])
        is_former = version.number != self.row.version
        return self.render(
            {
                "row": self.row,
                "version": version,
                "can_restore": is_former and self.membership.can(Right.CONFIGURE),
            }
        )


class VersionRestore(ActionScreen[Template]):
    """Put an earlier wording in force again, as a new version."""

    model = Template
    right = Right.CONFIGURE
    section = "templates"
    title = _("Restore version")
    button = _("Restore")
    is_dangerous = False
    back = "template_detail"
    back_takes_row = True

    def get_question(self) -> Text:
        version = version_of(self.row, self.kwargs["number"])
        return _("Put version %(number)s in force again? It becomes the newest version.") % {
            "number": version.number
        }

    def perform(self, row: Template) -> Text:
        version = version_of(row, self.kwargs["number"])
        try:
            templates.publish(row, subject=version.subject, body=version.body, by=self.request.user)
        except TemplateErrors as fault:
            # What may be said has changed since.
            raise ValidationError([templates.problem_text(problem) for problem in fault.problems]) from fault
        return _("Version %(number)s is in force again.") % {"number": version.number}
