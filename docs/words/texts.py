# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands between the markers. Each block is a method of its name."""

from __future__ import annotations

import importlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from textwrap import indent
from typing import Any

from ansible_collections.cloudops.halt.plugins.module_utils._core.adapter import Adapter
from ansible_collections.cloudops.halt.plugins.module_utils._core.kinds import KINDS
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.platform import Platform
from ansible_collections.cloudops.halt.plugins.module_utils._http.client import rates_of
from ansible_collections.cloudops.halt.plugins.module_utils._http.pacing import Rate
from ansible_collections.cloudops.halt.plugins.module_utils._providers import register as entries
from ansible_collections.cloudops.halt.plugins.module_utils._providers.about import About, AboutKind

from .calls import READS_ONE_OR_LISTS, STOPS_MANY, calls_of, permissions, stop_permissions
from .pages import ROOT
from .sentences import either, every, item, rst, table, wrapped

_MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
_RETURNS = Path(__file__).with_name("returns.yml").read_text(encoding="utf-8")
_MANY = {
    "cloud_invocation": "commands on instances",
    "automation_execution": "automation executions",
    "image_task": "image imports and exports",
    "stack_group_operation": "stack group operations",
}


@dataclass(frozen=True)
class Described:
    """A provider, by its entry in the register and what it says of itself."""

    entry: entries.Provider
    about: About

    @property
    def platform(self) -> Platform:
        return self.entry.platform

    @property
    def title(self) -> str:
        return self.platform.title

    @property
    def adapters(self) -> list[type[Adapter[Any]]]:
        return [self.entry.adapter(kind) for kind in self.entry.kinds]


def register() -> list[Described]:
    """All providers, in the order of the register."""
    folder = entries.__name__.rpartition(".")[0]
    return [
        Described(entry, importlib.import_module(f"{folder}.{name}.about").ABOUT)
        for name, entry in entries.PROVIDERS.items()
    ]


def modules_of(kind: str) -> list[str]:
    """The modules for a kind alone."""
    return [name for name in _MODULES if name.startswith(f"{kind}_")]


@dataclass(frozen=True)
class Texts:
    """Writes the blocks for these providers."""

    providers: Sequence[Described]

    def __call__(self, page: str, words: Sequence[str], indented: int) -> str:
        name, *arguments = words
        block: Callable[..., str] = getattr(_Block(self.providers, page, indented), name)
        return block(*arguments)


@dataclass(frozen=True)
class _Block:
    providers: Sequence[Described]
    page: str
    """The file's name, which is that of the module where it is one."""
    indented: int

    # What the blocks of modules have in common

    @property
    def _kind(self) -> str | None:
        """The kind that the module is for; None if for all."""
        return next((kind for kind in KINDS if self.page in modules_of(kind)), None)

    @property
    def _stops(self) -> bool:
        return not self.page.endswith("_info")

    def _at(self, kind: str) -> list[tuple[Described, type[Adapter[Any]], AboutKind]]:
        """The providers that have a kind."""
        return [
            (each, each.entry.adapter(kind), each.about.kinds[kind])
            for each in self.providers
            if kind in each.entry.kinds
        ]

    @property
    def _here(self) -> list[tuple[Described, type[Adapter[Any]], AboutKind]]:
        return self._at(self._kind or next(iter(KINDS)))

    def _items(self, texts: Iterable[str]) -> str:
        return "\n".join(item(text, self.indented) for text in texts)

    # Modules

    def provider(self) -> str:
        """The option of a module for one kind."""
        texts = []
        for each, adapter, _about in self._here:
            calls = adapter.stop_actions if self._stops else sorted(calls_of(adapter, READS_ONE_OR_LISTS))
            service = f"{each.title} {each.about.services[adapter.service.name]}"
            texts.append(f"V({each.platform.name}) calls {every(f'C({call})' for call in calls)} of {service}.")
        lines = [item(text, self.indented + 4) for text in texts]
        return "\n".join(
            [
                "provider:",
                "  description:",
                *(indent(line, "    ") for line in lines),
                "  type: str",
                "  required: true",
                "  choices:",
                *(f"    - {each.platform.name}" for each, _adapter, _about in self._here),
            ]
        )

    def choices(self) -> str:
        """Of the option of a module for all kinds."""
        return "\n".join(["choices:", *(f"  - {each.platform.name}" for each in self.providers)])

    def what(self) -> str:
        """What the providers call one."""
        (first, _adapter, about), *others = self._here
        parts = [
            f"on {first.title} this is {about.one}",
            *(f"on {each.title} {about.one}" for each, _, about in others),
        ]
        return self._items([f"{_capital(every(parts))}."])

    def id(self) -> str:
        texts = [f"V({about.id}) on {each.title}" for each, _adapter, about in self._here]
        return self._items([f"For example {either(texts)}."])

    def limits(self) -> str:
        parts = [f"{adapter.stop_limit} on {each.title}" for each, adapter, _ in self._here if adapter.stop_limit]
        return self._items([f"Takes any number of instance ids, and splits them into calls of {every(parts)}."])

    def notes(self) -> str:
        return self._items(note for _each, _adapter, about in self._here for note in about.notes)

    def references(self) -> str:
        """The providers' pages about the call."""
        lines = []
        for each, adapter, about in self._here:
            page = about.stop_page if self._stops else about.list_page
            for call in adapter.stop_actions if self._stops else (about.list_call,):
                lines += [
                    f"- name: {each.title} {call}",
                    "  description: Reference of the API operation.",
                    f"  link: {page.format(call=call)}",
                ]
        return "\n".join(lines)

    def returns(self, *names: str) -> str:
        """Keys of a result, by name."""
        each, adapter, about = self._here[0]
        sample = {
            "kind": adapter.kind,
            "provider": adapter.provider,
            "region": each.platform.region_example,
            "title": each.title,
            "id": about.id,
            "state": "stopped" if self._stops else "running",
            "call": adapter.stop_actions[0] if self._stops else about.list_call,
        }
        pieces = dict(re.findall(r"^(\w+)(:\n(?: .*\n)+)", _RETURNS, re.MULTILINE))
        # A key that is described in several ways has a name for each: outcome_of_part.
        return "".join(name.partition("_of_")[0] + Template(pieces[name]).substitute(sample) for name in names)

    # Groups

    def _members(self, each: Described) -> list[str]:
        """The modules that can call a provider."""
        return sorted([*self._for_all, *(name for kind in each.entry.kinds for name in modules_of(kind))])

    @property
    def _for_all(self) -> list[str]:
        # The report makes no calls.
        return [name for name in modules_of("inflight") if name != "inflight_report"]

    def groups(self) -> str:
        """The action groups."""
        everyone = sorted({name for each in self.providers for name in self._members(each)})
        groups = {"all": everyone, **{each.platform.name: self._members(each) for each in self.providers}}
        return "\n".join(
            line for group, names in groups.items() for line in (f"{group}:", *(f"  - {name}" for name in names))
        )

    def action_group(self) -> str:
        """In which groups a module is."""
        groups = ["all", *(each.platform.name for each in self.providers if self.page in self._members(each))]
        return "\n".join(["action_group:", "  membership:", *(f"    - cloudops.halt.{group}" for group in groups)])

    # The connection

    def _by_provider(self, text: Callable[[Described], str]) -> list[str]:
        """What the providers have that have any."""
        return [f"{found} on {each.title}" for each in self.providers if (found := text(each))]

    @property
    def _with_library(self) -> list[Described]:
        return [each for each in self.providers if each.about.library]

    def _variables(self, names: Callable[[Platform], Iterable[str]]) -> str:
        """The variables of all providers, either of which counts."""
        return either(self._by_provider(lambda each: either(f"E({name})" for name in names(each.platform))))

    def region(self) -> str:
        variables = self._variables(lambda platform: platform.region_env)
        examples = either(self._by_provider(lambda each: f"V({each.platform.region_example})"))
        return self._items(
            (
                f"The region in which the operation runs, such as {examples}.",
                f"If left out, it is taken from the environment variable, which is {variables}, or else from the"
                " profile that provides the key. One of the three is required.",
            )
        )

    def keys(self) -> str:
        pairs = self._by_provider(lambda each: every(f"E({name})" for name in _key_variables(each.platform)))
        return self._items(
            (
                "If this, O(access_key_secret) and O(profile) are left out, the key is taken from the environment"
                f" variables, which are {either(pairs)}, or else from the sources that O(credentials) allows.",
            )
        )

    def tokens(self) -> str:
        variables = self._variables(lambda platform: platform.security_token_env)
        return self._items((f"If the key comes from the environment, so does the token, from {variables}.",))

    def profiles(self) -> str:
        variables = self._variables(lambda platform: platform.profiles.PROFILE_ENV)
        return self._items(
            (
                *(
                    f"On {each.title}, {each.about.profile_files}."
                    for each in self.providers
                    if each.about.profile_files
                ),
                f"If left out and no key is set, it is taken from the environment variable, which is {variables}. If"
                " that is not set either, it is V(default).",
                *(note for each in self.providers for note in each.about.profile_notes),
            )
        )

    def services(self) -> str:
        parts = self._by_provider(lambda each: every(f"V({name})" for name in each.platform.services if name != "sts"))
        return self._items(
            (
                f"The services are {every(parts)}. V(sts) is where the vendors' libraries request the keys of roles."
                " Services that are left out are called at the vendor's own hosts.",
            )
        )

    def endpoints(self) -> str:
        variables = self._variables(lambda platform: platform.endpoint_url_env)
        own = self._by_provider(lambda each: either(f"E({name})" for name in each.platform.service_variables.values()))
        return self._items(
            (
                f"If left out, it is taken from the environment variable, which is {variables}.",
                *(f"A variable for a single service takes precedence, which is {each}." for each in own),
            )
        )

    def certificates(self) -> str:
        found = self._by_provider(lambda each: either(f"E({name})" for name in each.platform.ca_path_env))
        return self._items((f"If left out, it is taken from the environment variable, which is {either(found)}.",))

    def private_hosts(self) -> str:
        return self._items(note for each in self.providers for note in each.about.private_host_notes)

    def libraries(self) -> str:
        return self._items(
            f"{each.about.library} or later, for keys on {each.title} that only it can provide"
            for each in self._with_library
        )

    # About the collection

    def description(self) -> str:
        clouds = ", ".join(each.title for each in self.providers)
        return f"description: Stops what is running in the cloud, and verifies the result ({clouds})"

    def tags(self) -> str:
        names = (name for each in self.providers for name in (each.platform.name, *each.platform.aliases))
        return "\n".join(f"- {name}" for name in names)

    def cases(self) -> str:
        """What may have to be stopped, for a form."""
        return "\n".join(f"- {about.many} on {each.title}" for kind in KINDS for each, _, about in self._at(kind))

    # Pages

    def stops(self) -> str:
        """What is stopped, as a table of Markdown."""
        rows = ["| Cloud | What it stops | API call |", "|---|---|---|"]
        for kind in KINDS:
            for each, adapter, about in self._at(kind):
                service = each.about.services[adapter.service.name]
                calls = every(f"`{call}`" for call in adapter.stop_actions)
                rows.append(f"| {each.title} | {about.many} | {service} {calls} |")
        return "\n".join(rows)

    def scope(self) -> str:
        """What is stopped, as a sentence."""
        clouds = every(each.title for each in self.providers)
        return wrapped(
            f"The collection stops what is running on {clouds}: {every(_MANY[kind] for kind in KINDS)}. It reads"
            " before it stops, and reads again afterwards to verify the result."
        )

    def kinds(self) -> str:
        """The modules that stop one of a kind."""
        rows = []
        for kind, about in KINDS.items():
            (module,) = (name for name in modules_of(kind) if not name.endswith("_info"))
            link = f":ansplugin:`{module} <cloudops.halt.{module}#module>`"
            option = f":ansopt:`cloudops.halt.{module}#module:{about.id_option}`"
            rows.append((_MANY[kind], link, option, ", ".join(each.title for each, _, _ in self._at(kind))))
        return table(("Operation", "Module", "Id", "Clouds"), *rows)

    def variables(self) -> str:
        """The environment variables of all providers."""
        rows = [(each.title, *map(_literals, _variables(each.platform))) for each in self.providers]
        return table(("Provider", "Key", "Token", "Region", "Profile", "Endpoint"), *rows)

    def other_key_variables(self) -> str:
        """Those of the providers that the page has no example of."""
        _shown, *others = self.providers
        pairs = [(each.title, every(f"``{name}``" for name in _key_variables(each.platform))) for each in others]
        (title, names), *more = pairs
        parts = [f"for {title} the variables are {names}", *(f"for {title} {names}" for title, names in more)]
        return wrapped(f"{_capital(every(parts))}. A job may have those of several providers.")

    def install(self) -> str:
        lines = [f"python3 -m pip install {each.platform.profiles.LIBRARY}" for each in self._with_library]
        return "\n".join([".. code-block:: shell", "", *(f"   {line}" for line in lines)])

    def private_hosts_of_pages(self) -> str:
        return wrapped(rst(" ".join(note for each in self.providers for note in each.about.private_host_notes)))

    def rates(self) -> str:
        rows = []
        for each in self.providers:
            client = each.entry.load().client
            calls: dict[Any, set[str]] = defaultdict(set)
            for adapter in each.adapters:
                calls[adapter.service.name] |= calls_of(adapter, (*STOPS_MANY, *READS_ONE_OR_LISTS))
            services = {adapter.service.name: adapter.service for adapter in each.adapters}
            for name, service in services.items():
                by_rate: dict[tuple[Rate, ...], list[str]] = defaultdict(list)
                for call in sorted(calls[name]):
                    by_rate[tuple(rates_of(service, call, client.default_rate))].append(call)
                for rate, named in by_rate.items():
                    source = (each.about.stated_rates if named[0] in service.rates else each.about.own_rates)[name]
                    title = each.about.services[name]
                    rows.append((f"{title}: {', '.join(f'``{call}``' for call in named)}", _rate(rate), rst(source)))
        return table(("Calls", "Rate", "Source"), *rows)

    def access_control(self) -> str:
        parts = [f"for {each.about.access_control} on {each.title}" for each in self.providers]
        return wrapped(f"The policies are written {every(parts)}.")

    def policies(self, module: str) -> str:
        """The policies for a module."""
        needed = permissions(adapter for each in self.providers for adapter in each.adapters)
        blocks = []
        for each in self.providers:
            actions = needed.get((module, each.platform.name))
            if actions:
                policy = json.dumps(each.about.policy(sorted(actions)), indent=2)
                head = f".. code-block:: json\n   :caption: {module} on {each.title}\n\n"
                blocks.append(head + indent(policy, "   "))
        return "\n\n".join(blocks)

    def resources(self) -> str:
        """To what policies can be narrowed."""
        rows, unknown = [], []
        for kind in KINDS:
            for each, adapter, about in self._at(kind):
                for action in stop_permissions(adapter):
                    if about.resource:
                        rows.append((each.title, f"``{action}``", f"``{about.resource}``"))
                    else:
                        unknown.append(f"``{action}``")
        found = table(("Provider", "Action", "Resource"), *rows)
        none = wrapped(f"No documented resource was found for {every(unknown)}.")
        return f"{found}\n\n{none}" if unknown else found


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _key_variables(platform: Platform) -> tuple[str, ...]:
    return (platform.access_key_id_env[0], platform.access_key_secret_env[0])


def _variables(platform: Platform) -> Iterable[Iterable[str]]:
    """The variables of a provider, by what they hold."""
    return (
        (*platform.access_key_id_env, *platform.access_key_secret_env),
        platform.security_token_env,
        platform.region_env,
        platform.profiles.PROFILE_ENV,
        platform.endpoint_url_env,
    )


def _literals(names: Iterable[str]) -> str:
    return ", ".join(f"``{name}``" for name in names)


def _rate(rates: Sequence[Rate]) -> str:
    """The longest first."""
    parts = [
        f"{rate.calls:,.1f} a second".replace(".0 ", " ")
        if rate.seconds == 1
        else f"{rate.calls:,.0f} in {rate.seconds:.0f} s"
        for rate in reversed(rates)
    ]
    return ", and ".join(parts) or "none"
