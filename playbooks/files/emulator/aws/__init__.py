# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS: signed by Signature Version 4, SSM in JSON, EC2 and CloudFormation in forms and XML.

A kind of operation is one module here and one entry in `services`.
"""

from __future__ import annotations

import uuid
from typing import Any

from werkzeug import Request, Response

from ..wire import Action, ApiError, Call, Provider, Refusal, Service, Variables, scheme
from ..world import World
from . import auth, codes, ec2_images, envelope, parameters, rates, ssm_automation, ssm_commands, stack_sets
from .keys import KEYS
from .settings import AwsSettings

_TARGET = "AmazonSSM."


class Aws(Provider):
    name = "aws"
    default_region = "us-east-1"
    keys = KEYS
    services = (ssm_commands.SERVICE, ssm_automation.SERVICE, ec2_images.SERVICE, stack_sets.SERVICE)
    variables = Variables(
        endpoint_url="AWS_ENDPOINT_URL",
        region="AWS_DEFAULT_REGION",
        access_key_id="AWS_ACCESS_KEY_ID",
        access_key_secret="AWS_SECRET_ACCESS_KEY",
    )
    settings = AwsSettings

    def recognises(self, request: Request) -> bool:
        if scheme(request):
            return request.path == "/" and scheme(request).startswith("AWS4-")
        return request.path == "/" and ("x-amz-target" in request.headers or "x-amz-date" in request.headers)

    def read(self, request: Request) -> Call:
        region, name = auth.scope(request)
        call = Call(self.name, str(uuid.uuid4()), host=request.host, region=region)
        call.parameters = parameters.sent(request)
        target = request.headers.get("x-amz-target")
        if target is None:
            call.form, call.action = "xml", request.values.get("Action", "")
            call.version = request.values.get("Version", "")
        else:
            call.action = target.removeprefix(_TARGET)
        services = [service for service in self.services if service.name == name]
        call.service = next((each for each in services if call.action in each.actions), next(iter(services), None))
        return call

    def admit(self, world: World, request: Request, call: Call) -> Action:
        call.codes = call.service.codes(world, call.action) if call.service else codes.QUERY
        try:
            if request.method not in ("GET", "POST"):
                raise ApiError("InvalidAction", f"The method {request.method} is not supported.")
            auth.check(world, self.keys, request, call)
            action = self._action(request, call)
            if call.key and call.key.name == "denied":
                raise auth.not_permitted(call)
            rates.check(world, call, action)
            call.arguments = parameters.decode(action, request, call)
        except ApiError as error:
            raise codes.in_own_words(call, error) from None
        return action

    def _action(self, request: Request, call: Call) -> Action:
        service: Service | None = call.service
        if service is None or call.action not in service.actions:
            raise ApiError("InvalidAction", f"There is no action {call.action} at this service.")
        if service.name == "ssm":
            if request.headers.get("x-amz-target") != f"{_TARGET}{call.action}" or request.method != "POST":
                raise ApiError("InvalidAction", "The header X-Amz-Target of a POST names the action.")
        elif call.form == "json" or call.version != service.version:
            raise ApiError("InvalidAction", f"There is no {call.action} in version {call.version!r}.")
        return service.actions[call.action]

    def refusal(self, call: Call, fault: Refusal) -> ApiError:
        if fault == "throttle":
            error = rates.throttled()
        elif fault == "denied":
            error = auth.not_permitted(call)
        elif fault == "expired_token":
            error = auth.token_has_expired()
        else:
            error = ApiError("InternalFailure", "An internal error has occurred.")
        return codes.in_own_words(call, error)

    def success(self, call: Call, result: dict[str, Any]) -> Response:
        return envelope.success(call, result)

    def failure(self, call: Call, error: ApiError) -> Response:
        return envelope.failure(call, codes.in_own_words(call, error))

    def retry_after(self, seconds: int) -> dict[str, str]:
        return {"x-amz-retry-after": str(1000 * seconds)}

    def instance_ids(self, call: Call) -> int:
        named = call.parameters.get("InstanceIds")
        return len(named) if isinstance(named, list) else 0


PROVIDER = Aws()
