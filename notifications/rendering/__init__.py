"""Words with values in them: a merchant's text is compiled once and rendered for every message.

Pure. `compile()` refuses what could fail or harm at night, with a list of exact problems;
`Wording.render()` then fails only when a value that the text needs is missing.
"""

from notifications.rendering.problems import Code, MissingValue, Problem, TemplateErrors
from notifications.rendering.wording import Rendered, Source, Wording, compile, values

__all__ = [
    "Code",
    "MissingValue",
    "Problem",
    "Rendered",
    "Source",
    "TemplateErrors",
    "Wording",
    "compile",
    "values",
]
