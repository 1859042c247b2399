"""A small stage on the local AWS: what the operator's command reads, made by API."""

import json
from dataclasses import dataclass, field
from typing import Any

import boto3

from local_aws.launch import ACCOUNT, REGION, LocalAws
from tests.local_aws.definitions import definition, fail
from tests.local_aws.model_archives import ENVIRONMENT, IMAGE, echo
from tests.promotion.stage import eventually

MODEL = "flight-delay"
BUCKET = "operate-models"
PARAMETERS = ("Reason", "DataVersion", "ChampionPackageArn", "ChampionModelUri")
STAMP = "perennial:dev"
WAITS_FOR_LONG = json.dumps(
    {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}}
)
ENDS = json.dumps(
    {
        "StartAt": "P",
        "States": {"P": {"Type": "Pass", "Result": {"outcome": "released"}, "End": True}},
    }
)


def promotion(stage: str, **changed: Any) -> dict[str, Any]:
    """What a promotion of the model is told."""
    name = f"{stage.lower()}-{MODEL}"
    return {
        "model": MODEL,
        "stage": stage.lower(),
        "group": name,
        "endpoint": name,
        "stack": f"{stage}-Serving-{MODEL}",
        "slot": f"/perennial/{stage.lower()}/{MODEL}/slot",
        "monitoring": f"{stage}-Monitoring-{MODEL}",
        "monitors": ["data-quality"],
    } | changed


def retraining(stage: str) -> dict[str, Any]:
    """What a retraining of the model is told by a person."""
    name = f"{stage.lower()}-{MODEL}"
    return {
        "model": MODEL,
        "stage": stage.lower(),
        "group": name,
        "endpoint": name,
        "pipeline": name,
        "slot": f"/perennial/{stage.lower()}/{MODEL}/slot",
        "alarms": [f"{name}-data-quality-drift"],
        "policy": {"coolDownHours": 24, "runsPerDay": 2},
        "trigger": "person",
        "reason": "asked by a person",
    }


@dataclass
class SmallStage:
    """A stage of one model, with stacks that have little but the platform's outputs.

    Attributes:
        aws: Where it is.
        name: `Dev`.
        packages: The versions, in the order of their registration.
    """

    aws: LocalAws
    name: str = "Dev"
    packages: list[str] = field(default_factory=list)
    clients: dict[str, Any] = field(default_factory=dict)

    @property
    def resource(self) -> str:
        """What pipeline, group and endpoint are called."""
        return f"{self.name.lower()}-{MODEL}"

    @property
    def parameters(self) -> str:
        """The model's SSM parameters lie below it."""
        return f"/perennial/{self.name.lower()}/{MODEL}"

    def client(self, service: str) -> Any:
        """A boto3 client."""
        if service not in self.clients:
            session = boto3.session.Session()
            self.clients[service] = session.client(service, **self.aws.client_arguments())
        return self.clients[service]

    def machine(self, noun: str) -> str:
        """ARN of a state machine."""
        return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{self.name.lower()}-{noun}"

    def make_machine(self, noun: str, definition: str = ENDS) -> None:
        """A state machine that ends at once, or as its definition says."""
        self.client("stepfunctions").create_state_machine(
            name=f"{self.name.lower()}-{noun}",
            definition=definition,
            roleArn=f"arn:aws:iam::{ACCOUNT}:role/machine",
        )

    def stack(self, kind: str, outputs: dict[str, str], resources: dict[str, Any]) -> None:
        """A stack with these outputs and resources."""
        template = {
            "Resources": resources or {"Nothing": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {name: {"Value": value} for name, value in outputs.items()},
        }
        client, name = self.client("cloudformation"), f"{self.name}-{kind}"
        client.create_stack(StackName=name, TemplateBody=json.dumps(template))
        waiter = client.get_waiter("stack_create_complete")
        waiter.wait(StackName=name, WaiterConfig={"Delay": 0.05, "MaxAttempts": 1200})

    def deploy(self, **told: Any) -> None:
        """The machines, the slot, the group and the stacks.

        Args:
            told: What a promotion is told besides.
        """
        self.client("ssm").put_parameter(
            Name=f"{self.parameters}/slot", Type="StringList", Value="NONE,NONE"
        )
        group = {"ModelPackageGroupName": promotion(self.name, **told)["group"]}
        self.client("sagemaker").create_model_package_group(**group)
        for noun in ("promotion", "retraining"):
            self.make_machine(noun)
        machines = {
            "PromotionStateMachineArn": self.machine("promotion"),
            "RetrainingStateMachineArn": self.machine("retraining"),
        }
        self.stack("Operations", machines, {})
        self.stack(f"Serving-{MODEL}", self._serving(told), {})
        self.stack(f"Training-{MODEL}", self._training(), _training_resources(self.resource))
        self.stack(f"Monitoring-{MODEL}", self._monitoring(), _monitoring_resources(self.resource))

    def _serving(self, told: dict[str, Any]) -> dict[str, str]:
        return {
            "EndpointName": self.resource,
            "SlotName": f"{self.parameters}/slot",
            "PromotionInput": json.dumps(promotion(self.name, **told)),
            "ReleasePolicy": "CANARY 25 %, 10 min",
            "RollbackAlarmNames": f"{self.resource}-5xx-c,{self.resource}-latency-c",
        }

    def _training(self) -> dict[str, str]:
        return {"RetrainingInput": json.dumps(retraining(self.name))}

    def _monitoring(self) -> dict[str, str]:
        return {
            "ReportPrefix": f"s3://{BUCKET}/monitoring/{self.resource}",
            "AlarmNames": ",".join(_alarms_of_monitors(self.resource)),
            "MonitoredPackage": "NONE",
        }

    def register(self, word: str = "one", **members: Any) -> str:
        """A version; its ARN."""
        buckets = [bucket["Name"] for bucket in self.client("s3").list_buckets()["Buckets"]]
        if BUCKET not in buckets:
            self.client("s3").create_bucket(Bucket=BUCKET)
        key = f"{self.name}/{len(self.packages)}/model.tar.gz"
        self.client("s3").put_object(Bucket=BUCKET, Key=key, Body=echo(word))
        specification = {
            "Containers": [
                {
                    "Image": IMAGE,
                    "ModelDataUrl": f"s3://{BUCKET}/{key}",
                    "Environment": ENVIRONMENT,
                }
            ],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        }
        group = self.client("sagemaker").list_model_package_groups(NameContains=MODEL)
        package: str = self.client("sagemaker").create_model_package(
            **{
                "ModelPackageGroupName": group["ModelPackageGroupSummaryList"][0][
                    "ModelPackageGroupName"
                ],
                "InferenceSpecification": specification,
                "ModelApprovalStatus": "Approved",
            }
            | members
        )["ModelPackageArn"]
        self.packages.append(package)
        return package

    def serve(self, package: str, config: str, *, beside: str = "") -> None:
        """An endpoint that answers by the package, and a slot that names it.

        Args:
            package: ARN of the version.
            config: The name of the config, and of the version's model.
            beside: ARN of a version that is tried beside it.
        """
        sagemaker = self.client("sagemaker")
        variants = [self._variant("AllTraffic", package, config)]
        if beside:
            variants.append(self._variant("Challenger", beside, f"{config}-beside"))
        sagemaker.create_endpoint_config(EndpointConfigName=config, ProductionVariants=variants)
        sagemaker.create_endpoint(EndpointName=self.resource, EndpointConfigName=config)
        eventually(self._in_service, f"{self.resource} in service")
        self.client("ssm").put_parameter(
            Name=f"{self.parameters}/slot",
            Type="StringList",
            Value=f"{package},s3://{BUCKET}/baseline",
            Overwrite=True,
        )

    def _variant(self, name: str, package: str, model: str) -> dict[str, Any]:
        self.client("sagemaker").create_model(
            ModelName=model,
            ExecutionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/model",
            Containers=[{"ModelPackageName": package}],
        )
        return {
            "VariantName": name,
            "ModelName": model,
            "InitialInstanceCount": 2,
            "InitialVariantWeight": 1,
            "InstanceType": "ml.m5.large",
        }

    def _in_service(self) -> bool | None:
        found = self.client("sagemaker").describe_endpoint(EndpointName=self.resource)
        return found["EndpointStatus"] == "InService" or None

    def parameter(self, name: str) -> str | None:
        """What an SSM parameter says, if it is there."""
        found = self.client("ssm").get_parameters(Names=[name])["Parameters"]
        return found[0]["Value"] if found else None

    def executions(self, noun: str) -> list[dict[str, Any]]:
        """The inputs of a machine's executions, the newest first."""
        client = self.client("stepfunctions")
        listed = client.list_executions(stateMachineArn=self.machine(noun))["executions"]
        return [
            json.loads(client.describe_execution(executionArn=e["executionArn"])["input"])
            for e in listed
        ]


def _training_resources(name: str) -> dict[str, Any]:
    parameters = [{"Name": n, "Type": "String", "DefaultValue": "none"} for n in PARAMETERS]
    body = definition(fail("Gate", "AUC 0.6 is below 0.65"), parameters=parameters)
    pipeline = {
        "PipelineName": name,
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/pipeline",
        "PipelineDefinition": {"PipelineDefinitionBody": body},
    }
    return {
        "Pipeline": {"Type": "AWS::SageMaker::Pipeline", "Properties": pipeline},
        "Recheck": _schedule(None, "rate(1 day)", {"trigger": "re-check"}),
    }


def _monitoring_resources(name: str) -> dict[str, Any]:
    monitor = f"{name}-data-quality"
    alarms = {
        f"Alarm{number}": _alarm(alarm) for number, alarm in enumerate(_alarms_of_monitors(name))
    }
    return {
        "Schedule": _schedule(monitor, "cron(0 0/6 * * ? *)", {}),
        **alarms,
        "Undelivered": _alarm(f"{name}-lost-events"),
    }


def _alarms_of_monitors(name: str) -> list[str]:
    return [
        f"{name}-{kind}-{what}"
        for kind in ("data-quality", "model-quality")
        for what in ("drift", "silent", "stale")
    ]


def _schedule(name: str | None, expression: str, told: dict[str, Any]) -> dict[str, Any]:
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:nobody-listens"
    role = f"arn:aws:iam::{ACCOUNT}:role/schedule"
    properties = {
        "ScheduleExpression": expression,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "State": "ENABLED",
        "Target": {"Arn": queue, "RoleArn": role, "Input": json.dumps(told)},
    }
    named = properties | ({"Name": name} if name else {})
    return {"Type": "AWS::Scheduler::Schedule", "Properties": named}


def _alarm(name: str) -> dict[str, Any]:
    properties = {
        "AlarmName": name,
        "Namespace": "Tests",
        "MetricName": "Nothing",
        "Statistic": "Sum",
        "Period": 3600,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "ignore",
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}
