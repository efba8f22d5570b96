"""Secrets may be kept elsewhere: by systemd, by a vault that writes files (OWASP ASVS 5.0, 13.3.1)."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAY = "from antq import settings as s; print(s.SECRET_KEY, s.AUDIT_KEY, s.DATABASES['default']['NAME'], sep='|')"


def test_a_secret_is_read_from_the_file_that_keeps_it(tmp_path):
    kept = {
        "SECRET_KEY": "secret-of-the-file-" + "0123456789" * 5,
        "AUDIT_KEY": "of-the-trail-" + "abcdefghij" * 5,
        "DATABASE_URL": "postgres://antq:hidden@127.0.0.1:5432/of_the_file\n",
    }
    env = {name: value for name, value in os.environ.items() if name not in kept} | {"DEBUG": "0"}
    for name, value in kept.items():
        (tmp_path / name).write_text(value, encoding="utf-8")
        env[f"{name}_FILE"] = str(tmp_path / name)
    said = subprocess.run([sys.executable, "-c", SAY], env=env, cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == f"{kept['SECRET_KEY']}|{kept['AUDIT_KEY']}|of_the_file"


def test_what_systemd_keeps_is_what_the_service_reads():
    text = (ROOT / "deploy" / "antq-secrets.conf").read_text(encoding="utf-8")
    kept = re.findall(r"^LoadCredentialEncrypted=(\w+):/etc/antq/\1\.cred$", text, re.M)
    read = re.findall(r"^Environment=(\w+)_FILE=%d/(\w+)$", text, re.M)
    assert [name for _, name in read] == kept == [name.lower() for name, _ in read]
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert all(re.search(rf"^(# )?{name}=", example, re.M) for name, _ in read)
