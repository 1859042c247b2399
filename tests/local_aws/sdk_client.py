"""What a user of the SageMaker SDK v3 does, as a program of its own; prints what it saw as JSON.

Arguments: a model package group, a model, an endpoint, a pipeline that ends well.
"""

import json
import sys

from sagemaker.core.resources import Endpoint, Model, ModelPackageGroup
from sagemaker.mlops.workflow.pipeline import Pipeline


def main(group: str, model: str, endpoint: str, pipeline: str) -> None:
    started = Pipeline(name=pipeline).start(parameters={"Score": 0.9})
    started.wait(delay=1, max_attempts=60)
    answer = Endpoint.get(endpoint_name=endpoint).invoke(body="1,2", content_type="text/csv")
    seen = {
        "group": ModelPackageGroup.get(group).model_package_group_status,
        "models": [found.model_name for found in Model.get_all(name_contains=model)],
        "endpoint": Endpoint.get(endpoint).endpoint_status,
        "answer": answer.body.read().decode(),
        "execution": started.describe()["PipelineExecutionStatus"],
        "steps": {step["StepName"]: step["StepStatus"] for step in started.list_steps()},
    }
    print(json.dumps(seen))


main(*sys.argv[1:])
