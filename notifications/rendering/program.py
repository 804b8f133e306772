"""A text as a checked Liquid program: no loops, no assignments, a handful of filters, known names only.

Liquid's own limits do not cover filters, and its scope holds more than the facts. So every tag and
filter that is not listed here is removed from the environment, the parsed tree is walked, anything
unexpected refused, and each path in it replaced by the one key under which `Values` answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

from liquid import Environment, RenderContext
from liquid.ast import BlockNode, ConditionalBlockNode, Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import BooleanExpression, FilteredExpression, Path, StringLiteral
from liquid.builtin.expressions.filtered import Filter
from liquid.builtin.expressions.logical import (
    ContainsExpression,
    EqExpression,
    GeExpression,
    GtExpression,
    LeExpression,
    LogicalAndExpression,
    LogicalOrExpression,
    LtExpression,
    NeExpression,
)
from liquid.builtin.expressions.primitive import (
    Blank,
    Empty,
    FalseLiteral,
    FloatLiteral,
    IntegerLiteral,
    Nil,
    TrueLiteral,
)
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.comment_tag import CommentNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.exceptions import LiquidError
from liquid.expression import Expression
from liquid.template import BoundTemplate
from markupsafe import escape

from notifications.placeholders import Placeholder, find, suggest
from notifications.rendering.answers import BARE, FACT, MARKUP, Values, url_part
from notifications.rendering.problems import Code, Problem, TemplateErrors

TAGS = frozenset({"if", "elsif", "else", "endif", "unless", "endunless", "comment", "endcomment"})
LOOPS = frozenset({"for", "endfor", "tablerow", "endtablerow", "cycle", "break", "continue"})
# The number of arguments of each filter: at least, at most.
FILTERS = {
    "upcase": (0, 0),
    "downcase": (0, 0),
    "capitalize": (0, 0),
    "strip": (0, 0),
    "default": (1, 1),
    "truncate": (1, 2),
    "append": (1, 1),
    "prepend": (1, 1),
}
# Written by the mail's composer behind a placeholder inside a link's address; no merchant may use it.
URL_PART = "url_part"
LONGEST_CUT = 500
# Liquid's names for plain text, an output and a faulty tag stand among its tags.
_PSEUDO_TAGS = frozenset({"content", "output", "illegal"})

_LITERALS = (StringLiteral, IntegerLiteral, FloatLiteral, TrueLiteral, FalseLiteral, Nil, Blank, Empty)
_ORDERINGS = (LtExpression, GtExpression, LeExpression, GeExpression)
_PAIRS = (
    LogicalAndExpression,
    LogicalOrExpression,
    EqExpression,
    NeExpression,
    ContainsExpression,
    *_ORDERINGS,
)


def _environment(*, autoescape: bool) -> Environment:
    environment = Environment(autoescape=autoescape)
    for name in set(environment.tags) - TAGS - _PSEUDO_TAGS:
        del environment.tags[name]
    for name in set(environment.filters) - set(FILTERS):
        del environment.filters[name]
    environment.add_filter(URL_PART, url_part)
    return environment


_TEXT, _HTML = _environment(autoescape=False), _environment(autoescape=True)


class Program:
    """A checked text, ready to be rendered any number of times."""

    __slots__ = ("_template", "uses")

    def __init__(self, template: BoundTemplate, uses: frozenset[str]) -> None:
        self._template = template
        self.uses = uses

    def render(self, values: Values) -> str:
        buffer = StringIO()
        self._template.render_with_context(RenderContext(self._template, globals=values), buffer)
        return buffer.getvalue()


def build(text: str, *, event: str, html: bool = False, trusted: bool = False) -> Program:
    """Return the program of a text in Liquid's notation.

    Raises `TemplateErrors` with offsets (in `column`, line 0) for the caller to place. `trusted`
    text comes from the mail's composer and may use its filter.
    """
    checker = _Checker(event, html=html, trusted=trusted)
    try:
        template = (_HTML if html else _TEXT).from_string(text)
    except LiquidError as error:
        start = error.token.start_index if error.token else -1
        raise TemplateErrors([Problem(Code.SYNTAX, "", column=start)]) from error
    for node in template.nodes:
        checker.node(node)
    if checker.problems:
        raise TemplateErrors(checker.problems)
    return Program(template, frozenset(checker.uses))


class _Checker:
    """Walks a parsed text, notes what is wrong, and points every path at its value."""

    def __init__(self, event: str, *, html: bool, trusted: bool) -> None:
        self.event, self.html, self.trusted = event, html, trusted
        self.problems: list[Problem] = []
        self.uses: set[str] = set()

    def refuse(
        self, code: Code, at: Expression | Node | Filter, *, name: str = "", suggestion: str = ""
    ) -> None:
        self.problems.append(Problem(code, "", column=at.token.start_index, name=name, suggestion=suggestion))

    def node(self, node: Node) -> None:
        match node:
            case ContentNode() | CommentNode():
                return
            case OutputNode(expression=FilteredExpression() as expression):
                self.output(expression)
            case BlockNode():
                for child in node.nodes:
                    self.node(child)
            case IfNode() | UnlessNode():
                self.condition(node.condition)
                self.node(node.consequence)
                for alternative in node.alternatives:
                    self.node(alternative)
                if node.default:
                    self.node(node.default)
            case ConditionalBlockNode():
                self.condition(node.expression)
                self.node(node.block)
            case _:
                self.refuse(Code.TAG_NOT_ALLOWED, node, name=node.token.value)

    def output(self, expression: FilteredExpression) -> None:
        filters = expression.filters or []
        has_default = bool(filters) and filters[0].name == "default"
        left = expression.left
        if isinstance(left, Path):
            placeholder = self.path(left, mode=BARE if has_default else "")
            if placeholder and placeholder.html and self.html:
                self.markup(placeholder, left, filters)
        elif isinstance(left, StringLiteral | IntegerLiteral | FloatLiteral):
            self.literal(left)
        else:
            self.refuse(Code.SYNTAX, left)
        for filter_ in filters:
            self.filter(filter_)

    def markup(self, placeholder: Placeholder, left: Path, filters: list[Filter]) -> None:
        """Markup goes in whole: a filter could cut it in two."""
        for filter_ in filters:
            if filter_.name != "default":
                self.refuse(Code.FILTER_NOT_ALLOWED, filter_, name=filter_.name)
        left.path = [MARKUP + placeholder.name]

    def filter(self, filter_: Filter) -> None:
        if self.trusted and filter_.name == URL_PART:
            return
        if filter_.name not in FILTERS:
            self.refuse(Code.FILTER_NOT_ALLOWED, filter_, name=filter_.name)
            return
        fewest, most = FILTERS[filter_.name]
        arguments = list(filter_.children())
        is_named = any(getattr(argument, "name", None) for argument in filter_.args)
        if is_named or not fewest <= len(arguments) <= most:
            self.refuse(Code.BAD_FILTER_ARGUMENT, filter_, name=filter_.name)
            return
        if filter_.name == "truncate" and not _is_length(arguments[0]):
            self.refuse(Code.BAD_FILTER_ARGUMENT, filter_, name=filter_.name)
        for argument in arguments:
            if isinstance(argument, Path):
                self.path(argument)
            elif isinstance(argument, StringLiteral | IntegerLiteral):
                self.literal(argument)
            else:
                self.refuse(Code.BAD_FILTER_ARGUMENT, filter_, name=filter_.name)

    def literal(self, literal: Expression) -> None:
        """Escape a quoted text: Liquid takes it for markup where it escapes values."""
        if self.html and isinstance(literal, StringLiteral):
            literal.value = str(escape(literal.value))

    def condition(self, expression: Expression) -> None:
        if isinstance(expression, BooleanExpression):
            expression = expression.expression
        for part in _parts(expression):
            if isinstance(part, _ORDERINGS):
                self.ordering(part)
            elif isinstance(part, ContainsExpression) and not isinstance(part.right, StringLiteral):
                self.refuse(Code.BAD_COMPARISON, part)
            elif isinstance(part, Path):
                self.path(part, mode=FACT)
            elif not isinstance(part, (*_PAIRS, *_LITERALS)):
                self.refuse(Code.SYNTAX, part)

    def ordering(self, pair: LtExpression | GtExpression | LeExpression | GeExpression) -> None:
        """Only numbers have an order, and only a number in the text can be meant."""
        sides = (pair.left, pair.right)
        paths = [side for side in sides if isinstance(side, Path)]
        numbers = [side for side in sides if isinstance(side, IntegerLiteral | FloatLiteral)]
        if len(paths) != 1 or len(numbers) != 1:
            self.refuse(Code.BAD_COMPARISON, pair)
            return
        placeholder = find(_name(paths[0]), self.event)
        if placeholder and not placeholder.is_number:
            self.refuse(Code.BAD_COMPARISON, pair, name=placeholder.name)

    def path(self, path: Path, *, mode: str = "") -> Placeholder | None:
        """Point a path at its value; return what it names, or None after noting the problem."""
        name = _name(path)
        placeholder = find(name, self.event)
        if placeholder is None:
            known = find(name) is not None
            code = Code.NOT_FOR_THIS_EVENT if known else Code.UNKNOWN_PLACEHOLDER
            self.refuse(code, path, name=name, suggestion="" if known else suggest(name, self.event))
            return None
        self.uses.add(placeholder.name)
        path.path = [mode + placeholder.name]
        return placeholder


def _parts(expression: Expression) -> Iterator[Expression]:
    yield expression
    if not isinstance(expression, Path):
        for child in expression.children():
            yield from _parts(child)


def _name(path: Path) -> str:
    return ".".join(str(segment) for segment in path.path)


def _is_length(expression: Expression) -> bool:
    return isinstance(expression, IntegerLiteral) and 1 <= expression.value <= LONGEST_CUT
