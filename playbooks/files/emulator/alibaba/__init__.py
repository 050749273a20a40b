# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alibaba Cloud, RPC style. A kind of operation is one module here and one entry in `services`."""

from __future__ import annotations

import re
import uuid
from typing import Any

from werkzeug import Request, Response

from ..wire import Action, ApiError, Call, Provider, Refusal, Service, Variables
from ..world import World
from . import auth, ecs_cloud_assistant, ecs_tasks, envelope, oos, parameters, ros
from .keys import KEYS
from .regions import REGIONS
from .settings import AlibabaSettings


class Alibaba(Provider):
    name = "alibaba"
    default_region = "cn-hangzhou"
    keys = KEYS
    services = (ecs_cloud_assistant.SERVICE, ecs_tasks.SERVICE, oos.SERVICE, ros.SERVICE)
    variables = Variables(
        endpoint_url="ALIBABA_CLOUD_ENDPOINT_URL",
        region="ALIBABA_CLOUD_REGION_ID",
        access_key_id="ALIBABA_CLOUD_ACCESS_KEY_ID",
        access_key_secret="ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    )
    settings = AlibabaSettings

    def recognises(self, request: Request) -> bool:
        return request.path == "/" and (auth.is_v3(request) or auth.is_v1(request))

    def read(self, request: Request) -> Call:
        sent = dict(auth.parameters(request))
        call = Call(self.name, str(uuid.uuid4()).upper(), host=request.host, region=sent.get("RegionId"))
        if auth.is_v3(request):
            call.action = request.headers.get("x-acs-action", "")
            call.version = request.headers.get("x-acs-version", "")
            call.parameters = sent
            wants_xml = "xml" in request.headers.get("accept", "")
        else:
            call.action = sent.get("Action", "")
            call.version = sent.get("Version", "")
            call.parameters = {name: value for name, value in sent.items() if name not in auth.COMMON_PARAMETERS}
            # XML is the historic default of the older signature when no Format is given.
            wants_xml = sent.get("Format", "XML").upper() == "XML"
        call.form = "xml" if wants_xml else "json"
        call.service = self._service(call)
        return call

    def admit(self, world: World, request: Request, call: Call) -> Action:
        if call.service:
            call.codes = call.service.codes(world, call.action)
            call.region = call.region or call.service.default_region
        try:
            auth.check(world, self.keys, request, call)
            return self._action(call)
        except ApiError as error:
            raise envelope.in_own_words(call, error) from None

    def refusal(self, call: Call, fault: Refusal) -> ApiError:
        if fault == "throttle":
            error = ApiError("Throttling.User", "Request was denied due to user flow control.")
        elif fault == "denied":
            error = auth.not_permitted(call)
        elif fault == "expired_token":
            error = auth.token_has_expired()
        else:
            error = ApiError("InternalError", "The request processing has failed due to some unknown error.")
        return envelope.in_own_words(call, error)

    def _service(self, call: Call) -> Service | None:
        """Of several services in one version of one product, the one that has the action."""
        services = [service for service in self.services if service.version == call.version]
        return next((each for each in services if call.action in each.actions), services[0] if services else None)

    def _action(self, call: Call) -> Action:
        service = call.service
        if service is None:
            raise ApiError("InvalidVersion", f"The version {call.version!r} is not valid.")
        action = service.actions.get(call.action)
        if action is None:
            raise ApiError("InvalidAction.NotFound", f"The action {call.action!r} was not found.")
        auth.check_permission(call)
        call.arguments = parameters.decode(action, call.parameters)
        if action.regional:
            if not call.region:
                raise parameters.missing("RegionId")
            if call.region not in REGIONS:
                raise ApiError("InvalidRegionId.NotFound", f"The region {call.region} does not exist.")
            if call.region not in service.regions:
                raise ApiError("RegionId.ApiNotSupported", f"The API is not supported in {call.region}.")
        return action

    def success(self, call: Call, result: dict[str, Any]) -> Response:
        return envelope.success(call, result)

    def failure(self, call: Call, error: ApiError) -> Response:
        return envelope.failure(call, error)

    def retry_after(self, seconds: int) -> dict[str, str]:
        return {"x-acs-retry-after": str(seconds)}

    def instance_ids(self, call: Call) -> int:
        return sum(1 for name in call.parameters if re.fullmatch(r"InstanceId(\.\d+)?", name))


PROVIDER = Alibaba()
