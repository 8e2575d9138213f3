# shellcheck shell=bash disable=SC2154
# The words of the command, its pages and its documents: what was found hard to read does not come back.

root=$here/../..

# Prints FILE:LINE:text of everything that a user reads: the strings of the sources, and whole pages and documents.
all_texts() (
    cd "$root" || exit 1
    grep -noHE '"([^"\\]|\\.)*"' -r cli engine --include='*.c' --include='*.h' --include='*.def' | grep -vE '\.[ch]"$'
    grep -nH . cli/report/page/* cli/serve/page/* README.md CHANGELOG.md SECURITY.md docs/*.md docs/man/* docs/openapi.json python/README.md
    find python/twicetold -name '*.py' -exec grep -nH . {} + 2>/dev/null
)

test_old_words_are_gone() {
    all_texts >texts
    [ "$(wc -l <texts)" -gt 5000 ] || fail 'the texts were not found'
    while read -r words; do
        ! grep -E -e "$words" texts || fail "this was replaced: $words"
    done <<'END'
is told twice
[0-9s]"? stands? earlier
stood elsewhere
[Ll]ikeness
Where it (stands|repeats)
stands? in (it|the|a|two|several)
, those with most places first\. A story
within [0-9%].* kept: 
told against
see above why
added, %.* cut
ran it first
First run by
worded otherwise
where it stands first
Two places of one article
that repeat themselves$
of the shorter in the longer
of the left (stands )?in the right
(is|are|be) no cop(y|ies)
[Aa]rticles that are alike
Alike \(
No other article is\.
There are none\.
is not in this page: texts up to
is a run of three words or more that both have
In this page: .* that the result names
is loaded from anywhere else
This address names something
All of these
Word for word the kept
\bmend (it|the)
check the name
a folder stands
at once; write
input and output at once
give each id once; the first
does not name the article
nothing in it was found to be repeated
whose text is another one of
\bis told a collection
\btell of each
is sound\.?"
with this Jaccard or more
Others are counted
embed so much text
the whole result:
at hand
\banew\b
[0-9] (duplicate|update), [0-9]
END
}

# A count is followed by "article%s" or chosen between two forms; "%u articles" says "1 articles".
test_one_is_not_many() {
    nouns='(articles|records|files|pairs|clusters|sections|copies|stories|passages|texts|decisions|duplicates|updates|words|places|times)'
    all_texts | grep -E '^cli/[^:]*\.c:' | grep -vE 'at most|more than|of %zu|, found %zu times|words,%s' >texts
    ! grep -E "(%[lz]*[ud]|\") $nouns\b" texts || fail 'a count without a singular'
}

test_what_a_person_reads_has_no_old_words_either() {
    all_commands >commands
    while read -r command; do
        # shellcheck disable=SC2086
        "$TWICETOLD" $command --help-all
    done <commands >help
    [ -d "$pages" ] && cat "$pages"/man1/* >>help
    ! grep -nE 'stands? (in|here|there|earlier)|\btold\b|mend it|at hand|anew|likeness|(is|are) no cop' help || fail 'in the help'
}
