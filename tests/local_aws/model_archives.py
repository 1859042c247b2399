"""Small model archives, as a training job would leave them."""

import io
import tarfile
from collections.abc import Mapping

ENVIRONMENT = {
    "SAGEMAKER_PROGRAM": "inference.py",
    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
}
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"

ECHO = """
import os, pathlib

def model_fn(model_dir):
    return pathlib.Path(model_dir, "word").read_text()

def input_fn(body, content_type):
    if content_type != "text/csv":
        raise ValueError("only text/csv is understood, got " + content_type)
    return body

def predict_fn(data, model):
    return f"{model}:{data}:{os.environ.get('COLOUR', '')}"

def output_fn(prediction, accept):
    return prediction, "text/csv"
"""


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """A model.tar.gz of these files."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as tar:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return target.getvalue()


def echo(word: str, script: str = ECHO) -> bytes:
    """A model that answers `<word>:<request>:<the variable COLOUR>`."""
    return archive({"word": word, "code/inference.py": script})
