"""Where a model that scores batches finds and leaves what."""

from dataclasses import dataclass

from mlops_constructs.serving.batch import Batch
from mlops_constructs.serving.batch_definition import window_prefix
from mlops_constructs.storage import TrainingStorage


@dataclass(frozen=True, kw_only=True)
class BatchFiles:
    """The prefixes of one model.

    Attributes:
        name: Of the model.
        hosting: Names the prefixes of requests and answers.
        storage: The buckets: data for both, artifacts for what runs gather, capture.
    """

    name: str
    hosting: Batch
    storage: TrainingStorage

    @property
    def requests_prefix(self) -> str:
        """Below it, in the data bucket, rows arrive by the hour."""
        return self.hosting.requests_of(self.name)

    @property
    def answers_prefix(self) -> str:
        """Below it, in the data bucket, lie their answers."""
        return self.hosting.answers_of(self.name)

    @property
    def windows_prefix(self) -> str:
        """Below it, in the artifact bucket, lies what runs gathered."""
        return window_prefix(self.name)

    @property
    def requests_arn(self) -> str:
        """The ARN of all requests."""
        return self.storage.data.arn_for_objects(f"{self.requests_prefix}/*")

    @property
    def answers_arn(self) -> str:
        """The ARN of all answers."""
        return self.storage.data.arn_for_objects(f"{self.answers_prefix}/*")

    @property
    def windows_arn(self) -> str:
        """The ARN of all that runs gathered."""
        return self.storage.artifacts.arn_for_objects(f"{self.windows_prefix}/*")

    @property
    def capture_arn(self) -> str:
        """The ARN of what is captured."""
        return self.storage.capture.arn_for_objects(f"{self.name}/*")
