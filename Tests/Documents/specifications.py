"""The documents against their specifications, OpenAPI 3.1 and AsyncAPI 3.0, by validators from PyPI (requirements.txt)."""

import warnings


def missing():
    """The packages that this needs and this Python does not have."""
    absent = []
    for package in ("openapi_spec_validator", "asyncapi3", "h2"):
        try:
            with warnings.catch_warnings():
                # Two field names of asyncapi3 shadow names of pydantic's: no matter here.
                warnings.simplefilter("ignore")
                __import__(package)
        except ImportError:
            absent.append(package.replace("_", "-"))
    return absent


def check(documents):
    from asyncapi3 import AsyncAPI3
    from openapi_spec_validator import validate

    validate(documents.raw["openapi.yaml"])
    AsyncAPI3.model_validate(documents.raw["asyncapi.yaml"])
