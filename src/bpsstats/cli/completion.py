"""``bpsstats completion``: what a shell needs to complete commands, options and their values."""

import argparse
from collections.abc import Iterator

from bpsstats.cli.shared import DONE, new_command

PROGRAM = "bpsstats"
SHELLS = ("bash", "zsh", "fish")
BASH = """\
_{program}() {{
    local word command= found= cur="${{COMP_WORDS[COMP_CWORD]}}"
    local prev="${{COMP_WORDS[COMP_CWORD-1]}}"
    for word in "${{COMP_WORDS[@]:1:$((COMP_CWORD - 1))}}"; do
        [[ $word == -* ]] || {{ command=$word; break; }}
    done
    case "$command $prev" in
{values}
    *) case "$command" in
{options}
       esac ;;
    esac
    COMPREPLY=($(compgen -W "$found" -- "$cur"))
}}
complete -o default -F _{program} {program}
"""
# zsh runs the completions of bash.
ZSH = f"autoload -U +X bashcompinit && bashcompinit\n{BASH}"


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = new_command(
        commands, "completion", run, "print what lets a shell complete commands and options"
    )
    parser.epilog = (
        f'For bash: eval "$({PROGRAM} completion bash)" in .bashrc. For zsh, after compinit:'
        f' eval "$({PROGRAM} completion zsh)" in .zshrc. For fish: {PROGRAM} completion fish >'
        f" ~/.config/fish/completions/{PROGRAM}.fish"
    )
    parser.add_argument("shell", choices=SHELLS, help="the shell")
    parser.set_defaults(commands=commands)


def run(options: argparse.Namespace) -> int:
    """Print the script of a shell, made from the options that there are."""
    commands: dict[str, argparse.ArgumentParser] = options.commands.choices
    if options.shell == "fish":
        texts = {each.dest: each.help or "" for each in options.commands._choices_actions}
        print(_fish(options.parser, commands, texts), end="")
    else:
        script = ZSH if options.shell == "zsh" else BASH
        print(_bash(script, options.parser, commands), end="")
    return DONE


def _bash(
    script: str, of_all: argparse.ArgumentParser, commands: dict[str, argparse.ArgumentParser]
) -> str:
    """Options by command, values by command and option; else the names of files."""
    values, options = [], []
    for name, parser in {"": of_all, **commands}.items():
        flags = [flag for action in _options(parser) for flag in action.option_strings]
        words = " ".join([*_places(parser), *flags])
        options.append(f'       "{name}") found="{words}" ;;')
        for action in _options(parser):
            if action.nargs != 0:
                at = "|".join(f'"{name} {flag}"' for flag in action.option_strings)
                values.append(f'    {at}) found="{" ".join(map(str, action.choices or ()))}" ;;')
    filled = {"values": "\n".join(values), "options": "\n".join(options)}
    return script.format(program=PROGRAM, **filled)


def _fish(
    of_all: argparse.ArgumentParser,
    commands: dict[str, argparse.ArgumentParser],
    texts: dict[str, str],
) -> str:
    """One line for each command and option."""

    def quoted(text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    lines = [
        f"complete -c {PROGRAM} -n __fish_use_subcommand -f -a {name} -d {quoted(texts[name])}"
        for name in commands
    ]
    for name, parser in {"": of_all, **commands}.items():
        when = f"'__fish_seen_subcommand_from {name}'" if name else "__fish_use_subcommand"
        start = f"complete -c {PROGRAM} -n {when}"
        for action in _options(parser):
            flags = "".join(
                f" -l {flag[2:]}" if flag.startswith("--") else f" -s {flag[1:]}"
                for flag in action.option_strings
            )
            words = " ".join(map(str, action.choices or ()))
            takes = "" if action.nargs == 0 else f" -x -a {quoted(words)}" if words else " -r"
            lines.append(f"{start}{flags}{takes} -d {quoted(_help(action))}")
        if places := _places(parser):
            lines.append(f"{start} -f -a {quoted(' '.join(places))}")
    return "\n".join(lines) + "\n"


def _options(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """The options of a command, without its arguments by place."""
    return (action for action in parser._actions if action.option_strings)


def _places(parser: argparse.ArgumentParser) -> list[str]:
    """The values of the arguments by place, where they are a few words."""
    named = (action.choices or () for action in parser._actions if not action.option_strings)
    return [str(word) for words in named for word in words]


def _help(action: argparse.Action) -> str:
    """What an option does, on one line, as its help says it."""
    said = vars(action) | {"prog": PROGRAM}
    return " ".join((action.help or "").split()) % said
