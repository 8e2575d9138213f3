# shellcheck shell=bash disable=SC2154
# Manual pages and completions, which the build makes from the table of options.

need_pages() { [ -r "$pages/man1/twicetold.1" ] || skip 'no pages beside the command'; }

options_of() { # $1: a command; its options, a line each
    # shellcheck disable=SC2086
    "$TWICETOLD" $1 --help-all | grep -o -e '^ \{2,6\}\(-[a-z], \)\?--[a-z-]*' | grep -o -e '--.*'
}

test_every_command_has_a_manual_page_with_all_of_its_options() {
    need_pages
    all_commands >commands
    [ "$(wc -l <commands)" -gt 10 ] || fail "too few commands: $(cat commands)"
    while read -r command; do
        page=$pages/man1/twicetold-${command/ /-}.1
        [ -r "$page" ] || fail "no page of $command"
        has "$pages/man1/twicetold.1" ".It Xr twicetold-${command/ /-} 1"
        options_of "$command" >options
        while read -r option; do
            grep -q -e "^\.It.* Fl -${option#--}\( \|\$\)" "$page" || fail "$option of $command is not in its page"
        done <options
    done <commands
}

test_the_manual_pages_are_sound() {
    need_pages
    command -v mandoc >/dev/null || skip 'no mandoc'
    for page in "$pages"/man1/*.1; do
        mandoc -T lint -W error "$page" >found 2>&1 || fail "$page: $(head -n 3 found)"
        mandoc -T utf8 "$page" | col -b >text
        has text EXAMPLES
    done
}

# Prints the completions of bash for the given words, the last of which is incomplete.
offers() {
    # shellcheck disable=SC2016
    bash --norc -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }; _twicetold
        printf "%s\n" "${COMPREPLY[@]}"' "$pages/bash/twicetold" "$@" >out 2>err
    empty err
}

test_bash_completes_commands_options_and_values() {
    need_pages
    offers twicetold sc
    [ "$(cat out)" = scan ] || fail 'not scan'
    offers twicetold index cr
    [ "$(cat out)" = create ] || fail 'not create'
    offers twicetold scan --res
    [ "$(cat out)" = --resemblance ] || fail 'not --resemblance'
    offers twicetold dedup feed.jsonl --keep n
    [ "$(cat out)" = newest ] || fail 'not newest'
    offers twicetold index check --q
    [ "$(cat out)" = --quiet ] || fail 'not --quiet'
    offers twicetold scan fe
    [ -z "$(tr -d '\n' <out)" ] || fail 'words where a file goes'
    all_commands >commands
    while read -r command; do
        # shellcheck disable=SC2086
        offers twicetold $command --
        sort out >offered
        options_of "$command" | sort | diff - offered >difference || fail "$command: $(cat difference)"
    done <commands
}

test_zsh_reads_its_completions() {
    need_pages
    command -v zsh >/dev/null || skip 'no zsh'
    zsh -n "$pages/zsh/_twicetold" 2>err || fail 'zsh does not take it'
    zsh -f -c 'autoload -Uz compinit && compinit -u -D && fpath=('"'$pages/zsh'"' $fpath) &&
        autoload -Uz _twicetold && compdef _twicetold twicetold && print -r -- $_comps[twicetold]' >out 2>err
    has out _twicetold
}

test_fish_completes_commands_and_options() {
    need_pages
    command -v fish >/dev/null || skip 'no fish'
    HOME=$PWD fish --no-config -c "source '$pages/fish/twicetold.fish'; complete -C 'twicetold de'; complete -C 'twicetold scan --res'; complete -C 'twicetold index create --d'" >out 2>err
    empty err
    has out dedup
    has out --resemblance
    has out --drop
}
