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
      - The region in which the operation runs, such as V(cn-hangzhou) on Alibaba Cloud, V(ap-guangzhou) on Tencent
        Cloud or V(eu-central-1) on AWS.
      - If left out, it is taken from the environment variable, which is E(ALIBABA_CLOUD_REGION_ID) on Alibaba Cloud,
        E(TENCENTCLOUD_REGION) on Tencent Cloud, or E(AWS_REGION) or E(AWS_DEFAULT_REGION) on AWS, or else from the
        profile that provides the key. One of the three is required.
      # end of words
      - An operation is visible only in the region in which it was started.
    type: str
  access_key_id:
    description:
      - The id of the access key.
      # words: keys
      - If this, O(access_key_secret) and O(profile) are left out, the key is taken from the environment variables,
        which are E(ALIBABA_CLOUD_ACCESS_KEY_ID) and E(ALIBABA_CLOUD_ACCESS_KEY_SECRET) on Alibaba Cloud,
        E(TENCENTCLOUD_SECRET_ID) and E(TENCENTCLOUD_SECRET_KEY) on Tencent Cloud, or E(AWS_ACCESS_KEY_ID) and
        E(AWS_SECRET_ACCESS_KEY) on AWS, or else from the sources that O(credentials) allows.
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
      - If the key comes from the environment, so does the token, from E(ALIBABA_CLOUD_SECURITY_TOKEN) on Alibaba Cloud,
        E(TENCENTCLOUD_TOKEN) or E(TENCENTCLOUD_SECURITY_TOKEN) on Tencent Cloud, or E(AWS_SESSION_TOKEN) or
        E(AWS_SECURITY_TOKEN) on AWS.
      # end of words
      - A token is never used with a key from elsewhere.
    type: str
    aliases:
      - token
      - session_token
  profile:
    description:
      - The name of a profile in the files of the vendor's CLI or SDKs. They are searched in this order, and the first
        file that has the profile is used.
      # words: profiles
      - On Alibaba Cloud, C(~/.aliyun/config.json), unless E(ALIBABA_CLOUD_CLI_PROFILE_DISABLED) is V(true), then
        C(~/.alibabacloud/credentials.ini) and C(~/.alibabacloud/credentials), or the file that
        E(ALIBABA_CLOUD_CREDENTIALS_FILE) names instead of the last two.
      - On Tencent Cloud, C(~/.tccli/<profile>.credential), then C(~/.tencentcloud/credentials) or, if there is none,
        C(/etc/tencentcloud/credentials), or the file that E(TENCENTCLOUD_CREDENTIALS_FILE) names instead of these two.
      - On AWS, C(~/.aws/credentials), then C(~/.aws/config), or the files that E(AWS_SHARED_CREDENTIALS_FILE) and
        E(AWS_CONFIG_FILE) name instead.
      - If left out and no key is set, it is taken from the environment variable, which is E(ALIBABA_CLOUD_PROFILE) on
        Alibaba Cloud, E(TCCLI_PROFILE) on Tencent Cloud, or E(AWS_PROFILE) or E(AWS_DEFAULT_PROFILE) on AWS. If that is
        not set either, it is V(default).
      - In C(config.json) of Alibaba Cloud, the default is the current profile. The modes in that file are not
        case-sensitive, just as in the CLI.
      - A profile of AWS that is in both files counts as one. Its keys are those in the first file. If it has a role or
        SSO, or no key at all, it is passed to the library, even if it is named.
      - C(ca_bundle), C(endpoint_url), C(services), C(use_dualstack_endpoint) and C(use_fips_endpoint) of an AWS profile
        are read as well. They apply where its key does, after the options and the environment. With
        C(ignore_configured_endpoint_urls) in the profile, or with E(AWS_IGNORE_CONFIGURED_ENDPOINT_URLS), URLs are
        taken from O(endpoint_url) only.
      # end of words
      - If a profile has no key, as a CLI leaves it if none was entered, the next source is tried.
      - A profile that only defines how to obtain a key, such as C(RamRoleArn) or C(cvm-role), is passed to the vendor's
        library.
      - Mutually exclusive with O(access_key_id). It is an error if the profile is not found.
    type: str
  credentials:
    description:
      - Where keys come from. The source is returned, but never the key.
      - V(auto) takes the first of the options, the environment, the profile files and the vendor's own library,
        if that is installed.
      - V(static) does not use the library.
      - V(sdk) uses only the library, with O(profile) if that is set. It supports the roles of machines and clusters,
        OIDC, role chains and programs that print keys, as its vendor documents. It sends its own requests, to which
        O(proxy), O(ca_path) and O(request_timeout) do not apply. For roles of profiles, C(sts) in O(endpoint_url) does
        apply, and so does O(endpoint_type).
      - Keys from the library, and profiles with a session token, may change while a task is running. A call that is
        rejected because of its token is repeated once if there is a new token.
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
        If one host does not serve all services, a dictionary of URLs by service, such as V({ecs:
        https://ecs.example.com, oos: https://oos.example.com}).
      # words: services
      - The services are V(ecs), V(oos) and V(ros) on Alibaba Cloud, V(tat) on Tencent Cloud, and V(ssm), V(ec2) and
        V(cloudformation) on AWS. V(sts) is where the vendors' libraries request the keys of roles. Services that are
        left out are called at the vendor's own hosts.
      # end of words
      - A vendor's own host of one service, such as V(https://ecs-vpc.cn-hangzhou.aliyuncs.com), is refused for other
        services and in other regions.
      # words: endpoints
      - If left out, it is taken from the environment variable, which is E(ALIBABA_CLOUD_ENDPOINT_URL) on Alibaba Cloud,
        E(TENCENTCLOUD_ENDPOINT_URL) on Tencent Cloud or E(AWS_ENDPOINT_URL) on AWS.
      - A variable for a single service takes precedence, which is E(AWS_ENDPOINT_URL_SSM), E(AWS_ENDPOINT_URL_EC2),
        E(AWS_ENDPOINT_URL_CLOUDFORMATION) or E(AWS_ENDPOINT_URL_STS) on AWS.
      # end of words
    type: raw
  endpoint_type:
    description:
      - Which of the vendor's own hosts to call, for services that are not in O(endpoint_url). If left out, V(public),
        unless the environment or a profile asks for others.
      - V(vpc) selects hosts inside the vendor's network, such as C(ecs-vpc.cn-hangzhou.aliyuncs.com).
      - V(dualstack) selects hosts that also have IPv6 addresses, and V(fips) hosts with FIPS-validated cryptography.
        V(dualstack_fips) selects hosts with both. A type that the provider does not have is refused.
      # words: private_hosts
      - The private host of TAT at Tencent Cloud, C(tat.internal.tencentcloudapi.com), follows the pattern of other
        services; the vendor does not document it.
      - Financial regions of Tencent Cloud, such as V(ap-shanghai-fsi), have hosts of their own, such as
        C(tat.ap-shanghai-fsi.tencentcloudapi.com). No V(vpc) host is known for them.
      - >-
        AWS has no V(vpc): name the host of an interface endpoint, such as
        C(https://vpce-example.ssm.eu-central-1.vpce.amazonaws.com), in C(endpoint_url).
      - On AWS, the hosts for V(dualstack), V(fips) and V(dualstack_fips) follow AWS's naming rules, in all of its
        partitions. Not every region has them for every service.
      - If C(endpoint_type) is left out, E(AWS_USE_DUALSTACK_ENDPOINT) and E(AWS_USE_FIPS_ENDPOINT), or else the AWS
        profile, select these hosts if they are V(true).
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
      - Whether O(endpoint_url) may use C(http://) to a machine other than this one. Calls and session tokens can then
        be read in transit.
      - C(localhost) and the addresses C(127.0.0.0/8) and C(::1) are always allowed.
    type: bool
    default: false
  validate_certs:
    description:
      - Whether to verify the provider's TLS certificate. Disable this only for tests.
    type: bool
    default: true
  ca_path:
    description:
      - A file or folder with the CA certificates to trust, instead of the default ones.
      # words: certificates
      - If left out, it is taken from the environment variable, which is E(AWS_CA_BUNDLE) on AWS.
      # end of words
    type: path
  proxy:
    description:
      - The URL of an HTTP proxy, such as V(http://proxy.example.com:3128). It is never shown, because it may contain a
        password. In the password, C(/) is written as C(%2F), C(?) as C(%3F), C(#) as C(%23) and C(@) as C(%40).
      - If left out, the environment variables E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY) are used.
    type: str
  request_timeout:
    description:
      - The number of seconds that one call may take, from connecting to the last byte of the response. Resolving the
        host name is not included; the resolver has its own timeout.
    type: float
    default: 10.0
  retries:
    description:
      - How many times in total a call is retried after throttling, a fault at the provider or a lost connection.
      - The pauses increase from a fraction of a second to eight seconds.
      - If it is not known whether a stop call has arrived, it is sent again only after its target has been read.
    type: int
    default: 5
notes:
  - The module runs on the host of the task, usually the controller, and needs the Python library C(requests) there.
requirements:
  - Python 3.10 or later where the module runs
  - requests
  # words: libraries
  - alibabacloud-credentials 1.0.0 or later, for keys on Alibaba Cloud that only it can provide
  - tencentcloud-sdk-python-common 3.0.1450 or later, for keys on Tencent Cloud that only it can provide
  - botocore 1.31.0 or later, for keys on AWS that only it can provide
  # end of words
"""
