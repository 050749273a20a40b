# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""From a module's connection options to the values in force, for one provider."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from .._core import parser
from .._core.errors import OptionError
from .._credentials.chain import IDENTITY, Finder, first, first_set
from .._credentials.keys import Keys
from .._credentials.platform import Platform

# Both become labels of host names.
_REGION = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}")
_HOST_LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}")
_IPV6 = re.compile(r"[0-9A-Fa-f:.]+")
_LONGEST_REQUEST = 3600
_PROXY_ENV = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")


@dataclass(frozen=True)
class Connection:
    """All that a client needs to know to reach one region of a provider with one identity."""

    platform: Platform
    region: str
    credentials: Keys
    endpoint_url: str | None = None
    """The one URL for all services."""
    endpoint_urls: tuple[tuple[str, str], ...] = ()
    """The URLs by service."""
    url_names: Mapping[str, str] = field(default_factory=lambda: {"": "endpoint_url"}, compare=False)
    """What messages call these URLs, by service; the one for all has an empty name."""
    vendor_hosts: tuple[re.Pattern[str], ...] = ()
    """The own hosts of all vendors, as in Platform."""
    endpoint_type: str = "public"
    """Which of the vendor's own hosts are called, where no URL is given."""
    verify: bool | str = True
    """Whether to check certificates, or the file or folder of the authorities to trust."""
    proxy: str | None = field(default=None, repr=False)
    request_timeout: float = 10.0
    retries: int = 5

    def url_of(self, service: str, usual: str) -> str:
        """Where a service is called, for which the vendor has the URL C(usual).

        Raises OptionError for a URL that is plainly the vendor's host of another service or region.
        """
        by_service = dict(self.endpoint_urls)
        url = by_service.get(service) or self.endpoint_url
        if not url:
            return usual
        host = urlsplit(url).hostname or ""
        own = next(filter(None, (hosts.fullmatch(host) for hosts in self.vendor_hosts)), None)
        if own and host != urlsplit(usual).hostname:
            theirs, there = own["service"], own["region"]
            if theirs != service or there not in (None, self.region):
                option = self.url_names[service if service in by_service else ""]
                where = f"{theirs} in {there}" if there else theirs
                way_out = f"give each service its URL, as in endpoint_url={{{theirs}: {url}, {service}: https://...}}"
                if theirs == service:
                    way_out = "give each region its URL, in scopes or targets"
                without = "leave it out"
                if "vpc" in self.platform.endpoint_types:
                    without += " and set endpoint_type=vpc for the vendor's private hosts"
                raise OptionError(
                    f"{option} is {url}, which serves {where} alone, and {service} in {self.region} is to be called:"
                    f" {way_out}, or {without}."
                )
        return url


def connect(
    options: Mapping[str, t.Any],
    platform: Platform,
    environ: Mapping[str, str],
    finder: Finder | None = None,
    platforms: Sequence[Platform] = (),
) -> Connection:
    """The connection for C(platform) from a module's C(options), and from C(environ) for what they leave out.

    The options may be for any of C(platforms). Connections that share credentials share a C(finder).

    Raises OptionError for what is missing or cannot be right.
    """

    finder = finder or Finder(environ)
    profile = finder.profile(options, platform)

    def setting(option: str, variables: tuple[str, ...]) -> t.Any:
        return options.get(option) or first(environ, variables) or getattr(profile, option, None)

    def is_on(switch: str) -> bool:
        said = profile.switches.get(switch, "") if profile else ""
        return (environ.get(platform.switches.get(switch, "")) or said).lower() == "true"

    region = setting("region", platform.region_env)
    if not region:
        raise OptionError(
            f"region is missing: set the option region or the environment variable {platform.region_env[0]}."
        )
    if not _REGION.fullmatch(region):
        source = first_set(environ, platform.region_env) or (profile.source if profile else "")
        raise OptionError(
            f"{_named('region', '' if options.get('region') else source)} is {region!r}, which is not a region id: it"
            f" is written like {platform.region_example}."
        )
    platforms = platforms or (platform,)
    services = tuple(dict.fromkeys(service for each in platforms for service in each.services))
    configured = {} if is_on("no_urls") else environ
    url = options.get("endpoint_url") or first(configured, platform.endpoint_url_env)
    endpoint = parser.endpoints(url, "endpoint_url", services)
    one = endpoint if isinstance(endpoint, str) else None
    by_service = given = endpoint if isinstance(endpoint, dict) else {}
    sources = dict.fromkeys(("", *by_service), "")
    if not options.get("endpoint_url"):
        sources = dict.fromkeys(sources, first_set(configured, platform.endpoint_url_env))
        if profile and not endpoint and not is_on("no_urls"):
            one, by_service = profile.endpoint_url, dict(profile.endpoint_urls)
            sources = {"": profile.source, **dict.fromkeys(by_service, profile.urls_from)}
        variables = {service: name for service, name in platform.service_variables.items() if configured.get(name)}
        by_service = by_service | {service: configured[name] for service, name in variables.items()}
        sources |= variables
    url_names = {
        service: _named(f"endpoint_url.{service}" if service else "endpoint_url", source)
        for service, source in sources.items()
    }
    for name, url in [(url_names[service], url) for service, url in {"": one, **by_service}.items() if url]:
        _check_url(name, url, userinfo=False)
        if not options.get("allow_http") and not _is_private(url):
            raise OptionError(
                f"{name} is http:// to another machine, so that calls and session tokens could be read on the way:"
                " write https://, or set allow_http=true."
            )
    endpoint_type = options.get("endpoint_type") or "_".join(filter(is_on, ("dualstack", "fips"))) or "public"
    if endpoint_type not in platform.endpoint_types:
        *others, last = platform.endpoint_types
        raise OptionError(
            f"endpoint_type is {endpoint_type}, and {platform.title} has no such hosts: use"
            f" {', '.join(others)} or {last}."
        )
    if options.get("proxy"):
        check_proxy("proxy", options["proxy"])
        _check_url("proxy", options["proxy"], userinfo=True)
    if not 0 < options["request_timeout"] <= _LONGEST_REQUEST:
        raise OptionError(
            f"request_timeout is {options['request_timeout']}: it must be a number of seconds, more than 0 and at most"
            f" {_LONGEST_REQUEST}."
        )
    if options["retries"] < 0:
        raise OptionError(f"retries is {options['retries']}: it must be a number of further tries, 0 or more.")
    # The variable of the token service is one that the library reads itself.
    sts = _host_of_sts(given.get("sts"), url_names.get("sts", ""))
    if not sts and endpoint_type == "vpc":
        sts = platform.private_sts.format(region=region)
    return Connection(
        platform=platform,
        region=region,
        credentials=finder.find(options, platform, sts),
        endpoint_url=one,
        endpoint_urls=tuple(sorted(by_service.items())),
        url_names=url_names,
        vendor_hosts=tuple(each.own_host for each in platforms),
        endpoint_type=endpoint_type,
        verify=(setting("ca_path", platform.ca_path_env) or True) if options["validate_certs"] else False,
        proxy=options.get("proxy"),
        request_timeout=options["request_timeout"],
        retries=options["retries"],
    )


def inherited(own: Mapping[str, t.Any], general: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The options of one place among many: its C(own), and the C(general) ones for what it leaves out.

    Who calls comes whole from one of the two. Raises OptionError.
    """
    # Text that is empty, as a template without a value makes it, is left out: with it in place of a key or a profile,
    # whoever the environment names would step in.
    options = {**general, **{name: value for name, value in own.items() if value not in (None, "")}}
    if own.get("access_key_id"):
        # A key needs no search, so that the general word on it does not matter.
        options.update({name: own.get(name) for name in IDENTITY})
    elif own.get("security_token"):
        raise OptionError("security_token is set without its key: set access_key_id and access_key_secret beside it.")
    elif own.get("profile") or own.get("credentials") == "sdk":
        options.update({name: own.get(name) for name in IDENTITY if name != "credentials"})
    return options


def secrets_of(options: Mapping[str, t.Any], platform: Platform, environ: Mapping[str, str]) -> set[str]:
    """Values that must never be shown and that Ansible does not know as such: those of the environment, and passwords
    inside of URLs, right or wrong."""
    variables = (*platform.access_key_secret_env, *platform.security_token_env)
    secrets = {environ[name] for name in variables if environ.get(name)}
    proxies = (*_PROXY_ENV, *map(str.lower, _PROXY_ENV))
    url_variables = (*platform.endpoint_url_env, *platform.service_variables.values(), *proxies)
    return secrets | url_secrets(options) | set().union(*(_passwords_in(environ.get(name)) for name in url_variables))


def url_secrets(options: Mapping[str, t.Any]) -> set[str]:
    """The passwords inside of URLs among these options, right or wrong."""
    return _passwords_in(options.get("proxy")) | _passwords_in(options.get("endpoint_url"))


def check_proxy(name: str, url: str | None) -> None:
    """Raise OptionError for the URL of a proxy that the libraries would take apart at the wrong place, and then name a
    piece of its password as its host."""
    if not url:
        return
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        valid = _is_host(parts.hostname or "") and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid or "@" in parts.path + parts.query + parts.fragment:
        raise OptionError(
            f"{name} is not a complete URL: write it as http://user:password@host:port, with %2F, %3F, %23 and %40 for"
            " /, ?, # and @ in the password."
        )


def _passwords_in(value: t.Any) -> set[str]:
    """What may be the password in a URL, or in each of several: all up to the last C(@), whatever it is made of."""
    text = str(value or "")
    urls = [text]
    if isinstance(value, Mapping):
        urls = list(map(str, value.values()))
    elif text.lstrip().startswith("{"):
        urls = re.split(r"[\s{},\"']+", text)
    found: set[str] = set()
    for url in urls:
        userinfo, at, _host = url.rpartition("://")[2].rpartition("@")
        password = userinfo.partition(":")[2]
        if at and password:
            found.update((password, unquote(password)))
    return found


def _named(option: str, source: str) -> str:
    """What messages call a setting, which somebody has to find. No C(source) is the option itself."""
    return f"{option}, from {source}," if source else option


def _host_of_sts(url: str | None, name: str) -> str:
    """What the vendors' libraries take as the token service: they know hosts that speak TLS."""
    if url and urlsplit(url).scheme != "https":
        raise OptionError(f"{name} is not https://, which the vendors' libraries insist on.")
    return urlsplit(url or "").netloc


def _is_host(host: str) -> bool:
    labels = host.removesuffix(".").split(".")
    return all(map(_HOST_LABEL.fullmatch, labels)) or (":" in host and _IPV6.fullmatch(host) is not None)


def _is_private(url: str) -> bool:
    """Whether nobody on the way can read what is sent to a URL that was found valid."""
    parts = urlsplit(url)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        # A name, which may be anywhere.
        return False


def _check_url(option: str, url: str, *, userinfo: bool) -> None:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and _is_host(parts.hostname or "") and url == url.strip()
        valid = valid and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid:
        raise OptionError(f"{option} is not a complete URL: write it as https://host or http://host:port.")
    if "@" in parts.netloc and not userinfo:
        raise OptionError(
            f"{option} must not carry a user name or password: keys go into access_key_id and access_key_secret."
        )
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise OptionError(f"{option} must end after the host and port: the providers' path is always /.")
