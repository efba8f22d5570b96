"""A server of the browser's tests that does not start is told at once, and so is the process whose child it is."""

import os
import signal
import socket
import subprocess
import sys

import pytest

from tests.e2e.conftest import await_answer, nursery, serving, told


def test_a_server_that_has_ended_is_not_waited_for_and_others_still_start(demo, tmp_path):
    servers, log = nursery(), tmp_path / "server.log"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        process = told(servers, database=str(demo), port=port, log=str(log))
        os.kill(process, signal.SIGKILL)
        with pytest.raises(AssertionError, match="the server has ended"):
            await_answer(f"http://127.0.0.1:{port}/healthz", servers, process, log)
    told(servers, end=process)
    with serving(demo, tmp_path):
        assert servers.poll() is None


def test_the_end_of_the_process_whose_children_serve_is_said():
    command = [sys.executable, "-c", "input()"]
    ending = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with ending, pytest.raises(AssertionError, match="the process whose children serve has ended"):
        told(ending, lives=1)
