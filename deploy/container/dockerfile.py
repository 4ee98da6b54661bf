"""Carries out a Dockerfile's steps in a folder, one by one, where there is no container engine.

usage: dockerfile.py DOCKERFILE STAGE BASE_TREE TREE [STAGE=FOLDER]…

BASE_TREE stands in for the image that the stage begins with, and is copied to TREE. FOLDER holds what a stage that cannot be carried
out here would leave; its files are found there for `COPY --from=STAGE`. Prints each step; the first that fails ends it.
"""
import json
import pathlib
import shutil
import subprocess
import sys


def instructions(text):
    """Pairs of instruction and argument, with continued lines joined and comments left out."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined, rest = [], ""
    for line in lines:
        rest += line.rstrip("\\") if line.endswith("\\") else line
        if not line.endswith("\\"):
            joined.append(rest)
            rest = ""
    return [tuple(line.split(None, 1)) for line in joined]


def stages(text):
    """The base and the instructions of each stage, by name."""
    found, current = {}, None
    for word, argument in instructions(text):
        if word == "FROM":
            base, _, name = argument.partition(" AS ")
            current = found.setdefault(name or "final", (base, []))
        else:
            current[1].append((word, argument))
    return found


def carry_out(step, tree, settings, folders):
    word, argument = step
    print(f"      {word} {argument}", flush=True)
    if word == "RUN":
        subprocess.run(["chroot", tree, "/bin/sh", "-c", argument], check=True, stdout=subprocess.DEVNULL)
    elif word == "COPY":
        source, target = argument.split()[-2:]
        stage = argument.split()[0].removeprefix("--from=") if argument.startswith("--from=") else None
        path = folders[stage] / pathlib.Path(source).name if stage else pathlib.Path(source)
        destination = tree / target.lstrip("/")
        if target.endswith("/"):
            destination.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, destination)
    elif word in ("USER", "CMD", "ENTRYPOINT", "HEALTHCHECK"):
        settings[word] = argument
    else:
        raise SystemExit(f"dockerfile: no way to carry out {word} here")


def main(dockerfile, stage, base_tree, tree, *folders):
    folders = {name: pathlib.Path(path) for name, path in (folder.split("=", 1) for folder in folders)}
    all_stages = stages(pathlib.Path(dockerfile).read_text())
    chain = [stage]
    while all_stages[chain[0]][0] in all_stages:
        chain.insert(0, all_stages[chain[0]][0])
    tree = pathlib.Path(tree)
    subprocess.run(["cp", "-a", base_tree, tree], check=True)
    print(f"      FROM {all_stages[chain[0]][0]}", flush=True)
    settings = {}
    for name in chain:
        for step in all_stages[name][1]:
            carry_out(step, tree, settings, folders)
    print(json.dumps(settings), file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
