"""Nothing in library, pages or start is for POSIX systems only: what fails on Windows is named by file and line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

SOURCES = sorted([ROOT / "app.py", *ROOT.glob("geo/**/*.py"), *ROOT.glob("pages/**/*.py")])

POSIX_MODULES = re.compile("resource|fcntl|pwd|grp|spwd|crypt|termios|tty|pty|posix|syslog|readline|nis")
POSIX_NAMES = {
    "os": re.compile(
        r"(posix_|sched_|exec|spawn|O_(NONBLOCK|CLOEXEC|NOFOLLOW|DIRECTORY)|[sg]et(e?[ug]id|groups|sid|pgid|priority)).*"
        "|fork|forkpty|openpty|killpg|nice|mkfifo|mknod|l?chown|chroot|f?statvfs|sysconf|confstr|f?pathconf|uname"
        "|getloadavg|wait|wait3|wait4|waitid|sync|sendfile|pread|pwrite|lockf|symlink|system|popen"
    ),
    "signal": re.compile(
        "SIG(KILL|ALRM|HUP|USR1|USR2|CHLD|PIPE|QUIT|STOP|CONT|TSTP|WINCH)"
        "|alarm|[sg]etitimer|pause|pthread_.*|sigwait.*|siginterrupt"
    ),
    "select": re.compile("select|e?poll|kqueue"),  # Windows selects sockets only, no pipes
    "socket": re.compile("AF_UNIX"),
    "time": re.compile("tzset"),
    "asyncio": re.compile(".*unix.*"),
}
FOR_POSIX = 'assert sys.platform != "win32"'
"""A module that says so is imported only where the system was asked for."""
FOR_POSIX_ONLY = {
    ".".join(one.relative_to(ROOT).with_suffix("").parts)
    for one in SOURCES
    if FOR_POSIX in one.read_text("utf-8").splitlines()
}
NOTHING = re.compile("(?!)")
POSIX_METHODS = {"add_signal_handler", "symlink_to", "hardlink_to", "lchmod"}
POSIX_KEYWORDS = {"preexec_fn", "pass_fds", "start_new_session", "process_group", "umask", "close_fds"}
STARTERS = {"run", "Popen", "call", "check_call", "check_output"}
OPENERS = {"open", "fdopen", "Path", "PurePath", "joinpath", "with_name", "chdir", "makedirs", "mkdir", "rmtree"}
POSIX_PLACE = re.compile(r"/(tmp|dev|proc|sys|etc|usr|bin|var|opt|home|root)(/|$)")
MODE = re.compile(r"[rwaxbt+]{1,4}")
PATHLIKE = re.compile(r"(^|[_.])(path|file|folder|place|dir|filename)$")


def faults(source: str) -> list[str]:
    """Return what is not portable in a piece of Python, each as ``line: what``."""
    tree = ast.parse(source)
    if FOR_POSIX in source.splitlines():
        return []
    notes = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr) and is_text(one.value)}
    return [
        f"{node.lineno}: {said}"
        for node in unguarded(tree)
        if isinstance(node, (ast.expr, ast.stmt)) and id(node) not in notes
        for said in said_of(node)
    ]


def unguarded(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree, but not into what runs only where the system has it."""
    yield node
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not (name in ("body", "orelse") and is_guard(node)):
                yield from unguarded(child)


def is_guard(node: ast.AST) -> bool:
    """Tell a ``try`` that catches the absence, or an ``if`` that asks for the system."""
    if isinstance(node, ast.Try):
        caught = " ".join(ast.unparse(one.type) for one in node.handlers if one.type)
        return bool(re.search(r"\b(ImportError|ModuleNotFoundError|AttributeError|NotImplementedError)\b", caught))
    asks = r"\bsys\.platform\b|\bos\.name\b|\bplatform\.system\b|\bhasattr\(os,"
    return isinstance(node, (ast.If, ast.IfExp)) and bool(re.search(asks, ast.unparse(node.test)))


def said_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (f"import {one.name}" for one in node.names if POSIX_MODULES.fullmatch(one.name))
    elif isinstance(node, ast.ImportFrom) and not node.level:
        module = str(node.module)
        if module in FOR_POSIX_ONLY:
            yield f"import {module}"
        names = re.compile(".*") if POSIX_MODULES.fullmatch(module) else POSIX_NAMES.get(module, NOTHING)
        yield from (f"{module}.{one.name}" for one in node.names if names.fullmatch(one.name))
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        if POSIX_NAMES.get(node.value.id, NOTHING).fullmatch(node.attr):
            yield f"{node.value.id}.{node.attr}"
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        if POSIX_PLACE.match(node.value):
            yield f"a place of POSIX systems: {node.value}"
        if re.search(r"%-[a-zA-Z]", node.value):
            yield f"a format of POSIX systems: {node.value}"
    elif isinstance(node, ast.Call):
        yield from said_of_call(node)


def said_of_call(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    named = {one.arg: one.value for one in call.keywords if one.arg}
    first = call.args[0] if call.args else None
    if owner is not None and name in POSIX_METHODS and not call.args[1:]:
        yield f".{name}()"
    if name in STARTERS and (name == "Popen" or ast.unparse(owner or ast.Constant("")) == "subprocess"):
        yield from (f"{one}=" for one in POSIX_KEYWORDS & named.keys())
        if is_true(named.get("shell")):
            yield "shell=True"
        if isinstance(first, ast.List) and first.elts and isinstance(first.elts[0], ast.Constant):
            yield f"a program by its name: {first.elts[0].value}"
        if (is_true(named.get("text")) or is_true(named.get("universal_newlines"))) and "encoding" not in named:
            yield "text of a process without encoding="
    yield from said_of_text(call, name, owner, named)
    if name in OPENERS and first is not None and joins_by_hand(first):
        yield f"a path joined by hand: {ast.unparse(first)}"
    if name in ("split", "rsplit", "partition", "rpartition") and is_sign(first, "/", "\\", ":") and is_path(owner):
        yield f"a path split by hand: {ast.unparse(call)}"


def said_of_text(call: ast.Call, name: str, owner: ast.expr | None, named: dict[str, ast.expr]) -> Iterator[str]:
    """Text needs an encoding, since Windows takes a code page, and its own line ends where it is written."""
    if name == "NamedTemporaryFile":
        if "delete" not in named and "delete_on_close" not in named:
            yield "NamedTemporaryFile that nobody else can open"
        mode: ast.expr | None = named.get("mode", call.args[0] if call.args else ast.Constant("w+b"))
    elif name == "TextIOWrapper":
        mode = ast.Constant("r")
    elif name in ("read_text", "write_text") and owner is not None:
        mode = ast.Constant(name[0])
    elif name in ("open", "fdopen") and (owner is None or ast.unparse(owner) in ("io", "os", "codecs")):
        mode = named.get("mode", call.args[1] if len(call.args) > 1 else ast.Constant("r"))
    elif name == "open" and (not call.args or (is_text(call.args[0]) and MODE.fullmatch(call.args[0].value))):
        mode = named.get("mode", call.args[0] if call.args else ast.Constant("r"))
    else:
        return
    told = mode.value if isinstance(mode, ast.Constant) else "r"
    if "b" in told:
        return
    if "encoding" not in named and not (name == "read_text" and call.args):
        yield f"{name}() without encoding="
    if set(told) & set("wax") and "newline" not in named:
        yield f"{name}() for writing without newline="


def is_text(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_sign(node: ast.expr | None, *signs: str) -> bool:
    return isinstance(node, ast.Constant) and node.value in signs


def is_true(node: ast.expr | None) -> bool:
    return node is not None and not (isinstance(node, ast.Constant) and not node.value)


def is_path(node: ast.expr | None) -> bool:
    """Tell an expression that is a path by its name, or a text made of one."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("str", "os.fspath", "os.getcwd"):
        return not node.args or is_path(node.args[0]) or isinstance(node.args[0], ast.Name)
    return isinstance(node, (ast.Name, ast.Attribute)) and bool(PATHLIKE.search(ast.unparse(node)))


def joins_by_hand(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(one, ast.Constant) and re.search(r"[/\\]", str(one.value)) for one in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return any(is_text(side) and re.search(r"[/\\]", side.value) for side in (node.left, node.right))
    return isinstance(node, ast.Call) and ast.unparse(node.func) in ("'/'.join", "'\\\\'.join")


def test_nothing_is_for_one_system_only() -> None:
    assert len(SOURCES) > 200
    told = {file.relative_to(ROOT).as_posix(): faults(file.read_text(encoding="utf-8")) for file in SOURCES}
    assert {name: found for name, found in told.items() if found} == {}


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ("import resource", "import resource"),
        ("import fcntl, os", "import fcntl"),
        ("from pwd import getpwuid", "pwd.getpwuid"),
        ("from os import fork", "os.fork"),
        ("os.fork()", "os.fork"),
        ("user = os.getuid()", "os.getuid"),
        ("os.system('clear')", "os.system"),
        ("helper.send_signal(signal.SIGKILL)", "signal.SIGKILL"),
        ("signal.alarm(5)", "signal.alarm"),
        ("select.select([pipe], [], [], 1)", "select.select"),
        ("subprocess.Popen(words, preexec_fn=limit)", "preexec_fn="),
        ("Popen(words, pass_fds=(3,))", "pass_fds="),
        ("subprocess.run(words, shell=True)", "shell=True"),
        ("subprocess.run(['python3', file])", "a program by its name: python3"),
        ("subprocess.run([sys.executable, file], text=True)", "text of a process without encoding="),
        ("place = Path('/tmp/nahbar')", "a place of POSIX systems: /tmp/nahbar"),
        ("sink = '/dev/null'", "a place of POSIX systems: /dev/null"),
        ("open(folder + '/data.csv', 'rb')", "a path joined by hand: folder + '/data.csv'"),
        ("Path(f'{folder}/data.csv')", "a path joined by hand: f'{folder}/data.csv'"),
        ("open('/'.join(parts), 'rb')", "a path joined by hand: '/'.join(parts)"),
        ("name = str(path).split('/')[-1]", "a path split by hand: str(path).split('/')"),
        ("name = self.path.rsplit('/', 1)", "a path split by hand: self.path.rsplit('/', 1)"),
        ("day.strftime('%-d. %B')", "a format of POSIX systems: %-d. %B"),
        ("open(file)", "open() without encoding="),
        ("path.open()", "open() without encoding="),
        ("path.open('w', newline='')", "open() without encoding="),
        ("path.read_text()", "read_text() without encoding="),
        ("path.write_text(words, newline='\\n')", "write_text() without encoding="),
        ("path.write_text(words, encoding='utf-8')", "write_text() for writing without newline="),
        ("NamedTemporaryFile()", "NamedTemporaryFile that nobody else can open"),
        ("link.symlink_to(path)", ".symlink_to()"),
        ("try:\n    import resource\nexcept OSError:\n    pass", "import resource"),
        ("if is_ready:\n    os.fork()", "os.fork"),
        ("if sys.platform == 'win32':\n    pass\nelse:\n    pass\nos.fork()", "os.fork"),
    ],
)
def test_what_is_for_one_system_only_is_named(bad: str, named: str) -> None:
    assert [fault.partition(": ")[2] for fault in faults(bad)] == [named]


@pytest.mark.parametrize(
    "good",
    [
        "try:\n    import resource\nexcept ImportError:\n    resource = None",
        "if sys.platform != 'win32':\n    os.fork()",
        "if sys.platform == 'win32':\n    pass\nelse:\n    os.fork()",
        "if hasattr(os, 'getuid'):\n    who = os.getuid()",
        "subprocess.run([sys.executable, '-m', 'geo'], capture_output=True)",
        '"Say why /tmp is not used."',
        "path.open('rb')",
        "path.open('w', encoding='utf-8', newline='')",
        "path.read_text(encoding='utf-8')",
        "archive.open(member)",
        "Image.open(BytesIO(data), formats=('PNG',))",
        "Path(folder) / 'data.csv'",
        "address = f'component/{name}/map.html'",
        "first, _, second = window.partition('/')",
    ],
)
def test_what_every_system_has_is_let_pass(good: str) -> None:
    assert faults(good) == []
