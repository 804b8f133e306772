"""What templates of screens say: fields, badges, icons."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from merchants import places

register = template.Library()
CLASSES: tuple[tuple[tuple[type[forms.Widget], ...], str], ...] = (
    ((forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple), "form-check-input"),
    ((forms.Select,), "form-select"),
    ((forms.Widget,), "form-control"),
)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw a symbol of static/icons.svg; it is decoration, so readers of the screen skip it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.filter
def language_name(tag: str) -> str:
    """Call a language by its name."""
    return places.language_name(tag)


@register.simple_block_tag
def badge(content: str, tone: str = "plain") -> SafeString:
    """Show the words between in a badge of a tone: good, bad, wait, info, plain."""
    return format_html('<span class="badge tone-{}">{}</span>', tone, content.strip())


@register.inclusion_tag("screens/fields.html")
def fields(form: forms.BaseForm) -> dict[str, Any]:
    """Show a form's own errors and its fields; the first with an error takes the focus."""
    wrong = next((field.name for field in form.visible_fields() if field.errors), None)
    return {
        "form": form,
        "errors": form.non_field_errors(),
        "hidden": form.hidden_fields(),
        "shown": [dressed(field, is_focused=field.name == wrong) for field in form.visible_fields()],
    }


@register.inclusion_tag("screens/field.html")
def field(bound: BoundField, is_focused: bool = False) -> dict[str, Any]:
    """Show one field with its label, help and errors."""
    return dressed(bound, is_focused=is_focused)


def dressed(bound: BoundField, *, is_focused: bool) -> dict[str, Any]:
    """Return what the template shows of a field: the look, and what readers of the screen are told."""
    widget = bound.field.widget
    look = next(name for kinds, name in CLASSES if isinstance(widget, kinds))
    given = widget.attrs.get("class", "")
    attributes: dict[str, Any] = {
        "class": f"{look} {given}".strip() + (" is-invalid" if bound.errors else "")
    }
    if is_focused:
        attributes["autofocus"] = True
    is_group = isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))
    if is_group:
        # The template draws each choice by itself; they take their look from the widget.
        widget.attrs["class"] = attributes["class"]
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attributes),
        "is_check": isinstance(widget, forms.CheckboxInput),
        "is_group": is_group,
        "is_focused": is_focused,
        "look": look,
    }
