"""The tests of that app; what they import of CDK, they import when they run."""

import pytest


def test_a_template_that_is_a_dict(template_snapshot):
    template_snapshot({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})


@pytest.fixture
def cdk():
    import aws_cdk

    return aws_cdk


@pytest.fixture
def orders():
    import orders

    return orders.Orders


class TestOrders:
    def test_the_stack(self, cdk, orders, template_snapshot):
        template_snapshot(orders(cdk.App(), "Orders"))


def test_a_nested_stack_by_itself(cdk, orders, template_snapshot):
    stack = orders(cdk.App(), "Orders")
    template_snapshot(stack.node.find_child("Archive"))


def test_documents_deep_inside(template_snapshot):
    document = '{"a":{}}'
    deep = {
        "Way": {
            "Down" * 20: {"Left" * 20: {"End" * 20: document}, "Right" * 20: {"End" * 20: document}}
        }
    }
    template_snapshot({"Resources": {"One": {"Type": "My::Thing", "Properties": deep}}})


@pytest.mark.parametrize("stage", ["Beta", "Live"])
def test_both_stages(stage, cdk, template_snapshot):
    app = cdk.App()
    for name in ("One", "Two"):
        stack = cdk.Stack(cdk.Stage(app, f"{stage}{name}"), "Topics")
        cdk.CfnResource(stack, "Topic", type="AWS::SNS::Topic")
    template_snapshot(app)
