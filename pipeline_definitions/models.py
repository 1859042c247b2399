"""The models of this app. To add one: a folder beside this file, and its name here."""

from pipeline_definitions.spec import ModelSpec, models_in

MODELS: tuple[ModelSpec, ...] = models_in(
    "flight_delay",
    "loan_approval",
)
