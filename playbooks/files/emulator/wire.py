# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all wires have in common: a provider, its services and their actions, a call, an error.

A `Provider` turns an HTTP request into a `Call`, checks it, and hands it to the `Action` of a `Service`. To add a kind
of operation is to write one `Service` and to name it among the provider's services.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from werkzeug import Request, Response

if TYPE_CHECKING:
    from .keys import Key
    from .world import Operation, World

# The faults that every provider words itself.
Refusal = Literal["throttle", "denied", "expired_token", "internal_error"]


class ApiError(Exception):
    """A refusal in the provider's own words; the provider's envelope gives it its shape."""

    def __init__(
        self,
        code: str,
        message: str,
        http_status: int | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.http_status = http_status  # None: what the provider documents for the code
        self.headers = dict(headers or {})
        self.details = dict(details or {})


# An error code as the provider has it in general (or its first part) -> the code and the HTTP status of one service.
Codes = Mapping[str, tuple[str, int]]


@dataclass
class Call:
    """One request of a client, filled in step by step: read, then admitted, then acted on."""

    provider: str
    request_id: str
    host: str = ""
    action: str = ""
    version: str = ""
    region: str | None = None
    key: Key | None = None
    # As sent, without what belongs to the signature: this is what the request log shows.
    parameters: dict[str, Any] = field(default_factory=dict)
    # Checked and converted by the action's declaration: this is what the action works with.
    arguments: dict[str, Any] = field(default_factory=dict)
    # The moment the answer speaks of; earlier than now while reads are stale.
    now: float = 0.0
    stale_seconds: float = 0.0
    # A fault: the targets of this stop end by themselves, with this status, just before it is handled.
    finish_first: FinishFirst | None = None
    # Of several services behind one address the one that is meant, where the provider can tell; and how it answers.
    service: Service | None = None
    form: Literal["json", "xml"] = "json"
    # What the service of this call says in its own words; see Service.codes.
    codes: Codes = field(default_factory=dict)


@dataclass(frozen=True)
class FinishFirst:
    status: str | None = None


Kind = Literal["text", "integer", "boolean", "texts", "records"]


@dataclass(frozen=True)
class Parameter:
    """A parameter of an action. `fields` names the members of the elements of "records"."""

    kind: Kind = "text"
    required: bool = False
    fields: Mapping[str, Kind] = field(default_factory=dict)


TEXT = Parameter()
REQUIRED = Parameter(required=True)
INTEGER = Parameter("integer")
BOOLEAN = Parameter("boolean")
TEXTS = Parameter("texts")


@dataclass(frozen=True)
class Action:
    handle: Callable[[World, Call], dict[str, Any]]
    effect: Literal["read", "start", "stop"]
    parameters: Mapping[str, Parameter]
    regional: bool = True


@dataclass(frozen=True)
class Service:
    name: str
    version: str
    regions: Mapping[str, str]
    actions: Mapping[str, Action]
    # How the control interface makes an operation of a kind from a description: (world, description) -> operation
    kinds: Mapping[str, Callable[[World, dict[str, Any]], Operation]] = field(default_factory=dict)
    # The error codes that the service words or weighs in its own way: (world, action) -> codes
    codes: Callable[[World, str], Codes] = lambda world, action: {}
    # The region of calls that name none, where the host alone fixes it.
    default_region: str | None = None


@dataclass(frozen=True)
class Variables:
    """The environment variables in which a provider's users keep address, region and keys."""

    endpoint_url: str
    region: str
    access_key_id: str
    access_key_secret: str


class Provider(ABC):
    """The wire of one provider, as the application uses it. Its folder makes one and calls it PROVIDER."""

    # As options call it.
    name: str
    # The region of what is started without one.
    default_region: str
    # All that it knows.
    keys: tuple[Key, ...]
    services: tuple[Service, ...]
    variables: Variables
    # Its own table of settings; see settings.py.
    settings: type[Any] | None = None

    @abstractmethod
    def recognises(self, request: Request) -> bool:
        """Whether this request is meant for this provider: by how it is signed, which no other provider does alike.

        A parameter's name is no sign, since others use it, too. No two providers may recognise the same request.
        """

    @abstractmethod
    def read(self, request: Request) -> Call:
        """What can be told of a request without trusting it; never fails."""

    @abstractmethod
    def admit(self, world: World, request: Request, call: Call) -> Action:
        """Check signature, key, permission, action, region and parameters; raises ApiError."""

    @abstractmethod
    def refusal(self, call: Call, fault: Refusal) -> ApiError:
        """What it says where a fault was ordered, as it would say it to this call."""

    @abstractmethod
    def success(self, call: Call, result: dict[str, Any]) -> Response:
        """The answer that has this result: head, status and body, which may be empty."""

    @abstractmethod
    def failure(self, call: Call, error: ApiError) -> Response:
        """The answer that has this error."""

    def retry_after(self, seconds: int) -> dict[str, str]:
        """The headers by which a refusal says when to come again."""
        return {"Retry-After": str(seconds)}

    def page(self, title: str, status: int) -> Response:
        """What a gateway before the API answers in its place."""
        html = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
        return Response(html, status, content_type="text/html")

    def instance_ids(self, call: Call) -> int:
        """How many instance ids the call names."""
        return 0


def scheme(request: Request) -> str:
    """The first word of the header Authorization, which says how a request is signed; nothing where there is none."""
    return request.headers.get("Authorization", "").partition(" ")[0]
