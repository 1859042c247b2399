"""What the SDK finds in the environment, where it looks while it is imported: nothing of ours."""

import os

BUILD_REGION = "us-west-2"
"""Where pipelines are built; rendering replaces it by `${AWS::Region}`."""

for _name in [name for name in os.environ if name.startswith(("AWS_", "SAGEMAKER_"))]:
    del os.environ[_name]
os.environ.update(
    AWS_DEFAULT_REGION=BUILD_REGION,
    AWS_ACCESS_KEY_ID="none",
    AWS_SECRET_ACCESS_KEY="none",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    AWS_EC2_METADATA_DISABLED="true",
    SAGEMAKER_ADMIN_CONFIG_OVERRIDE=os.devnull,
    SAGEMAKER_USER_CONFIG_OVERRIDE=os.devnull,
    SAGEMAKER_VALIDATE_ROLE="false",
)
