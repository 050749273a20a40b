# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control interface under /_emulator/: what tests and rehearsals use to set the scene and to see what happened.

GET    /                        what this is, and its routes
GET    /keys                    provider -> name -> pair (and token); the name says what becomes of its calls
POST   /reset                   everything back to the start
GET    /operations[/<id>]       what is really going on
POST   /operations              {"provider", "kind", "id", "region", "name", "status", "age", "pending_seconds",
                                 "run_seconds", "stopping_seconds"}, and what only some kinds have:
       cloud_invocation         "count" | "instances": [id | {"instance_id", ...}], "command_id", "overall_status",
                                "frequency", "source", "timeout", "exit_code", "online"
       automation_execution     "final_status", "parent", "children" (a number), "invocation_ids"; "category",
                                "waiting", "loop_items" | "type", "subtype", "association_id", "steps"
       image_task               "final_status", "action", "resource_id"; "support_cancel", "group_id" | "message",
                                "transferring"
       stack_group_operation    "final_status", "group", "group_status", "action", "max_concurrent",
                                "failure_tolerance", "accounts" and "regions" | "pairs": [{"account", "region",
                                "status", "run_seconds", "final_status"}]; "description" | "call_as", "managed"
POST   /operations/<id>/finish  {"instance_ids", "status"}: end them now
GET    /requests?provider=&action=   and DELETE: the log of the providers' calls
GET    /clock                   POST {"mode": "real" | "manual", "advance": seconds}
GET    /settings                PUT a part of it; see settings.py, and that of each provider
GET    /faults                  POST {"kind", "provider", "action", "region", "key", "times", "after", ...}, DELETE;
                                faults.KINDS
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule

from .faults import Fault
from .invocation import KIND
from .settings import BadRequest
from .world import Operation, World

if TYPE_CHECKING:
    from .wire import Provider

NOTE = "agreement with the providers' documents; not verified against a live cloud"

_ROUTES = Map(
    [
        Rule("/_emulator/", endpoint="about", methods=["GET"]),
        Rule("/_emulator/keys", endpoint="keys", methods=["GET"]),
        Rule("/_emulator/reset", endpoint="reset", methods=["POST"]),
        Rule("/_emulator/operations", endpoint="list_operations", methods=["GET"]),
        Rule("/_emulator/operations", endpoint="create_operation", methods=["POST"]),
        Rule("/_emulator/operations/<operation_id>", endpoint="show_operation", methods=["GET"]),
        Rule("/_emulator/operations/<operation_id>/finish", endpoint="finish_operation", methods=["POST"]),
        Rule("/_emulator/requests", endpoint="list_requests", methods=["GET"]),
        Rule("/_emulator/requests", endpoint="clear_requests", methods=["DELETE"]),
        Rule("/_emulator/clock", endpoint="show_clock", methods=["GET"]),
        Rule("/_emulator/clock", endpoint="set_clock", methods=["POST"]),
        Rule("/_emulator/settings", endpoint="show_settings", methods=["GET"]),
        Rule("/_emulator/settings", endpoint="set_settings", methods=["PUT"]),
        Rule("/_emulator/faults", endpoint="list_faults", methods=["GET"]),
        Rule("/_emulator/faults", endpoint="add_fault", methods=["POST"]),
        Rule("/_emulator/faults", endpoint="clear_faults", methods=["DELETE"]),
    ],
    strict_slashes=False,
)


class Control:
    def __init__(self, world: World, providers: Sequence[Provider]) -> None:
        self.world = world
        self.providers = {provider.name: provider for provider in providers}

    def answer(self, request: Request) -> Response:
        try:
            endpoint, arguments = _ROUTES.bind(request.host).match(request.path, request.method)
            with self.world.lock:
                result = getattr(self, endpoint)(request, **arguments)
        except (BadRequest, ValueError) as error:
            return _json({"error": str(error)}, 400)
        except NotFound as error:
            return _json({"error": f"There is nothing at {request.path}.", "detail": error.description}, 404)
        except MethodNotAllowed:
            return _json({"error": f"{request.method} is not possible at {request.path}."}, 405)
        except HTTPException as error:
            return _json({"error": str(error)}, error.code or 500)
        return _json(result)

    def about(self, request: Request) -> dict[str, Any]:
        return {
            "product": "provider emulator of the Ansible collection cloudops.halt",
            "note": NOTE,
            "providers": {
                name: [
                    {
                        "service": each.name,
                        "version": each.version,
                        "actions": sorted(each.actions),
                        "kinds": sorted(each.kinds),
                    }
                    for each in provider.services
                ]
                for name, provider in self.providers.items()
            },
            "control": sorted({rule.rule for rule in _ROUTES.iter_rules()}),
        }

    def keys(self, request: Request) -> dict[str, Any]:
        return {name: {key.name: key.as_dict() for key in each.keys} for name, each in self.providers.items()}

    def reset(self, request: Request) -> dict[str, Any]:
        self.world.reset()
        return {}

    # Operations

    def list_operations(self, request: Request) -> list[dict[str, Any]]:
        now = self.world.clock.now()
        return [operation.describe(now) for operation in self.world.all_operations()]

    def create_operation(self, request: Request) -> dict[str, Any]:
        description = _body(request)
        provider = self.providers.get(str(description.get("provider")))
        if provider is None:
            raise BadRequest(f"An operation has a provider, one of {', '.join(self.providers)}.")
        kind = str(description.get("kind", KIND))
        service = next((each for each in provider.services if kind in each.kinds), None)
        if service is None:
            raise BadRequest(f"{provider.name} has no operations of the kind {kind!r}.")
        description.setdefault("region", provider.default_region)
        if description["region"] not in service.regions:
            raise BadRequest(f"{provider.name} has no region {description['region']!r} here.")
        operation = service.kinds[kind](self.world, description)
        described = operation.describe(self.world.clock.now())
        made = {"id": operation.id, "instance_ids": [each["instance_id"] for each in described.get("instances", [])]}
        return made | ({"children": described["children"]} if described.get("children") else {})

    def show_operation(self, request: Request, operation_id: str) -> dict[str, Any]:
        return self._operation(operation_id).describe(self.world.clock.now())

    def finish_operation(self, request: Request, operation_id: str) -> dict[str, Any]:
        operation, wanted = self._operation(operation_id), _body(request)
        unknown = set(wanted) - {"instance_ids", "status"}
        if unknown:
            raise BadRequest(f"To finish takes instance_ids and status, not {', '.join(sorted(unknown))}.")
        now = self.world.clock.now()
        operation.finish(now, wanted.get("instance_ids"), wanted.get("status"))
        return operation.describe(now)

    def _operation(self, operation_id: str) -> Operation:
        for provider in self.providers:
            operation = self.world.find(provider, operation_id)
            if operation is not None:
                return operation
        raise NotFound(f"There is no operation {operation_id}.")

    # Requests, clock, settings, faults

    def list_requests(self, request: Request) -> list[dict[str, Any]]:
        return self.world.log.select(request.args.get("provider"), request.args.get("action"))

    def clear_requests(self, request: Request) -> dict[str, Any]:
        self.world.log.entries.clear()
        return {}

    def show_clock(self, request: Request) -> dict[str, Any]:
        return {"mode": self.world.clock.mode, "now": self.world.clock.now()}

    def set_clock(self, request: Request) -> dict[str, Any]:
        wanted = _body(request)
        if not wanted or set(wanted) - {"mode", "advance"}:
            raise BadRequest("The clock takes a mode, or seconds to advance, or both.")
        if "mode" in wanted:
            self.world.clock.set_mode(wanted["mode"])
        if "advance" in wanted:
            self.world.clock.advance(wanted["advance"])
        return self.show_clock(request)

    def show_settings(self, request: Request) -> dict[str, Any]:
        return self.world.all_settings()

    def set_settings(self, request: Request) -> dict[str, Any]:
        self.world.update_settings(_body(request))
        return self.show_settings(request)

    def list_faults(self, request: Request) -> list[dict[str, Any]]:
        return [fault.as_dict() for fault in self.world.faults.pending()]

    def add_fault(self, request: Request) -> dict[str, Any]:
        fault = Fault.from_description(_body(request))
        self.world.faults.add(fault)
        return fault.as_dict()

    def clear_faults(self, request: Request) -> dict[str, Any]:
        self.world.faults.clear()
        return {}


def _body(request: Request) -> dict[str, Any]:
    data = request.get_data()
    try:
        body = json.loads(data, parse_constant=_refuse_constant) if data else {}
    except ValueError:
        raise BadRequest("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise BadRequest("The body is not a JSON object.")
    return body


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body, allow_nan=False), status, content_type="application/json")
