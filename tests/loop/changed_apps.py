"""The app with a larger instance, and told anew: two assemblies, `larger` and `told`."""

import sys

from aws_cdk import App

from config.stages import DEV
from mlops_constructs.foundation import ModelSlot
from stacks.platform_stage import PlatformStage


def larger(folder: str) -> None:
    hosting = DEV.hosting.model_copy(update={"instance_type": "ml.m5.4xlarge"})
    app = App(analytics_reporting=False, outdir=f"{folder}/larger")
    PlatformStage(app, "Dev", config=DEV.model_copy(update={"hosting": hosting}))
    app.synth()


def told(folder: str) -> None:
    """Foundation has another description, and its slots get an Update event."""
    app = App(analytics_reporting=False, outdir=f"{folder}/told")
    foundation = PlatformStage(app, "Dev", config=DEV).node.find_child("Foundation")
    foundation.template_options.description = "told anew"
    for slot in (c for c in foundation.node.find_all() if isinstance(c, ModelSlot)):
        resource = slot.node.find_child("Resource").node.find_child("Resource").node.default_child
        resource.add_property_override("Told", "anew")
    app.synth()


if __name__ == "__main__":
    larger(sys.argv[1])
    told(sys.argv[1])
