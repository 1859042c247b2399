"""AWS's images, for whatever region a pipeline or a monitor is deployed to."""

from enum import Enum
from typing import Any

from sagemaker.core import image_uris

from pipeline_definitions.sdk.environment import BUILD_REGION


class Image(Enum):
    """An image: the SDK's name for it, its version, the placeholder of its registry's account."""

    XGBOOST = ("xgboost", "3.2-0", "XgboostAccount")
    SKLEARN = ("sklearn", "1.9-0", "SklearnAccount")

    def __init__(self, framework: str, version: str, account: str) -> None:
        self.framework = framework
        self.version = version
        self.account = account

    @property
    def uri(self) -> str:
        """The image with placeholders for account and region, its tag as the SDK gives it."""
        uri: str = image_uris.retrieve(
            self.framework, region=BUILD_REGION, version=self.version, instance_type="ml.m5.large"
        )
        repository = uri.partition("/")[2]
        return f"${{{self.account}}}.dkr.ecr.${{AWS::Region}}.${{AWS::URLSuffix}}/{repository}"

    def accounts(self) -> dict[str, str]:
        """Region to account, from the SDK's own list."""
        config: dict[str, Any] = image_uris.config_for_framework(self.framework)
        registries: dict[str, str] = config["training"]["versions"][self.version]["registries"]
        return registries


def registry_accounts() -> dict[str, dict[str, str]]:
    """Region to placeholder to account; a region without an image lacks its placeholder."""
    by_image = {image.account: image.accounts() for image in Image}
    by_image["ModelMonitorAccount"] = _accounts(image_uris.config_for_framework("model-monitor"))
    by_image["ClarifyAccount"] = _accounts(image_uris.config_for_framework("clarify")["processing"])
    regions = set().union(*by_image.values())
    return {
        region: {
            name: by_image[name][region] for name in sorted(by_image) if region in by_image[name]
        }
        for region in sorted(regions)
    }


def _accounts(config: dict[str, Any]) -> dict[str, str]:
    """Of an image of Model Monitor's, which has one version."""
    [version] = config["versions"].values()
    registries: dict[str, str] = version["registries"]
    return registries
