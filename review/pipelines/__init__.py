"""Pipeline definitions and state machines, compared step by step."""

from review.pipelines.changes import pipeline_changes
from review.pipelines.gates import gate_guards

__all__ = ["gate_guards", "pipeline_changes"]
