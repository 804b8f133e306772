"""The catalogues are checked without gettext on the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.translations import extracted, problems

HEADER = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=1; plural=0;\n"
"""
TEMPLATE = """{% load i18n %}
    <p>it's "unbalanced (
  {% translate "Send" context "verb" %}
      {% blocktranslate trimmed count n=rows %}
    One row
      {% plural %}
    {{ n }} rows
  {% endblocktranslate %}
{{ name|default:_("nobody") }}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    (tmp_path / "locale/zh_Hans").mkdir(parents=True)
    return tmp_path


def found(root: Path, *, catalogue: str) -> list[str]:
    path = root / "locale/zh_Hans/LC_MESSAGES/django.po"
    path.parent.mkdir()
    path.write_text(HEADER + catalogue)
    return list(problems(path, extracted(root)))


def test_it_finds_every_kind_of_message_in_a_crooked_template(root):
    (root / "templates/page.html").write_text(TEMPLATE)
    messages = {(message.id, message.context) for message in extracted(root) if message.id}
    assert messages == {("Send", "verb"), (("One row", "%(n)s rows"), None), ("nobody", None)}


def test_it_finds_the_messages_of_python(root):
    (root / "orders").mkdir()
    (root / "orders/models.py").write_text(
        'verbose_name = _("order" " number")\nname = pgettext_lazy("c", "x")\n'
    )
    messages = {(message.id, message.context) for message in extracted(root) if message.id}
    assert messages == {("order number", None), ("x", "c")}


@pytest.mark.parametrize(
    ("catalogue", "problem"),
    [
        ("", "is missing"),
        ('\nmsgid "Dear %(name)s"\nmsgstr ""\n', "is not translated"),
        ('\n#, fuzzy\nmsgid "Dear %(name)s"\nmsgstr "%(name)s，您好"\n', "is fuzzy"),
        ('\nmsgid "Dear %(name)s"\nmsgstr "您好"\n', "has other placeholders"),
    ],
)
def test_it_says_what_is_wrong_with_a_message(root, catalogue, problem):
    (root / "templates/page.html").write_text("{% blocktranslate %}Dear {{ name }}{% endblocktranslate %}")
    (sentence,) = found(root, catalogue=catalogue)
    assert problem in sentence


def test_it_says_that_a_message_has_left_the_source(root):
    (sentence,) = found(root, catalogue='\nmsgid "Gone"\nmsgstr "没了"\n')
    assert "has left the source" in sentence


def test_it_has_nothing_to_say_of_a_whole_catalogue(root):
    (root / "templates/page.html").write_text('{% translate "Send" %}')
    assert found(root, catalogue='\nmsgid "Send"\nmsgstr "发送"\n') == []
