"""The solver: silent, because commands write their tables where it would announce itself."""

import subprocess
import sys


def test_the_first_solver_of_a_process_prints_nothing():
    program = "from callflow.core.highs import highs; highs().Highs(); print('a table')"

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert (ended.stdout, ended.stderr) == ("a table\n", "")
