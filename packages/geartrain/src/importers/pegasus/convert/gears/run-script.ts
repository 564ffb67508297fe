/**
 * The `run` of a gear that was made of one of Pegasus' programs: what the job reads lies in the working folder under its logical names, and
 * what it writes there is the gear's output. Needs a shell of POSIX, ln, cp, mkdir and rm.
 *
 * @param program  Absolute path in the gear.
 */
export function runScript(program: string): string {
  return `#!/bin/sh
# Runs the program as Pegasus does: in a folder with its inputs under their logical names, where it leaves its outputs.
set -eu
gear=$PWD
tab=$(printf '\\t')
newline='
'
exec 3>&2
cd output
set -f
IFS=$newline

# Each line: the name that the file has here, its logical name, and "copy" where the program writes to it.
missing=0
for line in \${FW_CONFIG_FILES-}; do
  if [ ! -e "$gear/input/files/\${line%%"$tab"*}" ]; then missing=$((missing + 1)); fi
done

# Files that no line names. Where one is missing, the only one of these is what was given in its place.
spare=
spares=0
set +f
for path in "$gear"/input/files/*; do
  [ -e "$path" ] || continue
  name=\${path##*/}
  case $newline\${FW_CONFIG_FILES-} in
    *"$newline$name$tab"*) continue ;;
  esac
  spare=$name
  spares=$((spares + 1))
  if [ "$missing" -eq 0 ]; then ln -s "$path" "$name"; fi
done
set -f
if [ "$missing" -gt 1 ] || { [ "$missing" -eq 1 ] && [ "$spares" -ne 1 ]; }; then
  echo "files are missing, or called otherwise; they are looked for under these names:" >&3
  for line in \${FW_CONFIG_FILES-}; do echo "\${line%%"$tab"*}" >&3; done
  exit 1
fi

for line in \${FW_CONFIG_FILES-}; do
  given=\${line%%"$tab"*}
  if [ ! -e "$gear/input/files/$given" ]; then given=$spare; fi
  rest=\${line#*"$tab"}
  lfn=\${rest%%"$tab"*}
  case $lfn in */*) mkdir -p "\${lfn%/*}" ;; esac
  case $rest in
    *"\${tab}copy") cp "$gear/input/files/$given" "$lfn" ;;
    *) ln -s "$gear/input/files/$given" "$lfn" ;;
  esac
done
for line in \${FW_CONFIG_OUTPUTS-}; do
  case $line in */*) mkdir -p "\${line%/*}" ;; esac
done
for line in \${FW_CONFIG_ENVIRONMENT-}; do
  export "\${line?}"
done
case \${FW_CONFIG_ARGUMENTS-} in
  *"$newline")
    # Each ends with a line break, since some are empty.
    rest=$FW_CONFIG_ARGUMENTS
    set --
    while [ -n "$rest" ]; do
      set -- "$@" "\${rest%%"$newline"*}"
      rest=\${rest#*"$newline"}
    done
    ;;
  *) set -- \${FW_CONFIG_ARGUMENTS-} ;;
esac
PATH=$gear/programs:$PATH
export PATH

status=0
(
  if [ -n "\${FW_CONFIG_STDIN-}" ]; then exec < "$FW_CONFIG_STDIN"; fi
  if [ -n "\${FW_CONFIG_STDOUT-}" ]; then exec > "$FW_CONFIG_STDOUT"; fi
  if [ -n "\${FW_CONFIG_STDERR-}" ]; then exec 2> "$FW_CONFIG_STDERR"; fi
  unset IFS
  exec ${quote(program)} "$@"
) || status=$?

for line in \${FW_CONFIG_FILES-}; do
  rest=\${line#*"$tab"}
  lfn=\${rest%%"$tab"*}
  if [ -L "$lfn" ]; then rm "$lfn"; fi
done
if [ "$missing" -eq 0 ] && [ "$spares" -gt 0 ]; then
  set +f
  for path in "$gear"/input/files/*; do
    if [ -L "\${path##*/}" ]; then rm "\${path##*/}"; fi
  done
  set -f
fi
if [ "$status" -ne 0 ]; then exit "$status"; fi
for line in \${FW_CONFIG_OUTPUTS-}; do
  if [ ! -e "$line" ]; then
    echo "the program did not write $line" >&3
    exit 1
  fi
done
`
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
