"""The shell completes commands, options and values: all of them, as the parser knows them."""

import argparse
import contextlib
import io
import subprocess

import pytest

from bpsstats import cli

COMMANDS = next(
    action.choices
    for action in cli._parser()._actions
    if isinstance(action, argparse._SubParsersAction)
)


@pytest.fixture(scope="module")
def scripts():
    """The script of each shell."""
    made = {}
    for shell in ("bash", "zsh", "fish"):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            assert cli.main(["completion", shell]) == 0
        made[shell] = out.getvalue()
    return made


def completed(script, *words):
    """What bash offers for the last of the words."""
    asked = " ".join(f"'{word}'" for word in words)
    run = (
        f"{script}\nCOMP_WORDS=({asked}); COMP_CWORD=$((${{#COMP_WORDS[@]}}-1));"
        ' _bpsstats; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-uc", run], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_bash_can_read_the_script(scripts, shell):
    subprocess.run(["bash", "-n"], input=scripts[shell], text=True, check=True)


def test_bash_completes_commands_options_and_values(scripts):
    script = scripts["bash"]
    assert completed(script, "bpsstats", "re") == ["report", "reproduce", "record"]
    assert completed(script, "bpsstats", "--debug", "rec") == ["record"]
    assert completed(script, "bpsstats", "estimate", "--form") == ["--format"]
    assert completed(script, "bpsstats", "estimate", "--format", "") == ["table", "json", "csv"]
    assert completed(script, "bpsstats", "record", "--lang", "i") == ["id"]
    assert completed(script, "bpsstats", "estimate", "--area", "") == []
    assert completed(script, "bpsstats", "completion", "b") == ["bash"]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_and_option_is_offered(scripts, name):
    flags = set(COMMANDS[name]._option_string_actions)
    assert name in completed(scripts["bash"], "bpsstats", name[:1])
    assert flags <= set(completed(scripts["bash"], "bpsstats", name, "-"))
    fish = scripts["fish"]
    assert f"-n __fish_use_subcommand -f -a {name} " in fish
    lines = [line for line in fish.splitlines() if f"'__fish_seen_subcommand_from {name}'" in line]
    offered = {f"--{line.split(' -l ')[1].split()[0]}" for line in lines if " -l " in line}
    assert offered == {flag for flag in flags if flag.startswith("--")}


def test_zsh_runs_the_completions_of_bash(scripts):
    head, _, rest = scripts["zsh"].partition("\n")
    assert "bashcompinit" in head
    assert rest == scripts["bash"]
