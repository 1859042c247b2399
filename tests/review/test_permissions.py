"""IAM and the network, as what one side allows and the other does not."""

from typing import Any

import pytest

from review.assembly import Asset, Stack
from review.engine import impacts
from review.findings import Permission
from review.network import network
from review.permissions import permissions
from review.resources import StackPair
from tests.review.handmade import PLACE, pair, template

ROLE, POLICY = "AWS::IAM::Role", "AWS::IAM::Policy"


def allow(actions: Any, resources: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions: Any, resources: Any) -> dict[str, Any]:
    return {**allow(actions, resources), "Effect": "Deny"}


def role(*statements: dict[str, Any]) -> dict[str, Any]:
    """A role with a policy beside it."""
    told = {"Roles": [{"Ref": "Role"}], "PolicyDocument": {"Statement": list(statements)}}
    return template(Role=(ROLE, {}), Policy=(POLICY, told))


def found(before: dict[str, Any], after: dict[str, Any]) -> list[Permission]:
    return list(permissions([pair(before, after)]))


def test_only_what_was_added_to_a_statement_is_gained():
    [one] = found(role(allow("s3:GetObject", "b")), role(allow(["s3:GetObject", "s3:Put"], "b")))
    assert (one.change, one.who, one.actions, one.resources) == (
        "gained",
        "Role",
        ("s3:Put",),
        ("b",),
    )
    assert one.wider
    assert not one.everything


def test_a_wider_resource_is_gained_and_nothing_is_lost():
    [one] = found(role(allow("s3:GetObject", "arn:b/x/*")), role(allow("s3:GetObject", "*")))
    assert (one.change, one.resources, one.everything) == ("gained", ("*",), True)


def test_what_a_wildcard_allowed_already_is_not_gained():
    wide, narrow = allow("s3:*", "arn:b/*"), allow("s3:GetObject", "arn:b/c")
    assert found(role(wide), role(wide, narrow)) == []


def test_a_condition_that_falls_is_a_gain():
    only = {"StringEquals": {"aws:SourceAccount": "1"}}
    [one] = found(role(allow("a:B", "r", Condition=only)), role(allow("a:B", "r")))
    assert (one.change, one.condition) == ("gained", "")


def test_a_denial_that_falls_widens_and_one_that_comes_does_not():
    [lost] = found(role(allow("a:*", "*"), deny("a:B", "r")), role(allow("a:*", "*")))
    assert (lost.effect, lost.change, lost.wider) == ("Deny", "lost", True)
    [gained] = found(role(allow("a:*", "*")), role(allow("a:*", "*"), deny("a:B", "r")))
    assert (gained.effect, gained.change, gained.wider) == ("Deny", "gained", False)


def test_a_policy_moved_into_its_role_changes_nothing():
    document = {"Statement": [allow("s3:GetObject", "b")]}
    inline = template(Role=(ROLE, {"Policies": [{"PolicyDocument": document}]}))
    assert found(role(allow("s3:GetObject", "b")), inline) == []


def test_another_who_may_take_a_role_is_gained():
    def trusted(service: Any) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": service}
        return template(Role=(ROLE, {"AssumeRolePolicyDocument": {"Statement": [statement]}}))

    told = found(trusted({"Service": "a.amazonaws.com"}), trusted("*"))
    assert [(one.change, one.who) for one in told] == [
        ("gained", "anyone"),
        ("lost", "a.amazonaws.com"),
    ]


def test_policies_of_resources_and_managed_policies_count_too():
    statement = allow("s3:GetObject", "b", Principal={"AWS": "arn:other"})
    after = template(
        Bucket=("AWS::S3::BucketPolicy", {"PolicyDocument": {"Statement": statement}}),
        Role=(ROLE, {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}),
        Call=("AWS::Lambda::Permission", {"Action": "lambda:InvokeFunction", "Principal": "*"}),
    )
    told = {one.thing.logical_id: one for one in found(template(), after)}
    assert told["Bucket"].who == "arn:other"
    assert told["Role"].actions == ("all of arn:aws:iam::aws:policy/AdministratorAccess",)
    assert (told["Call"].who, told["Call"].everything) == ("anyone", True)


def test_other_content_of_an_asset_is_no_other_permission():
    def reads(digest: str) -> Stack:
        asset = {digest: Asset(digest, "Code", None)}
        told = role(allow("s3:GetObject", f"arn:assets/{digest}.zip"))
        return Stack("Stack", told, {"environment": PLACE}, asset)

    assert list(permissions([StackPair("Stack", reads("a" * 64), reads("b" * 64))])) == []


def test_what_a_stack_may_that_is_no_longer_in_the_app_is_not_lost():
    assert list(permissions([pair(role(allow("a:B", "*")), None)])) == []


@pytest.mark.parametrize("broken", [{"Statement": "none"}, {"Statement": [{}]}, {}])
def test_what_is_no_policy_allows_nothing(broken: Any):
    assert found(template(), template(P=(POLICY, {"PolicyDocument": broken}))) == []


def group(*rules: dict[str, Any]) -> dict[str, Any]:
    told = {"GroupDescription": "d", "SecurityGroupIngress": list(rules)}
    return template(Group=("AWS::EC2::SecurityGroup", told))


def test_an_open_port_is_gained():
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}
    pairs = [pair(group(), group(rule))]
    [one] = network(pairs, impacts(pairs))
    assert (one.change, one.thing.noun) == ("gained", "security-group")
    assert "in: tcp 22" in one.told
    assert "0.0.0.0/0" in one.told


def test_another_subnet_is_a_change():
    def model(subnet: str) -> dict[str, Any]:
        return template(M=("AWS::SageMaker::Model", {"VpcConfig": {"Subnets": [subnet]}}))

    pairs = [pair(model("a"), model("b"))]
    [one] = network(pairs, impacts(pairs))
    assert (one.change, one.told) == ("changed", "`VpcConfig.Subnets[0]`: `a` → `b`")
