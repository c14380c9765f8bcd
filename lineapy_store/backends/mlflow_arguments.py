"""What ``log_model`` is given: the user's arguments, checked, and those that the value needs."""

from __future__ import annotations

import inspect
import logging
import os
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from lineapy_store.errors import InvalidNameError
from lineapy_store.flavors import infer_requirements
from lineapy_store.records import jsonable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from lineapy_store.backends.base import SaveRequest
    from lineapy_store.flavors import Flavor

logger = logging.getLogger("lineapy_store")

#: Tags on the logged model and the model version, to tell whose they are.
ARTIFACT_ID_TAG = "lineapy.artifact_id"
NAME_TAG = "lineapy.name"


def parameters(module: ModuleType) -> dict[str, inspect.Parameter]:
    """Returns the arguments that a flavor's ``log_model`` takes beside the model and its name."""
    from mlflow.models import Model  # noqa: PLC0415 - imported when a value needs it

    own = inspect.signature(module.log_model).parameters
    functions = [module.log_model]
    if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in own.values()):
        functions += [module.save_model, Model.log]
    model = next(iter(own))
    taken = {model, "name", "path", "mlflow_model", "flavor", "cls"}
    return {
        name: parameter
        for function in functions
        for name, parameter in inspect.signature(function).parameters.items()
        if name not in taken
        and parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    }


def check_arguments(module: ModuleType, flavor: Flavor, arguments: Mapping[str, Any]) -> None:
    """Returns if a flavor's ``log_model`` has all these arguments.

    Raises:
        TypeError: It does not; the message lists those that it has.
    """
    valid = parameters(module)
    if unknown := [name for name in arguments if name not in valid]:
        raise TypeError(
            f"mlflow.{flavor.name}.log_model has no argument {', '.join(map(repr, unknown))}. "
            f"It has: {', '.join(sorted(valid))}. Nothing was saved"
        )


def check_registered_name(name: object) -> None:
    """Returns if MLflow's registry takes a name, in every version; None registers nothing.

    Raises:
        InvalidNameError: It does not.
    """
    if name is None:
        return
    from mlflow.exceptions import MlflowException  # noqa: PLC0415 - imported when a value needs it
    from mlflow.utils.validation import _validate_model_name  # noqa: PLC0415 - see above

    try:
        _validate_model_name(name)
        if any(letter in str(name) for letter in "/:"):
            # Older versions of MLflow take them, and cannot find the model afterwards.
            raise TypeError("Names cannot contain '/' or ':'.")  # noqa: TRY301 - one message below
    except (MlflowException, AttributeError, TypeError) as error:
        raise InvalidNameError(
            f"{name!r} cannot be the name of a registered model: {error} Choose another name, "
            "give registered_model_name= (None registers nothing), or storage_backend='lineapy'"
        ) from None


def complete(
    value: object, flavor: Flavor, request: SaveRequest
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns the arguments for ``log_model``, and what the metadata has to say of them."""
    given = dict(request.arguments)
    prepared = flavor.prepare(value, given)
    if prepared.reason and not prepared.arguments:
        logger.warning("%r: %s", request.name, prepared.reason)
    arguments = {**prepared.arguments, **given}
    record: dict[str, Any] = {
        "log_model_arguments": jsonable(given),
        "chosen_arguments": jsonable(prepared.arguments),
        "chosen_because": prepared.reason,
    }
    if "artifact_path" not in given:
        # The registry takes the name as it is; the logged model's own takes no punctuation.
        arguments["name"] = "".join(
            "_" if letter in "/:.%\"'" else letter for letter in request.name
        )
    arguments["tags"] = {
        **(given.get("tags") or {}),
        ARTIFACT_ID_TAG: request.artifact_id,
        NAME_TAG: request.name,
    }
    if given.get("pip_requirements") is None and given.get("conda_env") is None:
        inferred = infer_requirements(value, flavor, arguments)
        extra = arguments.pop("extra_pip_requirements", None) or []
        if isinstance(extra, (str, os.PathLike)):
            extra = [f"-r {os.fspath(extra)}"]
        theirs = {name for line in extra if (name := _distribution(line))}
        arguments["pip_requirements"] = [
            *(pin for pin in inferred.pinned if _distribution(pin) not in theirs),
            *extra,
        ]
        record["pip_requirements"] = inferred.pinned
        if inferred.local_modules and not given.get("code_paths"):
            record["local_modules"] = inferred.local_modules
            logger.warning(
                "%r uses %s, which no installed package provides: other machines need it on their "
                "path, or give code_paths= to log it with the model",
                request.name,
                ", ".join(inferred.local_modules),
            )
    return arguments, record


def _distribution(requirement: str) -> str | None:
    """Returns the name of what a line of requirements asks for; None for an option such as -r."""
    try:
        return str(canonicalize_name(Requirement(requirement).name))
    except InvalidRequirement:
        return None
