"""What the requests need to know of the server that openapi.yaml cannot say."""

import schemathesis

# Times that there are in every year and every month, of the years that nanoseconds since 1970 in 64 bits reach.
TIME = (
    r"^(1[7-9]|2[01])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,20})?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$")


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """A format does not bind in JSON Schema, and a pattern does."""
    schemas = raw_schema["components"]["schemas"]
    for schema, member in (("NewUpdate", "timestamp"), ("CloudEvent", "time")):
        described = schemas[schema]["properties"][member]
        assert described.pop("format") == "date-time"
        described["pattern"] = TIME


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Half of the orders that are asked for are there."""
    name = (path_parameters or {}).get("id")
    if isinstance(name, str) and len(name) % 2 == 0:
        path_parameters["id"] = f"order-{sum(name.encode()) % 50}"
    return path_parameters


@schemathesis.hook
def before_call(context, case, kwargs):
    """An update that names an order names that of the path."""
    for item in case.body if isinstance(case.body, list) else [case.body]:
        for update in (item, item.get("data")) if isinstance(item, dict) else ():
            if isinstance(update, dict) and isinstance(update.get("orderId"), str):
                update["orderId"] = (case.path_parameters or {}).get("id")
