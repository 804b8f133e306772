"""Put a body into the layout."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from importlib.resources import files
from string import Template

import css_inline

from notifications.mail import colours
from notifications.mail.body import Marks, as_text, clean_body, preheader

_LAYOUTS = files("notifications") / "layouts"
_HTML = Template((_LAYOUTS / "mail.html").read_text(encoding="utf-8"))
_TEXT = Template((_LAYOUTS / "mail.txt").read_text(encoding="utf-8"))
_CSS = Template((_LAYOUTS / "mail.css").read_text(encoding="utf-8"))
_SCREENS = Template((_LAYOUTS / "screens.css").read_text(encoding="utf-8"))

_UNSUBSCRIBE = ("Unsubscribe", "退订")
_PREFERENCES = ("Notification settings", "通知设置")
_HELP = ("Help", "帮助")


@dataclass(frozen=True, slots=True)
class MailBrand:
    """How a merchant's mail looks. `accent` is #rrggbb; addresses are absolute.

    Without a `name` the mail carries the shop's own.
    """

    name: str = ""
    logo_url: str = ""
    accent: str = "#0b5cad"
    support_url: str = ""
    support_phone: str = ""
    postal_address: str = ""
    footer: str = ""
    tone: str = "warm"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail in Liquid's notation; `bad_links` and `lost` say what could not be kept of the body."""

    html: str
    text: str
    bad_links: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def compose(body: str, brand: MailBrand, *, event: str, language: str) -> Mail:
    """Return the mail of a body in Liquid's notation."""
    marks = Marks()
    clean = clean_body(body, marks, event=event)
    text = as_text(clean.html, marks)
    name = brand.name or marks.put('{{ merchant.name | default: "" }}')
    brand = replace(brand, name=name)
    word = 1 if language.lower().startswith("zh") else 0
    links = [
        _footer_link(marks, "links.preferences", _PREFERENCES[word]),
        _footer_link(marks, "links.unsubscribe", _UNSUBSCRIBE[word]),
    ]
    return Mail(
        html=marks.restore(
            _page(clean.html, brand, [link.html for link in links], marks=marks, language=language)
        ),
        text=marks.restore(_letter(text, brand, [link.text for link in links], word=word)),
        bad_links=clean.bad_links,
        lost=clean.lost,
    )


@dataclass(frozen=True, slots=True)
class _Link:
    html: str
    text: str


def _footer_link(marks: Marks, placeholder: str, label: str) -> _Link:
    """Return a link that is there when the message has it."""
    has, end = marks.put(f"{{% if {placeholder} %}}"), marks.put("{% endif %}")
    address = marks.put(f"{{{{ {placeholder} }}}}")
    return _Link(
        f'{has}<a href="{address}" class="quiet">{html.escape(label)}</a>&nbsp; {end}',
        f"{has}{label}: {address}\n{end}",
    )


def _page(body: str, brand: MailBrand, links: list[str], *, marks: Marks, language: str) -> str:
    name = html.escape(brand.name)
    if brand.logo_url.startswith(("https://", "http://")):
        head = f'<img src="{html.escape(brand.logo_url)}" alt="{name}" height="40" class="logo">'
    else:
        head = f'<span class="name">{name}</span>'
    contact = []
    if brand.support_url.startswith(("https://", "http://")):
        address = html.escape(brand.support_url)
        contact.append(f'<a href="{address}" class="quiet">{html.escape(_shown(brand.support_url))}</a>')
    if brand.support_phone:
        contact.append(html.escape(brand.support_phone))
    signature = [
        html.escape(brand.footer),
        " · ".join(contact),
        " · ".join(filter(None, [name, html.escape(brand.postal_address)])),
        "".join(links),
    ]
    accent = brand.accent.lower()
    palette = {
        "accent": accent,
        "on_accent": colours.text_on(accent),
        "link": colours.readable(accent, on=colours.WHITE),
        "night_link": colours.readable(accent, on=colours.NIGHT),
        "night": colours.NIGHT,
    }
    page = _HTML.substitute(
        language=html.escape(language),
        title=name,
        preheader=preheader(body, marks),
        head=head,
        body=body,
        footer="".join(f'<p class="quiet">{line}</p>' for line in signature if line),
        css=_CSS.substitute(palette),
    )
    page = css_inline.inline(page, load_remote_stylesheets=False)
    # The rest cannot stand in the tags: it depends on the reader's screen.
    return page.replace("</head>", f"<style>{_SCREENS.substitute(palette)}</style></head>", 1)


def _letter(text: str, brand: MailBrand, links: list[str], *, word: int) -> str:
    lines = [
        brand.name,
        brand.footer,
        f"{_HELP[word]}: {brand.support_url}" if brand.support_url else "",
        brand.support_phone,
        brand.postal_address,
    ]
    return _TEXT.substitute(body=text, footer="\n".join(line for line in lines if line), links="".join(links))


def _shown(address: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", address).rstrip("/")
