"""A folder of scripts, uploaded as one reproducible archive."""

from pathlib import Path
from tempfile import TemporaryDirectory

from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from mlops_constructs.archive import archive


class ArchiveAsset(s3_assets.Asset):
    """A folder as a .tar.gz in the bootstrap bucket; CDK itself would make a .zip of it.

    Args:
        folder: What is packed.

    Attributes:
        digest: SHA-256 of the archive.
    """

    def __init__(self, scope: Construct, construct_id: str, *, folder: Path) -> None:
        packed = archive(folder)
        self.digest = packed.digest
        with TemporaryDirectory() as temporary:
            path = Path(temporary) / f"{construct_id}.tar.gz"
            path.write_bytes(packed.content)
            super().__init__(scope, construct_id, path=str(path))

    @property
    def object_arn(self) -> str:
        """The archive's own ARN; `grant_read` would open the whole bootstrap bucket."""
        return self.bucket.arn_for_objects(self.s3_object_key)
