"""All recipes, in the order in which an order meets them."""

from notifications.presets.orders import ORDERS
from notifications.presets.recipe import Recipe
from notifications.presets.returns import RETURNS
from notifications.presets.shipments import SHIPMENTS

RECIPES: tuple[Recipe, ...] = (*ORDERS, *SHIPMENTS, *RETURNS)

__all__ = ["RECIPES", "Recipe"]
