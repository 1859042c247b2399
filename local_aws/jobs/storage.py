"""A job's data on its way from and to S3."""

from pathlib import Path

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError

from local_aws.core.clients import client
from local_aws.ministack.scope import region

_TRANSFER = TransferConfig(use_threads=False)


class TransferFailed(Exception):
    """Data could not be read or written; the text is what AWS says."""


def split(uri: str) -> tuple[str, str]:
    """Bucket and key, or key prefix, of an s3:// URI."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def relative_path(key: str, prefix: str) -> str:
    """Where an object lands below a channel's folder, given the prefix that it was found by.

    `data/` and `data` put `data/a/b.csv` at `a/b.csv`; a prefix that is the object's whole key, or
    ends inside a name, puts it under the name's rest of the key from that name on.
    """
    folder = prefix if prefix.endswith("/") or not prefix else f"{prefix}/"
    if key.startswith(folder):
        return key.removeprefix(folder)
    return key[prefix.rfind("/") + 1 :]


def keys(uri: str, *, role: str) -> list[str]:
    """The keys of all objects below a prefix, without the empty ones that stand for folders.

    Raises:
        TransferFailed: There is none, in the words of CreateTrainingJob's ValidationException
            (https://github.com/aws/amazon-sagemaker-examples/issues/2489), or S3 does not list
            them, in its words.
    """
    bucket, prefix = split(uri)
    pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    try:
        found = [item["Key"] for page in pages for item in page.get("Contents", ())]
    except (ClientError, BotoCoreError) as error:
        if not _says_no_bucket(error):
            raise TransferFailed(f"Failed to list the objects below {uri}: {error}") from error
        found = []
    found = [key for key in found if not key.endswith("/")]
    if not found:
        raise TransferFailed(
            f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure'
            f" that the bucket exists in the selected region ({region()}), that objects exist"
            f' under that S3 prefix, and that the role "{role}" has "s3:ListBucket" permissions on'
            f' bucket "{bucket}".'
        )
    return found


def download(uri: str, folder: Path, *, role: str) -> None:
    """Copy all objects below a prefix into a folder.

    Raises:
        TransferFailed: There is none, or one cannot be read.
    """
    bucket, prefix = split(uri)
    for key in keys(uri, role=role):
        path = folder / relative_path(key, prefix)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            client("s3").download_file(bucket, key, str(path), Config=_TRANSFER)
        except (ClientError, BotoCoreError, OSError) as error:
            raise TransferFailed(
                f"Failed to download data from s3://{bucket}/{key}: {error}"
            ) from error


def upload_file(path: Path, uri: str, *, kms_key_id: str | None) -> None:
    """Copy one file to an object, encrypted with the key or, without one, by the bucket's default.

    Raises:
        TransferFailed: The object cannot be written.
    """
    bucket, key = split(uri)
    encryption = (
        {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key_id} if kms_key_id else {}
    )
    try:
        client("s3").upload_file(str(path), bucket, key, ExtraArgs=encryption, Config=_TRANSFER)
    except (ClientError, BotoCoreError, OSError) as error:
        raise TransferFailed(f"Failed to upload {path.name} to {uri}: {error}") from error


def upload(folder: Path, uri: str, *, kms_key_id: str | None) -> None:
    """Copy all files of a folder below a prefix.

    Raises:
        TransferFailed: An object cannot be written.
    """
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        target = f"{uri.rstrip('/')}/{path.relative_to(folder).as_posix()}"
        upload_file(path, target, kms_key_id=kms_key_id)


def _says_no_bucket(error: ClientError | BotoCoreError) -> bool:
    return isinstance(error, ClientError) and error.response["Error"]["Code"] == "NoSuchBucket"
