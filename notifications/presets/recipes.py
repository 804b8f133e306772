"""All recipes, in the order in which an order meets them; then those for the team."""

from notifications.presets.orders import ORDERS
from notifications.presets.recipe import Recipe
from notifications.presets.returns import RETURNS
from notifications.presets.shipments import SHIPMENTS
from notifications.presets.team import TEAM_NEWS

RECIPES: tuple[Recipe, ...] = (*ORDERS, *SHIPMENTS, *RETURNS, *TEAM_NEWS)

__all__ = ["RECIPES", "Recipe"]
