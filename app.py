"""The whole app: every stage of config/stages.py, checked by cdk-nag while it is synthesized."""

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from config.refusal import told_in_sentences
from stacks.github import GitHubStack
from stacks.platform_stage import PlatformStage

with told_in_sentences():
    from config.delivery import DELIVERY
    from config.stages import STAGES

    app = App(analytics_reporting=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    for stage in STAGES:
        PlatformStage(app, stage.name, config=stage)
    if DELIVERY:
        GitHubStack(app, "GitHub", delivery=DELIVERY, stages=STAGES)
    app.synth()
