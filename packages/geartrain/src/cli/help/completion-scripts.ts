/**
 * What `gear completion SHELL` prints. Each script asks `gear __complete -- WORDS…`, whose last word is the one at the cursor, and gets a line for
 * each candidate: the word, a tab, and what it is for; or `:file` or `:folder`, a tab, and the part of the word that stands before the path.
 */
export const COMPLETION_SCRIPTS: Readonly<Record<string, string>> = {
  bash: script`# bash completion of gear
_gear() {
  local word says current="§{COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while IFS=$'\t' read -r word says; do
    case $word in
      :file) mapfile -t COMPREPLY < <(compgen -P "$says" -f -- "§{current#"$says"}"); compopt -o filenames; return ;;
      :folder) mapfile -t COMPREPLY < <(compgen -P "$says" -d -- "§{current#"$says"}"); compopt -o filenames; return ;;
      *=) COMPREPLY+=("$word"); compopt -o nospace ;;
      *) COMPREPLY+=("$word") ;;
    esac
  done < <(gear __complete -- "§{COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
# Else NAME=VALUE would be three words.
COMP_WORDBREAKS=§{COMP_WORDBREAKS//[=:]/}
complete -F _gear gear`,
  zsh: script`#compdef gear
_gear() {
  local word says
  local -a words_found pairs
  while IFS=$'\t' read -r word says; do
    case $word in
      :file) compset -P "§{(b)says}"; _files; return ;;
      :folder) compset -P "§{(b)says}"; _files -/; return ;;
      *=) pairs+=("$word") ;;
      *) words_found+=("§{word//:/\\:}:$says") ;;
    esac
  done < <(gear __complete -- "§{(@)words[2,CURRENT]}" 2>/dev/null)
  (( $#pairs )) && compadd -S '' -- $pairs
  (( $#words_found )) && _describe -t words gear words_found
}
if [ "$funcstack[1]" = _gear ]; then _gear "$@"; else compdef _gear gear; fi`,
  fish: script`# fish completion of gear
function __gear_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in (gear __complete -- $words[2..-1] 2>/dev/null)
    switch $line
      case ':file*' ':folder*'
        set -l before (string split -m 1 \t -- $line)[2]
        set -l path (string replace -- "$before" "" (commandline -ct))
        for found in (__fish_complete_path $path)
          echo "$before$found"
        end
      case '*'
        echo $line
    end
  end
end
complete -c gear -f -a '(__gear_complete)'`,
}

/** Shell as it is written, with `§{` for the dollar and brace that a template takes for itself. */
function script(text: TemplateStringsArray): string {
  return (text.raw[0] ?? "").replaceAll("§{", "${")
}
