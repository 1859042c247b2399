"""What the XGBoost image does where the user's module is silent.

Source: aws/sagemaker-xgboost-container, serving.py and encoder.py. Of its request formats,
RecordIO-protobuf is not served here.
"""

import csv
from typing import Any

import flask


def model_fn(model_dir: str) -> Any:
    """The image has no default: a model's format is the user's choice."""
    raise NotImplementedError(f"Please provide a model_fn implementation; the model is {model_dir}")


def input_fn(body: str | bytes, content_type: str) -> Any:
    """Rows of text/csv without a header (empty is missing) or text/libsvm, as a DMatrix."""
    media_type = content_type.partition(";")[0].strip()
    parse = {"text/csv": _csv_rows, "text/libsvm": _libsvm_rows, "text/x-libsvm": _libsvm_rows}
    if media_type not in parse:
        raise ValueError(f"Content type {content_type} is not supported by this framework.")
    import xgboost

    return xgboost.DMatrix(parse[media_type](body.decode() if isinstance(body, bytes) else body))


def predict_fn(data: Any, model: Any) -> Any:
    """The booster's prediction for each row; feature names are not compared."""
    return model.predict(data, validate_features=False)


def output_fn(prediction: Any, accept: str) -> flask.Response:
    """The prediction in JSON, CSV (one row a line) or NPY, by the image's own encoders."""
    from sagemaker_training import encoders

    return flask.Response(encoders.encode(prediction, accept), mimetype=accept)


def _csv_rows(text: str) -> Any:
    import numpy

    lines = text.split("\n")  # a trailing newline is a row too many, in the image as well
    sniffed = csv.Sniffer().sniff(lines[0][:512]).delimiter
    delimiter = "," if sniffed.isalnum() else sniffed
    return numpy.array([[cell or "nan" for cell in line.split(delimiter)] for line in lines], float)


def _libsvm_rows(text: str) -> Any:
    from io import BytesIO

    from sklearn.datasets import load_svmlight_file

    rows, _labels = load_svmlight_file(BytesIO(text.encode()), zero_based="auto")
    return rows.toarray()
