"""The recipes a shop starts with: what customers are told as an order moves, in both languages."""

from notifications.presets.installing import catch_up, install
from notifications.presets.recipes import RECIPES, Recipe

__all__ = ["RECIPES", "Recipe", "catch_up", "install"]
