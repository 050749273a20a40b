# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Tencent Cloud's API 3.0: endpoints, requests and answers."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..._core.clock import Deadline
from ..._core.listing import Listing
from ..._http.client import ApiClient, Service
from ..._http.reply import number, objects, text
from ..._http.transport import Answer, Call
from .errors import WAYS_OUT, error_class
from .signer import Tc3Auth

PAGE_SIZE = 100


@dataclass(frozen=True)
class TencentService(Service):
    """One of Tencent Cloud's services, and where it is reached."""

    def endpoint(self, region: str, endpoint_type: str = "public") -> str:
        private = endpoint_type == "vpc"
        financial = region.endswith("-fsi")
        if private and financial:
            raise self.no_private_host(region)
        # Financial regions answer at hosts of their own. Elsewhere, the region travels in a header.
        zone = "internal." if private else f"{region}." if financial else ""
        return f"https://{self.name}.{zone}tencentcloudapi.com"


class TencentClient(ApiClient):
    """Signed calls of one service in one region."""

    ways_out = WAYS_OUT

    @cached_property
    def _auth(self) -> Tc3Auth:
        return Tc3Auth(self.connection.credentials, self.service.name, self._clock.wall)

    def pages(
        self, action: str, parameters: Mapping[str, t.Any], items: str, deadline: Deadline | None = None
    ) -> Iterator[dict[str, t.Any]]:
        """All pages of the list C(items). Raises ApiError, after all pages if the list contradicts its total."""
        listing = Listing(PAGE_SIZE)
        for _page in range(self.most_pages):
            missing = listing.missing(1)
            if not missing:
                return self.check_whole(action, listing)
            (offset,) = missing
            page = self.call(action, {**parameters, "Limit": PAGE_SIZE, "Offset": offset}, deadline=deadline)
            yield page
            listing.add(offset, len(objects(page, items)), number(page, "TotalCount"))
        raise self.endless(action)

    def _write(self, action: str, parameters: Mapping[str, t.Any]) -> Call:
        return Call(
            auth=self._auth,
            headers={
                "content-type": "application/json",
                "x-tc-action": action,
                "x-tc-version": self.service.version,
                "x-tc-region": self.connection.region,
                "x-tc-language": "en-US",
            },
            body=json.dumps(parameters).encode(),
        )

    def _request_id(self, answer: Answer, content: dict[str, t.Any]) -> str | None:
        response = content.get("Response")
        return text(response, "RequestId") or None if isinstance(response, dict) else None

    def _read(self, action: str, answer: Answer, content: dict[str, t.Any], request_id: str | None) -> dict[str, t.Any]:
        status = answer.status
        response = content.get("Response")
        if not isinstance(response, dict):
            raise self.not_an_answer(action, status, "JSON")
        # Errors come with HTTP 200, too.
        error = response.get("Error")
        if error is None:
            if not request_id:
                raise self.not_an_answer(action, status, "JSON")
            return response
        details = error if isinstance(error, dict) else {}
        code = text(details, "Code") or "unknown"
        message = text(details, "Message") or "no message"
        raise self.error(action, code, message, error_class(code), status, request_id)
