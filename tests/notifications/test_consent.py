from __future__ import annotations

import csv
import io
import re
import unicodedata

import phonenumbers
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from merchants.models import Merchant
from merchants.ownership import inside
from notifications.consent import (
    FAULTS,
    BadAddress,
    ImportRefused,
    export_opt_outs,
    import_opt_outs,
    is_keyword,
    is_opted_out,
    normalise_address,
    opt_in,
    opt_out,
    opt_out_of_everything,
)
from notifications.consent.imports import MAX_BYTES, MAX_ROWS
from notifications.consent.keywords import WORDS, pattern
from notifications.models import Category, OptOut, OptOutImport, OptOutSource
from tests.builders import a_member, a_merchant, an_opt_out

PHONE = "+8613800138000"
ALL_WORDS = [(word, meaning) for meaning, words in WORDS.items() for word in words.split()]


@pytest.fixture
def merchant(db: None) -> Merchant:
    return a_merchant()


# Words of replies


@pytest.mark.parametrize(
    "text",
    [
        "TD",
        "td",
        "ＴＤ",
        " T ",
        "n",
        "R",
        "r。",
        "Stop!",
        "STOP ALL",
        "opt-out",
        "【退订】",
        "退订。",
        "Arrêt",
    ],
)
def test_it_takes_the_word_alone_for_a_stop(text: str):
    assert is_keyword(text) == "stop"


@pytest.mark.parametrize(
    "text", ["", "stop texting me", "我要退订", "tdd", "no", "请取消我的订单", "。", "R2", "STOP " * 40]
)
def test_it_leaves_every_other_text_to_a_person(text: str):
    assert is_keyword(text) is None


@pytest.mark.parametrize(
    ("text", "meaning"), [("START", "start"), ("订阅", "start"), ("yes", "start"), ("Help?", "help")]
)
def test_it_knows_the_other_words(text: str, meaning: str):
    assert is_keyword(text) == meaning


def wide(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


@given(
    word=st.sampled_from(ALL_WORDS),
    change=st.sampled_from(
        [str, str.lower, str.upper, str.title, wide, lambda text: unicodedata.normalize("NFD", text)]
    ),
    before=st.text(" \t\n\u3000\u200b'\"“(【!.。,，", max_size=5),
    after=st.text(" \t\n\u3000\u200b'\"”)】!.。！,，…", max_size=5),
)
def test_a_word_means_the_same_in_any_case_and_width_and_between_any_signs(word, change, before, after):
    text, meaning = word
    assert is_keyword(before + change(text) + after) == meaning


@pytest.mark.parametrize("word", WORDS["stop"].split())
def test_a_database_finds_the_words_in_any_width_and_case(word: str):
    wide = "".join(chr(ord(one) + 0xFEE0) if one.isascii() else one for one in word)
    for text in (word, word.lower(), wide, wide.lower(), f" “{word}”。\n", " ".join(word)):
        assert is_keyword(text) == "stop"
        assert re.search(pattern("stop"), text, re.IGNORECASE), text


@given(text=st.text(alphabet="STOP退订回复 .!你abT1\u3000Ｒ-", max_size=12))
def test_a_database_finds_nothing_else(text: str):
    if re.search(pattern("stop"), text, re.IGNORECASE):
        assert is_keyword(text) == "stop"


@given(st.text(max_size=80))
def test_it_answers_any_text(text: str):
    assert is_keyword(text) in {"stop", "start", "help", None}


# Addresses


@pytest.mark.parametrize(
    ("raw", "country", "phone"),
    [
        ("138 0013 8000", "CN", PHONE),
        ("13800138000", "CN", PHONE),
        ("008613800138000", "CN", PHONE),
        ("8613800138000", "CN", PHONE),
        ("+44 7911 123456", "CN", "+447911123456"),
        ("(650) 253-0000", "US", "+16502530000"),
    ],
)
def test_it_writes_phones_as_e164(raw: str, country: str, phone: str):
    assert normalise_address("sms", raw, country) == phone


@given(st.from_regex(r"1[38][0-9]{9}", fullmatch=True))
def test_its_short_cut_says_what_the_library_says(number: str):
    parsed = phonenumbers.parse(number, "CN")
    assert phonenumbers.is_valid_number(parsed)
    assert normalise_address("sms", number) == phonenumbers.format_number(
        parsed, phonenumbers.PhoneNumberFormat.E164
    )


def test_it_writes_mail_addresses_in_lower_case():
    assert normalise_address("email", " Li.Na@Mail.Example ") == "li.na@mail.example"


@pytest.mark.parametrize(
    ("channel", "raw", "code"),
    [
        ("sms", "12345", "bad_phone"),
        ("sms", "li@mail.example", "bad_phone"),
        ("sms", "１" * 500, "bad_phone"),
        ("email", "13800138000", "bad_email"),
        ("email", "a@b\nc.example", "bad_email"),
        ("email", "  ", "missing_address"),
    ],
)
def test_it_refuses_what_is_no_address(channel: str, raw: str, code: str):
    with pytest.raises(BadAddress) as refusal:
        normalise_address(channel, raw)
    assert refusal.value.code == code


# Opting out and in


def test_it_notes_an_opt_out_once_and_keeps_its_source(merchant: Merchant):
    one = {"channel": "sms", "address": PHONE, "category": "marketing"}
    assert opt_out(merchant.id, **one, source=OptOutSource.REPLY)
    assert not opt_out(merchant.id, **one, source=OptOutSource.HAND)
    assert OptOut.objects.get().source == OptOutSource.REPLY


def test_an_opt_out_of_marketing_leaves_notices(merchant: Merchant):
    opt_out(merchant.id, channel="sms", address=PHONE, category="marketing", source=OptOutSource.LINK)
    assert is_opted_out(merchant.id, channel="sms", address=PHONE, category="marketing")
    assert not is_opted_out(merchant.id, channel="sms", address=PHONE, category="transactional")


def test_it_notes_an_opt_out_of_everything(merchant: Merchant):
    assert opt_out_of_everything(merchant.id, channel="sms", address=PHONE, source=OptOutSource.REPLY)
    assert {row.category for row in OptOut.objects.all()} == set(Category)
    assert not opt_out_of_everything(merchant.id, channel="sms", address=PHONE, source=OptOutSource.REPLY)


def test_coming_back_takes_away_only_what_came_from_the_named_sources(merchant: Merchant):
    an_opt_out(merchant, address=PHONE, category="marketing", source=OptOutSource.REPLY)
    an_opt_out(merchant, address=PHONE, category="transactional", source=OptOutSource.VENDOR)
    assert opt_in(merchant.id, channel="sms", address=PHONE, sources=[OptOutSource.REPLY]) == 1
    assert OptOut.objects.get().source == OptOutSource.VENDOR


def test_coming_back_to_one_merchant_leaves_the_other_as_it_was(merchant: Merchant):
    other = a_merchant()
    for owner in (merchant, other):
        an_opt_out(owner, address=PHONE)
    opt_in(merchant.id, channel="sms", address=PHONE)
    assert [row.merchant_id for row in OptOut.objects.all()] == [other.id]


# Lists


def read_in(merchant: Merchant, content: str | bytes, *, encoding: str = "utf-8") -> OptOutImport:
    raw = content if isinstance(content, bytes) else content.encode(encoding)
    with inside(merchant):
        return import_opt_outs(merchant, SimpleUploadedFile("list.csv", raw), None)


def stored() -> set[tuple[str, str, str]]:
    return set(OptOut.objects.values_list("channel", "address", "category"))


def test_it_reads_a_list_and_reports_each_bad_row(merchant: Merchant):
    record = read_in(
        merchant,
        "channel,address,category,reason\n"
        "sms,138 0013 8000,marketing,by phone\n"
        "email,LI@mail.example,all,\n"
        "\n"
        "sms,12345,marketing,\n"
        "fax,13800138001,,\n"
        "sms,13800138002,weekly,\n"
        "sms,,marketing,\n"
        "sms,13800138000,marketing,again\n",
    )
    assert stored() == {
        ("sms", PHONE, "marketing"),
        ("email", "li@mail.example", "marketing"),
        ("email", "li@mail.example", "transactional"),
    }
    assert (record.rows, record.added, record.known) == (7, 2, 1)
    assert [(line["row"], line["code"]) for line in record.report] == [
        (5, "bad_phone"),
        (6, "bad_channel"),
        (7, "bad_category"),
        (8, "missing_address"),
    ]
    assert all(FAULTS[line["code"]] for line in record.report)
    assert OptOut.objects.get(address=PHONE).reason == "by phone"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_it_reads_what_spreadsheets_write(merchant: Merchant, encoding: str):
    record = read_in(merchant, "手机号,类别,原因\r\n13800138000,营销,客户要求\r\n", encoding=encoding)
    assert (record.rows, record.added, record.report) == (1, 1, [])
    assert OptOut.objects.get().reason == "客户要求"


@pytest.mark.parametrize(
    "text", ["13800138000\n", "phone;x\n13800138000;1\n", "Phone\tNote\n13800138000\tno\n"]
)
def test_it_reads_a_bare_column_and_other_separators(merchant: Merchant, text: str):
    read_in(merchant, text)
    assert stored() == {("sms", PHONE, "marketing")}


def test_a_row_with_phone_and_mail_opts_out_both(merchant: Merchant):
    read_in(merchant, "email,phone\nli@mail.example,13800138000\nyu@mail.example,\n")
    assert {address for _channel, address, _category in stored()} == {
        PHONE,
        "li@mail.example",
        "yu@mail.example",
    }


def test_it_reads_the_same_list_twice_without_a_change(merchant: Merchant):
    text = "address\n13800138000\nli@mail.example\n"
    read_in(merchant, text)
    before = stored()
    record = read_in(merchant, text)
    assert (record.added, record.known) == (0, 2)
    assert stored() == before


def test_it_reads_a_list_longer_than_one_transaction(merchant: Merchant):
    text = "phone\n" + "".join(f"138{number:08d}\n" for number in range(2_100)) + "x\n"
    record = read_in(merchant, text)
    assert (record.added, len(record.report), OptOut.objects.count()) == (2_100, 1, 2_100)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"address\n", "empty"),
        (b"PK\x03\x04\x00\x00\x00", "not_csv"),
        (b"\xff\xff\xff\xff", "not_csv"),
        (b"name,age\nLi,30\n", "no_address_column"),
        (b"x" * (MAX_BYTES + 1), "too_large"),
        (b"address\n" + b"a@b.cn\n" * (MAX_ROWS + 1), "too_many_rows"),
        (b'address\n"' + b"x" * 200_000 + b'"\n', "not_csv"),
    ],
)
def test_it_refuses_a_file_it_cannot_read_and_changes_nothing(merchant: Merchant, content: bytes, code: str):
    with pytest.raises(ImportRefused) as refusal:
        read_in(merchant, content)
    assert refusal.value.code == code
    assert not OptOut.objects.exists()
    assert not OptOutImport.objects.exists()


def test_a_list_says_who_read_it_in(merchant: Merchant):
    member = a_member(merchant)
    with inside(merchant):
        record = import_opt_outs(merchant, SimpleUploadedFile("list.csv", b"13800138000"), member)
    assert (record.created_by, record.file_name) == (member, "list.csv")


def export(merchant: Merchant) -> str:
    with inside(merchant):
        return "".join(export_opt_outs(merchant))


def test_it_exports_what_it_can_import(merchant: Merchant):
    an_opt_out(merchant, address=PHONE, reason='so, "so"')
    an_opt_out(merchant, address="li@mail.example", category="marketing")
    an_opt_out(a_merchant(), address="other@mail.example")
    before = set(
        OptOut.objects.filter(merchant=merchant).values_list("channel", "address", "category", "reason")
    )
    text = export(merchant)
    OptOut.objects.all().delete()
    read_in(merchant, text)
    assert set(OptOut.objects.values_list("channel", "address", "category", "reason")) == before


@pytest.mark.parametrize("reason", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", " =1"])
def test_no_cell_of_an_export_is_a_formula(merchant: Merchant, reason: str):
    an_opt_out(merchant, address=PHONE, reason=reason)
    _head, line = csv.reader(io.StringIO(export(merchant)))
    assert not any(cell.lstrip()[:1] in tuple("=+-@＝") for cell in line if cell)
