"""The command line: the verbs of a store."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from lineapy_store.configuration import TABLE
from lineapy_store.errors import StoreError
from lineapy_store.store import Store, current_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineapy_store.artifact import Artifact

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
_version = click.argument("version", default="latest")


class _Output(NamedTuple):
    """What a command has to say, for programs and for people."""

    data: Any
    text: str
    exit_code: int = 0


class _Errors(click.Group):
    """Prints the library's own errors as one line, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except StoreError as error:
            raise click.ClickException(f"{type(error).__name__}: {error}") from error


@click.group(
    cls=_Errors,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "-o",
    "--option",
    "options",
    multiple=True,
    metavar="KEY=VALUE",
    help="Set an option of the store, such as home_dir=./store. May be repeated.",
)
@click.version_option(package_name="pytest-lineapy", prog_name="lineapy-store")
@click.pass_context
def main(ctx: click.Context, options: tuple[str, ...]) -> None:
    """Lists, shows, reads, checks and removes what was saved with lineapy_store.

    Options come from -o, the environment (LINEAPY_HOME_DIR, ...) and lineapy_config.json.
    A VERSION is a whole number, "latest" or an alias.
    """
    ctx.obj = store = current_store()
    for option in options:
        key, separator, value = option.partition("=")
        if not separator:
            # Without what was given, which may be a password.
            raise click.BadParameter("it has to be KEY=VALUE", param_hint="-o")
        store.options.set(key, value or None)
    ctx.call_on_close(store.close)


def _command(function: Callable[..., _Output]) -> Callable[..., Any]:
    """Gives a function the store and ``--json``, and prints what it returns as either."""

    @functools.wraps(function)
    def run(*args: Any, as_json: bool, **kwargs: Any) -> None:
        output = function(*args, **kwargs)
        click.echo(json.dumps(output.data, indent=2, default=str) if as_json else output.text)
        click.get_current_context().exit(output.exit_code)

    return main.command()(_as_json(click.pass_obj(run)))


@_command
@click.argument("text", required=False)
@click.option("--name", help="Only versions of this name.")
@click.option("--backend", help="Only what this backend holds: mlflow or lineapy.")
@click.option("--type", "value_type", help="Only values of this class, by its full name.")
def ls(store: Store, text: str | None, **filters: str | None) -> _Output:
    """List artifacts, those with TEXT in their name or type if it is given."""
    found = store.artifact_store().search(
        text,
        name=filters["name"],
        storage_backend=filters["backend"],
        value_type=filters["value_type"],
    )
    return _Output([artifact.get_metadata().lineapy for artifact in found], repr(found))


@_command
@click.argument("name")
@_version
def show(store: Store, name: str, version: str) -> _Output:
    """Show all that is known of an artifact."""
    metadata = store.get(name, version).get_metadata()
    lines = [
        line
        for part, values in metadata.items()
        for line in (f"[{part}]", *(f"{key} = {value}" for key, value in values.items()), "")
    ]
    return _Output(metadata, "\n".join(lines).rstrip())


@_command
@click.argument("name")
@_version
@click.option(
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the value to this file, as a pickle.",
)
def get(store: Store, name: str, version: str, output: Path | None) -> _Output:
    """Read a value, which runs its pickle, and print it or write it to a file."""
    artifact = store.get(name, version)
    value = artifact.get_value()
    text = repr(value)
    if output is not None:
        import cloudpickle  # noqa: PLC0415 - only this command needs it

        output.write_bytes(cloudpickle.dumps(value))
        text = f"{_label(artifact)} -> {output}"
    data = {
        "name": artifact.name,
        "version": artifact.version,
        "value_type": artifact.get_metadata().lineapy.value_type,
        "repr": repr(value),
        "output": output and str(output),
    }
    return _Output(data, text)


@_command
@click.argument("name")
@_version
@click.option("--session", is_flag=True, help="All code of the session, as it was.")
@click.option("--verify", is_flag=True, help="Run it, and compare what it makes.")
@click.option("--comments", is_flag=True, help="Keep other statements as comments.")
@click.option("--save", is_flag=True, help="Keep the statement that saved it.")
@click.option("--standalone", is_flag=True, help="Make what it read from the store, too.")
def code(store: Store, name: str, version: str, *, session: bool, **given: bool) -> _Output:
    """Print the code that made a value."""
    artifact = store.get(name, version)
    if session and (others := [f"--{each}" for each, is_given in given.items() if is_given]):
        raise click.UsageError(f"--session prints all code as it was, without {others[0]}")
    text = (
        artifact.get_session_code()
        if session
        else artifact.get_code(
            use_lineapy_serialization=not given["standalone"],
            keep_lineapy_save=given["save"],
            include_non_slice_as_comment=given["comments"],
            verify=given["verify"],
        )
    )
    data = {"name": artifact.name, "version": artifact.version, "code": text}
    return _Output(data, text.removesuffix("\n"))


@_command
@click.argument("artifacts", nargs=-1, required=True, metavar="NAME[=VERSION]...")
@click.option("--framework", default="SCRIPT", show_default=True, help="What runs it.")
@click.option("--name", "pipeline_name", help="Its name; made of the artifacts' names if left out.")
@click.option(
    "--output-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="The folder to write to; this one if left out.",
)
@click.option("--parameter", "parameters", multiple=True, help="A variable to be a parameter.")
@click.option(
    "--reuse", multiple=True, metavar="NAME[=VERSION]", help="An artifact to be read, not made."
)
@click.option(
    "--after", multiple=True, metavar="NAME=OTHER", help="NAME is to be made after OTHER."
)
@click.option("--test", is_flag=True, help="Write a test for pytest, too.")
@click.option("--comments", is_flag=True, help="Keep other statements as comments.")
def pipeline(store: Store, artifacts: tuple[str, ...], **given: Any) -> _Output:
    """Write the code that made artifacts as a pipeline."""
    dependencies: dict[str, set[str]] = {}
    for each in given["after"]:
        name, separator, other = each.rpartition("=")
        if not separator:
            raise click.BadParameter(f"{each!r} is not NAME=OTHER", param_hint="--after")
        dependencies.setdefault(name, set()).add(other)
    folder = store.to_pipeline(
        [_named(each) for each in artifacts],
        framework=given["framework"],
        pipeline_name=given["pipeline_name"],
        dependencies=dependencies,
        output_dir=given["output_dir"],
        input_parameters=given["parameters"],
        reuse_pre_computed_artifacts=[_named(each) for each in given["reuse"]],
        generate_test=given["test"],
        include_non_slice_as_comment=given["comments"],
    )
    return _Output({"folder": str(folder)}, str(folder))


@_command
@click.argument("name")
@click.argument("version")
@click.option("--yes", is_flag=True, help="Do not ask.")
def rm(store: Store, name: str, version: str, *, yes: bool) -> _Output:
    """Remove a VERSION, "latest" or "all" from the store and from MLflow."""
    going = _versions(store, name, version)
    labels = [f"{name} version {number}" for name, number in going]
    if not yes:
        click.confirm(f"Remove {', '.join(labels)}?", abort=True, err=True)
    store.delete(name, version if version == "all" else going[0][1])
    removed = [{"name": name, "version": number} for name, number in going]
    return _Output({"removed": removed}, "\n".join(f"removed {label}" for label in labels))


@_command
@click.argument("name", required=False)
@click.argument("version", required=False)
def verify(store: Store, name: str | None, version: str | None) -> _Output:
    """Read every byte of artifacts and compare digests; all, and the catalog, unless NAME is given.

    Ends with status 1 if anything is wrong.
    """

    def verify_one(name: str, number: int) -> None:
        store.get(name, number).verify()

    results: list[dict[str, Any]] = [
        {"name": each, "version": number, "problem": _problem(verify_one, each, number)}
        for each, number in _versions(store, name, version or "all")
    ]
    lines = [
        f"{result['name']} version {result['version']}: {result['problem'] or 'sound'}"
        for result in results
    ]
    wrong = any(result["problem"] for result in results)
    if name is None and not wrong and (problem := _problem(store._catalog().check)):  # noqa: SLF001 - nothing public checks it alone
        results.append({"name": None, "version": None, "problem": problem})
        lines.append(f"the catalog: {problem}")
        wrong = True
    return _Output(results, "\n".join(lines or ["no artifacts"]), exit_code=int(wrong))


@_command
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@click.option("--mlflow", is_flag=True, help="Also look in MLflow.")
def gc(store: Store, *, dry_run: bool, mlflow: bool) -> _Output:
    """Remove what saves that were cut off have left."""
    leftovers = store.gc(dry_run=dry_run, mlflow=mlflow)
    verb = "would remove" if dry_run else "removed"
    lines = [f"{verb} {each.kind} {each.name}" for each in leftovers] or ["nothing is left over"]
    data = [{"kind": each.kind, "name": each.name} for each in leftovers]
    return _Output(data, "\n".join(lines))


@_command
@click.argument("key", required=False)
def config(store: Store, key: str | None) -> _Output:
    """Show the options, where each value came from, and what they mean."""
    options = store.options
    shown = {name: options.describe(name) for name in ([key] if key else TABLE)}
    data = {
        name: {"value": value, "source": source, "help": TABLE[name].doc}
        for name, (value, source) in shown.items()
    }
    if key:
        value, source = shown[key]
        return _Output(data, f"{key} = {value} (from {source}): {TABLE[key].doc}")
    return _Output(data, repr(options))


def _problem(check: Callable[..., None], *arguments: Any) -> str | None:
    """Return what a check finds wrong."""
    try:
        check(*arguments)
    except StoreError as error:
        return f"{type(error).__name__}: {error}"
    return None


def _versions(store: Store, name: str | None, version: str) -> list[tuple[str, int]]:
    """Return names and numbers of versions, also of those whose entries cannot be read.

    Of a name there is one at least, or the error says so.
    """
    there = store._catalog().versions(name)  # noqa: SLF001 - a listing reads all of the entries
    if name is None or (there and version == "all"):
        return there
    if version.isdecimal() and (name, int(version)) in there:
        return [(name, int(version))]
    artifact = store.get(name, None if version == "all" else version)
    return [(artifact.name, artifact.version)]


def _named(text: str) -> str | tuple[str, str]:
    """Return a name, or a name and a version, as they are written in one word."""
    name, separator, version = text.rpartition("=")
    return (name, version) if separator else text


def _label(artifact: Artifact) -> str:
    return f"{artifact.name} version {artifact.version}"
