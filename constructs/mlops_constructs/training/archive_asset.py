"""Folders of scripts, uploaded as one reproducible archive."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from mlops_constructs.archive import archive


class ArchiveAsset(s3_assets.Asset):
    """Folders as one .tar.gz in the bootstrap bucket; CDK itself would make a .zip of one.

    Args:
        folders: What is packed; no two hold a file of the same name.

    Attributes:
        digest: SHA-256 of the archive.
    """

    def __init__(self, scope: Construct, construct_id: str, *, folders: Sequence[Path]) -> None:
        packed = archive(*folders)
        self.digest = packed.digest
        with TemporaryDirectory() as temporary:
            path = Path(temporary) / f"{construct_id}.tar.gz"
            path.write_bytes(packed.content)
            super().__init__(scope, construct_id, path=str(path))

    @property
    def object_arn(self) -> str:
        """The archive's own ARN; `grant_read` would open the whole bootstrap bucket."""
        return self.bucket.arn_for_objects(self.s3_object_key)
