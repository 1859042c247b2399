"""A model for each shop behind one endpoint; another shop needs no deployment."""

from aws_cdk import App, Duration, Stack
from aws_cdk import aws_ecr as ecr

from mlops_constructs.foundation import StageKey, StageStorage
from mlops_constructs.serving import MultiModel, MultiModelEndpoint

app = App()
kept = Stack(app, "Kept")
key = StageKey(kept, "Key", alias="alias/shop")
buckets = StageStorage(
    kept, "Storage", prefix="shop", key=key, capture_expires_after=Duration.days(30)
)
serving = Stack(app, "Serving")
images = ecr.Repository.from_repository_name(serving, "Images", "shops")
MultiModelEndpoint(
    serving,
    "Endpoint",
    endpoint_name="shops",
    hosting=MultiModel(
        instance_type="ml.m5.large",
        min_instances=1,
        max_instances=4,
        invocations_per_instance=600,
        probe="0.1,0.2,0.3",
    ),
    storage=buckets.seen_from(serving),
    image=images.repository_uri_for_tag("1"),
    image_repositories=[images.repository_arn],
)

app.synth()
