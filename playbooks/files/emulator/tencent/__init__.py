# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tencent Cloud API 3.0. A kind of operation is one module here and one entry in SERVICES."""

from __future__ import annotations

import uuid
from typing import Any

from werkzeug import Request, Response

from ..wire import Action, ApiError, Call, Provider, Refusal, Service, Variables, scheme
from ..world import World
from . import auth, envelope, parameters, tat
from .keys import KEYS
from .settings import TencentSettings


class Tencent(Provider):
    name = "tencent"
    default_region = "ap-guangzhou"
    keys = KEYS
    services = (tat.SERVICE,)
    variables = Variables(
        endpoint_url="TENCENTCLOUD_ENDPOINT_URL",
        region="TENCENTCLOUD_REGION",
        access_key_id="TENCENTCLOUD_SECRET_ID",
        access_key_secret="TENCENTCLOUD_SECRET_KEY",
    )
    settings = TencentSettings

    def recognises(self, request: Request) -> bool:
        signed = scheme(request).startswith("TC3-") if scheme(request) else "x-tc-action" in request.headers
        return request.path == "/" and signed

    def read(self, request: Request) -> Call:
        call = Call(
            self.name,
            str(uuid.uuid4()),
            action=request.headers.get("x-tc-action", ""),
            version=request.headers.get("x-tc-version", ""),
            region=request.headers.get("x-tc-region"),
        )
        if request.method == "GET":
            call.parameters = parameters.unflatten(request.args.items(multi=True))
        else:
            call.parameters = parameters.body_of(request) or {}
        return call

    def admit(self, world: World, request: Request, call: Call) -> Action:
        service_name = auth.check(world, self.keys, request, call)
        service, action = self._find_action(service_name, call)
        if action.regional:
            if not call.region:
                raise ApiError("MissingParameter", "The header X-TC-Region is missing.")
            if call.region not in service.regions:
                raise ApiError("UnsupportedRegion", f"The region {call.region} is not supported.")
        key_name = call.key.name if call.key else ""
        if not world.within_rate(key_name, call.region or "", call.action):
            raise ApiError("RequestLimitExceeded", f"More than {world.settings.rate_limit} calls a second.")
        call.arguments = parameters.decode(action, request, call.parameters)
        return action

    def _find_action(self, service_name: str, call: Call) -> tuple[Service, Action]:
        services = [service for service in self.services if service.name == service_name]
        if not services:
            raise ApiError("NoSuchProduct", f"The product {service_name} does not exist.")
        services = [service for service in services if service.version == call.version]
        if not services:
            raise ApiError("NoSuchVersion", f"The version {call.version!r} does not exist.")
        for service in services:
            if call.action in service.actions:
                return service, service.actions[call.action]
        raise ApiError("InvalidAction", f"The action {call.action!r} does not exist.")

    def refusal(self, call: Call, fault: Refusal) -> ApiError:
        if fault == "throttle":
            return ApiError("RequestLimitExceeded", "Too many calls.")
        if fault == "denied":
            return auth.refused("denied")
        if fault == "expired_token":
            return auth.token_failure()
        return ApiError("InternalError", "An internal error has occurred.")

    def success(self, call: Call, result: dict[str, Any]) -> Response:
        return envelope.success(call, result)

    def failure(self, call: Call, error: ApiError) -> Response:
        return envelope.failure(call, error)

    def instance_ids(self, call: Call) -> int:
        named = call.parameters.get("InstanceIds")
        return len(named) if isinstance(named, list) else 0


PROVIDER = Tencent()
