# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Tencent Cloud's API 3.0: endpoints, requests and answers."""

from __future__ import annotations

import json
import random
import typing as t
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..._core.clock import Clock, Deadline
from ..._core.errors import OptionError
from ..._core.listing import MOST_PAGES, Listing
from ..._http.client import ApiClient
from ..._http.connection import Connection, Platform
from ..._http.pacing import Pacer, Rate
from ..._http.reply import number, objects, text
from ..._http.transport import Call
from . import profiles
from .errors import error_class
from .signer import Tc3Auth

PAGE_SIZE = 100

TENCENT = Platform(
    name="tencent",
    title="Tencent Cloud",
    region_env=("TENCENTCLOUD_REGION",),
    access_key_id_env=("TENCENTCLOUD_SECRET_ID",),
    access_key_secret_env=("TENCENTCLOUD_SECRET_KEY",),
    # The vendor's command line reads the first name, many other tools the second.
    security_token_env=("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"),
    endpoint_url_env=("TENCENTCLOUD_ENDPOINT_URL",),
    profiles=profiles,
    private_sts="sts.internal.tencentcloudapi.com",
)


@dataclass(frozen=True)
class Service:
    """One of Tencent Cloud's services: its API version and the rates of its calls."""

    name: str
    version: str
    rates: Mapping[str, Rate]

    def endpoint(self, region: str, private: bool = False) -> str:
        """The vendor's URL for a region, or the one for its own networks. Raises OptionError if none is known."""
        financial = region.endswith("-fsi")
        if private and financial:
            raise OptionError(
                f"endpoint_type is vpc, and no such host of {self.name} is known for {region}: name it in endpoint_url,"
                f" as in {{{self.name}: https://...}}."
            )
        # Financial regions answer at hosts of their own. Elsewhere, the region travels in a header.
        zone = "internal." if private else f"{region}." if financial else ""
        return f"https://{self.name}.{zone}tencentcloudapi.com"


class TencentClient(ApiClient):
    """Signed calls of one service in one region."""

    provider = TENCENT.name
    title = TENCENT.title

    def __init__(
        self,
        connection: Connection,
        service: Service,
        clock: Clock,
        rng: random.Random,
        pacer: Pacer | None = None,
    ) -> None:
        url = connection.url_of(service.name, service.endpoint(connection.region, connection.private))
        super().__init__(connection, url, service.rates, clock, rng, pacer)
        self._service = service
        self._auth = Tc3Auth(connection.credentials, service.name, clock.wall)

    def pages(
        self, action: str, parameters: Mapping[str, t.Any], items: str, deadline: Deadline | None = None
    ) -> Iterator[dict[str, t.Any]]:
        """All pages of the list C(items). Raises ApiError, after all pages if the list contradicts its total."""
        listing = Listing(PAGE_SIZE)
        for _page in range(MOST_PAGES):
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
                "x-tc-version": self._service.version,
                "x-tc-region": self.connection.region,
                "x-tc-language": "en-US",
            },
            body=json.dumps(parameters).encode(),
        )

    def _read(self, action: str, status: int, body: dict[str, t.Any]) -> dict[str, t.Any]:
        response = body.get("Response")
        if not isinstance(response, dict):
            raise self.not_an_answer(action, status, "JSON")
        # Errors come with HTTP 200, too.
        error = response.get("Error")
        if error is None:
            if not text(response, "RequestId"):
                raise self.not_an_answer(action, status, "JSON")
            return response
        details = error if isinstance(error, dict) else {}
        code = text(details, "Code") or "unknown"
        message = text(details, "Message") or "no message"
        raise self.error(action, code, message, error_class(code), status, text(response, "RequestId") or None)
