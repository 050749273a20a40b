# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a request to an answer: by the wire to the provider, through signature, faults and action, into the log."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from werkzeug import Request, Response
from werkzeug.http import http_date

from .control import Control
from .faults import ANSWERING, Fault
from .providers import all_providers
from .wire import Action, ApiError, Call, FinishFirst, Provider, Refusal
from .world import World


@dataclass
class Answer:
    """A response, and how it goes over the wire. Without a response the connection is reset."""

    response: Response | None
    truncate: bool = False
    # How long head and body take, sent bit by bit.
    head_seconds: float = 0.0
    body_seconds: float = 0.0


class Application:
    def __init__(self, providers: Sequence[Provider] | None = None, **settings: Any) -> None:
        """All providers that there are, unless some are given. `settings` are by name."""
        self.providers = all_providers() if providers is None else providers
        self.world = World([each.settings for each in self.providers if each.settings], settings)
        self.control = Control(self.world, self.providers)
        # Set when the emulator ends, so that no delay outlives it.
        self.closing = threading.Event()

    def answer(self, request: Request) -> Answer:
        request.get_data()  # kept from here on, so that both its hash and its form can be had
        if request.path.startswith("/_emulator"):
            return Answer(self.control.answer(request))
        provider = next((each for each in self.providers if each.recognises(request)), None)
        if provider is None:
            return Answer(Response("Not found\n", 404, content_type="text/plain"))
        answer = self._answer(provider, request)
        if answer.response is not None:
            answer.response.headers.setdefault("Date", http_date(self.world.signature_time()))
        return answer

    def _answer(self, provider: Provider, request: Request) -> Answer:
        arrived = time.time()
        call = provider.read(request)
        struck: list[Fault] = []
        code: str | None = None
        try:
            # Even a call that meets a fault must have been right: a fault hides no mistake of a client.
            action = provider.admit(self.world, request, call)
            key_name = call.key.name if call.key else ""
            struck = self.world.faults.strike(provider.name, call.action, call.region, key_name, action.effect)
            response = self._before(provider, call, struck) or self._act(provider, action, call)
        except ApiError as error:
            code = error.code
            response = provider.failure(call, error)
        except ConnectionResetError:
            response = None
        answer = self._deliver(response, struck)
        with self.world.lock:
            self.world.log.add(
                time=arrived,
                provider=provider.name,
                action=call.action,
                region=call.region,
                key=call.key.name if call.key else None,
                parameters=call.parameters,
                ids=provider.instance_ids(call),
                code=code,
                http_status=answer.response.status_code if answer.response else None,
                request_id=call.request_id,
            )
        return answer

    def _before(self, provider: Provider, call: Call, struck: list[Fault]) -> Response | None:
        """The faults that strike before the action; a response, if one of them answers in its place."""
        answering: Fault | None = None
        for fault in struck:
            if fault.kind == "latency":
                self.closing.wait(fault.seconds)
            elif fault.kind == "stale_reads":
                call.stale_seconds += fault.seconds
            elif fault.kind == "finish_first":
                call.finish_first = FinishFirst(fault.status)
            elif fault.kind in ANSWERING:
                answering = fault
        return self._in_place(provider, call, answering) if answering else None

    def _in_place(self, provider: Provider, call: Call, fault: Fault) -> Response:
        if fault.kind == "hang":
            self.closing.wait(fault.seconds)
        if fault.kind in ("hang", "reset"):
            raise ConnectionResetError
        if fault.kind == "redirect":
            return Response("", fault.http_status or 302, headers={"Location": fault.location or "/"})
        if fault.kind not in ("http_error", "not_json"):
            raise self._refusal(provider, call, fault)
        status = fault.http_status or 200
        response = provider.page("502 proxy" if status == 200 else str(status), status)
        if fault.body is not None:
            response.set_data(fault.body)
        if fault.retry_after is not None:
            response.headers["Retry-After"] = str(fault.retry_after)
        return response

    def _refusal(self, provider: Provider, call: Call, fault: Fault) -> ApiError:
        if fault.code is None:
            error = provider.refusal(call, cast(Refusal, fault.kind))
        else:
            error = ApiError(fault.code, f"Injected: {fault.code}.")
        error.message = fault.message or error.message
        error.http_status = fault.http_status or error.http_status
        error.headers |= provider.retry_after(fault.retry_after) if fault.retry_after else {}
        return error

    def _act(self, provider: Provider, action: Action, call: Call) -> Response:
        with self.world.lock:
            call.now = self.world.clock.now() - call.stale_seconds
            result = action.handle(self.world, call)
            acted = self.world.clock.now()
        response = provider.success(call, result)
        # By the clock of the moments in the answer, which is not the one that judges signatures.
        response.headers["Date"] = http_date(acted)
        return response

    def _deliver(self, response: Response | None, struck: list[Fault]) -> Answer:
        answer = Answer(response)
        for fault in struck:
            if fault.kind == "reset_after":
                answer.response = None
            elif fault.kind == "truncate":
                answer.truncate = True
            elif fault.kind == "drip":
                answer.body_seconds = fault.seconds
            elif fault.kind == "drip_head":
                answer.head_seconds = fault.seconds
            elif fault.kind == "content_type" and response is not None:
                response.headers["Content-Type"] = fault.content_type or ""
            elif fault.kind == "gzip" and response is not None:
                response.set_data(gzip.compress(response.get_data(), compresslevel=1))
                response.headers["Content-Encoding"] = "gzip"
        return answer
