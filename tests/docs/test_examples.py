# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example of the documentation does what it says, against the emulator. None is left out silently.

The plays and tasks of all pages are one run of Ansible, those of all plugins another. Commands run one by one, in the
order of their page.
"""

from __future__ import annotations

import configparser
import json
import re
import shlex
from pathlib import Path

import pytest
import yaml
from ansible.cli.adhoc import AdHocCLI
from ansible.parsing.splitter import parse_kv

from emulator import Emulator

from ..support import modules
from ..support.ansible import Ansible
from ..support.emulated import Cloud, control
from ..support.providers import NAMES
from . import in_workers, scene
from .blocks import PAGES, PLUGINS, READMES, ROOT, all_blocks, blocks_of, shape_of, tasks_of
from .calls import permissions

COLLECTION = "cloudops.halt"
FILES = [path for path in (*PAGES, *READMES, *PLUGINS) if blocks_of(path)]
RUN = ("plays", "tasks", "role variables", "module defaults")
CHECKED = (
    *("inventory", "requirements", "credential input", "credential injector", "changelog fragment"),
    "rulebook variables",
)
RULEBOOK = ROOT / "extensions" / "eda" / "rulebooks" / "stop_on_alarm.yml"
STOPS = ("StopInvocation", "CancelInvocation", "CancelExecution", "CancelTask", "StopStackGroupOperation")
UNCONFIRMED = "nobody has confirmed it"
SURVEY = "Survey of "
LOCAL = {"hosts": "localhost", "connection": "local", "gather_facts": False}

# Made-up keys of the examples, the longer before the shorter, and those that the emulator knows.
KEYS = {
    "LTAIEXAMPLE": "LTAIEmulatorDefault",
    "AKIDEXAMPLE": "AKIDEmulatorDefault",
    "EXAMPLESECRETKEY": "emulator-tencent-secret-default",
    "EXAMPLESECRET": "emulator-alibaba-secret-default",
}
# What examples take from elsewhere.
VARIABLES = {
    "vault_production_secret": KEYS["EXAMPLESECRET"],
    "vault_shop_secret": KEYS["EXAMPLESECRETKEY"],
    "survey_scopes": "alibaba/cn-hangzhou, tencent/ap-guangzhou",
    "found": {
        "targets": [
            {"kind": "cloud_invocation", "provider": "tencent", "region": "ap-guangzhou", "id": "inv-example2"},
            {"kind": "image_task", "provider": "alibaba", "region": "cn-hangzhou", "id": "t-bp1example0001"},
        ]
    },
}
PROFILES = {
    "~/.alibabacloud/credentials.ini": (
        "[production]\ntype = access_key\naccess_key_id = LTAIEXAMPLE\naccess_key_secret = EXAMPLESECRET\n"
    ),
}


class Stage:
    """A folder, an emulator with its scene, and keys for both clouds."""

    def __init__(self, folder, collections, emulator):
        self.ansible = Ansible(folder, collections)
        self.folder = folder
        self.emulator = emulator
        self.clouds = {name: Cloud(name, emulator) for name in NAMES}
        self.environment = {}
        for cloud in self.clouds.values():
            self.environment |= cloud.environment
        for name, content in PROFILES.items():
            self.write(name, content)
        self.write("group_vars/all.yml", yaml.safe_dump(VARIABLES))

    def real(self, text):
        """The text with what has to differ: keys, addresses, and folders that are not the tests'."""
        for made_up, known in KEYS.items():
            text = text.replace(made_up, known)
        text = text.replace("http://127.0.0.1:8899", self.emulator.url)
        return text.replace("/var/reports", str(self.folder / "reports"))

    def write(self, name, content):
        # The fixture's folder is the home, too.
        path = self.folder / name.removeprefix("~/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.real(content), encoding="utf-8")

    def play(self, *arguments, environment):
        """What ansible-playbook would do. Plays find the module that sets the scene."""
        environment = {**environment, "ANSIBLE_LIBRARY": str(Path(scene.__file__).parent)}
        return self.ansible.run("python", in_workers.__file__, *arguments, environment=environment)

    def stops(self):
        """How many stop calls have come so far."""
        return sum(each["action"] in STOPS for each in control(self.emulator.url, "GET", "requests"))


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
            assert block.caption.startswith((SURVEY, "An alarm")) or set(map(str.lower, json.loads(block.text))) == {
                *("version", "statement")
            }, block.where
        elif block.language == "ini":
            assert block.caption in PROFILES, block.where
        elif block.language == "text":
            assert block.file == "README.md", block.where
        else:
            assert block.language == "shell", block.where


def test_every_module_and_filter_has_examples():
    assert {block.file for block in all_blocks() if block.file.startswith("plugins/")} == {
        str(path.relative_to(ROOT)) for path in PLUGINS
    }


# Plays and tasks


def is_file(block, page):
    """Whether a command or a survey of the page runs this play, so that it needs no run of its own."""
    named = " ".join(each.text for each in page if each.language == "shell")
    return bool(block.caption) and (
        block.caption in shlex.split(named, comments=True)
        or any(each.caption == f"{SURVEY}{block.caption}" for each in page)
    )


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
    """The collection's modules that plays use, and whether they stop something."""
    modules, stops = set(), False
    for play in plays:
        roles = [each["role"] if isinstance(each, dict) else each for each in play.get("roles", [])]
        for task in tasks_of(play.get("tasks", [])):
            roles += [task[key]["name"] for key in task if key == "ansible.builtin.include_role"]
            for key in task:
                if key.startswith(f"{COLLECTION}."):
                    modules.add(key.rpartition(".")[2])
                    stops = stops or not (key.endswith("_info") or task.get("check_mode"))
        if roles:
            assert set(roles) == {f"{COLLECTION}.bulk_cancel"}
            modules |= {"inflight_info", "inflight_cancel"}
            stops = True
    return modules, stops


def to_run(paths):
    for path in paths:
        page = blocks_of(path)
        for block in page:
            if block.language == "yaml" and shape_of(block) in RUN and not is_file(block, page):
                yield block


@pytest.mark.parametrize("paths", [[*PAGES, *READMES], PLUGINS], ids=["pages", "plugins"])
def test_plays_and_tasks(stage, paths):
    blocks = list(to_run(paths))
    log = stage.folder / "requests.jsonl"
    set_scene = {**LOCAL, "tasks": [{"scene": {"url": stage.emulator.url, "log": str(log)}}]}
    # What a task registers comes before what the play has.
    plays = [set_scene]
    for block in blocks:
        for play in plays_of(block):
            plays.append({**play, "name": block.where, "vars": {**VARIABLES, **play.get("vars", {})}})
        plays.append(set_scene)
    stage.write("examples.json", json.dumps(plays))

    run = stage.play("examples.json", environment=stage.environment)

    assert run.returncode == 0, run.output
    assert "rescued=0" in run.output
    _before, *requests = [json.loads(line) for line in log.read_text().splitlines()]
    for block, asked in zip(blocks, requests, strict=True):
        modules, stops = used_in(plays_of(block))
        actions = {each["action"] for each in asked if each["code"] is None}
        assert actions, f"{block.where} calls nothing"
        assert bool(actions & set(STOPS)) == stops, f"{block.where}: {sorted(actions)}"
        allowed = {name for (module, _at), names in permissions().items() if module in modules for name in names}
        assert actions <= {name.partition(":")[2] for name in allowed}, block.where


# Commands


def test_commands_of_every_file_are_known_to_this_test():
    for block in all_blocks():
        for words in block.commands if block.language == "shell" else ():
            assert Path(words[0]).name in COMMANDS, f"{block.where}: {shlex.join(words)}"


def shells(path):
    return [block for block in blocks_of(path) if block.language == "shell"]


@pytest.mark.parametrize("path", [path for path in FILES if shells(path)], ids=lambda path: path.stem)
def test_commands(stage, path):
    """Each block begins anew, unless the page starts what it stops."""
    for block in blocks_of(path):
        if block.caption and block.language in ("yaml", "ini"):
            stage.write(block.caption, block.text)
    starts = any(words[0] == "curl" for block in shells(path) for words in block.commands)
    exported = {}
    scene.set_scene(stage.emulator.url, [])
    for block in shells(path):
        if not starts:
            exported.clear()
            scene.set_scene(stage.emulator.url)
        for words in block.commands:
            COMMANDS[Path(words[0]).name](stage, [stage.real(word) for word in words], exported, block.where)


def run_ansible(stage, words, exported, where):
    program, command = Path(words[0]).name, f"{where}: {shlex.join(words)}"
    environment = {**stage.environment, **exported}
    before = stage.stops()
    refused = False
    if program == "ansible":
        result = run_ad_hoc(words, {**environment, "HOME": str(stage.folder)})
        assert not result["failed"], f"{command}\n{result}"
    else:
        run = stage.play(*words[1:], environment=environment)
        refused = run.returncode == 2 and not {"bulk_cancel_confirm=true", "--check"} & set(words)
        # The pages say so of the first run.
        assert UNCONFIRMED in run.words if refused else run.returncode == 0, f"{command}\n{run.output}"
    stops = stage.stops() - before
    if "--check" in words or refused:
        assert not stops, command
    elif "bulk_cancel_confirm=true" in words or "_cancel" in command:
        assert stops, command


def run_ad_hoc(words, environment):
    """The module runs in this process, with the options that Ansible reads from the command."""
    command = AdHocCLI(words)
    command.init_parser()
    given = command.parser.parse_args(words[1:])
    assert given.args == "localhost"
    options = json.loads(given.module_args) if given.module_args.startswith("{") else parse_kv(given.module_args)
    return modules.run(given.module_name, options, check=given.check, diff=given.diff, environment=environment)


def export(stage, words, exported, where):
    makefile = (ROOT / "Makefile").read_text()
    known = {variable for cloud in stage.clouds.values() for variable in cloud.words.env.values()}
    for word in words[1:]:
        name, _equals, value = word.partition("=")
        if name == "ANSIBLE_COLLECTIONS_PATH":
            assert f"COLLECTIONS := {value}" in makefile, where
        else:
            assert name in known, f"{where}: {name}"
            exported[name] = value


def start_something(stage, words, exported, where):
    """What curl would send."""
    url, *method, flag, body = words[1:]
    address, path = url.rsplit("/", 1)
    assert (address, flag) == (f"{stage.emulator.url}/_emulator", "-d"), where
    assert (path, method) in (("operations", []), ("settings", ["-X", "PUT"])), where
    control(stage.emulator.url, method[-1] if method else "POST", path, json.loads(body))


def make(stage, words, exported, where):
    makefile = (ROOT / "Makefile").read_text()
    for word in words[1:]:
        name = word.partition("=")[0]
        assert re.search(rf"^{name} \?=" if "=" in word else rf"^{name}:", makefile, re.MULTILINE), f"{where}: {word}"


def install_collection(stage, words, exported, where):
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
    assert words == ["ansible-galaxy", "collection", "install", f"build/cloudops-halt-{version}.tar.gz"], where


def install_libraries(stage, words, exported, where):
    from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.profiles import LIBRARY as ALIBABA
    from ansible_collections.cloudops.halt.plugins.module_utils._tencent.profiles import LIBRARY as TENCENT

    assert words[:4] == ["python3", "-m", "pip", "install"], where
    assert set(words[4:]) <= {"requests", ALIBABA, TENCENT}, where


def start_rulebook(stage, words, exported, where):
    """It needs Java: tests/release runs it."""
    options = dict(zip(words[1::2], words[2::2], strict=True))
    assert options.pop("--rulebook") == f"{COLLECTION}.{RULEBOOK.stem}", where
    assert set(options) == {"--inventory", "--vars"}, where
    assert all((stage.folder / name).exists() for name in options.values()), where


def get_checkout(stage, words, exported, where):
    assert words[0] == "cd" or words[:2] == ["git", "clone"], where


COMMANDS = {
    "ansible": run_ansible,
    "ansible-playbook": run_ansible,
    "ansible-galaxy": install_collection,
    "ansible-rulebook": start_rulebook,
    "cd": get_checkout,
    "curl": start_something,
    "export": export,
    "git": get_checkout,
    "make": make,
    "python3": install_libraries,
}


def test_a_file_of_profiles_is_the_one_that_other_examples_use():
    for block in all_blocks():
        if block.language == "ini":
            written, used = configparser.ConfigParser(), configparser.ConfigParser()
            written.read_string(block.text)
            used.read_string(PROFILES[block.caption])
            assert written == used, block.where


def test_output_that_is_shown_is_that_of_the_drill():
    drill = (ROOT / "playbooks" / "tasks" / "drill.yml").read_text()
    for block in all_blocks():
        for line in block.text.splitlines() if block.language == "text" else ():
            title = line.strip("- '").partition(":")[0]
            assert title and title in drill, f"{block.where}: {line}"


# Alarms


def test_an_alarm_and_its_variables_are_those_of_the_rulebook():
    page = blocks_of(next(path for path in PAGES if path.stem == "alarms"))
    rulebook = RULEBOOK.read_text()
    shapes = {shape_of(block): block.data for block in page if block.language == "yaml"}
    variables = shapes["rulebook variables"]
    assert set(variables) == set(re.findall(r"\bhalt_\w+", rulebook))
    (alarm,) = [json.loads(block.text) for block in page if block.caption == "An alarm"]
    assert set(alarm) == set(re.findall(r"event\.payload\.(\w+)", rulebook))
    assert f'event.payload.status == "{alarm["status"]}"' in rulebook
    assert alarm["operation_name"] in variables["halt_allowed_names"]


# AWX


def awx_page():
    return blocks_of(next(path for path in PAGES if path.stem == "awx"))


def survey_of(name):
    (block,) = [block for block in awx_page() if block.caption == f"{SURVEY}{name}"]
    return json.loads(block.text)


@pytest.fixture
def job(stage):
    """Runs a playbook of the page as AWX does: answers are extra variables, the credential is the environment."""
    shapes = {shape_of(block): block.data for block in awx_page() if block.language == "yaml"}
    fields = shapes["credential input"]["fields"]
    keys = stage.clouds["alibaba"].keys["default"]
    credential = {
        variable: re.sub(r"{{ (\w+) }}", lambda found: keys[found[1]], template)
        for variable, template in shapes["credential injector"]["env"].items()
    }
    assert {each["id"] for each in fields} == set(keys) == set(shapes["credential input"]["required"])
    assert [each["id"] for each in fields if each.get("secret")] == ["access_key_secret"]
    for block in awx_page():
        if block.language == "yaml" and shape_of(block) == "plays":
            stage.write(block.caption, block.text)

    def job(name, **answers):
        defaults = {each["variable"]: each["default"] for each in survey_of(name)["spec"]}
        environment = {**credential, "ALIBABA_CLOUD_ENDPOINT_URL": stage.emulator.url}
        return stage.play(name, "-e", json.dumps({**defaults, **answers}), environment=environment)

    return job


@pytest.mark.parametrize("name", ["stop_execution.yml", "stop_many.yml"])
def test_a_survey_is_one_that_the_playbook_understands(name):
    (playbook,) = [block.text for block in awx_page() if block.caption == name]
    specs = yaml.safe_load((ROOT / "roles" / "bulk_cancel" / "meta" / "argument_specs.yml").read_text())
    options = specs["argument_specs"]["main"]["options"]
    survey = survey_of(name)
    assert set(survey) == {"name", "description", "spec"}
    for question in survey["spec"]:
        assert question["type"] in ("text", "textarea", "integer", "multiplechoice"), question
        assert {"question_name", "question_description", "variable", "default", "required"} <= set(question)
        assert question["variable"] in options or question["variable"] in playbook, question
        assert question["default"] in question.get("choices", [question["default"]]), question
        assert question["default"] != "" or not question["required"] or question["type"] == "text", question


def test_awx_stops_an_execution(stage, job):
    cloud = stage.clouds["alibaba"]
    execution = {"halt_execution_id": "exec-example0001"}

    other = job("stop_execution.yml", **execution, halt_template="another")
    before = cloud.status("exec-example0001")
    stopped = job("stop_execution.yml", **execution, halt_template="restart-fleet")

    assert (other.returncode, stopped.returncode) == (2, 0), other.output + stopped.output
    assert before == "Running" and cloud.status("exec-example0001") == "Cancelled"
    children = [each for each in control(cloud.url, "GET", "operations") if each.get("parent") == "exec-example0001"]
    assert len(children) == 2 and {each["status"] for each in children} == {"Cancelled"}


def test_awx_stops_many_once_it_is_confirmed(stage, job):
    (confirmation,) = [each for each in survey_of("stop_many.yml")["spec"] if each["variable"] == "bulk_cancel_confirm"]
    assert (confirmation["default"], confirmation["choices"]) == ("false", ["false", "true"])

    stopped = job("stop_many.yml", bulk_cancel_confirm="true")

    assert stopped.returncode == 0, stopped.output
    assert stage.clouds["alibaba"].status("exec-example0001") == "Cancelled"


def test_awx_installs_this_collection():
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
    blocks = [block for block in awx_page() if block.language == "yaml" and shape_of(block) == "requirements"]
    assert [block.data["collections"] for block in blocks] == [
        [{"name": COLLECTION}],
        [{"name": f"https://files.example.org/cloudops-halt-{version}.tar.gz", "type": "url"}],
    ]
