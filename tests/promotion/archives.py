"""A world in which each request to an endpoint names the archive of a version."""

from dataclasses import dataclass, field
from typing import Any

from tests.promotion.names import ENDPOINT, REQUEST, SLOT, STACK
from tests.promotion.world import World
from tests.state_machines.machine import AwsError

NAMED: dict[str, Any] = {**REQUEST, "hosting": "multi-model"}
"""The request of a model whose requests name the version."""

BUCKET, VERSIONS = "perennial-dev-artifacts", "perennial-dev-versions"
PREFIX = f"multi-model/{ENDPOINT}/"
PROBE = f"{ENDPOINT}-probe"
ONE = 1
"""The size of an archive, unless a test says another."""


def key_of(version: int) -> str:
    """Where the endpoint finds the archive of a version."""
    return f"{PREFIX}{version}.tar.gz"


@dataclass
class ArchiveWorld(World):
    """An endpoint that is there from the start, whose stack no promotion updates.

    Attributes:
        archives: What lies where the endpoint finds it, by key the version.
        sizes: Bytes of the archives that have more than `ONE`, by version.
        failing: Versions that answer the probe with an error, and how often before they answer.
        faults: What the function raises instead of asking, one after the other.
        containers: What the package of a version says its containers are, if it is not one archive.
        probed: The versions that were asked.
    """

    archives: dict[str, int] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)
    failing: dict[int, int] = field(default_factory=dict)
    faults: list[AwsError] = field(default_factory=list)
    containers: dict[int, list[dict[str, str]]] = field(default_factory=dict)
    probed: list[int] = field(default_factory=list)
    outputs: bool = True

    def __post_init__(self) -> None:
        self.stack_config = self.config("", model="many")
        self.endpoint = {"status": "InService", "config": self.stack_config}

    def serves(self) -> int | None:
        """The version that the slot names, which those who ask name."""
        package = self.parameters[SLOT].partition(",")[0]
        return None if package == "NONE" else int(package.rpartition("/")[2])

    def _describeStacks(self, StackName: str) -> Any:
        assert StackName == STACK
        outputs = {"EndpointName": ENDPOINT, "EndpointConfigName": self.stack_config}
        if self.outputs:
            outputs["ArchiveUri"] = f"s3://{BUCKET}/{PREFIX}"
        told = [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()]
        return {"Stacks": [{"StackStatus": self.status, "Outputs": told}]}

    def _updateStack(self, StackName: str, Parameters: list[dict[str, Any]], **others: Any) -> Any:
        raise AssertionError("promoting takes no update")

    def _settle(self) -> None:
        """A deploy of a person changes the endpoint, and no version."""
        self.status = "UPDATE_COMPLETE"

    def _describeModel(self, ModelName: str) -> Any:
        raise AssertionError("the model has no package")

    def _describeModelPackage(self, ModelPackageName: str) -> Any:
        version = int(ModelPackageName.rpartition("/")[2])
        archive = {"Image": "xgboost", "ModelDataUrl": f"s3://{VERSIONS}/runs/{version}.tar.gz"}
        containers = self.containers.get(version, [archive])
        found = super()._describeModelPackage(ModelPackageName)
        return {**found, "InferenceSpecification": {"Containers": containers}}

    def _listEndpointConfigs(self, CreationTimeBefore: str, MaxResults: int, **order: Any) -> Any:
        """AWS does not say that what was made at this very moment is not among them."""
        return super()._listEndpointConfigs(f"{CreationTimeBefore}~", MaxResults, **order)

    def _listObjectsV2(self, Bucket: str, Prefix: str, MaxKeys: int) -> Any:
        assert Bucket == BUCKET and Prefix.startswith(PREFIX)
        found = sorted(key for key in self.archives if key.startswith(Prefix))[:MaxKeys]
        contents = {"Contents": [{"Key": key, "Size": ONE} for key in found]} if found else {}
        return {"Name": Bucket, "KeyCount": len(found), **contents}

    def _headObject(self, Bucket: str, Key: str) -> Any:
        return {"ContentLength": self.sizes.get(self._source(f"{Bucket}/{Key}"), ONE)}

    def _copyObject(self, Bucket: str, Key: str, CopySource: str, TaggingDirective: str) -> Any:
        assert (Bucket, TaggingDirective) == (BUCKET, "REPLACE")
        version = self._source(CopySource)
        assert self.sizes.get(version, ONE) <= 5 * 1024**3
        assert Key == key_of(version)
        self.archives[Key] = version
        return {"CopyObjectResult": {"ETag": '"1"'}}

    def _source(self, path: str) -> int:
        bucket, folder, name = path.split("/")
        assert (bucket, folder) == (VERSIONS, "runs")
        return int(name.removesuffix(".tar.gz"))

    def _invoke(self, FunctionName: str, Payload: dict[str, str]) -> Any:
        assert FunctionName == PROBE
        if self.faults:
            raise self.faults.pop(0)
        version = self.archives[PREFIX + Payload["archive"]]
        self.probed.append(version)
        left = self.failing.get(version, 0)
        self.failing[version] = left - 1
        said = "Received server error (500)" if left > 0 else "0.5"
        return {"StatusCode": 200, "Payload": {"answered": left <= 0, "said": said}}


def approved(*versions: int) -> ArchiveWorld:
    """A world with approved versions, none of which serves yet."""
    world = ArchiveWorld()
    for version in versions:
        world.register(version)
    return world
