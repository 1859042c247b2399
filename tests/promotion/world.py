"""What a promotion sees of AWS, small enough that a test says in a line what happens in it.

Requests are checked against botocore's models; time passes only while a machine waits.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.promotion.names import (
    EMPTY,
    ENDPOINT,
    GROUP,
    MONITORING,
    SLOT,
    STACK,
    arn_of,
)
from tests.state_machines.anatomy import mistakes
from tests.state_machines.machine import AwsError

Interference = Callable[[str, dict[str, Any]], None]


@dataclass
class World:
    """The registry, Parameter Store, one stack with one endpoint, and a topic.

    Attributes:
        broken: Versions whose model does not start: CloudFormation rolls back.
        silent: Versions that SageMaker rolls back while CloudFormation reports success.
        monitoring: The monitoring stack: its `status`, the `package` it says it watches, and what
            an `update` brings it to; None while it is not deployed.
        answers: Whether the endpoint is asked and answers, so that SageMaker counts it by config.
        life_cycle: By version, what ModelLifeCycle says.
        on_wait: Called when a machine waits; may be used to let something else happen.
        on_call: Called before each call, with the action and its request; may raise what AWS
            answers instead.
        on_answer: The same after it: what was asked for is done, and the answer is lost.
        served: What the endpoint was seen to serve, one after the other.
        tried: Versions that an update of the stack was to bring in, one after the other.
    """

    approval: dict[int, str] = field(default_factory=dict)
    stamps: dict[int, dict[str, str]] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=lambda: {SLOT: EMPTY})
    executions: dict[str, str] = field(default_factory=dict)
    status: str = "CREATE_COMPLETE"
    resolved: str = EMPTY
    stack_config: str | None = None
    policy: Any = None
    endpoint: dict[str, str] | None = None
    configs: dict[str, dict[str, Any]] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    broken: set[int] = field(default_factory=set)
    silent: set[int] = field(default_factory=set)
    messages: list[dict[str, str]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refusals: dict[str, list[AwsError]] = field(default_factory=dict)
    monitoring: dict[str, str] | None = None
    beats: list[dict[str, str]] = field(default_factory=list)
    answers: bool = True
    life_cycle: dict[int, dict[str, str]] = field(default_factory=dict)
    on_wait: Callable[[], None] = lambda: None
    on_call: Interference = lambda action, given: None
    on_answer: Interference = lambda action, given: None
    served: list[int | None] = field(default_factory=list)
    tried: list[int] = field(default_factory=list)
    resolving: str = EMPTY
    slept: list[float] = field(default_factory=list)
    pages: int = 100
    made: int = 0
    keys: tuple[str, ...] = ("Slot",)

    def register(self, version: int, approval: str = "Approved") -> None:
        """A version of the group."""
        self.approval[version] = approval
        self.stamps.setdefault(version, {"DataVersion": "2013-06"})

    def actions(self) -> list[str]:
        """The API actions called, in order."""
        return [action for action, _ in self.calls]

    def subjects(self) -> list[str]:
        """What each message published is about."""
        return [message["Subject"] for message in self.messages]

    def serves(self) -> int | None:
        """The version behind the endpoint."""
        if self.endpoint is None:
            return None
        return int(self.models[self.configs[self.endpoint["config"]]["model"]].rpartition("/")[2])

    def sleep(self, seconds: float) -> None:
        """Time passes: what CloudFormation has begun it ends."""
        self.slept.append(seconds)
        if self.status == "UPDATE_IN_PROGRESS":
            self._settle()
        if self.monitoring and self.monitoring["status"] == "UPDATE_IN_PROGRESS":
            self.monitoring["status"] = self.monitoring["update"]
            if self.monitoring["update"] == "UPDATE_COMPLETE":
                self.monitoring["package"] = self.parameters[SLOT].partition(",")[0]
        self.on_wait()

    def __call__(self, service: str, action: str, arguments: dict[str, Any]) -> Any:
        """An SDK integration."""
        assert not (found := mistakes(service, action, json.dumps(arguments))), found
        self.calls.append((action, arguments))
        if self.served[-1:] != [self.serves()]:
            self.served.append(self.serves())
        if self.refusals.get(action):
            raise self.refusals[action].pop(0)
        self.on_call(action, arguments)
        answer = getattr(self, f"_{action}")(**arguments)
        self.on_answer(action, arguments)
        return answer

    # Parameter Store and Step Functions

    def _getParameters(self, Names: list[str]) -> Any:
        found = [name for name in Names if name in self.parameters]
        return {
            "Parameters": [{"Name": name, "Value": self.parameters[name]} for name in found],
            "InvalidParameters": [name for name in Names if name not in found],
        }

    def _putParameter(self, Name: str, Value: str, Type: str, Overwrite: bool = False) -> Any:
        if Name in self.parameters and not Overwrite:
            raise AwsError("Ssm.ParameterAlreadyExistsException", "The parameter already exists.")
        self.parameters[Name] = Value
        return {"Version": 1, "Tier": "Standard"}

    def _deleteParameters(self, Names: list[str]) -> Any:
        for name in Names:
            self.parameters.pop(name, None)
        return {"DeletedParameters": Names}

    def _describeExecution(self, ExecutionArn: str) -> Any:
        if not ExecutionArn.startswith("arn:"):
            raise AwsError("Sfn.InvalidArnException", f"Invalid Arn: '{ExecutionArn}'")
        if ExecutionArn not in self.executions:
            raise AwsError("Sfn.ExecutionDoesNotExistException", "Execution Does Not Exist")
        return {"ExecutionArn": ExecutionArn, "Status": self.executions[ExecutionArn]}

    # The registry

    def _listModelPackages(self, NextToken: str = "0", **filters: Any) -> Any:
        assert filters["ModelPackageGroupName"] == GROUP
        assert (filters["SortBy"], filters["SortOrder"]) == ("CreationTime", "Descending")
        versions = [
            version
            for version in sorted(self.approval, reverse=True)
            if self.approval[version] == filters["ModelApprovalStatus"]
        ]
        start = int(NextToken)
        page = versions[start : start + self.pages]
        answer: dict[str, Any] = {
            "ModelPackageSummaryList": [
                {
                    "ModelPackageArn": arn_of(version),
                    "ModelPackageStatus": "Completed",
                    **self._cycle(version),
                }
                for version in page
            ]
        }
        more = start + self.pages < len(versions)
        return answer | ({"NextToken": str(start + self.pages)} if more else {})

    def _describeModelPackage(self, ModelPackageName: str) -> Any:
        version = int(ModelPackageName.rpartition("/")[2])
        uri = f"s3://artifacts/{version}/baseline/constraints.json"
        return {
            "ModelPackageArn": ModelPackageName,
            "ModelApprovalStatus": self.approval[version],
            "CustomerMetadataProperties": dict(self.stamps[version]),
            **self._cycle(version),
            "DriftCheckBaselines": {"ModelDataQuality": {"Constraints": {"S3Uri": uri}}},
        }

    def _updateModelPackage(
        self,
        ModelPackageArn: str,
        CustomerMetadataProperties: dict[str, str] | None = None,
        ModelLifeCycle: dict[str, str] | None = None,
    ) -> Any:
        version = int(ModelPackageArn.rpartition("/")[2])
        if CustomerMetadataProperties is not None:
            self.stamps[version] = CustomerMetadataProperties
        if ModelLifeCycle is not None:
            self.life_cycle[version] = ModelLifeCycle
        return {"ModelPackageArn": ModelPackageArn}

    def _cycle(self, version: int) -> dict[str, Any]:
        return {"ModelLifeCycle": self.life_cycle[version]} if version in self.life_cycle else {}

    # The stack

    def _describeStacks(self, StackName: str) -> Any:
        if StackName == MONITORING:
            return self._describe_monitoring()
        assert StackName == STACK
        stack: dict[str, Any] = {
            "StackStatus": self.status,
            "Parameters": [{"ParameterKey": key, "ParameterValue": SLOT} for key in self.keys],
        }
        if self.stack_config:
            output = {"OutputKey": "EndpointConfigName", "OutputValue": self.stack_config}
            stack["Outputs"] = [{"OutputKey": "EndpointName", "OutputValue": ENDPOINT}, output]
        return {"Stacks": [stack]}

    def _describe_monitoring(self) -> Any:
        if self.monitoring is None:
            raise _validation(f"Stack with id {MONITORING} does not exist")
        package = {"OutputKey": "MonitoredPackage", "OutputValue": self.monitoring["package"]}
        return {
            "Stacks": [
                {
                    "StackStatus": self.monitoring["status"],
                    "Parameters": [{"ParameterKey": "Slot", "ParameterValue": SLOT}],
                    "Outputs": [] if self.monitoring["package"] == "NONE" else [package],
                }
            ]
        }

    def _update_monitoring(self) -> Any:
        assert self.monitoring is not None
        if "IN_PROGRESS" in self.monitoring["status"]:
            raise _validation("Stack:arn is in UPDATE_IN_PROGRESS state and can not be updated.")
        self.monitoring["status"] = "UPDATE_IN_PROGRESS"
        return {"StackId": "arn"}

    def _putMetricData(self, Namespace: str, MetricData: list[dict[str, Any]]) -> Any:
        assert Namespace == "Perennial/Monitoring"
        for point in MetricData:
            assert (point["MetricName"], point["Value"]) == ("Heartbeat", 1)
            self.beats.append({d["Name"]: d["Value"] for d in point["Dimensions"]})
        return {}

    def _getMetricStatistics(self, Dimensions: list[dict[str, str]], **metric: Any) -> Any:
        assert (metric["Namespace"], metric["MetricName"]) == ("AWS/SageMaker", "ModelLatency")
        assert metric["StartTime"] < metric["EndTime"] and metric["Statistics"] == ["SampleCount"]
        named = {dimension["Name"]: dimension["Value"] for dimension in Dimensions}
        assert named.pop("EndpointConfigName") in self.configs
        assert named == {"EndpointName": ENDPOINT, "VariantName": "AllTraffic"}
        return {"Datapoints": [{"SampleCount": 7.0}, {"SampleCount": 5.0}] if self.answers else []}

    def _updateStack(self, StackName: str, Parameters: list[dict[str, Any]], **others: Any) -> Any:
        keys = self.keys if StackName == STACK else ("Slot",)
        assert Parameters == [{"ParameterKey": key, "UsePreviousValue": True} for key in keys]
        assert others["UsePreviousTemplate"] and others["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
        if StackName == MONITORING:
            return self._update_monitoring()
        if "IN_PROGRESS" in self.status:
            raise _validation(f"Stack:arn is in {self.status} state and can not be updated.")
        if self.wanted() == self.resolved:
            raise _validation("No updates are to be performed.")
        self.deploy()
        return {"StackId": "arn"}

    def deploy(self) -> None:
        """A person's `cdk deploy` begins, unless an update is under way; it reads the slot."""
        if "IN_PROGRESS" not in self.status:
            self.status, self.resolving = "UPDATE_IN_PROGRESS", self.wanted()

    def wanted(self) -> str:
        """What the stack would resolve its parameters to."""
        return self.parameters[SLOT]

    def _settle(self) -> None:
        wanted = self.resolving
        package = wanted.partition(",")[0]
        version = 0 if package == "NONE" else int(package.rpartition("/")[2])
        if version and wanted != self.resolved:
            self.tried.append(version)
        if version in self.broken:
            self.status = "UPDATE_ROLLBACK_COMPLETE"
            return
        unchanged, self.status = wanted == self.resolved, "UPDATE_COMPLETE"
        self.resolved = wanted
        if not version or unchanged:
            return
        self.stack_config = self.config(package)
        if version not in self.silent:
            self.endpoint = {"status": "InService", "config": self.stack_config}

    def config(self, package: str, *, endpoint: str = ENDPOINT, model: str | None = None) -> str:
        """Makes a model and a config, as CloudFormation would; gives the config's name."""
        self.made += 1
        name = f"config-{self.made}"
        self.models[model or f"model-{self.made}"] = package
        self.configs[name] = {
            "model": model or f"model-{self.made}",
            "endpoint": endpoint,
            "created": f"2026-11-23T{self.made // 60:02}:{self.made % 60:02}:00.000Z",
        }
        return name

    def _describeStackResources(self, StackName: str) -> Any:
        made = [("Model", "Model"), ("Endpoint", "Endpoint3E4A")]
        return {
            "StackResources": [
                {"ResourceType": f"AWS::SageMaker::{kind}", "LogicalResourceId": name}
                for kind, name in made
            ]
        }

    def _setStackPolicy(self, StackName: str, StackPolicyBody: str) -> Any:
        self.policy = json.loads(StackPolicyBody)
        return {}

    # The endpoint

    def _listEndpoints(self, NameContains: str, MaxResults: int) -> Any:
        names = [f"{ENDPOINT}-shadow"] + ([ENDPOINT] if self.endpoint else [])
        return {"Endpoints": [{"EndpointName": name} for name in names]}

    def _describeEndpoint(self, EndpointName: str) -> Any:
        assert self.endpoint is not None
        return {
            "EndpointStatus": self.endpoint["status"],
            "EndpointConfigName": self.endpoint["config"],
        }

    def _describeEndpointConfig(self, EndpointConfigName: str) -> Any:
        config = self.configs[EndpointConfigName]
        variants = [{"ModelName": config["model"]}]
        return {"ProductionVariants": variants, "CreationTime": config["created"]}

    def _describeModel(self, ModelName: str) -> Any:
        return {"PrimaryContainer": {"ModelPackageName": self.models[ModelName]}}

    def _listEndpointConfigs(self, CreationTimeBefore: str, MaxResults: int, **order: Any) -> Any:
        assert order == {"SortBy": "CreationTime", "SortOrder": "Descending"}
        older = [
            name for name in self.configs if self.configs[name]["created"] < CreationTimeBefore
        ]
        newest_first = sorted(older, key=lambda name: self.configs[name]["created"], reverse=True)
        return {
            "EndpointConfigs": [
                {
                    "EndpointConfigName": name,
                    "EndpointConfigArn": f"arn:aws:sagemaker:us-east-1:1:endpoint-config/{name}",
                    "CreationTime": self.configs[name]["created"],
                }
                for name in newest_first[:MaxResults]
            ]
        }

    def _listTags(self, ResourceArn: str) -> Any:
        endpoint = self.configs[ResourceArn.rpartition("/")[2]]["endpoint"]
        return {"Tags": [{"Key": "perennial:endpoint", "Value": endpoint}]}

    def _deleteEndpointConfig(self, EndpointConfigName: str) -> Any:
        assert self.endpoint and self.endpoint["config"] != EndpointConfigName
        if EndpointConfigName not in self.configs:
            raise _not_found(f'endpoint configuration "{EndpointConfigName}"')
        del self.configs[EndpointConfigName]
        return {}

    def _deleteModel(self, ModelName: str) -> Any:
        if ModelName not in self.models:
            raise _not_found(f'model "{ModelName}"')
        del self.models[ModelName]
        return {}

    # The topic

    def _publish(self, TopicArn: str, Subject: str, Message: str) -> Any:
        assert len(Subject) <= 100
        self.messages.append({"Subject": Subject, "Message": Message})
        return {"MessageId": "1"}


def _validation(message: str) -> AwsError:
    """An error without a name of its own, as the SDK for Java reports it."""
    return AwsError("CloudFormation.CloudFormationException", f"{message} (Status Code: 400)")


def _not_found(what: str) -> AwsError:
    return AwsError("SageMaker.SageMakerException", f"Could not find {what} (Status Code: 400)")
