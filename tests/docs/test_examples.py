# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example of the documentation does what it says, against the emulator. None is left out silently.

The plays and tasks of all pages are one run of Ansible; so are those of all README files, and of all plugins. Commands
run one by one, in the order of their page.
"""

from __future__ import annotations

import contextlib
import json
import re
import shlex
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml
from ansible.cli.adhoc import AdHocCLI
from ansible.parsing.splitter import parse_kv

from ansible_collections.cloudops.halt.docs.words.calls import permissions
from ansible_collections.cloudops.halt.plugins.module_utils._providers.register import PROVIDERS
from emulator import Emulator

from ..support import modules
from ..support.ansible import Ansible
from ..support.emulated import Cloud, control
from ..support.kinds import ADAPTERS
from ..support.providers import NAMES
from . import scene
from .blocks import PAGES, PLUGINS, READMES, ROOT, all_blocks, blocks_of, shape_of

COLLECTION = "cloudops.halt"
PERMISSIONS = permissions(ADAPTERS.values())
VERSION = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
MAKEFILE = (ROOT / "Makefile").read_text()
# What the role leaves behind.
FACTS = ("bulk_cancel_result", "bulk_cancel_still_running")
SPECS = yaml.safe_load((ROOT / "roles" / "bulk_cancel" / "meta" / "argument_specs.yml").read_text())
ROLE = SPECS["argument_specs"]["main"]["options"]
RUN = ("plays", "tasks", "role variables", "module defaults")
CHECKED = (
    *("inventory", "requirements", "credential input", "credential injector", "changelog fragment"),
    "rulebook variables",
)
RULEBOOK = ROOT / "extensions" / "eda" / "rulebooks" / "stop_on_alarm.yml"
STOPS = {action for adapter in ADAPTERS.values() for action in adapter.stop_actions}
UNCONFIRMED = "the stop has not been confirmed"
SURVEY = "Survey of "
# They are run one after the other, as the nodes of a workflow that begins with stop_many.yml.
WORKFLOW = ("stop_plan.yml", "report_result.yml")
# Hosts that the emulator cannot stand for.
ELSEWHERE = "From inside a VPC"
LOCAL = {"hosts": "localhost", "connection": "local", "gather_facts": False}

# Made-up keys of the examples, the longer before the shorter, and those that the emulator knows.
KEYS = {
    "LTAIEXAMPLE": "LTAIEmulatorDefault",
    "AKIDEXAMPLE": "AKIDEmulatorDefault",
    "AKIAEXAMPLE": "AKIAEmulatorDefault",
    "EXAMPLESECRETACCESSKEY": "emulator-aws-secret-default",
    "EXAMPLESECRETKEY": "emulator-tencent-secret-default",
    "EXAMPLESECRET": "emulator-alibaba-secret-default",
}
# What examples take from elsewhere.
VARIABLES = {
    "vault_production_secret": KEYS["EXAMPLESECRET"],
    "vault_shop_secret": KEYS["EXAMPLESECRETKEY"],
    "vault_warehouse_secret": KEYS["EXAMPLESECRETACCESSKEY"],
    "survey_scopes": "alibaba/cn-hangzhou, tencent/ap-guangzhou",
    "allowed": "nightly-cleanup, nightly-backup",
    "job_name": "nightly-cleanup",
    # What the tasks of the role register, where a search has found nothing.
    "request": {
        "mode": "selection",
        "selection": {"name": ["nightly-*"]},
        "exclude": [],
        "plan": None,
        "confirmed": False,
    },
    "shown": {"skipped": True},
    "stopped": {"skipped": True},
    "found": {
        "targets": [
            {"kind": "cloud_invocation", "provider": "tencent", "region": "ap-guangzhou", "id": "inv-example2"},
            {"kind": "image_task", "provider": "alibaba", "region": "cn-hangzhou", "id": "t-bp1example0001"},
        ]
    },
}
# What somebody answers to the questions of a survey.
ANSWERS = {"halt_execution_id": "exec-example0001", "bulk_cancel_confirm": "true"}
AWX = blocks_of(next(path for path in PAGES if path.stem == "awx"))


class Stage:
    """A folder, an emulator with its scene, and keys for all clouds."""

    def __init__(self, folder, collections, emulator):
        self.ansible = Ansible(folder, collections)
        self.folder = folder
        self.url = emulator.url
        self.clouds = {name: Cloud(name, emulator) for name in NAMES}
        self.environment = {name: value for cloud in self.clouds.values() for name, value in cloud.environment.items()}
        self.write("group_vars/all.yml", yaml.safe_dump(VARIABLES))
        self.write_files(all_blocks(), "ini")

    def real(self, text):
        """The text with what has to differ: keys, addresses, and folders that are not the tests'."""
        for made_up, known in KEYS.items():
            text = text.replace(made_up, known)
        text = text.replace("http://127.0.0.1:8899", self.url)
        return text.replace("/var/reports", str(self.folder / "reports"))

    def write(self, name, content):
        # The folder is the home, too.
        path = self.folder / name.removeprefix("~/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.real(content), encoding="utf-8")

    def write_files(self, blocks, language="yaml"):
        """The blocks that are files: those with a name."""
        for block in blocks:
            if block.caption and block.language == language:
                self.write(block.caption, block.text)

    def play(self, *arguments, environment):
        """What ansible-playbook would do. Plays find the module that sets the scene."""
        environment = {**environment, "ANSIBLE_LIBRARY": str(Path(scene.__file__).parent)}
        return self.ansible.in_workers(*arguments, environment=environment)

    def stops(self):
        """How many stop calls have come so far."""
        return sum(each["action"] in STOPS for each in control(self.url, "GET", "requests"))


@pytest.fixture
def stage(tmp_path, installed_collections):
    with Emulator(started_runs="end", rate_limit=0, stopping_seconds=0, ros_pairs_in_flight="cut") as emulator:
        scene.set_scene(emulator.url)
        yield Stage(tmp_path, installed_collections, emulator)


def test_every_example_is_of_a_sort_that_is_tested():
    for block in all_blocks():
        if block.language == "yaml":
            assert shape_of(block) in (*RUN, *CHECKED), block.where
        elif block.language == "json":
            # The policies are checked in test_pages.py.
            known = block.caption.startswith((SURVEY, "An alarm"))
            assert known or set(map(str.lower, json.loads(block.text))) == {"version", "statement"}, block.where
        elif block.language == "ini":
            assert block.caption in ("~/.alibabacloud/credentials.ini", "~/.aws/credentials"), block.where
        elif block.language == "text":
            assert block.where.startswith("README.md:"), block.where
        else:
            assert block.language == "shell", block.where
        assert set(re.findall(r"(?<![.\w])bulk_cancel_\w+", block.text)) <= {*ROLE, *FACTS}, block.where


def test_every_module_and_filter_has_examples():
    assert [path.name for path in PLUGINS if len(blocks_of(path)) != 1] == []


# Plays and tasks


def is_run_by_a_command(block, page):
    return block.caption in [word for each in page if each.language == "shell" for word in each.text.split()]


def survey_of(block):
    """The questions for the variables of a playbook."""
    surveys = [json.loads(each.text) for each in AWX if block.caption and each.caption == f"{SURVEY}{block.caption}"]
    return [question for survey in surveys for question in survey["spec"]]


def plays_of(block):
    """What the block is as plays."""
    shape = shape_of(block)
    if shape == "plays":
        return block.data
    if shape == "tasks":
        return [{**LOCAL, "tasks": block.data}]
    if shape == "role variables":
        # Without the confirmation a search is refused, which the pages say.
        variables = {**block.data, "bulk_cancel_confirm": True}
        role = {"ansible.builtin.include_role": {"name": f"{COLLECTION}.bulk_cancel"}, "vars": variables}
        return [{**LOCAL, "tasks": [role]}]
    return [{**LOCAL, **block.data, "tasks": [{f"{COLLECTION}.cloud_invocation_info": {}}]}]


def used_in(plays):
    """The collection's modules that plays use."""
    named = set(re.findall(rf"{COLLECTION}\.(\w+)", json.dumps(plays)))
    if "bulk_cancel" in named:
        named |= {"inflight_info", "inflight_cancel"}
    return named & {module for module, _at in PERMISSIONS}


def to_run(paths):
    for path in paths:
        page = blocks_of(path)
        for block in page:
            by_itself = block.caption not in (*WORKFLOW, ELSEWHERE) and not is_run_by_a_command(block, page)
            if block.language == "yaml" and shape_of(block) in RUN and by_itself:
                yield block


@pytest.mark.parametrize("paths", [PAGES, READMES, PLUGINS], ids=["pages", "READMEs", "plugins"])
def test_plays_and_tasks(stage, paths):
    blocks = list(to_run(paths))
    log = stage.folder / "requests.jsonl"
    set_scene = {**LOCAL, "tasks": [{"scene": {"url": stage.url, "log": str(log)}}]}
    # What a task registers comes before what the play has.
    plays = [set_scene]
    for block in blocks:
        variables = {**VARIABLES, **{each["variable"]: each["default"] for each in survey_of(block)}, **ANSWERS}
        for play in plays_of(block):
            plays.append({**play, "name": block.where, "vars": {**variables, **play.get("vars", {})}})
        plays.append(set_scene)
    stage.write("examples.json", json.dumps(plays))

    run = stage.play("examples.json", environment=stage.environment)

    assert run.returncode == 0 and "rescued=0" in run.output, run.output
    _before, *requests = [json.loads(line) for line in log.read_text().splitlines()]
    for block, asked in zip(blocks, requests, strict=True):
        used = used_in(plays_of(block))
        actions = {each["action"] for each in asked if each["code"] is None}
        allowed = {name for (module, _at), names in PERMISSIONS.items() if module in used for name in names}
        assert bool(actions) == bool(used), f"{block.where}: {sorted(actions)}"
        stops = not all(module.endswith("_info") for module in used)
        assert bool(actions & STOPS) == stops, f"{block.where}: {sorted(actions)}"
        assert actions <= {name.partition(":")[2] for name in allowed}, block.where


def retries(block):
    """Whether it stops what an earlier task could not."""
    return "still_running }}" in block.text


RETRIES = list(filter(retries, to_run((*PAGES, *READMES, *PLUGINS))))


@pytest.mark.parametrize("block", RETRIES, ids=lambda block: block.where)
def test_a_second_try_stops_what_the_first_could_not(stage, block):
    fault = {"kind": "error", "action": "CancelTask", "code": "Forbidden.RAM", "http_status": 403}
    control(stage.url, "POST", "faults", fault)
    stage.write("example.json", json.dumps([{**play, "vars": VARIABLES} for play in plays_of(block)]))

    run = stage.play("example.json", environment=stage.environment)

    assert run.returncode == 0 and "rescued=1" in run.output, run.output
    tries = [each["code"] for each in control(stage.url, "GET", "requests") if each["action"] == "CancelTask"]
    assert tries == ["Forbidden.RAM", None]


def test_some_examples_try_again():
    assert len(RETRIES) >= 2


# Commands


def shells(path):
    return [block for block in blocks_of(path) if block.language == "shell"]


@pytest.mark.parametrize(
    "path",
    [path for path in (*PAGES, *READMES) if path.stem != "rehearse" and shells(path)],
    ids=lambda path: path.stem,
)
def test_commands(stage, path):
    """Each block begins anew, unless the page starts what it stops. The rehearsal has a test of its own."""
    stage.write_files(blocks_of(path))
    starts = any(words[0] == "curl" for block in shells(path) for words in block.commands)
    exported = dict[str, str]()
    scene.set_scene(stage.url, [])
    for block in shells(path):
        if not starts:
            exported.clear()
            scene.set_scene(stage.url)
        for words in block.commands:
            command = stage.real(shlex.join(words))
            COMMANDS[Path(words[0]).name](stage, shlex.split(command), exported, f"{block.where}: {command}")


def run_ansible(stage, words, exported, where):
    environment = {**stage.environment, **exported}
    before = stage.stops()
    refused = False
    if Path(words[0]).name == "ansible":
        result = run_ad_hoc(words, {**environment, "HOME": str(stage.folder)})
        assert not result["failed"], f"{where}\n{result}"
    else:
        run = stage.play(*words[1:], environment=environment)
        refused = run.returncode == 2 and not {"bulk_cancel_confirm=true", "--check"} & set(words)
        # The pages say so of the first run.
        assert UNCONFIRMED in run.words if refused else run.returncode == 0, f"{where}\n{run.output}"
    stops = stage.stops() - before
    if "--check" in words or refused:
        assert not stops, where
    elif {"bulk_cancel_confirm=true", f"{COLLECTION}.stop_plan"} & set(words) or "_cancel" in where:
        assert stops, where


def run_ad_hoc(words, environment):
    """The module runs in this process, with the options that Ansible reads from the command."""
    command = AdHocCLI(words)
    command.init_parser()
    given = command.parser.parse_args(words[1:])
    assert given.args == "localhost"
    options = json.loads(given.module_args) if given.module_args.startswith("{") else parse_kv(given.module_args)
    return modules.run(given.module_name, options, check=given.check, diff=given.diff, environment=environment)


def export(stage, words, exported, where):
    known = {variable for cloud in stage.clouds.values() for variable in cloud.words.env.values()}
    for word in words[1:]:
        name, _equals, value = word.partition("=")
        if name == "ANSIBLE_COLLECTIONS_PATH":
            assert f"COLLECTIONS := {value}\n" in MAKEFILE, where
        else:
            assert name in known, where
            exported[name] = value


def start_something(stage, words, exported, where):
    """What curl would send."""
    url, *method, flag, body = words[1:]
    address, path = url.rsplit("/", 1)
    assert (address, flag) == (f"{stage.url}/_emulator", "-d"), where
    assert (path, method) in (("operations", []), ("settings", ["-X", "PUT"])), where
    control(stage.url, method[-1] if method else "POST", path, json.loads(body))


def make(stage, words, exported, where):
    for word in words[1:]:
        name = word.partition("=")[0]
        assert re.search(rf"^{name} \?=" if "=" in word else rf"^{name}:", MAKEFILE, re.MULTILINE), where


def start_rulebook(stage, words, exported, where):
    """It needs Java: tests/release runs it."""
    options = dict(zip(words[1::2], words[2::2], strict=True))
    assert options.pop("--rulebook") == f"{COLLECTION}.{RULEBOOK.stem}", where
    assert set(options) == {"--inventory", "--vars"}, where
    assert all((stage.folder / name).exists() for name in options.values()), where


def install(stage, words, exported, where):
    libraries = (each.platform.profiles.LIBRARY for each in PROVIDERS.values())
    assert " ".join(words) in (
        f"ansible-galaxy collection install build/cloudops-halt-{VERSION}.tar.gz",
        *(f"python3 -m pip install {library}" for library in ("requests", *libraries)),
    ), where


COMMANDS = {
    "ansible": run_ansible,
    "ansible-playbook": run_ansible,
    "ansible-rulebook": start_rulebook,
    "curl": start_something,
    "export": export,
    "make": make,
    **dict.fromkeys(("ansible-galaxy", "python3"), install),
}


def test_output_that_is_shown_is_that_of_the_drill():
    """Written by `make picture`. What begins a line is in the code of the drill, apart from its numbers."""
    utils = ROOT / "plugins" / "module_utils"
    drill = (ROOT / "playbooks" / "tasks" / "drill.yml").read_text()
    code = drill + (utils / "_core" / "messages.py").read_text() + (utils / "_role" / "outcome.py").read_text()
    lines = [line for block in all_blocks() if block.language == "text" for line in block.text.splitlines()]
    assert 10 <= len(lines) <= 14
    for line in set(lines) - {"$ make drill", "[...]"}:
        beginning = re.split(r":|  |\. ", line)[0]
        assert all(part in code for part in re.split(r"\d+ \w+", beginning)), line


# Alarms


def test_an_alarm_and_its_variables_are_those_of_the_rulebook():
    page = blocks_of(next(path for path in PAGES if path.stem == "alarms"))
    rulebook = RULEBOOK.read_text()
    (variables,) = [block.data for block in page if shape_of(block) == "rulebook variables"]
    assert set(variables) == set(re.findall(r"\bhalt_\w+", rulebook))
    (alarm,) = [json.loads(block.text) for block in page if block.caption == "An alarm"]
    assert set(alarm) == set(re.findall(r"event\.payload\.(\w+)", rulebook))
    assert f'event.payload.status == "{alarm["status"]}"' in rulebook
    assert alarm["operation_name"] in variables["halt_allowed_names"]


# AWX


def test_a_survey_is_one_that_its_playbook_understands():
    playbooks = [block for block in AWX if shape_of(block) == "plays" and block.caption not in WORKFLOW]
    assert {f"{SURVEY}{block.caption}" for block in playbooks} == {
        block.caption for block in AWX if block.language == "json"
    }
    for block in playbooks:
        for question in survey_of(block):
            assert question["type"] in ("text", "textarea", "integer", "multiplechoice"), question
            assert {"question_name", "question_description", "variable", "default", "required"} <= set(question)
            assert question["variable"] in ROLE or question["variable"] in block.text, question
            assert question["default"] in question.get("choices", [question["default"]]), question
            assert question["default"] != "" or not question["required"] or question["type"] == "text", question
            # Nobody confirms without a thought.
            assert question["variable"] != "bulk_cancel_confirm" or question["default"] == "false"


def handed_on(run):
    """What a job sets as statistics, which AWX makes variables of the next nodes."""
    return json.loads(run.stdout.partition("CUSTOM STATS")[2].partition("RUN: ")[2].splitlines()[0])


def test_a_workflow_stops_what_was_approved_and_nothing_else_and_tells_people(stage):
    """The nodes run as AWX runs them."""
    stage.write_files(AWX)
    (survey,) = [json.loads(block.text) for block in AWX if block.caption == f"{SURVEY}stop_many.yml"]
    answers = {question["variable"]: question["default"] for question in survey["spec"]}
    job = {"awx_job_id": 1}
    environment = {**stage.environment, "ANSIBLE_SHOW_CUSTOM_STATS": "true", "ANSIBLE_STDOUT_CALLBACK": "default"}
    shown = stage.play("stop_many.yml", "--check", "-e", json.dumps({**answers, **job}), environment=environment)
    assert shown.returncode == 0 and not stage.stops(), shown.output
    plan = handed_on(shown)
    assert set(plan) == {"halt_summary", "halt_still_running", "halt_plan", "halt_text"}
    assert plan["halt_text"].startswith("**Preview: 1 operation would be stopped.** Nothing has been stopped.")

    late = {"provider": "alibaba", "kind": "automation_execution", "id": "exec-late", "name": "restart-fleet"}
    control(stage.url, "POST", "operations", late)
    run = stage.play("stop_plan.yml", "-e", json.dumps({**plan, **job}), environment=environment)

    assert run.returncode == 0 and "Since the plan, 1 operation appeared and will not be" in run.output, run.output
    assert states(stage, "exec-example0001", "exec-late") == ["Cancelled", "Running"]
    outcome = handed_on(run)
    posted: list[str] = []
    mailed = stage.folder / "mail.json"
    stage.write("ansible_collections/community/general/plugins/modules/mail.py", MAIL.format(str(mailed)))
    collections = f"{stage.folder}:{stage.ansible.environment['ANSIBLE_COLLECTIONS_PATH']}"
    with chat(posted) as url:
        variables = json.dumps({**outcome, "chat_webhook": url})
        told = stage.play("report_result.yml", "-e", variables, environment={"ANSIBLE_COLLECTIONS_PATH": collections})
    assert told.returncode == 0, told.output
    assert [json.loads(each) for each in posted] == [{"text": outcome["halt_text"]}]
    assert outcome["halt_text"].startswith("**1 operation was stopped.**")
    mail = json.loads(mailed.read_text())
    assert (mail["subject"], mail["body"]) == ("Stopped: 1, still running: 0", outcome["halt_text"])


# The module of another collection, with the options that it has for this.
MAIL = """
import json
from ansible.module_utils.basic import AnsibleModule
module = AnsibleModule({{name: {{"required": True}} for name in ("host", "to", "subject", "body")}})
open({!r}, "w").write(json.dumps(module.params))
module.exit_json()
"""


@contextlib.contextmanager
def chat(posted):
    """A webhook, and what is posted to it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            posted.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_about):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook"
        server.shutdown()
        thread.join()


def states(stage, *ids):
    return [control(stage.url, "GET", f"operations/{each}")["status"] for each in ids]


def test_a_credential_has_what_the_modules_read(stage):
    shapes = {shape_of(block): block.data for block in AWX}
    names = shapes["credential input"]["required"]
    variables = stage.clouds["alibaba"].words.env
    assert [each["id"] for each in shapes["credential input"]["fields"]] == names
    assert [each["id"] for each in shapes["credential input"]["fields"] if each.get("secret")] == ["access_key_secret"]
    assert shapes["credential injector"]["env"] == {variables[name]: "{{ " + name + " }}" for name in names}
    assert set(names) == set(stage.clouds["alibaba"].keys["default"])


def test_awx_installs_this_collection():
    assert [block.data["collections"] for block in AWX if shape_of(block) == "requirements"] == [
        [{"name": COLLECTION}],
        [{"name": f"https://files.example.org/cloudops-halt-{VERSION}.tar.gz", "type": "url"}],
    ]
