"""Which hashes of a template are masked: those of assets, and nothing else that looks like one."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from mlops_constructs.testing.asset_hashes import masked

CODE, IMAGE, OTHER = (hashlib.sha256(name.encode()).hexdigest() for name in ("code", "image", "no"))
REPOSITORY = "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/cdk-hnb659fds-container"


def template(**values: Any) -> dict[str, Any]:
    return {"Resources": {"Thing": {"Type": "My::Thing", "Properties": values}}}


def mask(value: Any, manifests: list[Path] | None = None) -> Any:
    return masked(template(Value=value), manifests)["Resources"]["Thing"]["Properties"]["Value"]


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """An asset manifest of CDK's, of one file and one image."""
    (tmp_path / "asset.tar.gz").write_bytes(b"packed")
    files = {CODE: {"source": {"path": "asset.tar.gz", "packaging": "file"}, "destinations": {}}}
    path = tmp_path / "Orders.assets.json"
    path.write_text(json.dumps({"files": files, "dockerImages": {IMAGE: {"source": {}}}}))
    return path


@pytest.mark.parametrize(
    "value, reads",
    [
        (f"{CODE}.zip", "<hash>.zip"),
        (f"s3://bucket/prefix/{CODE}.tar.gz", "s3://bucket/prefix/<hash>.tar.gz"),
        ({"Fn::Sub": f"{REPOSITORY}:{IMAGE}"}, {"Fn::Sub": f"{REPOSITORY}:<hash>"}),
        ({f"AssetParameters{CODE}.zip": 1}, {"AssetParameters<hash>.zip": 1}),
    ],
)
def test_what_looks_like_an_asset_is_masked_where_no_manifest_tells(value: Any, reads: Any):
    assert mask(value) == reads


@pytest.mark.parametrize(
    "value",
    [
        OTHER,
        f"repository/image@sha256:{OTHER}",
        f"https://s3.amazonaws.com/assets/{OTHER}.json",
        f"{OTHER}0.zip",
    ],
)
def test_what_may_be_somebody_s_own_choice_stays(value: str, manifest: Path):
    assert mask(value) == value
    assert mask(value, [manifest]) == value


def test_what_a_manifest_names_is_masked_wherever_it_stands(manifest: Path):
    assert mask([CODE, f"{CODE}/x", f"a:{IMAGE}"], [manifest]) == ["<hash>", "<hash>/x", "a:<hash>"]


def test_what_a_manifest_does_not_name_stays_even_if_it_looks_like_an_asset(manifest: Path):
    assert mask(f"{OTHER}.zip", [manifest]) == f"{OTHER}.zip"


def test_the_sha_256_of_an_asset_s_bytes_is_masked_too(manifest: Path):
    assert mask(hashlib.sha256(b"packed").hexdigest(), [manifest]) == "<hash>"


def test_the_version_of_a_lambda_function_is_named_without_the_hash_of_its_code():
    name = f"FCurrentVersion{'0af1' * 8}"
    version = {"Type": "AWS::Lambda::Version", "Properties": {}}
    alias = {"Properties": {"FunctionVersion": {"Fn::GetAtt": [name, "Version"]}}}
    assert masked({"Resources": {name: version, "Alias": alias}}, None)["Resources"] == {
        "FCurrentVersion<hash>": version,
        "Alias": {
            "Properties": {"FunctionVersion": {"Fn::GetAtt": ["FCurrentVersion<hash>", "Version"]}}
        },
    }


def test_two_versions_of_one_function_keep_their_names():
    version = {"Type": "AWS::Lambda::Version", "Properties": {}}
    one, other = (f"F{digit * 32}" for digit in "12")
    both = {one: version, other: version}
    template = {"Resources": both, "Outputs": {"Live": {"Value": {"Ref": one}}}}
    assert masked(template, None) == template


def test_two_members_whose_names_would_be_one_keep_them():
    both = {f"{CODE}.zip": 1, f"{IMAGE}.zip": 2}
    assert mask(both) == both
