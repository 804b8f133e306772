"""A merchant's mail in its layout."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.mail import MailBrand
from notifications.mail.colours import ENOUGH, NIGHT, WHITE, contrast, readable, text_on
from notifications.placeholders import sample_facts
from notifications.rendering import Code, Rendered, Source, TemplateErrors, compile

FACTS = sample_facts("order.paid", language="en")
BRAND = MailBrand(
    name="Willow & Lane",
    accent="#ffd400",
    support_url="https://willow.example/help",
    support_phone="0800 123",
    postal_address="1 Lane, London",
    footer="Made with care.",
)


def render(body: str, *, brand: MailBrand = BRAND, language: str = "en", **facts: Any) -> Rendered:
    wording = compile(Source("email", "order.paid", language, "x", body), brand)
    return wording.render(FACTS | facts, language=language, timezone="Europe/London")


def codes(body: str) -> list[Code]:
    with pytest.raises(TemplateErrors) as caught:
        render(body)
    return [problem.code for problem in caught.value.problems]


def inside(html: str) -> str:
    """Return the body's cell without styles."""
    cell = html.split('<td class="body"', 1)[1].split('<td class="foot"')[0]
    return re.sub(r' style="[^"]*"', "", cell)


def test_plain_words_become_paragraphs() -> None:
    body = inside(render("Hello\nyou & me\n\n2 < 3").html)
    assert "<p>Hello<br>you &amp; me</p><p>2 &lt; 3</p>" in body


def test_a_line_of_conditions_leaves_no_empty_paragraph() -> None:
    rendered = render(
        "A\n{% if shipment.eta %}\nB\n{% endif %}\nC".replace("shipment.eta", "order.payment_due_at")
    )
    assert "<p>A</p><p>B</p><p>C</p>" in inside(rendered.html)
    assert rendered.text.startswith("A\n\nB\n\nC")
    without = render(
        "A\n{% if order.payment_due_at %}\nB\n{% endif %}\nC", order=FACTS["order"] | {"payment_due_at": None}
    )
    assert "<p>A</p><p>C</p>" in inside(without.html)
    assert without.text.startswith("A\n\nC")


def test_in_plain_text_a_paragraph_begins_at_the_margin_after_a_line_of_conditions() -> None:
    body = "<p>A</p>\n{% if order.item_count %}{order.items_table}{% endif %}\n<p>B</p>"
    assert "\n\nB\n" in render(body).text
    assert "A\n\nB" in render("<p>A</p>\n{% if order.number == '' %}x{% endif %}\n<p>B</p>").text


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("<p onclick='x()'>a</p>", "<p>a</p>"),
        ("<p>a<script>alert(1)</script></p>", "<p>a</p>"),
        ("<p>a<img src=x onerror=y></p>", "<p>a</p>"),
        ("<p style='position:fixed'>a</p>", "<p>a</p>"),
        ("<style>p</style><p>a</p>", "<p>a</p>"),
        ("<p>a<iframe src='https://x'></iframe></p>", "<p>a</p>"),
        ("<div><p>a</p></div>", "<p>a</p>"),
        ("<p>a", "<p>a</p>"),
        ("<!-- x --><p>a</p>", "<p>a</p>"),
    ],
)
def test_only_words_and_links_are_left_of_the_merchants_html(dirty: str, clean: str) -> None:
    assert inside(render(dirty).html).split(">", 1)[1].startswith(clean)


def test_a_button_is_a_link_in_the_brands_colour() -> None:
    html = render('<p><a class="button other" href="https://x.example/">Go</a></p>').html
    (button,) = re.findall(r"<a [^>]*>Go", html)
    assert 'class="button"' in button
    assert "background-color: #ffd400" in button
    assert "color: #14171c" in button


def test_a_value_inside_an_address_is_one_part_of_it() -> None:
    order = FACTS["order"] | {"number": 'A/1&b="c"?'}
    rendered = render('<p><a href="https://x.example/o/{order.number}?z=1&y=2">See</a></p>', order=order)
    assert 'href="https://x.example/o/A%2F1%26b%3D%22c%22%3F?z=1&amp;y=2"' in rendered.html
    assert "See: https://x.example/o/A%2F1%26b%3D%22c%22%3F?z=1&y=2" in rendered.text


def test_a_link_placeholder_may_be_a_whole_address() -> None:
    rendered = render('<p><a href="{links.preferences}">Settings</a></p>')
    assert 'href="https://shop.example.com/p/sample"' in rendered.html
    assert "Settings: https://shop.example.com/p/sample" in rendered.text
    assert 'href="https://shop.example.com/p/sample"' in inside(render("Here: {links.preferences}").html)


@pytest.mark.parametrize(
    "address",
    [
        "{order.number}",
        "{customer.name}://x",
        "/here",
        "javascript:alert(1)",
        "data:text/html,x",
        "x.example",
    ],
)
def test_it_refuses_an_address_that_leads_nowhere_good(address: str) -> None:
    assert codes(f'<p><a href="{address}">x</a></p>') == [Code.BAD_LINK]


@pytest.mark.parametrize(
    "body",
    ["<p {order.number}>a</p>", "<p>a</p><script>{order.number}</script>", "<p class='{order.number}'>a</p>"],
)
def test_it_refuses_a_placeholder_inside_a_tag(body: str) -> None:
    assert codes(body) == [Code.MISPLACED]


def test_a_table_stands_beside_paragraphs_and_is_lines_in_plain_text() -> None:
    rendered = render("<p>Goods:</p><p>{order.items_table}</p><p>Bye</p>")
    assert "<p>Goods:</p><table" in inside(rendered.html)
    assert (
        "Goods:\n\n- Linen shirt x 1, £49.00\n- Canvas tote x 2, £18.50\n- Wool socks x 1, £12.00\n\nBye"
        in rendered.text
    )


def test_the_foot_says_who_writes_and_how_to_stop_it() -> None:
    rendered = render("x")
    for said in ("Willow & Lane", "Made with care.", "0800 123", "1 Lane, London"):
        assert said in rendered.text
        assert said.replace("&", "&amp;") in rendered.html
    assert "Unsubscribe: https://shop.example.com/u/sample" in rendered.text
    assert 'href="https://shop.example.com/u/sample"' in rendered.html
    assert "退订: https://" in render("x", language="zh-hans").text


def test_without_links_the_foot_has_none() -> None:
    rendered = render("x", links={})
    assert "Unsubscribe" not in rendered.html + rendered.text


def test_without_a_name_for_mail_it_carries_the_shops() -> None:
    rendered = render("x", brand=MailBrand(), merchant={"name": "Tea <3"})
    assert "Tea &lt;3" in rendered.html
    assert "Tea <3" in rendered.text


def test_a_brand_is_text_and_no_template() -> None:
    rendered = render("x", brand=MailBrand(name="{{ order.number }}", footer="{% if x %} <b>"))
    assert FACTS["order"]["number"] not in rendered.html + rendered.text
    assert "&lt;b&gt;" in rendered.html


def test_a_logo_is_shown_only_from_the_web() -> None:
    assert (
        '<img class="logo" src="https://x.example/l.png"'
        in render("x", brand=MailBrand(logo_url="https://x.example/l.png")).html
    )
    assert "<img" not in render("x", brand=MailBrand(logo_url="javascript:x")).html


def test_it_is_made_for_phones_and_dark_screens() -> None:
    html = render("x").html
    assert "prefers-color-scheme: dark" in html
    assert "max-width: 480px" in html
    assert 'name="color-scheme"' in html
    assert 'lang="en"' in html


def test_the_inbox_shows_the_first_words_that_say_something() -> None:
    html = render(
        "<p>Hi {customer.name},</p>{% if order.total %}<p>Conditional words come first.</p>{% endif %}"
        "<p>Order {order.number} is paid.</p>"
    ).html
    assert re.search(r'<div class="preheader"[^>]*>Order WL-10482 is paid\.</div>', html)


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_every_accent_can_be_read(accent: str) -> None:
    assert contrast(text_on(accent), accent) >= ENOUGH - 0.3
    assert contrast(readable(accent, on=WHITE), WHITE) >= ENOUGH
    assert contrast(readable(accent, on=NIGHT), NIGHT) >= ENOUGH
