# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Acme, emulated: a provider that does not exist.

Two services stand behind one address and are told apart by the scope of the signature: one answers in JSON, the other
in XML with empty bodies. Both have the request id in a header.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast
from xml.sax.saxutils import escape

from werkzeug import Request, Response

from emulator import operation
from emulator.instance import Phase
from emulator.keys import Key, find
from emulator.operation import SimpleOperation
from emulator.settings import setting
from emulator.wire import REQUIRED, Action, ApiError, Call, Provider, Refusal, Service, Variables, scheme
from emulator.world import World

SCHEME = "ACME1-HMAC-SHA256"
WORDS = operation.Words(
    phases={"waits": Phase.WAITING, "works": Phase.RUNNING, "done": Phase.SUCCEEDED, "halted": Phase.STOPPED},
    pending="waits",
    running="works",
    stopping="works",
    succeeded="done",
    stopped="halted",
)


@dataclass
class AcmeSettings:
    halts: bool = setting(True, "whether a halt halts anything")


def create(world: World, description: dict[str, Any]) -> SimpleOperation:
    basis = operation.basis(world, WORDS, description, {}, make_id=lambda: world.make_id("x", 4), id_form="x.+")
    name = description.get("name") or "x"
    made = SimpleOperation(**basis, provider="acme", kind="image_task", name=name)
    world.add(made)
    return made


def make(world: World, call: Call) -> dict[str, Any]:
    return shown(create(world, {"region": call.region, "name": call.arguments["Name"]}), call)


def shown(task: SimpleOperation, call: Call) -> dict[str, Any]:
    return {"Id": task.id, "Name": task.name, "Status": task.status_at(call.now)}


def show(world: World, call: Call) -> dict[str, Any]:
    return shown(_found(world, call), call)


def list_tasks(world: World, call: Call) -> dict[str, Any]:
    tasks = cast(Iterator[SimpleOperation], world.operations("acme", "image_task", call.region, call.now))
    return {"tasks": [shown(each, call) for each in tasks]}


def _found(world: World, call: Call) -> SimpleOperation:
    found = operation.find(world, call, SimpleOperation, call.arguments["Id"])
    if found is None:
        raise ApiError("Gone", "There is no <such> task.", 404)
    return found


def halt(world: World, call: Call) -> dict[str, Any]:
    found = _found(world, call)
    found.overtake(call)
    if world.own(AcmeSettings).halts:
        found.stop(call.now, WORDS.stopped, found.pace.stopping_seconds)
    return {}


HALT = Action(halt, "stop", {"Id": REQUIRED})
IMAGES = Service(
    name="images",
    version="1",
    regions={"here": "Here"},
    actions={
        "Make": Action(make, "start", {"Name": REQUIRED}),
        "Show": Action(show, "read", {"Id": REQUIRED}),
        "List": Action(list_tasks, "read", {}),
        "Halt": HALT,
    },
    kinds={"image_task": create},
)
PLACES = Service(
    name="places",
    version="1",
    regions={"here": "Here"},
    actions={"Where": Action(lambda world, call: {"places": "here"}, "read", {}), "Halt": HALT},
)


def signature(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Acme(Provider):
    name = "acme"
    default_region = "here"
    keys = (Key("default", "acme-id", "acme-secret"), Key("denied", "acme-stranger", "acme-strange-secret"))
    services = (IMAGES, PLACES)
    variables = Variables("ACME_URL", "ACME_REGION", "ACME_ID", "ACME_SECRET")
    settings = AcmeSettings

    def recognises(self, request: Request) -> bool:
        return scheme(request) == SCHEME

    def read(self, request: Request) -> Call:
        call = Call(self.name, "acme-request", parameters=dict(request.form), action=request.form.get("Action", ""))
        scope = re.search(r" Credential=([^/]+)/([^/]+)/([^/]+)/acme,", request.headers["Authorization"])
        if scope:
            call.key, call.region = find(self.keys, scope[1]), scope[2]
            call.service = next((each for each in self.services if each.name == scope[3]), None)
        call.form = "xml" if call.service is PLACES else "json"
        return call

    def admit(self, world: World, request: Request, call: Call) -> Action:
        signed = call.key and signature(call.key.access_key_secret, request.get_data())
        if not signed or not request.headers["Authorization"].endswith(f"Signature={signed}"):
            raise ApiError("BadSignature", "Who is that?", 403)
        if call.key and call.key.name == "denied":
            raise self.refusal(call, "denied")
        if call.service is None or call.action not in call.service.actions:
            raise ApiError("NoSuchAction", "What is that?")
        call.arguments = call.parameters
        return call.service.actions[call.action]

    def refusal(self, call: Call, fault: Refusal) -> ApiError:
        return ApiError(f"Acme.{fault}", "No.", 503 if fault == "internal_error" else 400)

    def success(self, call: Call, result: dict[str, Any]) -> Response:
        return self._answer(call, "".join(f"<{name}>{value}</{name}>" for name, value in result.items()), result, 200)

    def failure(self, call: Call, error: ApiError) -> Response:
        body = {"Code": error.code, "Message": error.message}
        inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in body.items())
        response = self._answer(call, f"<Error>{inner}</Error>", body, error.http_status or 400)
        response.headers.extend(error.headers)
        return response

    def _answer(self, call: Call, xml: str, fields: dict[str, Any], status: int) -> Response:
        text = xml if call.form == "xml" else json.dumps(fields)
        response = Response(text, status, content_type="text/xml" if call.form == "xml" else "application/json")
        response.headers["x-acme-request"] = call.request_id
        return response


PROVIDER = Acme()
