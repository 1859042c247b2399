"""A world in which a pipeline scores batches, and no endpoint answers."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.promotion.names import ENDPOINT, REQUEST, SLOT, STACK
from tests.promotion.world import World
from tests.state_machines.machine import AwsError

BATCHES = {**REQUEST, "hosting": "batch"}
"""The request of a model that scores batches."""

PIPELINE = f"{ENDPOINT}-batch"


@dataclass
class Run:
    """An execution of the pipeline.

    Attributes:
        score: How its step Score ended, or None if there was nothing to score.
    """

    arn: str
    start: str
    window: str
    status: str
    score: str | None


@dataclass
class BatchWorld(World):
    """The stack makes a model and a pipeline; an endpoint's config is never asked for."""

    runs: list[Run] = field(default_factory=list)
    started: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    made_at: dict[str, str] = field(default_factory=dict)

    def serves(self) -> int | None:
        """The version that the pipeline scores with."""
        if self.endpoint is None:
            return None
        return int(self.models[self.endpoint["config"]].rpartition("/")[2])

    def config(self, package: str, *, endpoint: str = ENDPOINT, model: str | None = None) -> str:
        """Makes a model, as CloudFormation would; gives its name."""
        self.made += 1
        name = model or f"model-{self.made}"
        self.models[name], self.tags[name] = package, endpoint
        self.made_at[name] = self._moment(self.made)
        return name

    def run(self, score: str | None = "Succeeded", *, window: str | None = None) -> Run:
        """A run that has ended, with what it scored or not."""
        self.made += 1
        start = self._moment(self.made)
        status = "Failed" if score == "Failed" else "Succeeded"
        arn = f"arn:aws:sagemaker:us-east-1:1:pipeline/{PIPELINE}/execution/{self.made:012}"
        made = Run(arn, start, window or start, status, score)
        self.runs.append(made)
        return made

    def _moment(self, number: int) -> str:
        return f"2026-11-23T{number // 60:02}:{number % 60:02}:00.000Z"

    def _describeStacks(self, StackName: str) -> Any:
        found = super()._describeStacks(StackName)
        if StackName == STACK and self.stack_config:
            output = {"OutputKey": "BatchModelName", "OutputValue": self.stack_config}
            found["Stacks"][0]["Outputs"] = [output]
        return found

    def _describeStackResources(self, StackName: str) -> Any:
        made = [("Model", "Model"), ("Pipeline", "Pipeline3E4A")]
        return {
            "StackResources": [
                {"ResourceType": f"AWS::SageMaker::{kind}", "LogicalResourceId": name}
                for kind, name in made
            ]
        }

    def _listPipelines(self, PipelineNamePrefix: str, MaxResults: int) -> Any:
        names = [f"{PIPELINE}-other", *([PIPELINE] if self.endpoint else [])]
        return {"PipelineSummaries": [{"PipelineName": name} for name in names]}

    def _describePipeline(self, PipelineName: str) -> Any:
        assert PipelineName == PIPELINE and self.endpoint
        score = {"Name": "Score", "Arguments": {"ModelName": self.endpoint["config"]}}
        steps = [
            {"Name": "Gather", "Arguments": {"RoleArn": "arn"}},
            {"Name": "IsThereAnything", "Arguments": {"IfSteps": [score], "ElseSteps": []}},
        ]
        return {"PipelineDefinition": json.dumps({"Version": "2020-12-01", "Steps": steps})}

    def _describeModel(self, ModelName: str) -> Any:
        if ModelName not in self.models:
            raise AwsError("SageMaker.SageMakerException", f"Could not find model {ModelName}")
        made = {"ModelPackageName": self.models[ModelName]}
        return {"Containers": [made], "CreationTime": self.made_at[ModelName]}

    def _listPipelineExecutions(self, CreatedAfter: str, MaxResults: int, **order: Any) -> Any:
        ordered = {"PipelineName": PIPELINE, "SortBy": "CreationTime", "SortOrder": "Ascending"}
        assert order == ordered
        found = [run for run in self.runs if run.start > CreatedAfter][:MaxResults]
        return {
            "PipelineExecutionSummaries": [
                {
                    "PipelineExecutionArn": run.arn,
                    "StartTime": run.start,
                    "PipelineExecutionStatus": run.status,
                }
                for run in found
            ]
        }

    def _run_of(self, arn: str) -> Run:
        [found] = [run for run in self.runs if run.arn == arn]
        return found

    def _listPipelineExecutionSteps(self, PipelineExecutionArn: str, MaxResults: int) -> Any:
        run = self._run_of(PipelineExecutionArn)
        score = run.score
        gather = "Succeeded" if score or run.status != "Failed" else "Failed"
        steps = [{"StepName": "Gather", "StepStatus": gather}]
        if score:
            steps.append({"StepName": "Score", "StepStatus": score})
        return {"PipelineExecutionSteps": steps}

    def _listPipelineParametersForExecution(self, PipelineExecutionArn: str) -> Any:
        window = self._run_of(PipelineExecutionArn).window
        return {"PipelineParameters": [{"Name": "WindowEnd", "Value": window}]}

    def _startPipelineExecution(
        self, PipelineName: str, PipelineParameters: list[dict[str, str]], **others: Any
    ) -> Any:
        assert PipelineName == PIPELINE and len(others["ClientRequestToken"]) == 64
        [window] = PipelineParameters
        assert window["Name"] == "WindowEnd"
        self.started.append(window["Value"])
        return {"PipelineExecutionArn": self.run(window=window["Value"]).arn}

    def _listModels(self, CreationTimeBefore: str, MaxResults: int, **order: Any) -> Any:
        assert order == {"SortBy": "CreationTime", "SortOrder": "Descending"}
        older = [name for name in self.models if self.made_at[name] < CreationTimeBefore]
        newest_first = sorted(older, key=lambda name: self.made_at[name], reverse=True)
        arn = "arn:aws:sagemaker:us-east-1:1:model"
        return {
            "Models": [
                {
                    "ModelName": name,
                    "ModelArn": f"{arn}/{name}",
                    "CreationTime": self.made_at[name],
                }
                for name in newest_first[:MaxResults]
            ]
        }

    def _listTags(self, ResourceArn: str) -> Any:
        model = ResourceArn.rpartition("/")[2]
        return {"Tags": [{"Key": "perennial:endpoint", "Value": self.tags[model]}]}


def released(*versions: int) -> BatchWorld:
    """A world with approved versions, none of which serves yet."""
    world = BatchWorld()
    for version in versions:
        world.register(version)
    assert world.parameters[SLOT] == "NONE,NONE"
    return world
