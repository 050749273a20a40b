#!/usr/bin/env bash
# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Run the tests and ansible-test with each ansible-core and Python that is named: tests/versions.sh 2.19/3.11 2.20/3.12
# The first whose Python is here runs all tests. The others run a selection: not the simulation, the fault matrix, the
# report's page and what is marked any_core, which depend on no version. ansible-test runs the unit tests with each.
# A Python that is not here is said in the table at the end. It fails if anything failed, or if nothing was run.

set -uo pipefail
cd "$(dirname "$0")/.." || exit

# The interpreter for a version such as 3.12, also where pyenv keeps it without having it in the path.
python_of() {
  for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
    if "$candidate" -c 'import ensurepip, venv' > /dev/null 2>&1; then
      echo "$candidate"
      return
    fi
  done
}

# stage NAME COMMAND...: run it, say what came of it, and show its output if it failed.
stage() {
  local name=$1 log="build/versions/$core-$1.log" start=$SECONDS
  shift
  if "$@" > "$log" 2>&1; then
    row+=" $name passed in $((SECONDS - start)) s;"
  else
    tail -n 200 "$log" >&2
    row+=" $name FAILED, see $log;"
    failed=1
  fi
}

mkdir -p build/versions
failed=0
which=all
selection=
rows=()
for version in "$@"; do
  core=${version%/*}
  python=$(python_of "${version#*/}")
  row="ansible-core $core, Python ${version#*/}:"
  if [ -z "$python" ]; then
    rows+=("$row NOT RUN, this Python is not here")
    continue
  fi
  echo "ansible-core $core, Python ${version#*/} ..."
  venv=build/versions/$core
  stage "$which tests" make test "CORE=$core" "VENV=$venv" "PYTHON=$python" "ARGS=$selection"
  row+=" $(grep -oE '[0-9]+ passed.* in [0-9.]+s' "build/versions/$core-$which tests.log" | sed 's/ in .*//');"
  which=selected
  selection="tests/matrix tests/emulator tests/conformance tests/integration tests/docs tests/report/test_files.py"
  selection+=" -m 'not any_core'"
  for command in sanity units integration; do
    stage "ansible-test $command" env "VENV=$venv" tests/ansible-test.sh "$command"
  done
  rows+=("${row%;}")
  ran=1
done

printf '%s\n' "${rows[@]}"
[ -n "${ran:-}" ] && [ "$failed" = 0 ]
