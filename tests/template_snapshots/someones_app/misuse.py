"""What that app's tests may get wrong; each of them fails."""

import aws_cdk as cdk


def test_no_stack(template_snapshot):
    stack = cdk.Stack(cdk.App(), "Orders")
    template_snapshot(cdk.CfnResource(stack, "Topic", type="AWS::SNS::Topic"))


def test_no_synth(template_snapshot):
    others = cdk.CfnResource(cdk.Stack(cdk.App(), "Others"), "Topic", type="AWS::SNS::Topic")
    stack = cdk.Stack(cdk.App(), "Orders")
    cdk.CfnOutput(stack, "Topic", value=others.ref)
    template_snapshot(stack)


def test_one_name(template_snapshot):
    app = cdk.App()
    for stage in ("Beta", "Live"):
        stack = cdk.Stack(cdk.Stage(app, stage), "Topics", stack_name="Topics")
        cdk.CfnResource(stack, "Topic", type="AWS::SNS::Topic")
    template_snapshot(app)


def test_no_stack_at_all(template_snapshot):
    template_snapshot(cdk.App())


def test_twice(template_snapshot):
    topics = cdk.Stack(cdk.App(), "Topics")
    cdk.CfnResource(topics, "Topic", type="AWS::SNS::Topic")
    template_snapshot(topics)
    template_snapshot(topics)
