"""`edgeguard check`."""

import typer

from edgeguard.cli.inspection import inspect
from edgeguard.cli.serve import ConfigFile
from edgeguard.cli.terminal import output, say_fault


def check(config: ConfigFile) -> None:
    """Say whether a configuration, its rules and the files it names would load; nothing is started.

    Each fault has its file and line. The exit code is 1 where there is one, else 0.

    Example:  [bold]edgeguard check -c edgeguard.yaml && systemctl reload edgeguard[/bold]
    """
    findings = inspect(config)
    for fault in findings.faults:
        say_fault(fault)
    if findings.faults:
        say_fault(f"{len(findings.faults)} fault{'s' if len(findings.faults) > 1 else ''}; nothing was changed")
        raise typer.Exit(1)
    screen = output()
    screen.print(f"[green]OK[/green] {config}", markup=True)
    for name, value in findings.summary:
        screen.print(f"  {name:<10} {value}", markup=False)
