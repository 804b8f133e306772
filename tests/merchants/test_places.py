from __future__ import annotations

import pytest
from django.utils import translation

from merchants.places import country_choices, country_name, language_choices, language_name


@pytest.mark.parametrize(
    ("tag", "english", "chinese"),
    [
        ("en", "English", "英语"),
        ("zh-hans", "Simplified Chinese", "简体中文"),
        ("zh-Hans", "Simplified Chinese", "简体中文"),
        ("pt-br", "Brazilian Portuguese", "巴西葡萄牙语"),
        ("zh-tw", "Traditional Chinese (Taiwan)", "繁体中文（中国台湾）"),
    ],
)
def test_a_language_is_called_by_its_name_in_the_readers_language(
    tag: str, english: str, chinese: str
) -> None:
    with translation.override("en"):
        assert language_name(tag) == english
    with translation.override("zh-hans"):
        assert language_name(tag) == chinese


@pytest.mark.parametrize("tag", ["", "xx", "!!", "tlh-klingon-x"])
def test_a_tag_that_nobody_knows_stays_as_it_is(tag: str) -> None:
    assert language_name(tag) == tag


def test_our_own_languages_are_offered_first_and_none_twice() -> None:
    tags = [tag for tag, _name in language_choices()]
    assert tags[:2] == ["en", "zh-hans"]
    assert len(tags) == len(set(tags))


def test_a_country_is_called_what_the_list_of_countries_calls_it() -> None:
    with translation.override("zh-hans"):
        assert country_name("TW") == dict(country_choices())["TW"] == "中国台湾"
        assert country_name("??") == "??"
