# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Made-up data of reports."""

from __future__ import annotations

from functools import partial
from typing import Any

from ansible_collections.cloudops.halt.plugins.module_utils._core.states import OUTCOMES, count

Data = dict[str, Any]

PARTS = ("instances", "children", "results_by_target")

HOSTILE = (
    "<script>window.__pwned = 1</script>",
    "\"'><img src=x onerror='window.__pwned = 2'>",
    "</style></script></title><script>window.__pwned = 3</script>",
    "{{ lookup('pipe', 'id') }}{% raw %}{{ 7 * 7 }}",
    "{'a': 1}",
    "[1, 2]",
    '=HYPERLINK("http://example.invalid", "x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\tcmd",
    "\rcr",
    'two\nlines, "quoted"\r\nand more',
    "\u202egnp.exe \u2066 \U0001f525 日志清理",
    "javascript:window.__pwned=4",
    "&lt;b&gt; &amp; \\ ' `${window.__pwned = 5}`",
    "w" * 400,
    "None",
    " ",
)


def error(provider: str = "alibaba", **changes: Any) -> Data:
    return {
        "code": "Forbidden.RAM",
        "message": "User not authorized to operate on the specified resource.",
        "class": "denied",
        "http_status": 403,
        "request_id": "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E",
        "action": "StopInvocation",
        "provider": provider,
        **changes,
    }


def part(part_id: str, outcome: str, key: str = "instance_id", **changes: Any) -> Data:
    return {key: part_id, "before": "running", "after": "stopped", "status": "Cancelled", "outcome": outcome, **changes}


def result(
    operation_id: str, outcome: str = "", kind: str = "cloud_invocation", provider: str = "alibaba", **changes: Any
) -> Data:
    place = {"kind": kind, "provider": provider, "region": "cn-hangzhou", "id": operation_id}
    parts = parts_of(changes)
    outcome = outcome or min((each["outcome"] for each in parts), key=OUTCOMES.index)
    return {
        "target": {**place, "account": "prod", "instance_ids": None, "expected_name": None},
        "operation": {
            **place,
            "name": "nightly-cleanup",
            "status": "Stopped",
            "state": "stopped",
            "created": "2026-01-02T02:10:00Z",
            "finished": None,
            "instances_total": len(parts),
        },
        "outcome": outcome,
        "changed": outcome in ("stopped", "still_running"),
        "msg": "What became of it.",
        "times": {
            "read": "2026-01-02T03:04:06Z",
            "stop_accepted": "2026-01-02T03:04:08Z" if outcome in ("stopped", "still_running") else None,
            "read_last": "2026-01-02T03:04:30Z",
        },
        "request_ids": ["0A1B2C3D"],
        **changes,
    }


def parts_of(one: Data) -> list[Data]:
    return next((one[key] for key in PARTS if one.get(key)), [])


def report(*results: Data, **changes: Any) -> Data:
    """The data of a report of these results, counted."""
    # Accounts and regions show how far their operation is, which counts as one.
    counted = ([one] if one.get("results_by_target") else parts_of(one) or [one] for one in results)
    parts = count(each["outcome"] for them in counted for each in them)
    return {
        "schema": "cloudops.halt.bulk_cancel/1",
        "title": "Stop the nightly clean-up",
        "by": "alice",
        "job": "42 (Stop many)",
        "reason": "The nightly clean-up deletes what it should keep.",
        "check_mode": False,
        "host": "localhost",
        "started": "2026-01-02T03:04:05Z",
        "finished": "2026-01-02T03:05:05Z",
        "selection": {"name": "nightly-*", "older_than": "15m", "kinds": None, "include_scheduled": False},
        "excluded": [],
        "excluded_nothing": [],
        "scheduled": [],
        "searched": [],
        "changed": any(one["changed"] for one in results),
        "failed": bool(parts["failed"] or parts["still_running"]),
        "msg": "What came of it all.",
        "warnings": [],
        "errors": [],
        "summary": {
            **parts,
            "requested": sum(parts.values()),
            "calls": 41,
            "stop_calls": 12,
            "seconds": 60.25,
            "operations": count(one["outcome"] for one in results),
        },
        "results": list(results),
        "still_running": [],
        **changes,
    }


def left(operation_id: str, name: str, kind: str = "image_task") -> Data:
    """An operation that was left alone."""
    return {"kind": kind, "provider": "alibaba", "region": "cn-hangzhou", "id": operation_id, "name": name}


def mixed() -> Data:
    """Every kind and every outcome that a run can have."""
    instances = [part(f"i-bp1good{number:04}", "stopped") for number in range(1200)]
    return report(
        result(
            "t-hz0mixed",
            instances=[
                *instances,
                part("i-bp1over0001", "already_finished", exit_code=0),
                part("i-bp1ended001", "finished_meanwhile", exit_code=-1),
                part("i-bp1stuck001", "still_running", after="running", status="Running"),
                part("i-bp1refused1", "failed", after="running", status="Running", error="Forbidden.RAM: Not allowed."),
            ],
            error=error(),
        ),
        result("inv-asked001", provider="tencent", instances=[part("ins-asked001", "stop_requested")]),
        result("exec-family1", kind="automation_execution", children=[part("exec-child1", "stopped", "execution_id")]),
        result("t-bp1image01", "still_running", kind="image_task"),
        result(
            "6da106ca-stack",
            kind="stack_group_operation",
            results_by_target=[
                {"account_id": "1512666876910000", "region_id": "cn-beijing", **part("", "stopped", "status")},
                {"account_id": "1512666876910000", "region_id": "cn-shanghai", **part("", "stopped", "status")},
            ],
        ),
        result("t-hz0kept0001", "skipped", msg="Left alone: its name is another."),
        result("t-hz0gone0001", "not_found", operation=None, times=None, request_ids=[]),
        errors=[
            {"provider": "tencent", "region": "ap-shanghai", "kind": "cloud_invocation", "error": error("tencent")}
        ],
        warnings=["Alibaba Cloud documents that runs which have started go on."],
        excluded=[left("t-bp1left", "keep")],
        excluded_nothing=["nightly-backpu"],
        scheduled=[left("exec-timer1", "every-night", kind="automation_execution")],
        searched=[
            {"place": "alibaba/cn-hangzhou", "account": "prod", "seen": 1234, "matched": 7},
            {
                "place": "tencent/ap-guangzhou",
                "account": "prod",
                "seen": 1,
                "matched": 1,
                "kinds": ["cloud_invocation"],
            },
            {"place": "tencent/ap-shanghai", "seen": 0, "matched": 0, "not_searched": ["cloud_invocation"]},
        ],
    )


def preview() -> Data:
    return report(
        result("t-hz0preview1", instances=[part("i-bp1would001", "would_stop"), part("i-bp1would002", "would_stop")]),
        check_mode=True,
    )


def ten_thousand() -> Data:
    """One operation with 10,000 instances."""
    return report(result("t-hz0large", instances=[part(f"i-bp1{number:08}", "stopped") for number in range(10000)]))


def five_hundred(word: str = "", names: int = 8, **changes: Any) -> Data:
    """500 operations with two instances each, in three regions; some of them still run and some failed."""
    results = []
    for number in range(500):
        outcome = word or ("failed" if number % 50 == 7 else "still_running" if number % 20 == 3 else "stopped")
        about = {"region": ("cn-hangzhou", "cn-beijing", "cn-shanghai")[number % 3]}
        parts = [part(f"i-{number:04}{letter}", outcome) for letter in "ab"]
        one = result(f"t-hz0many{number:04}", instances=parts, msg=f"t-hz0many{number:04}: {outcome}.")
        if outcome == "failed":
            one["error"] = error(request_id=f"REQUEST-{number}")
        one["operation"].update(name=f"job-{number % names}", **about)
        one["target"].update(account="LTAI5tEXAMPLE0001", **about)
        if one["times"]["stop_accepted"]:
            one["times"]["stop_accepted"] = f"2026-01-02T03:04:{5 + number // 10:02}Z"
        results.append(one)
    left = [one["target"] for one in results if one["outcome"] in ("failed", "still_running")]
    return report(*results, still_running=left, **changes)


all_well = partial(five_hundred, "stopped")
all_failed = partial(five_hundred, "failed")
# So many that few operations are together with others of their name.
many_names = partial(five_hundred, names=33)


def empty() -> Data:
    return report()


def nulls() -> Data:
    """Whatever may be null is null, and what may be missing is missing."""
    bare = dict.fromkeys(("target", "operation", "outcome", "msg", "times", "error"))
    return {
        **dict.fromkeys(report()),
        "errors": [{}, dict.fromkeys(("provider", "region", "kind", "error"))],
        **{key: [{}] for key in ("excluded", "scheduled", "searched")},
        "excluded_nothing": [None],
        "results": [
            {},
            bare,
            {**bare, "outcome": "failed", "error": {}, "instances": [{}, dict.fromkeys(part("", ""))]},
            {**bare, "outcome": "stopped", "times": {"read": "soon", "stop_accepted": None}, "children": [{}]},
            {"outcome": "failed", "error": dict.fromkeys(error()), "results_by_target": [{"region_id": "cn-beijing"}]},
        ],
    }


def poisoned(value: Any, used: list[str]) -> Any:
    """The same with a hostile text in place of every text that is not a word, a kind or a time of ours."""
    if isinstance(value, dict):
        return {
            key: each if key in ("outcome", "schema", "started", "finished", "times") else poisoned(each, used)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [poisoned(each, used) for each in value]
    if isinstance(value, str):
        used.append(HOSTILE[len(used) % len(HOSTILE)])
        return used[-1]
    return value


def hostile() -> Any:
    data = mixed()
    del data["results"][0]["instances"][40:1195]
    del data["summary"]
    data["results"].append(result("t-hz0odd", outcome="stopped", instances=[part("i-odd", HOSTILE[0])]))
    data["results"].append({**result("t-hz0odder", outcome="stopped"), "outcome": HOSTILE[1]})
    return poisoned(data, [])
