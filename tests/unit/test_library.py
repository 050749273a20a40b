# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendors' real credential libraries, against metadata and token services on this machine.

The metadata services are reached as a proxy, and a credentials URI by its address, so that the libraries are as they
are installed. The token services only speak TLS under names of their own: for them the test replaces how Alibaba
Cloud's library writes a URL, and the endpoint and protocol of Tencent Cloud's.
"""

from __future__ import annotations

import functools
import io
import json
import logging
import sys
import textwrap
import threading
import urllib.request

import pytest
from alibabacloud_credentials.utils import auth_util
from Tea.core import TeaCore
from tencentcloud.common import credential as tencent_credential

from ansible_collections.cloudops.halt.plugins.module_utils import _library as library
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.client import ALIBABA
from ansible_collections.cloudops.halt.plugins.module_utils._credentials import Credentials, Finder, MissingLibrary
from ansible_collections.cloudops.halt.plugins.module_utils._errors import OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._tencent.client import TENCENT

from ._keyserver import ROLE, KeyServer


def key(number):
    return {
        "access_key_id": f"STS.EXAMPLE{number}",
        "access_key_secret": f"hidden-key-{number}",
        "security_token": f"hidden-token-{number}",
    }


def credentials(number, source):
    return Credentials(**key(number), source=source)


@pytest.fixture(autouse=True)
def nothing_of_this_machine(tmp_path, monkeypatch):
    """No role, no home of this machine; and logs and output as before."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("alibabacloud_credentials.utils.auth_constant.HOME", str(tmp_path))
    for name in ("TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN", "TCCLI_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    # Tencent Cloud's library keeps the proxies of the first request.
    monkeypatch.setattr(urllib.request, "_opener", None)
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def server():
    with KeyServer([key(1), key(2)]) as running:
        yield running


@pytest.fixture
def metadata(server, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.setenv("no_proxy", "")
    return server


@pytest.fixture
def token_service(server, monkeypatch):
    """What is replaced in the libraries: see above."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(
        TeaCore, "compose_url", lambda request: f"{server.url}/?{urllib.parse.urlencode(request.query)}"
    )
    for provider in (tencent_credential.STSAssumeRoleCredential, tencent_credential.OIDCRoleArnCredential):
        monkeypatch.setattr(provider, "_endpoint", server.address)
    plain = functools.partial(tencent_credential.HttpProfile, protocol="http")
    monkeypatch.setattr(tencent_credential, "HttpProfile", plain)
    return server


def find(platform, environ=None, hidden=None, **options):
    return Finder(environ or {}, (set() if hidden is None else hidden).update).find(options, platform)


def alibaba_profile(tmp_path, *entries):
    file = tmp_path / ".aliyun" / "config.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"current": entries[0]["name"], "profiles": entries}))
    return file


def tencent_profile(tmp_path, name="default", **entry):
    file = tmp_path / ".tccli" / f"{name}.credential"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(entry))
    return file


# Alibaba Cloud


def test_alibaba_ecs_role(metadata):
    keys = find(ALIBABA)
    assert keys.current() == credentials(1, "sdk (default/ecs_ram_role)")
    assert keys.renew(keys.current())
    assert keys.current() == credentials(2, "sdk (default/ecs_ram_role)")
    assert {"path": f"/latest/meta-data/ram/security-credentials/{ROLE}"} in metadata.asked


def test_alibaba_ecs_role_of_a_profile(metadata, tmp_path):
    file = alibaba_profile(tmp_path, {"name": "ecs", "mode": "EcsRamRole", "ram_role_name": "other"})
    keys = find(ALIBABA, {"HOME": str(tmp_path)})
    assert keys.current() == credentials(1, f"profile ecs ({file}), sdk (cli_profile/ecs_ram_role)")
    assert {"path": "/latest/meta-data/ram/security-credentials/other"} in metadata.asked


def test_alibaba_credentials_uri(server, monkeypatch):
    # Read from the environment when the library was loaded.
    monkeypatch.setattr(auth_util, "environment_credentials_uri", f"{server.url}/keys")
    monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "true")
    assert find(ALIBABA, credentials="sdk").current() == credentials(1, "sdk (default/credential_uri)")


LASTING = {"access_key_id": "LTAIEXAMPLE", "access_key_secret": "hidden-lasting"}


def test_alibaba_ram_role(token_service, tmp_path):
    role = {
        "name": "role",
        "mode": "RamRoleArn",
        **LASTING,
        "ram_role_arn": "acs:ram::1:role/r",
        "ram_session_name": "s",
    }
    file = alibaba_profile(tmp_path, role)
    keys = find(ALIBABA, {"HOME": str(tmp_path)}, profile="role")
    assert keys.current() == credentials(1, f"profile role ({file}), sdk (cli_profile/ram_role_arn/static_ak)")
    assert keys.renew(keys.current()) and keys.current().access_key_id == "STS.EXAMPLE2"
    assert {asked["RoleArn"] for asked in token_service.asked} == {"acs:ram::1:role/r"}


def test_alibaba_chain_of_roles(token_service, tmp_path):
    first = {"name": "first", "mode": "RamRoleArn", **LASTING, "ram_role_arn": "acs:ram::1:role/first"}
    second = {
        "name": "second",
        "mode": "ChainableRamRoleArn",
        "source_profile": "first",
        "ram_role_arn": "acs:ram::2:role/second",
    }
    alibaba_profile(tmp_path, first, second)
    keys = find(ALIBABA, {"HOME": str(tmp_path)}, profile="second")
    assert keys.access_key_id == "STS.EXAMPLE2"
    asked = [(each["RoleArn"], each["AccessKeyId"]) for each in token_service.asked]
    assert asked == [("acs:ram::1:role/first", "LTAIEXAMPLE"), ("acs:ram::2:role/second", "STS.EXAMPLE1")]


def test_alibaba_oidc_role(token_service, tmp_path):
    token = tmp_path / "token"
    token.write_text("hidden-oidc-token")
    alibaba_profile(
        tmp_path,
        {
            "name": "pod",
            "mode": "OIDC",
            "ram_role_arn": "acs:ram::1:role/pod",
            "oidc_provider_arn": "acs:ram::1:oidc-provider/p",
            "oidc_token_file": str(token),
            "role_session_name": "s",
        },
    )
    assert find(ALIBABA, {"HOME": str(tmp_path)}).access_key_id == "STS.EXAMPLE1"


def test_alibaba_ini_role(token_service, tmp_path):
    file = tmp_path / "my.ini"
    file.write_text(
        "[default]\ntype=ram_role_arn\naccess_key_id=LTAIEXAMPLE\naccess_key_secret=hidden-lasting\n"
        "role_arn=acs:ram::1:role/r\nrole_session_name=s\n"
    )
    keys = find(ALIBABA, {"ALIBABA_CLOUD_CREDENTIALS_FILE": str(file)})
    assert keys.source == f"profile default ({file}), sdk (profile/ram_role_arn/static_ak)"


def program(tmp_path, answer):
    """A program that prints keys, and leaves a line each time it is run."""
    script = tmp_path / "program.py"
    script.write_text(
        textwrap.dedent(f"""\
            import sys
            print("x", file=open({str(tmp_path / "runs")!r}, "a"))
            print("hidden-on-stderr", file=sys.stderr)
            {answer}
            """)
    )
    return f"{sys.executable} {script}"


def test_alibaba_external_program_is_not_run_for_each_request(tmp_path):
    printed = json.dumps({"mode": "StsToken", "access_key_id": "EXT", "access_key_secret": "k", "sts_token": "t"})
    command = program(tmp_path, f"print({printed!r})")
    alibaba_profile(tmp_path, {"name": "ext", "mode": "External", "process_command": command})
    keys = find(ALIBABA, {"HOME": str(tmp_path)})
    assert {keys.current().access_key_id for _ in range(100)} == {"EXT"}
    assert (tmp_path / "runs").read_text() == "x\n"


# Tencent Cloud


def test_tencent_cvm_role(metadata):
    keys = find(TENCENT)
    assert keys.current() == credentials(1, "sdk (CVMRoleCredential)")
    assert keys.renew(keys.current())
    assert keys.current() == credentials(2, "sdk (CVMRoleCredential)")
    assert {"path": f"/latest/meta-data/cam/security-credentials/{ROLE}"} in metadata.asked


def test_tencent_cvm_role_of_a_profile(metadata, tmp_path):
    file = tencent_profile(tmp_path, type="cvm-role")
    assert find(TENCENT, {"HOME": str(tmp_path)}).source == f"profile default ({file}), sdk (CVMRoleCredential)"


def test_tencent_role(token_service, tmp_path):
    role = {"role-arn": "qcs::cam::uin/1:roleName/r", "role-session-name": "mine"}
    file = tencent_profile(tmp_path, "role", secretId="AKIDEXAMPLE", secretKey="hidden-lasting", **role)
    keys = find(TENCENT, {"HOME": str(tmp_path)}, profile="role")
    assert keys.current() == credentials(1, f"profile role ({file}), sdk (STSAssumeRoleCredential)")
    assert keys.renew(keys.current()) and keys.current().access_key_id == "STS.EXAMPLE2"
    asked = token_service.asked[0]
    assert (asked["Action"], asked["RoleArn"], asked["RoleSessionName"]) == ("AssumeRole", role["role-arn"], "mine")


def test_tencent_oidc_of_a_cluster(token_service, tmp_path, monkeypatch):
    token = tmp_path / "token"
    token.write_text("hidden-oidc-token")
    # The metadata service, which comes first in the library's search, is not there.
    monkeypatch.setattr(tencent_credential.CVMRoleCredential, "_role_endpoint", "http://127.0.0.1:9/")
    for name, value in (("REGION", "ap-guangzhou"), ("PROVIDER_ID", "p"), ("ROLE_ARN", "r")):
        monkeypatch.setenv(f"TKE_{name}", value)
    monkeypatch.setenv("TKE_WEB_IDENTITY_TOKEN_FILE", str(token))
    keys = find(TENCENT, credentials="sdk")
    assert keys.current() == credentials(1, "sdk (OIDCRoleArnCredential)")
    assert token_service.asked[0]["Action"] == "AssumeRoleWithWebIdentity"


def test_a_plain_profile_through_the_library(tmp_path):
    tencent_profile(tmp_path, secretId="AKIDEXAMPLE", secretKey="hidden-lasting", token="t")
    alibaba_profile(tmp_path, {"name": "default", "mode": "AK", **LASTING})
    for platform, key_id in ((TENCENT, "AKIDEXAMPLE"), (ALIBABA, "LTAIEXAMPLE")):
        keys = find(platform, {"HOME": str(tmp_path)}, profile="default", credentials="sdk")
        assert keys.access_key_id == key_id
        assert ", sdk (" in keys.source


# What goes wrong


def refusal(platform, environ=None, **options):
    with pytest.raises(OptionError) as caught:
        find(platform, environ, **options)
    said = str(caught.value)
    assert said.endswith(".") and "\n" not in said and "hidden" not in said
    return said


@pytest.fixture(params=["info", "debug"])
def silent(request, capfd, monkeypatch):
    """Nothing reaches the output, neither as it is nor with the libraries' own switch for debugging."""
    if request.param == "debug":
        monkeypatch.setenv("DEBUG", "sdk")
    yield
    out, err = capfd.readouterr()
    assert "hidden" not in out + err
    assert out + err == ""


def test_a_refusal_of_the_token_service_is_told_by_its_code(token_service, tmp_path, silent):
    environ = {"HOME": str(tmp_path)}
    role = {"name": "role", "mode": "RamRoleArn", **LASTING, "ram_role_arn": "acs:ram::1:role/r"}
    alibaba_profile(tmp_path, role)
    token_service.refuses = "EntityNotExist.Role"
    said = refusal(ALIBABA, environ)
    assert said == "alibabacloud-credentials found no credentials (CredentialException, 403, EntityNotExist.Role)."

    tencent_profile(tmp_path, secretId="AKIDEXAMPLE", secretKey="hidden-lasting", **{"role-arn": "r"})
    token_service.refuses = "AuthFailure.SecretIdNotFound"
    said = refusal(TENCENT, environ)
    assert said == (
        "tencentcloud-sdk-python-common found no credentials (TencentCloudSDKException, AuthFailure.SecretIdNotFound)."
    )


@pytest.mark.parametrize("answer", ["print('hidden')", "sys.exit('hidden')", "print('{}')"])
def test_an_external_program_that_fails(tmp_path, silent, answer):
    alibaba_profile(tmp_path, {"name": "ext", "mode": "External", "process_command": program(tmp_path, answer)})
    said = refusal(ALIBABA, {"HOME": str(tmp_path)})
    assert said == "alibabacloud-credentials found no credentials (CredentialException)."


def test_a_token_file_that_is_missing_is_named(tmp_path, silent):
    entry = {"mode": "OIDC", "ram_role_arn": "r", "oidc_provider_arn": "p", "oidc_token_file": "/nowhere/token"}
    alibaba_profile(tmp_path, {"name": "pod", **entry})
    said = refusal(ALIBABA, {"HOME": str(tmp_path)})
    assert "FileNotFoundError, No such file or directory: /nowhere/token" in said


def test_no_role_on_this_machine(monkeypatch, silent):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for platform in (ALIBABA, TENCENT):
        said = refusal(platform)
        assert said.startswith("access_key_id is missing")
        assert f"; {platform.vault.LIBRARY} found no credentials (" in said
        assert refusal(platform, credentials="sdk").startswith(f"{platform.vault.LIBRARY} found no credentials (")


@pytest.mark.parametrize("platform", [ALIBABA, TENCENT], ids=lambda platform: platform.name)
def test_a_library_that_is_not_installed(platform, monkeypatch):
    for name in ("alibabacloud_credentials.provider", "tencentcloud.common", "tencentcloud.common.credential"):
        monkeypatch.setitem(sys.modules, name, None)
    said = refusal(platform, credentials="sdk")
    package = platform.vault.LIBRARY
    assert said == f"{package} is not installed for {sys.executable}: run {sys.executable} -m pip install {package}."
    assert refusal(platform).endswith(f"for a role of this machine, install {package}.")


def test_a_profile_that_needs_a_library_that_is_not_installed(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "alibabacloud_credentials.provider", None)
    alibaba_profile(tmp_path, {"name": "ecs", "mode": "EcsRamRole"})
    assert "-m pip install alibabacloud-credentials" in refusal(ALIBABA, {"HOME": str(tmp_path)})


# Whatever a library does


def opened(act):
    return library.opener("some-library", lambda: act)()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("hidden"), "ValueError"),
        (SystemExit("hidden"), "SystemExit"),
        (RuntimeError('{"Code": "Some.Code", "Message": "hidden"}'), "RuntimeError, Some.Code"),
        (RuntimeError("HttpCode=404 hidden"), "RuntimeError, 404"),
        (RuntimeError("code: Hidden-key-1"), "RuntimeError"),
        (RuntimeError("code: hidden"), "RuntimeError"),
        (OSError("hidden"), "OSError"),
        (PermissionError(13, "Permission denied", "/file"), "PermissionError, Permission denied: /file"),
    ],
    ids=repr,
)
def test_an_error_is_told_by_its_kind_and_code(error, reason):
    def fail():
        raise error

    with pytest.raises(OptionError) as caught:
        opened(fail)()
    assert str(caught.value) == f"some-library found no credentials ({reason})."
    assert not isinstance(caught.value, MissingLibrary)
    assert caught.value.__suppress_context__


def test_a_library_that_never_answers_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(library, "_PATIENCE", 0.1)
    end = threading.Event()
    with pytest.raises(OptionError, match=r"some-library did not answer within 0\.1 seconds"):
        opened(end.wait)()
    end.set()


def test_only_the_module_itself_is_heard(capsys):
    """Even while libraries are asked, since an interrupted module says so at once."""
    asking, told = threading.Event(), threading.Event()
    # What a library has opened before it was silenced.
    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    logging.getLogger("credentials").addHandler(handler)

    def noisy():
        print("hidden")
        print("hidden", file=sys.stderr)
        logging.getLogger("credentials").error("hidden")
        asking.set()
        told.wait(10)

    get = opened(noisy)
    threads = [threading.Thread(target=get) for _ in range(8)]
    for thread in threads:
        thread.start()
    asking.wait(10)
    print("shown")
    print("shown, too", file=sys.stderr)
    told.set()
    for thread in threads:
        thread.join()
    logging.getLogger("credentials").removeHandler(handler)
    assert capsys.readouterr() == ("shown\n", "shown, too\n")
    assert logged.getvalue() == ""
