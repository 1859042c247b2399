"""Job definitions of all four kinds: created, shown, deleted, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local_aws.clock import clock
from local_aws.core.errors import ResourceInUse, ResourceNotFound
from local_aws.core.listing import select
from local_aws.core.operations import operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import Table, arn
from local_aws.core.tags import TAGS
from local_aws.monitoring.definition import Definition, read
from local_aws.monitoring.kinds import KINDS, Kind

# Kept as they are for Describe*, besides those whose names begin with the kind's.
_KEPT = ("JobResources", "NetworkConfig", "RoleArn", "StoppingCondition")


@dataclass(kw_only=True)
class JobDefinition:
    """A job definition; `members` is what Describe* gives back of its input."""

    name: str
    arn: str
    members: Mapping[str, Any]
    definition: Definition
    created: float = field(default_factory=clock.now)


class JobDefinitions:
    """All job definitions of one kind, and the operations on them."""

    def __init__(self, kind: Kind) -> None:
        """None yet."""
        self._kind = kind
        self._kept = (kind.application, kind.baseline, kind.input, kind.output, *_KEPT)
        self._table: Table[JobDefinition] = Table()

    def declare(self) -> None:
        """Make the operations known."""
        name = f"{self._kind.name}JobDefinition"
        operation("sagemaker", f"Create{name}")(self._create)
        operation("sagemaker", f"Describe{name}")(self._describe)
        operation("sagemaker", f"List{name}s")(self._list)
        operation("sagemaker", f"Delete{name}")(self._delete)

    def find(self, name: str) -> JobDefinition:
        """The definition of that name.

        Raises:
            ResourceNotFound: There is none.
        """
        found = self._table.get(name)
        if found is None:
            raise ResourceNotFound(f"Monitoring Job Definition {self._arn(name)} not found")
        return found

    def _create(self, request: Request) -> dict[str, Any]:
        """Keep a definition.

        Raises:
            ResourceInUse: There is one of this name.
        """
        name = request["JobDefinitionName"]
        made = JobDefinition(
            name=name,
            arn=self._arn(name),
            members=request.keep(*self._kept),
            definition=read(self._kind, request),
        )
        with self._table.lock:
            if name in self._table:
                raise ResourceInUse(f"Monitoring Job Definition {made.arn} already exists")
            self._table.put(name, made)
        return {"JobDefinitionArn": made.arn}

    def _describe(self, request: Request) -> dict[str, Any]:
        found = self.find(request["JobDefinitionName"])
        return {
            **found.members,
            "JobDefinitionArn": found.arn,
            "JobDefinitionName": found.name,
            "CreationTime": found.created,
        }

    def _list(self, request: Request) -> dict[str, Any]:
        """Definitions by endpoint, name and time."""
        endpoint = request.get("EndpointName")
        summaries = [
            {
                "MonitoringJobDefinitionName": each.name,
                "MonitoringJobDefinitionArn": each.arn,
                "CreationTime": each.created,
                # AWS's model has it in every answer; batch transforms have none.
                "EndpointName": each.definition.endpoint or "",
            }
            for each in self._table.values()
            if endpoint in (None, each.definition.endpoint)
        ]
        found = select(request, summaries, name="MonitoringJobDefinitionName")
        return page(found, request, "JobDefinitionSummaries")

    def _delete(self, request: Request) -> dict[str, Any]:
        """Delete a definition, also one that a schedule names: AWS documents no refusal."""
        found = self.find(request["JobDefinitionName"])
        self._table.remove(found.name)
        TAGS.forget(found.arn)
        return {}

    def _arn(self, name: str) -> str:
        return arn(self._kind.arn, name)


JOB_DEFINITIONS = {name: JobDefinitions(kind) for name, kind in KINDS.items()}
for _definitions in JOB_DEFINITIONS.values():
    _definitions.declare()
