"""Keep the catalogues whole, without gettext on the machine: `python -m scripts.translations check`.

`update` brings new messages into every catalogue and drops those that left the source; `check` fails when
one is missing, untranslated, fuzzy, dead or has other placeholders than its original; `compile` writes the
.mo files that Django reads.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ["config", "merchants", "orders", "notifications", "templates"]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")


def catalogues() -> list[Path]:
    """Return the path of every catalogue that is kept."""
    return sorted(ROOT.glob("locale/*/LC_MESSAGES/django.po"))


def _sources(root: Path) -> Iterator[Path]:
    for folder in SOURCES:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                yield path


def extracted(root: Path = ROOT) -> Catalog:
    """Return every message of the source under `root`, with the files that use it."""
    found = Catalog(charset="utf-8")
    for path in _sources(root):
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # What Django makes of a template is calls between blanks; its indentation means nothing.
            text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
        messages = extract("python", BytesIO(text.encode()), KEYWORDS, comment_tags=["Translators"])
        for _line, message, comments, context in messages:
            location = (str(path.relative_to(root)), 0)
            found.add(message, locations=[location], auto_comments=comments, context=context)
    return found


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, charset="utf-8")


def _strings(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list | tuple) else [str(value or "")]


def _problem(message: Message | None) -> str | None:
    if message is None:
        return "is missing (run update)"
    if message.fuzzy:
        return "is fuzzy"
    translations = _strings(message.string)
    if not all(translations):
        return "is not translated"
    wanted = set(PLACEHOLDER.findall(_strings(message.id)[-1]))
    for translation in translations:
        if set(PLACEHOLDER.findall(translation)) != wanted:
            return f"has other placeholders than its original: {translation!r}"
    return None


def problems(path: Path, source: Catalog) -> Iterator[str]:
    """Yield a sentence for everything that keeps a catalogue from being whole."""
    catalogue = _read(path)
    for wanted in source:
        if wanted.id and (problem := _problem(catalogue.get(wanted.id, wanted.context))):
            places = ", ".join(place for place, _line in wanted.locations)
            yield f"{path.parent.parent.name}: {_strings(wanted.id)[0]!r} {problem} [{places}]"
    for kept in catalogue:
        if kept.id and source.get(kept.id, kept.context) is None:
            yield f"{path.parent.parent.name}: {_strings(kept.id)[0]!r} has left the source (run update)"


def check() -> int:
    source = extracted()
    found = [problem for path in catalogues() for problem in problems(path, source)]
    print("\n".join(found) or f"{len(catalogues())} catalogue(s) whole: {len(source)} messages each")
    return 1 if found or not catalogues() else 0


def update() -> int:
    source = extracted()
    for path in catalogues():
        catalogue = _read(path)
        catalogue.update(
            source, no_fuzzy_matching=True, update_header_comment=False, update_creation_date=False
        )
        with path.open("wb") as file:
            write_po(
                file, catalogue, width=110, sort_by_file=True, ignore_obsolete=True, include_lineno=False
            )
    return 0


def compile_all(*, only_stale: bool = False) -> int:
    """Write each catalogue's .mo file; with `only_stale`, those alone that are older than their source."""
    for path in catalogues():
        compiled = path.with_suffix(".mo")
        if only_stale and compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime:
            continue
        content = BytesIO()
        write_mo(content, _read(path))
        # Put in place whole: another process may be reading.
        draft = compiled.with_suffix(f".mo.{os.getpid()}")
        draft.write_bytes(content.getvalue())
        draft.replace(compiled)
    return 0


COMMANDS = {"check": check, "update": update, "compile": compile_all}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"usage: python -m scripts.translations {'|'.join(COMMANDS)}")
    settings.configure(USE_I18N=False)  # Django's template lexer wants settings, none in particular
    django.setup()
    sys.exit(COMMANDS[sys.argv[1]]())
