"""SageMaker's SDK, tamed: pipelines built offline, the same bytes on every machine.

Only a model's `pipeline.py` and `python -m pipeline_definitions` import this package. Synth never
does: the SDK takes two seconds to import and is not needed to deploy.
"""

from pipeline_definitions.sdk import environment as environment  # before any import of the SDK
