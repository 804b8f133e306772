"""Tell what a reply asks for when it is nothing but a word that asks for it. Knows no Django."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Keyword = Literal["stop", "start", "help"]

WORDS: dict[Keyword, str] = {
    "stop": """
        R T TD N 退订 退訂 拒收 取消 回复TD 回复T 回复R 回TD 回T 回R TD退订 T退订 R退订 退订TD 退订T 退订R
        0000 STOP STOPALL UNSUBSCRIBE UNSUB CANCEL END QUIT REVOKE OPTOUT REMOVE ARRET ARRÊT DESABO
    """,
    "start": "START YES UNSTOP OPTIN SUBSCRIBE RESUBSCRIBE 订阅 訂閱 恢复 恢复订阅",
    "help": "HELP INFO 帮助 幫助",
}
# The longest word with room for the spaces and signs that people put around it.
LONGEST = 60

_AROUND = re.compile(r"\A[\W_]+|[\W_]+\Z")
# Spaces, hyphens (STOP ALL, OPT-OUT) and what has no width at all.
_WITHIN = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff\-\u2010-\u2015]+")
# Spaces and signs of ASCII, of print and of Chinese, for databases that do not know what is a word.
_SIGNS = "[ \t\r\n!-/:-@\\[-`{-~\u2000-\u206f\u3000-\u303f\uff00-\uff0f\uff1a-\uff20]*"


def _plain(text: str) -> str:
    """Return the text without width, case, spaces and the signs around it."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _AROUND.sub("", _WITHIN.sub("", text))


_MEANINGS: dict[str, Keyword] = {
    _plain(word): meaning for meaning, words in WORDS.items() for word in words.split()
}


def is_keyword(text: str) -> Keyword | None:
    """Return what the whole text asks for: "stop", "start", "help", or None for all other text.

    A sentence that merely contains such a word is for a person to read.
    """
    text = text.strip()
    return _MEANINGS.get(_plain(text)) if len(text) <= LONGEST else None


def pattern(meaning: Keyword) -> str:
    """Return a regular expression by which a database finds the texts that ask for it, in any case.

    `is_keyword` decides; this leaves out what hardly anybody types.
    """
    words = "|".join("[ -]*".join(map(_in_any_width, word)) for word in WORDS[meaning].split())
    return f"^{_SIGNS}({words}){_SIGNS}$"


def _in_any_width(char: str) -> str:
    """Return a class of a letter and its wide forms (Ｔ, ｔ), which not every database knows to be alike."""
    wide = [chr(ord(one) + 0xFEE0) for one in {char.lower(), char.upper()} if one.isascii()]
    return f"[{char}{''.join(sorted(wide))}]"
