# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The API of AWS: requests and answers of its two protocols, JSON for Systems Manager, forms and XML elsewhere."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from urllib.parse import urlencode

from ..._core.clock import Deadline
from ..._core.errors import ApiError
from ..._http.client import ApiClient
from ..._http.reply import decoded_json, decoded_xml, text
from ..._http.transport import Answer, Call
from .errors import RUN_OUT, SET_THE_CLOCK, WAYS_OUT, error_class, is_of_the_clock
from .services import AwsService
from .signer import SigV4Auth

PAGE_SIZE = 50
_ENCODED = "Encoded authorization failure message:"


class AwsClient(ApiClient):
    """Signed calls of one service in one region."""

    service: AwsService
    # For calls whose rate is not stated: ours, and careful.
    default_rate = 5.0
    throttled_backoff = (1.0, 20.0)
    ways_out = WAYS_OUT

    @cached_property
    def _auth(self) -> SigV4Auth:
        return SigV4Auth(self.connection.credentials, self.service.name, self.region, self._clock.wall)

    @property
    def _is_json(self) -> bool:
        return self.service.protocol == "json"

    def pages(
        self,
        action: str,
        parameters: Mapping[str, t.Any],
        items_of: Callable[[dict[str, t.Any]], list[t.Any]],
        deadline: Deadline | None = None,
        size: int = PAGE_SIZE,
    ) -> Iterator[dict[str, t.Any]]:
        """All pages of a list, C(size) rows each. Raises ApiError."""
        return self.token_pages(action, {**parameters, "MaxResults": size}, items_of, deadline)

    def _write(self, action: str, parameters: Mapping[str, t.Any]) -> Call:
        if self._is_json:
            said = {name: value for name, value in parameters.items() if value is not None}
            headers = {
                "content-type": "application/x-amz-json-1.1",
                "x-amz-target": f"{self.service.target}.{action}",
            }
            return Call(self._auth, headers, body=json.dumps(said).encode())
        form = {"Action": action, "Version": self.service.version, **parameters}
        # Some services answer with JSON where that is accepted.
        headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8", "accept": "text/xml"}
        return Call(self._auth, headers, body=urlencode(list(self._flat(form))).encode())

    def _flat(self, value: t.Any, name: str = "") -> Iterator[tuple[str, str]]:
        """Parameters as a form has them: what is nested has its way as its name, and nothing absent is there."""
        if isinstance(value, Mapping):
            for key, each in value.items():
                yield from self._flat(each, f"{name}.{key}" if name else key)
        elif isinstance(value, (list, tuple)):
            is_ec2 = self.service.protocol == "ec2"
            if not value and not is_ec2:
                yield name, ""
            for number, each in enumerate(value, start=1):
                yield from self._flat(each, f"{name}.{number}" if is_ec2 else f"{name}.member.{number}")
        elif value is not None:
            yield name, str(value).lower() if isinstance(value, bool) else str(value)

    def _decode(self, answer: Answer) -> t.Any:
        if not answer.body and answer.status < 300:
            return {}
        return decoded_json(answer.body) if self._is_json else decoded_xml(answer.body)

    def _request_id(self, answer: Answer, content: dict[str, t.Any]) -> str | None:
        # In the header at some services, in the body at others, and there written in three ways.
        inside = {} if self._is_json else _object(next(iter(content.values()), None))
        said = text(inside, "requestId", "RequestId", "RequestID")
        said = said or text(_object(inside.get("ResponseMetadata")), "RequestId")
        return answer.headers.get("x-amzn-RequestId") or said or None

    def _read(self, action: str, answer: Answer, content: dict[str, t.Any], request_id: str | None) -> dict[str, t.Any]:
        code, message = _fault_of_json(answer, content) if self._is_json else _fault_of_xml(content)
        if not code and not request_id:
            raise self.not_an_answer(action, answer.status, "JSON" if self._is_json else answer.content_type)
        if code or answer.status >= 400:
            raise self._refusal(action, answer, code or f"HTTP{answer.status}", message, request_id)
        if self._is_json or not content:
            return content
        if f"{action}Response" not in content:
            raise self.not_an_answer(action, answer.status, answer.content_type)
        inside = _object(content[f"{action}Response"])
        return inside if self.service.protocol == "ec2" else _object(inside.get(f"{action}Result"))

    def _refusal(self, action: str, answer: Answer, code: str, message: str, request_id: str | None) -> ApiError:
        # What follows is for the vendor to decode, and long.
        message = message.partition(_ENCODED)[0].strip() or "no message"
        found = error_class(code, answer.status, message)
        error = self.error(action, code, message, found, answer.status, request_id)
        if is_of_the_clock(code, message, None if answer.date is None else self._clock.wall() - answer.date):
            error.way_out = SET_THE_CLOCK
        return error

    def _has_run_out(self, error: ApiError) -> bool:
        return error.code in RUN_OUT and error.way_out != SET_THE_CLOCK


def _object(value: t.Any) -> dict[str, t.Any]:
    return value if isinstance(value, dict) else {}


def _fault_of_json(answer: Answer, content: dict[str, t.Any]) -> tuple[str, str]:
    """The code and the message of an error; empty if it is none."""
    kind = text(content, "__type") or answer.headers.get("x-amzn-ErrorType", "")
    return kind.partition(":")[0].rpartition("#")[2], text(content, "message", "Message")


def _fault_of_xml(content: Mapping[str, t.Any]) -> tuple[str, str]:
    """The same of an answer in XML."""
    error = _object(_object(content.get("ErrorResponse")).get("Error"))
    error = error or _object(_object(_object(content.get("Response")).get("Errors")).get("Error"))
    return text(error, "Code"), text(error, "Message")
