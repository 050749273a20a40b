# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWS's documents leave open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..settings import setting


@dataclass
class AwsSettings:
    aws_empty_answers: Literal["{}", "nothing"] = setting(
        "{}", "the body of an SSM answer without fields; pages and samples differ"
    )
    aws_last_token: Literal["absent", "empty"] = setting("absent", "NextToken on the last page")
    aws_page_size: int = setting(20, "rows of a page where a call does not say how many")
    aws_unpublished_rate: int = setting(
        0, "calls a second of one key, region and action at SSM and CloudFormation, which publish no rate; 0 is off"
    )
    aws_late_code: Literal["RequestExpired", "SignatureDoesNotMatch"] = setting(
        "RequestExpired", "what CloudFormation says to a call that is more than 15 minutes off"
    )
    ssm_cancel_of_ended: Literal["success", "InvalidCommandId"] = setting(
        "success", "what a cancel of an ended command is answered with"
    )
    ssm_cancel_of_unreachable: Literal["Cancelling", "Cancelled", "InvalidInstanceId"] = setting(
        "Cancelling",
        "a cancel on a node without its agent: Cancelling until the time-out, Cancelled at once, or refused for all",
    )
    ssm_terminated_status: Literal["Cancelled", "Failed"] = setting(
        "Cancelled", "the Status of what has the StatusDetails Terminated"
    )
    ssm_failed_early: bool = setting(
        False, "the status of a command is Failed as soon as one node has failed, while others still run"
    )
    ssm_executing_has_cancelling: bool = setting(
        True, "the ExecutionStage Executing selects commands that are being cancelled, too"
    )
    ssm_stop_of_ended: Literal["refused", "success"] = setting(
        "refused", "what a stop of an ended automation execution is answered with"
    )
    ssm_children_on_stop: Literal["live", "cancelled"] = setting(
        "live", "what becomes of child executions when their parent is stopped"
    )
    ssm_children_listed: bool = setting(True, "DescribeAutomationExecutions shows children without being asked for")
    ssm_older_statuses: bool = setting(
        False, "the filter ExecutionStatus knows only the words that executions had at first"
    )
    ssm_steps_shown: int = setting(100, "steps within GetAutomationExecution, before the list is truncated")
    ec2_cancel_of_ended_import: Literal["IncorrectState", "InvalidParameterValue", "success"] = setting(
        "IncorrectState", "what a cancel of an ended import is answered with"
    )
    ec2_refused_export: Literal["DeleteConversionTaskError", "IncorrectState"] = setting(
        "DeleteConversionTaskError", "the code for an export that is done or transfers its final image"
    )
    ec2_unknown_import: Literal["InvalidConversionTaskId", "InvalidParameterValue"] = setting(
        "InvalidConversionTaskId", "the code for an import that does not exist"
    )
    ec2_ids_with_page: Literal["InvalidParameterCombination", "success"] = setting(
        "InvalidParameterCombination", "what ids and MaxResults in one call are answered with"
    )
    cfn_stop_of_ended: Literal["success", "InvalidOperationException"] = setting(
        "success", "what a stop of an ended stack set operation is answered with"
    )
    cfn_unreached: Literal["PENDING", "absent"] = setting(
        "PENDING", "how the results show an account and region that has not been begun"
    )
    cfn_codes: Literal["model", "page"] = setting(
        "model", "the codes of CloudFormation's own errors: as the model has them, or without Exception at the end"
    )
