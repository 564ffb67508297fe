"""What a gear written in Python needs: its config and inputs, its folders, a log, and metadata for its results.

One file without dependencies, for Python 3.7 and later: copy it beside the gear's program.

    from gear_context import GearContext

    with GearContext() as context:
        context.init_logging()
        threshold = context.config["threshold"]
        with context.open_input("text") as text, context.open_output("count.txt") as output:
            output.write("%d\n" % len(text.read().split()))
        context.update_file_metadata("count.txt", type="text", tags=["counted"])

Names and meanings are those of Flywheel's own context classes, so that a gear which keeps to files needs another import and nothing else.
Metadata is checked when it is given, and written when the block ends without an error.
"""

import datetime
import json
import logging
import math
import os
import pathlib

__all__ = ["GearContext", "GearContextError", "GearToolkitContext"]

DEFAULT_GEAR_PATH = "/flywheel/v0"

#: What may be said of a file. The platform fails a job that says anything else.
FILE_FIELDS = ("classification", "info", "mimetype", "modality", "tags", "type", "zip_member_count")

#: What may be said of a container, by its level. The platform passes over anything else without a word, so it is refused here.
CONTAINER_FIELDS = {
    "project": ("info", "label", "public", "tags"),
    "subject": (
        "code", "cohort", "ethnicity", "firstname", "info", "label", "lastname", "master_code", "race", "sex", "species",
        "strain", "tags", "type",
    ),
    "session": ("age", "info", "label", "operator", "public", "subject", "tags", "timestamp", "timezone", "uid", "weight"),
    "acquisition": (
        "info", "instrument", "label", "measurement", "metadata", "public", "tags", "timestamp", "timezone", "uid",
    ),
    "analysis": ("info", "label", "tags"),
}

log = logging.getLogger("gear")


class GearContextError(Exception):
    """What a gear asked for is not there, or cannot be."""


class GearContext:
    """A gear's view of its run.

    gear_path is the folder that holds config.json, input/, output/ and work/; another than the default is for trying a gear out.
    config_path and manifest_path are looked for there unless they are given.
    """

    def __init__(self, gear_path=None, manifest_path=None, config_path=None):
        self._path = pathlib.Path(gear_path or DEFAULT_GEAR_PATH)
        self._manifest_path = pathlib.Path(manifest_path or self._path / "manifest.json")
        self._config_json = _read_object(pathlib.Path(config_path or self._path / "config.json"))
        self._manifest = None
        self._metadata = {}
        self.log = log

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        # `sys.exit(0)` is how many a gear ends, and no failure.
        if kind is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
            self.write_metadata()

    # What was given

    @property
    def config_json(self):
        """The whole of config.json. Keys of api-key inputs are in it."""
        return self._config_json

    @property
    def config(self):
        """Config values by name. An optional one that was not given has no entry."""
        return self._member("config")

    @property
    def destination(self):
        """The container that the results go to: {"type": ..., "id": ...}."""
        return self._member("destination")

    @property
    def manifest(self):
        if self._manifest is None:
            self._manifest = _read_object(self._manifest_path)
        return self._manifest

    def get_input(self, name):
        """The entry of an input in config.json, or None when it was not given."""
        return self._member("inputs").get(name)

    def get_input_path(self, name):
        """Where the file of an input lies, as text, or None when it was not given."""
        entry = self.get_input(name)
        if entry is None:
            return None
        if entry.get("base") != "file":
            raise GearContextError('Cannot find the file of input "%s": it is of base %s' % (name, entry.get("base")))
        path = entry["location"]["path"]
        # Tried out in another folder, config.json still says where the file lies in a gear.
        if str(self._path) != DEFAULT_GEAR_PATH and path.startswith(DEFAULT_GEAR_PATH + "/"):
            return str(self._path / path[len(DEFAULT_GEAR_PATH) + 1:])
        return path

    def get_input_filename(self, name):
        """The name of the file of an input, without folders, or None."""
        entry = self.get_input(name)
        return None if entry is None else entry["location"]["name"]

    def get_input_file_object(self, name):
        """What is known of the file of an input: type, size, tags, info and more, or None."""
        entry = self.get_input(name)
        return None if entry is None else entry.get("object", {})

    def get_input_file_object_value(self, name, key):
        """One thing that is known of the file of an input, or None."""
        known = self.get_input_file_object(name)
        return None if known is None else known.get(key)

    def get_context_value(self, name):
        """The value of a context input, or None when none was found."""
        entry = self.get_input(name)
        if entry is None or not entry.get("found"):
            return None
        if entry.get("base") != "context":
            raise GearContextError('Cannot get the value of input "%s": it is of base %s' % (name, entry.get("base")))
        return entry.get("value")

    def open_input(self, name, mode="r", **options):
        """Opens the file of an input for reading. Raises GearContextError when it was not given."""
        path = self.get_input_path(name)
        if path is None:
            given = ", ".join(sorted(self._member("inputs"))) or "none"
            raise GearContextError('Cannot open input "%s": it was not given; given are: %s' % (name, given))
        return open(path, mode, **_text_options(mode, options))

    # Folders

    @property
    def output_dir(self):
        """The folder of the results. Files in it, and not in folders below it, are kept."""
        return self._folder("output")

    @property
    def work_dir(self):
        """A folder for what is not a result. It goes with the job."""
        return self._folder("work")

    def open_output(self, name, mode="w", **options):
        """Opens a file among the results for writing."""
        return open(str(self.output_dir / _plain_name(name)), mode, **_text_options(mode, options))

    # Log

    def init_logging(self, level=None):
        """Sends the log to standard error: INFO and above, DEBUG too when the config value "debug" is true."""
        if level is None:
            level = "DEBUG" if self.config.get("debug") is True else "INFO"
        chosen = level if isinstance(level, int) else getattr(logging, str(level).upper())
        logging.basicConfig(level=chosen, format="%(asctime)s %(levelname)-8s %(name)s: %(message)s")
        log.setLevel(chosen)

    def log_config(self):
        """Logs where the results go, the config and the inputs. Keys are left out."""
        self.log.info("destination: %s %s", self.destination.get("type"), self.destination.get("id"))
        for name, value in sorted(self.config.items()):
            self.log.info("config %s: %s", name, json.dumps(value))
        for name, entry in sorted(self._member("inputs").items()):
            base = entry.get("base")
            shown = {"file": self.get_input_filename, "context": self.get_context_value}.get(base)
            self.log.info("input %s: %s", name, base if shown is None else shown(name))

    # Metadata

    def update_file_metadata(self, file_name, *updates, **fields):
        """Says something of a file: a result of this job, or a file that the destination has already.

        Repeated calls add up: `info` and `classification` are merged member by member, tags are added, the rest is replaced.
        """
        name = _plain_name(file_name.get("location", {}).get("name") if isinstance(file_name, dict) else file_name)
        level = self._checked_level(fields.pop("container_type", None) or self.destination.get("type"))
        update = _checked_fields(updates, fields, FILE_FIELDS, 'file "%s"' % name)
        files = self._metadata.setdefault(level, {}).setdefault("files", [])
        entry = next((each for each in files if each["name"] == name), None)
        if entry is None:
            entry = {"name": name}
            files.append(entry)
        _merge(entry, update)

    def update_container_metadata(self, container_type, *updates, **fields):
        """Says something of the destination or of a container above it: "project", "subject", "session", "acquisition", "analysis".

        What a curator has set there already stays.
        """
        level = self._checked_level(container_type)
        update = _checked_fields(updates, fields, CONTAINER_FIELDS[level], level)
        _merge(self._metadata.setdefault(level, {}), update)

    def update_destination_metadata(self, *updates, **fields):
        """Says something of the container that the results go to."""
        self.update_container_metadata(self.destination.get("type"), *updates, **fields)

    def write_metadata(self):
        """Writes .metadata.json, whole or not at all; nothing when nothing was said. The block of `with` does it at its end."""
        if not self._metadata:
            return
        path = self.output_dir / ".metadata.json"
        temporary = self.output_dir / ".metadata.json.tmp"
        try:
            with open(str(temporary), "w", encoding="utf-8") as file:
                json.dump(self._metadata, file, indent=2, sort_keys=True, allow_nan=False)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(str(temporary), str(path))
        except BaseException:
            if temporary.exists():
                temporary.unlink()
            raise

    # Within

    def _member(self, name):
        member = self._config_json.get(name, {})
        if not isinstance(member, dict):
            raise GearContextError('Cannot read config.json: its member "%s" is no object' % name)
        return member

    def _folder(self, name):
        folder = self._path / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @staticmethod
    def _checked_level(level):
        if level not in CONTAINER_FIELDS:
            known = ", ".join(CONTAINER_FIELDS)
            raise GearContextError('Cannot update metadata of "%s": containers are %s' % (level, known))
        return level


#: As the toolkit calls it.
GearToolkitContext = GearContext


def _read_object(path):
    try:
        with open(str(path), encoding="utf-8") as file:
            document = json.load(file)
    except (OSError, ValueError) as error:
        raise GearContextError('Cannot read "%s": %s' % (path, error)) from error
    if not isinstance(document, dict):
        raise GearContextError('Cannot read "%s": it is no JSON object' % path)
    return document


def _text_options(mode, options):
    """Text is UTF-8, whatever the locale of the image says."""
    return options if "b" in mode or "encoding" in options else dict(options, encoding="utf-8")


def _plain_name(name):
    path = pathlib.PurePath(str(name))
    if isinstance(name, pathlib.PurePath) and path.is_absolute():
        return path.name
    if not isinstance(name, (str, pathlib.PurePath)) or len(path.parts) != 1 or path.is_absolute() or path.name == "..":
        raise GearContextError("Cannot use %r as the name of a result: results lie in the output folder itself" % (name,))
    return path.name


def _checked_fields(updates, fields, known, whose):
    merged = {}
    for update in list(updates) + [fields]:
        if not isinstance(update, dict):
            raise GearContextError("Cannot update metadata of %s: %r is no dict" % (whose, update))
        merged.update(update)
    unknown = sorted(set(merged) - set(known))
    if unknown:
        asked, may = ", ".join(map(str, unknown)), ", ".join(known)
        raise GearContextError("Cannot update metadata of %s: it has no %s; it has: %s" % (whose, asked, may))
    return {name: _plain_json(value, "%s of %s" % (name, whose)) for name, value in merged.items()}


def _plain_json(value, place):
    """The value as JSON has it, with what Python and its libraries have beside. Not-a-number becomes null, with a warning."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, dict):
        return {str(key): _plain_json(each, "%s.%s" % (place, key)) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
        return [_plain_json(each, "%s[%d]" % (place, index)) for index, each in enumerate(items)]
    if isinstance(value, float):
        if math.isfinite(value):
            return float(value)
        log.warning("metadata: %s is %r, which JSON cannot say; it becomes null", place, value)
        return None
    if isinstance(value, int):
        return int(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, pathlib.PurePath):
        return str(value)
    # Scalars and arrays of numpy and its like.
    if callable(getattr(value, "tolist", None)):
        return _plain_json(value.tolist(), place)
    raise GearContextError("Cannot say %s: a %s cannot be written as JSON" % (place, type(value).__name__))


def _merge(target, update):
    for name, value in update.items():
        if name == "tags" and isinstance(value, list):
            target[name] = target.get(name, []) + [tag for tag in value if tag not in target.get(name, [])]
        elif isinstance(value, dict) and isinstance(target.get(name), dict):
            _merge(target[name], value)
        else:
            target[name] = value
