"""Trouble as people meet it: a sync under way elsewhere, a full disk, a read-only index, very many files."""

from __future__ import annotations

import json
import random
import shutil
import string
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import offline
from tests.network import CITEBOT, without_network

pytestmark = pytest.mark.end_to_end
FREEDONIA = "Freedonia\n\nThe capital of Freedonia is Glorious. It lies on a river."
QUESTION = "What is the capital of Freedonia?"
HOLDER = """
import sys, time
from index.store import PassageStore
with PassageStore(sys.argv[1]).writing():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "freedonia.txt").write_text(FREEDONIA)
    return tmp_path


def mounted(place: Path, script: str) -> subprocess.CompletedProcess[str]:
    """A shell script in a namespace of its own, in which it may mount."""
    unshare = shutil.which("unshare")
    if not unshare or subprocess.run([unshare, "-rnm", "true"], capture_output=True).returncode != 0:
        pytest.skip("unshare -rnm does not work here, so nothing can be mounted")
    command = [unshare, "-rnm", "sh", "-c", script, "sh", CITEBOT]
    return subprocess.run(command, cwd=place, capture_output=True, encoding="utf-8", timeout=120)


def test_while_another_process_syncs_the_committed_state_answers_with_a_note(place: Path) -> None:
    assert offline("citebot", "sync", cwd=place).returncode == 0
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, place / ".citebot"], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        (place / "seeds" / "new.txt").write_text("New\n\nSomething new came in.")
        asked = offline("citebot", "ask", "--json", QUESTION, cwd=place)
        synced = offline("citebot", "sync", cwd=place)
        holder.kill()
    assert json.loads(asked.stdout)["citations"][0]["article"] == "freedonia.txt"
    assert "committed state" in asked.stderr
    assert str(holder.pid) in asked.stderr
    assert (synced.returncode, str(holder.pid) in synced.stderr) == (2, True)


def test_questions_are_answered_while_a_real_sync_runs(place: Path) -> None:
    assert offline("citebot", "sync", cwd=place).returncode == 0
    for number in range(1500):
        (place / "seeds" / f"{number}.txt").write_text(f"Report {number}\n\nThere were {number} boats on the river.")
    told = []
    with subprocess.Popen([*without_network(), CITEBOT, "sync"], cwd=place, stdout=subprocess.DEVNULL) as syncing:
        while syncing.poll() is None:
            told.append(offline("citebot", "ask", "--json", "--no-sync", QUESTION, cwd=place))
    assert syncing.returncode == 0
    assert len(told) > 1, "the sync ended before a question was answered"
    assert {json.loads(asked.stdout)["citations"][0]["article"] for asked in told} == {"freedonia.txt"}
    assert offline("citebot", "doctor", cwd=place).returncode == 0


def test_a_full_disk_is_said_and_loses_nothing(place: Path) -> None:
    chance = random.Random(1)
    for number in range(400):  # a word of any length is one token: much to store, little to embed
        word = "".join(chance.choices(string.ascii_lowercase, k=2_000))
        (place / "seeds" / f"{number}.txt").write_text(f"Report {number}\n\nThe boat {word} lies on the river.")
    script = """
        mkdir disk && mount -t tmpfs -o size=1500k tmpfs disk || exit 99
        mkdir articles && cp seeds/freedonia.txt articles/
        "$1" sync articles --index disk >/dev/null || exit 98
        cp seeds/*.txt articles/
        "$1" sync articles --index disk; echo "status $?"
        "$1" ask --no-sync --json --articles articles --index disk "What is the capital of Freedonia?"
    """
    done = mounted(place, script)
    if done.returncode == 99:
        pytest.skip("tmpfs cannot be mounted here")
    assert "status 2" in done.stdout
    assert "disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["citations"][0]["article"] == "freedonia.txt"


def test_a_full_disk_and_a_changed_folder_are_answered_from_the_last_commit(place: Path) -> None:
    script = """
        mkdir disk && mount -t tmpfs -o size=1500k tmpfs disk || exit 99
        "$1" sync seeds --index disk >/dev/null || exit 98
        head -c 3000000 /dev/zero >disk/fill 2>/dev/null
        printf 'New\\n\\nSomething new.' >seeds/new.txt
        "$1" ask --json --articles seeds --index disk "What is the capital of Freedonia?"; echo "status $?"
    """
    done = mounted(place, script)
    if done.returncode == 99:
        pytest.skip("tmpfs cannot be mounted here")
    assert "status 0" in done.stdout, done.stderr
    assert "again. The answers come from the last committed state" in done.stderr
    assert json.loads(done.stdout.splitlines()[0])["citations"][0]["article"] == "freedonia.txt"


def test_a_read_only_index_answers_and_cannot_be_synced(place: Path) -> None:
    script = """
        "$1" sync >/dev/null || exit 98
        mount --bind .citebot .citebot && mount -o remount,bind,ro .citebot || exit 99
        "$1" ask --json "What is the capital of Freedonia?"; echo "status $?"
        printf 'New\\n\\nSomething new.' > seeds/new.txt
        "$1" ask --json "What is the capital of Freedonia?"; echo "status $?"
        "$1" sync; echo "status $?"
    """
    done = mounted(place, script)
    if done.returncode == 99:
        pytest.skip("a read-only bind mount cannot be made here")
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.startswith("status")] == ["status 0", "status 0", "status 2"], done
    assert "committed state" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_index_of_another_folder_a_newer_schema_and_no_database(place: Path) -> None:
    assert offline("citebot", "sync", cwd=place).returncode == 0
    (place / "other").mkdir()
    (place / "other" / "b.txt").write_text("B\n\nOther words.")
    other = offline("citebot", "ask", "Who?", "--articles", "other", cwd=place)
    assert (other.returncode, "other" in other.stderr, "--rebuild" in other.stderr) == (2, True, True)
    database = next(file for file in (place / ".citebot").iterdir() if file.read_bytes().startswith(b"SQLite format 3"))
    database.write_bytes(b"no database at all" * 100)
    broken = offline("citebot", "ask", QUESTION, cwd=place)
    assert (broken.returncode, "citebot sync --rebuild" in broken.stderr) == (2, True)
    assert offline("citebot", "sync", "--rebuild", cwd=place).returncode == 0
    assert offline("citebot", "ask", QUESTION, cwd=place).returncode == 0


def test_ten_thousand_files(place: Path) -> None:
    for number in range(10_000):
        (place / "seeds" / f"{number:05}.png").write_bytes(b"\x89PNG")
    synced = offline("citebot", "sync", "--json", cwd=place)
    receipt = json.loads(synced.stdout)
    assert (synced.returncode, receipt["added"], len(receipt["notes"])) == (0, 1, 1)


def test_one_bad_file_of_each_kind_is_named_and_the_rest_go_in(place: Path) -> None:
    seeds = place / "seeds"
    (seeds / "empty.txt").write_bytes(b"")
    (seeds / "fake.pdf").write_bytes(b"PK\x03\x04 no pdf")
    (seeds / "binary.txt").write_bytes(bytes(range(256)) * 20)
    (seeds / "mixed.txt").write_bytes("Mixed\n\nCaf\xe9 au lait.".encode("latin-1") + " Größe.".encode())
    (place / "secret.txt").write_text("Secret\n\nOutside.")
    (seeds / "link.txt").symlink_to(place / "secret.txt")
    (seeds / "german.txt").write_text(
        "Bericht\n\n" + "Die Regierung hat am Montag beschlossen, dass die Stadt einen neuen Hafen bekommt. " * 6
    )
    (seeds / ".citebotignore").write_text("drafts/\n")
    (seeds / "drafts").mkdir()
    (seeds / "drafts" / "d.txt").write_text("Draft\n\nNot yet.")
    receipt = json.loads(offline("citebot", "sync", "--json", cwd=place).stdout)
    assert {note["path"] for note in receipt["failures"]} >= {"empty.txt", "fake.pdf", "binary.txt"}
    kinds = {note["kind"] for note in receipt["notes"]}
    assert kinds >= {"link-outside", "language", "encoding", "ignored"}
    listed = offline("citebot", "articles", cwd=place).stdout
    assert not any(hidden in listed for hidden in ("Outside", "secret", "drafts"))
    assert offline("citebot", "ask", QUESTION, cwd=place).returncode == 0
