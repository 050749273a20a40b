# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Alibaba Cloud's RPC-style API: endpoints, requests and answers."""

from __future__ import annotations

import secrets
import typing as t
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote, urlencode

from ..._core.clock import Deadline
from ..._core.listing import Listing
from ..._http.client import ApiClient, Service
from ..._http.reply import number, text
from ..._http.transport import Answer, Call
from .errors import WAYS_OUT, error_class
from .signer import Acs3Auth

PAGE_SIZE = 50


@dataclass(frozen=True)
class AlibabaService(Service):
    """One of Alibaba Cloud's services, and where it is reached."""

    hosts: Mapping[str, str] = field(default_factory=dict)
    """Regions that depart from the rule C(<name>.<region>.aliyuncs.com)."""
    central_host: str | None = None
    """The one host for all regions, where the rule does not hold at all."""
    private_hosts: Mapping[str, str] | None = None
    """By region, where the rule C(<name>-vpc.<region>.aliyuncs.com) does not hold for the vendor's own networks."""
    counts_by_token: bool = True
    """Whether the total of a list means anything where tokens lead from page to page."""

    def endpoint(self, region: str, endpoint_type: str = "public") -> str:
        if endpoint_type == "public":
            return f"https://{self.central_host or self.hosts.get(region, f'{self.name}.{region}.aliyuncs.com')}"
        if self.private_hosts is None:
            return f"https://{self.name}-vpc.{region}.aliyuncs.com"
        if region not in self.private_hosts:
            raise self.no_private_host(region)
        return f"https://{self.private_hosts[region]}"


class AlibabaClient(ApiClient):
    """Signed calls of one service in one region."""

    service: AlibabaService
    # For calls whose rate is not stated: ours, and careful. Whoever is throttled at ECS may call again in the next
    # minute.
    default_rate = 10.0
    throttled_backoff = (1.0, 32.0)
    ways_out = WAYS_OUT

    @cached_property
    def _auth(self) -> Acs3Auth:
        return Acs3Auth(self.connection.credentials, self._clock.wall, lambda: secrets.token_hex(16))

    def pages(
        self,
        action: str,
        parameters: Mapping[str, t.Any],
        items_of: Callable[[dict[str, t.Any]], list[t.Any]],
        deadline: Deadline | None = None,
    ) -> Iterator[dict[str, t.Any]]:
        """All pages of a list. Raises ApiError, after all pages if the list is shorter than its total."""
        query = {**parameters, "MaxResults": PAGE_SIZE}
        return self.token_pages(action, query, items_of, deadline, counts=self.service.counts_by_token)

    def numbered_pages(
        self,
        action: str,
        parameters: Mapping[str, t.Any],
        size: int,
        items_of: Callable[[dict[str, t.Any]], list[t.Any]],
        deadline: Deadline | None = None,
    ) -> Iterator[dict[str, t.Any]]:
        """All pages of a list that numbers them. Raises ApiError, after all pages if the list contradicts its total."""
        listing = Listing(size, by_page=True)
        for _page in range(self.most_pages):
            missing = listing.missing(1)
            if not missing:
                return self.check_whole(action, listing)
            (offset,) = missing
            query = {**parameters, "PageNumber": offset // size + 1, "PageSize": size}
            page = self.call(action, query, deadline=deadline)
            yield page
            listing.add(offset, len(items_of(page)), number(page, "TotalCount"))
        raise self.endless(action)

    def _write(self, action: str, parameters: Mapping[str, t.Any]) -> Call:
        query = {"RegionId": self.connection.region, **parameters}
        return Call(
            auth=self._auth,
            headers={"x-acs-action": action, "x-acs-version": self.service.version},
            query=urlencode(_flatten(query), quote_via=quote, safe="~"),
        )

    def _request_id(self, answer: Answer, content: dict[str, t.Any]) -> str | None:
        # Some gateways write the keys of an error in lower case.
        return text(content, "RequestId", "requestId") or None

    def _read(self, action: str, answer: Answer, content: dict[str, t.Any], request_id: str | None) -> dict[str, t.Any]:
        status = answer.status
        code = text(content, "Code", "code")
        message = text(content, "Message", "message")
        if status < 400 and not (code and message):
            if not request_id:
                raise self.not_an_answer(action, status, "JSON")
            return content
        code = code or f"HTTP{status}"
        raise self.error(action, code, message or "no message", error_class(code, status), status, request_id)


def _flatten(parameters: Mapping[str, t.Any]) -> dict[str, str]:
    """Parameters as the RPC style writes them: lists numbered from 1, booleans in lower case, nothing absent."""
    flat: dict[str, str] = {}
    for name, value in parameters.items():
        if isinstance(value, (list, tuple)):
            flat.update({f"{name}.{number}": str(item) for number, item in enumerate(value, start=1)})
        elif isinstance(value, bool):
            flat[name] = str(value).lower()
        elif value is not None:
            flat[name] = str(value)
    return flat
