# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """How to reach a provider."""

    DOCUMENTATION = r"""
options:
  region:
    description:
      # words: region
      - The region in which the operation runs, such as V(cn-hangzhou) at Alibaba Cloud, V(ap-guangzhou) at Tencent
        Cloud or V(eu-central-1) at AWS.
      - If left out, the environment variable is used, which is E(ALIBABA_CLOUD_REGION_ID) at Alibaba Cloud,
        E(TENCENTCLOUD_REGION) at Tencent Cloud, or E(AWS_REGION) or E(AWS_DEFAULT_REGION) at AWS, and then the region
        of the profile that the key comes from. One of the three is required.
      # end of words
      - An operation is only visible in the region in which it was started.
    type: str
  access_key_id:
    description:
      - The id of the access key.
      # words: keys
      - If neither it nor O(access_key_secret) nor O(profile) is set, the environment variables are used, which are
        E(ALIBABA_CLOUD_ACCESS_KEY_ID) and E(ALIBABA_CLOUD_ACCESS_KEY_SECRET) at Alibaba Cloud,
        E(TENCENTCLOUD_SECRET_ID) and E(TENCENTCLOUD_SECRET_KEY) at Tencent Cloud, or E(AWS_ACCESS_KEY_ID) and
        E(AWS_SECRET_ACCESS_KEY) at AWS, and then what O(credentials) says.
      # end of words
    type: str
    aliases:
      - secret_id
      - access_key
  access_key_secret:
    description:
      - The secret of the access key.
    type: str
    aliases:
      - secret_key
  security_token:
    description:
      - The session token that belongs to a temporary access key.
      # words: tokens
      - If the key comes from the environment, so does the token, from E(ALIBABA_CLOUD_SECURITY_TOKEN) at Alibaba Cloud,
        E(TENCENTCLOUD_TOKEN) or E(TENCENTCLOUD_SECURITY_TOKEN) at Tencent Cloud, or E(AWS_SESSION_TOKEN) or
        E(AWS_SECURITY_TOKEN) at AWS.
      # end of words
      - A token is never used with a key from elsewhere.
    type: str
    aliases:
      - token
      - session_token
  profile:
    description:
      - The name of a profile in the files of the vendor's command line or SDKs. It is looked for in this order,
        and the first file that has it counts.
      # words: profiles
      - At Alibaba Cloud C(~/.aliyun/config.json), unless E(ALIBABA_CLOUD_CLI_PROFILE_DISABLED) is V(true), then
        C(~/.alibabacloud/credentials.ini) and C(~/.alibabacloud/credentials), or the file that
        E(ALIBABA_CLOUD_CREDENTIALS_FILE) names instead of the last two.
      - At Tencent Cloud C(~/.tccli/<profile>.credential), then C(~/.tencentcloud/credentials) or, if there is none,
        C(/etc/tencentcloud/credentials), or the file that E(TENCENTCLOUD_CREDENTIALS_FILE) names instead of these two.
      - At AWS C(~/.aws/credentials), then C(~/.aws/config), or the files that E(AWS_SHARED_CREDENTIALS_FILE) and
        E(AWS_CONFIG_FILE) name instead.
      - If left out and no key is set, the environment variable names it, which is E(ALIBABA_CLOUD_PROFILE) at Alibaba
        Cloud, E(TCCLI_PROFILE) at Tencent Cloud, or E(AWS_PROFILE) or E(AWS_DEFAULT_PROFILE) at AWS. If that is not set
        either, it is V(default).
      - In C(config.json) of Alibaba Cloud it is its current one then. The modes of that file are read as the command
        line reads them, in any case.
      - A profile of AWS that stands in both files is one. Its keys are those of the first. With a role or SSO in it, it
        is handed to the library, and so it is without a key, even if it is named.
      - Of a profile of AWS, C(ca_bundle), C(endpoint_url), C(services), C(use_dualstack_endpoint) and
        C(use_fips_endpoint) are read, too. They count where its key does, after the options and the environment. With
        C(ignore_configured_endpoint_urls) in it, or with E(AWS_IGNORE_CONFIGURED_ENDPOINT_URLS), only O(endpoint_url)
        names URLs.
      # end of words
      - One without a key, as a command line leaves it that was told nothing, does not end the search.
      - A profile that only says how to get a key, such as C(RamRoleArn) or C(cvm-role), is handed to the vendor's
        library.
      - Not to be set together with O(access_key_id). A profile that is named and not found is an error.
    type: str
  credentials:
    description:
      - Where keys come from. The source is returned, the key never.
      - V(auto) takes the first of the options, the environment, the profile files and the vendor's own library,
        if that is installed.
      - V(static) leaves out the library.
      - V(sdk) asks the library alone, for O(profile) if that is set. It knows the roles of machines and clusters, OIDC,
        chains of roles and programs that print keys, as its vendor documents. It sends requests of its own, to which
        O(proxy), O(ca_path) and O(request_timeout) do not apply. Of O(endpoint_url), C(sts) applies to roles of
        profiles, and so does O(endpoint_type).
      - Keys of the library, and profiles with a session token, may change while a task runs. A call that is rejected
        for its token is made once more if there is a new one.
    type: str
    choices:
      - auto
      - static
      - sdk
    default: auto
  endpoint_url:
    description:
      - The URL to call instead of the provider's public one for the region, such as a proxy's, or an emulator's
        V(http://127.0.0.1:8899).
      - >-
        Where one host does not serve all, a dictionary of URLs by service, such as
        V({ecs: https://ecs.example.com, oos: https://oos.example.com}).
      # words: services
      - The services are V(ecs), V(oos) and V(ros) at Alibaba Cloud, V(tat) at Tencent Cloud, and V(ssm), V(ec2) and
        V(cloudformation) at AWS. V(sts) is where the vendors' libraries ask for the keys of roles. Those that are left
        out are called at the vendor's own hosts.
      # end of words
      - A vendor's own host of one service, such as V(https://ecs-vpc.cn-hangzhou.aliyuncs.com), is refused for others
        and in other regions.
      # words: endpoints
      - If left out, the environment variable is used, which is E(ALIBABA_CLOUD_ENDPOINT_URL) at Alibaba Cloud,
        E(TENCENTCLOUD_ENDPOINT_URL) at Tencent Cloud or E(AWS_ENDPOINT_URL) at AWS.
      - That of the service comes first, which is E(AWS_ENDPOINT_URL_SSM), E(AWS_ENDPOINT_URL_EC2),
        E(AWS_ENDPOINT_URL_CLOUDFORMATION) or E(AWS_ENDPOINT_URL_STS) at AWS.
      # end of words
    type: raw
  endpoint_type:
    description:
      - Which of the vendor's own hosts are called, for the services that O(endpoint_url) does not name. If left out,
        V(public), unless the environment or a profile asks for others.
      - V(vpc) are those inside of the vendor's networks, such as C(ecs-vpc.cn-hangzhou.aliyuncs.com).
      - V(dualstack) are hosts that have IPv6 addresses, too, and V(fips) those with cryptography that the US government
        has validated. V(dualstack_fips) are both. What a provider does not have is refused.
      # words: private_hosts
      - That of Tencent Cloud for TAT, C(tat.internal.tencentcloudapi.com), follows the form of other services; the
        vendor does not document it.
      - Financial regions of Tencent Cloud, such as V(ap-shanghai-fsi), are called at hosts of their own, such as
        C(tat.ap-shanghai-fsi.tencentcloudapi.com). V(vpc) is not known for them.
      - >-
        AWS has no V(vpc): name the host of an interface endpoint, such as
        C(https://vpce-example.ssm.eu-central-1.vpce.amazonaws.com), in C(endpoint_url).
      - At AWS, E(AWS_USE_DUALSTACK_ENDPOINT) and E(AWS_USE_FIPS_ENDPOINT), or else the profile, ask for such hosts if
        they are V(true) and C(endpoint_type) is left out.
      - Hosts for V(dualstack), V(fips) and V(dualstack_fips) at AWS are named by AWS's rules, in all of its partitions.
        Not every region has them for every service.
      # end of words
    type: str
    choices:
      - public
      - vpc
      - dualstack
      - fips
      - dualstack_fips
  allow_http:
    description:
      - Whether O(endpoint_url) may be C(http://) to another machine than this one. The calls and their session tokens
        can then be read on the way.
      - C(localhost), the addresses C(127.0.0.0/8) and C(::1) are this machine, and always allowed.
    type: bool
    default: false
  validate_certs:
    description:
      - Whether to check the provider's TLS certificate. Turn it off for tests only.
    type: bool
    default: true
  ca_path:
    description:
      - A file or folder with the certificates of the authorities to trust, instead of the usual ones.
      # words: certificates
      - If left out, the environment variable is used, which is E(AWS_CA_BUNDLE) at AWS.
      # end of words
    type: path
  proxy:
    description:
      - The URL of an HTTP proxy, such as V(http://proxy.example.com:3128). It is never shown, since it may hold a
        password. In that, C(/) is written as C(%2F), C(?) as C(%3F), C(#) as C(%23) and C(@) as C(%40).
      - If left out, the variables E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY) of the environment are honoured.
    type: str
  request_timeout:
    description:
      - Seconds that one call may take, from connecting to the last byte of the answer. The look-up of a host name has
        the time of the resolver.
    type: float
    default: 10.0
  retries:
    description:
      - How often one call is sent again, in all, after throttling, a fault at the provider or a lost connection.
      - The pauses grow from a fraction of a second to eight seconds.
      - A stop call of which nobody knows whether it arrived is only sent again after its target was read.
    type: int
    default: 5
notes:
  - The module runs where the task runs, usually on the controller. It needs the Python library C(requests) there.
requirements:
  - Python 3.10 or later where the module runs
  - requests
  # words: libraries
  - alibabacloud-credentials 1.0.0 or later, for keys at Alibaba Cloud that only it can get
  - tencentcloud-sdk-python-common 3.0.1450 or later, for keys at Tencent Cloud that only it can get
  - botocore 1.31.0 or later, for keys at AWS that only it can get
  # end of words
"""
