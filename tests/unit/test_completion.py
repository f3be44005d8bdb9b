"""The shell completes commands, options and values: all of them, as the parser knows them."""

import argparse
import contextlib
import io
import os
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


ZSH = """autoload -Uz compinit && compinit -u -D
{script}
ask() {{
    emulate -L sh; setopt ksharrays
    local COMP_CWORD; local -a COMP_WORDS COMPREPLY
    COMP_WORDS=({asked}); COMP_CWORD=$((${{#COMP_WORDS[@]}}-1))
    _bpsstats; printf "%s\\n" "${{COMPREPLY[@]}}"
}}
ask"""
FISH = "{script}\ncomplete -C 'bpsstats {line}'"


@pytest.mark.external
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("re",), ["report", "reproduce", "record"]),
        (("estimate", "--form"), ["--format"]),
        (("estimate", "--format", ""), ["table", "json", "csv"]),
        (("completion", "b"), ["bash"]),
    ],
)
def test_zsh_and_fish_complete_the_same(scripts, words, offered, tmp_path):
    asked = " ".join(f"'{word}'" for word in ("bpsstats", *words))
    runs = {
        "zsh": ["zsh", "-fc", ZSH.format(script=scripts["zsh"], asked=asked)],
        "fish": ["fish", "-c", FISH.format(script=scripts["fish"], line=" ".join(words))],
    }
    for shell, run in runs.items():
        done = subprocess.run(
            run, capture_output=True, text=True, check=True, env={**os.environ, "HOME": tmp_path}
        )
        found = {line.split("\t")[0] for line in done.stdout.splitlines() if line}
        # What does not begin like the word is left out by zsh itself, after it has asked.
        found = {each for each in found if each.startswith(words[-1])}
        assert (found - {"-h", "--help"}, done.stderr) == (set(offered), ""), shell


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
