"""Whether an endpoint would be served in another way, which AWS does not do in place."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from operate.account import Account
from operate.preflight.assembly import PlannedStack
from operate.preflight.autoscaling import deployed_config
from operate.preflight.finding import Finding, Weight
from operate.preflight.template import World

CHECK = "moving"


def moving(account: Account, world: World, stacks: Sequence[PlannedStack]) -> Iterator[Finding]:
    """Yields each endpoint that runs in one way and is to run in another.

    A serverless endpoint may get instances, and never goes back; AWS refuses the other direction,
    and documents no update that gives an endpoint a queue or takes it.
    https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
    """
    for stack in stacks:
        planned = [*stack.template.resources("AWS::SageMaker::EndpointConfig")]
        for endpoint in stack.template.resources("AWS::SageMaker::Endpoint"):
            name = stack.template.text(endpoint.get("EndpointName"), world)
            deployed = deployed_config(account, name) if name and len(planned) == 1 else None
            if deployed is None:
                continue
            now, then = _way(deployed), _way(planned[0])
            if now != then and (now, then) != ("serverless", "on instances"):
                yield Finding(
                    Weight.STOPS,
                    CHECK,
                    f"endpoint {name} is {now} and is to be {then}, which AWS does not do in place",
                    f"follow Move a model from one way to another in docs/how-to/serve.md; it"
                    f" begins with taking stack {stack.name} down",
                )


def _way(config: Mapping[str, Any]) -> str:
    """How a config serves, as the API describes it or a template has it."""
    if any("ServerlessConfig" in variant for variant in config["ProductionVariants"]):
        return "serverless"
    return "with a queue" if config.get("AsyncInferenceConfig") else "on instances"
