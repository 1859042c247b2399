"""The models of this app. Add one: a folder beside this file, and its line here."""

from pipeline_definitions import flight_delay
from pipeline_definitions.spec import ModelSpec, checked

MODELS: tuple[ModelSpec, ...] = checked(
    flight_delay.MODEL,
)
