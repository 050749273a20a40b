#!/usr/bin/env bash
# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Run ansible-test on a copy of the checkout, with the ansible-core and the Python of the virtual environment
# VENV (.venv if it is not set): tests/ansible-test.sh sanity|units|integration [ARGUMENTS]

set -euo pipefail

checkout=$(cd "$(dirname "$0")/.." && pwd)
venv=$(cd "${VENV:-$checkout/.venv}" && pwd)
export PATH="$venv/bin:$PATH"
version=$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')

# ansible-test keeps its virtual environments and its cache under ~/.ansible: give it a home of its own,
# with the caller's settings of pip.
home="$venv/ansible-test-home"
mkdir -p "$home/.ansible/test/cache"
for name in .cache .config .netrc .pip; do
  if [ -e "$HOME/$name" ]; then ln -sfn "$HOME/$name" "$home/$name"; fi
done
export HOME="$home"

# ansible-test fetches pip's bootstrap script from a host of its own, unless it is in the cache.
# This stand-in does the same with what Python brings.
internals=$(python -c 'import os, ansible_test; print(os.path.dirname(ansible_test.__file__))')/_internal
sed -n "s/.*pip='\([0-9.]*\)'.*/\1/p" "$internals/python_requirements.py" | while read -r pip; do
  cat > "$home/.ansible/test/cache/get_pip_${pip//./_}.py" <<'PYTHON'
import subprocess
import sys

arguments = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
subprocess.check_call([sys.executable, "-m", "ensurepip"])
subprocess.check_call([sys.executable, "-m", "pip", "install"] + arguments)
PYTHON
done

# The copy is outside the checkout: ansible-test skips what git ignores, such as build/.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
python "$checkout/tests/stage.py" "$copy"
cd "$copy/ansible_collections/cloudops/halt"

command=$1
shift
run() { ansible-test "$command" --python "$version" --color no "$@"; }

# First the environments of the tests, quietly; then the tests.
prepare() { run "$@" > "$copy/log" 2>&1 || { cat "$copy/log" >&2; exit 1; }; }

case $command in
  sanity)
    # Sanity is about what ships. The rest is left to ruff, mypy and shellcheck: some of ansible-test's rules, such as no
    # variable named "_", would only make it harder to read.
    set -- --exclude tests/ --exclude benchmarks/ --exclude docs/site/ --exclude docs/words/ --exclude requirements/ "$@"
    prepare --prime-venvs "$@"
    run "$@"
    ;;
  units)
    # What the tests import, as it is pinned.
    needed=tests/unit/requirements.txt
    pinned=$(sed -n 's/[<>=].*//p' "$needed" | grep -Fx -f - <(sed -n 's/==.*//p' requirements/lock.txt) | paste -sd '|')
    grep -E "^($pinned|pytest|pytest-xdist)==" requirements/lock.txt >> "$needed"
    run --venv --requirements "$@"
    ;;
  *)
    run --venv --requirements "$@"
    ;;
esac
