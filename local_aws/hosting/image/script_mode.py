"""The user's model_fn, input_fn, predict_fn, output_fn or transform_fn, as the image calls them.

Contract: https://sagemaker.readthedocs.io/en/stable/frameworks/xgboost/using_xgboost.html and
the code of aws/sagemaker-xgboost-container (serving.py) with aws/sagemaker-containers.
"""

import importlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import flask

from local_aws.hosting.image import xgboost_defaults

JSON = "application/json"
TEXT_TYPES = (JSON, "text/csv")
Transform = Callable[[], flask.Response]


class UserCodeError(Exception):
    """User code raised; the image answers 500 whatever the exception was."""


def load_transform(environment: Mapping[str, str]) -> Transform:
    """Import the user's module, load its model, and return what answers one request.

    Args:
        environment: SAGEMAKER_PROGRAM, SAGEMAKER_SUBMIT_DIRECTORY and SM_MODEL_DIR, as folders of
            this machine; SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT (default application/json).

    Raises:
        ValueError: the module mixes transform_fn with the three functions it replaces.
    """
    module = _import_module(
        environment["SAGEMAKER_PROGRAM"], Path(environment["SAGEMAKER_SUBMIT_DIRECTORY"])
    )
    respond = _responder(module)
    model = getattr(module, "model_fn", xgboost_defaults.model_fn)(environment["SM_MODEL_DIR"])
    default_accept = environment.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", JSON)

    def transform() -> flask.Response:
        content_type = flask.request.headers.get("Content-Type") or JSON
        accept = flask.request.headers.get("Accept")
        if not accept or accept == "*/*":
            accept = default_accept
        data = flask.request.get_data()
        body = data.decode(errors="replace") if content_type in TEXT_TYPES else data
        try:
            return _response(respond(model, body, content_type, accept))
        except Exception as error:
            raise UserCodeError(error) from error

    return transform


def _import_module(program: str, folder: Path) -> ModuleType:
    if not folder.is_dir():
        raise FileNotFoundError(
            f"SAGEMAKER_SUBMIT_DIRECTORY must be a folder in the model archive such as "
            f"/opt/ml/model/code, got {folder}"
        )
    sys.path.insert(0, str(folder))
    return importlib.import_module(program.removesuffix(".py"))


def _responder(module: ModuleType) -> Callable[[Any, str | bytes, str, str], Any]:
    """One function (model, body, content type, accept) from the ones the user wrote."""
    steps = ("input_fn", "predict_fn", "output_fn")
    transform_fn = getattr(module, "transform_fn", None)
    if transform_fn is not None:
        if any(hasattr(module, step) for step in steps):
            raise ValueError(
                "Cannot use transform_fn implementation with input_fn, predict_fn, and/or output_fn"
            )
        return transform_fn  # type: ignore[no-any-return]
    input_fn, predict_fn, output_fn = (
        getattr(module, step, getattr(xgboost_defaults, step)) for step in steps
    )

    def respond(model: Any, body: str | bytes, content_type: str, accept: str) -> Any:
        return output_fn(predict_fn(input_fn(body, content_type), model), accept)

    return respond


def _response(result: Any) -> flask.Response:
    """A response as Flask makes it; a pair is a body and its content type."""
    if isinstance(result, tuple):
        return flask.Response(result[0], mimetype=result[1])
    return flask.make_response(result)
