"""S3 objects by their URI."""

from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from local_aws.core.clients import client


def exists(uri: str) -> bool:
    """Whether there is an object of exactly this key."""
    bucket, key = _split(uri)
    try:
        client("s3").head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        # A HEAD has no body, so that botocore knows the status alone.
        if error.response["Error"]["Code"] != "404":
            raise
        return False
    return True


def read(uri: str) -> bytes:
    """The object's content.

    Raises:
        FileNotFoundError: There is no such object, or it may not be read.
    """
    bucket, key = _split(uri)
    try:
        content: bytes = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    except (ClientError, BotoCoreError) as error:
        raise FileNotFoundError(f"Failed to download {uri}: {error}") from error
    return content


def write(uri: str, body: bytes, kms_key_id: str | None) -> None:
    """Put an object, encrypted with the key or, without one, by the bucket's default."""
    bucket, key = _split(uri)
    encryption = (
        {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key_id} if kms_key_id else {}
    )
    client("s3").put_object(Bucket=bucket, Key=key, Body=body, **encryption)


def _split(uri: str) -> tuple[str, str]:
    """Bucket and key, or prefix, of an s3:// URI."""
    parts = urlsplit(uri)
    return parts.netloc, parts.path.removeprefix("/")
