"""`edgeguard token`."""

import json
import sys
from typing import Annotated

import typer

from edgeguard.cli.serve import ConfigFile
from edgeguard.cli.terminal import say_fault
from edgeguard.config import load_config
from edgeguard.identity import hash_token, read_key
from edgeguard.identity.credential import LONGEST_CREDENTIAL
from edgeguard.identity.token import is_name


def token(
    config: ConfigFile,
    account: Annotated[
        str | None, typer.Option(metavar="NAME", help="Print a whole line for the file of known tokens.", show_default=False)
    ] = None,
) -> None:
    """Print the keyed hash that stands for an API token in the file of known tokens.

    The token is read from standard input, or asked for without an echo; it is never an argument, where others could see it.

    The hash fits the key in identity.key_file alone; `openssl rand -hex 32 > identity.key` makes one.
    A reload (SIGHUP) reads the file of known tokens again.

    Example:  [bold]edgeguard token -c edgeguard.yaml --account acme < token.txt >> tokens.yaml[/bold]
    """
    if account is not None and not is_name(account):
        say_fault("edgeguard: --account: an account's name is 1 to 128 visible ASCII characters, without a blank")
        raise typer.Exit(1)
    identity = load_config(config).identity
    if identity.key is None and identity.key_file is None:
        say_fault(f"{config}: set identity.key_file first; without it a new key is made at each start, and no hash would fit")
        say_fault("edgeguard: `openssl rand -hex 32 > identity.key` makes one")
        raise typer.Exit(1)
    secret = _read_secret()
    if not 0 < len(secret) <= LONGEST_CREDENTIAL or not secret.isascii() or not secret.isprintable() or " " in secret:
        say_fault(f"edgeguard: a token is one line of at most {LONGEST_CREDENTIAL} visible ASCII characters")
        raise typer.Exit(1)
    digest = hash_token(read_key(identity), secret)
    typer.echo(digest if account is None else f'"{digest}": {json.dumps(account)}')


def _read_secret() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Token", hide_input=True, err=True))
    return sys.stdin.read(LONGEST_CREDENTIAL + 1).strip()
