# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What is wrong with a certificate that was refused: an authority that is not known is one reason among others."""

from __future__ import annotations

import ssl

# By the numbers of OpenSSL's faults, X509_V_ERR_*: what no authority in ca_path makes right.
_NOT_VALID = {
    **dict.fromkeys((9, 10), "has expired or is not yet valid ({})"),
    **dict.fromkeys((62, 64), "is for another host ({})"),
    # What VERIFY_X509_STRICT adds, such as the identifiers of keys, which many authorities of one's own lack.
    **dict.fromkeys(
        range(80, 94),
        "or of its authority breaks a rule that Python 3.13 and later insist on, and earlier ones do not ({})",
    ),
}


def certificate_fault(error: ValueError) -> tuple[str, str]:
    """The code of the error, which decides the way out, and what comes behind "the certificate of ...". It is Python's
    own error, or that of urllib3 1.26 for a certificate of another host."""
    number, why = 62, str(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        number, why = error.verify_code, error.verify_message
    fault = _NOT_VALID.get(number)
    code = "CertificateNotValid" if fault else "CertificateNotTrusted"
    return code, (fault or "is not trusted ({})").format(why)
