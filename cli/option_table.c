#include "option_table.h"

#define AT(field) offsetof(settings, field)
#define FOR_BUILD (FOR_SCAN | FOR_DEDUP)
#define FOR_INPUT                                                                                  \
  (FOR_BUILD | FOR_ADD | FOR_IMPORT | FOR_QUERY | FOR_WATCH |                                      \
   FOR_REPORT)                           /* commands that take articles in */
#define FOR_FEED (FOR_WATCH | FOR_SERVE) /* commands to which articles come one by one */
#define FOR_SHAPE                                                                                  \
  (FOR_BUILD | FOR_CREATE | FOR_REPAIR) /* commands whose options shape the answers */
#define FOR_TEXTS                                                                                  \
  (FOR_INPUT | FOR_SHOW | FOR_LIST_RESULT | FOR_TUNE | FOR_EVAL |                                  \
   FOR_SERVE) /* commands that read articles */
#define FOR_ALL                                                                                    \
  (FOR_TEXTS | FOR_SHAPE | FOR_EVAL | FOR_REMOVE | FOR_EXPIRE | FOR_STAT | FOR_CHECK |             \
   FOR_REPAIR | FOR_LIST | FOR_GET | FOR_EXPORT | FOR_MERGE | FOR_BACKUP | FOR_OPTIONS |           \
   FOR_NOTICES)

const option_row option_rows[] = {
    {"output", 'o', FOR_SCAN, 1, KIND_STRING, AT(output), 0, 0, "FILE",
     "write the result to FILE; - is standard output (the default; on a terminal without -o, an "
     "overview)",
     "FILE is written under a temporary name beside it and takes its place when it is whole."},
    {"output", 'o', FOR_DEDUP, 1, KIND_STRING, AT(output), 0, 0, "FILE",
     "write the kept records to FILE; - is standard output", "It must be given."},
    {"output", 'o', FOR_REPAIR, 1, KIND_STRING, AT(output), 0, 0, "NEW",
     "write the new index to NEW, which must not exist", "It must be given."},
    {"output", 'o', FOR_BACKUP, 1, KIND_STRING, AT(output), 0, 0, "NEW",
     "write the copy to NEW, which must not exist", "It must be given."},
    {"output", 'o', (FOR_QUERY | FOR_LIST | FOR_GET | FOR_EXPORT | FOR_NOTICES), 1, KIND_STRING,
     AT(output), 0, 0, "FILE", "write to FILE; - is standard output (the default)", NULL},
    {"all", 0, FOR_GET, 1, KIND_FLAG, AT(all), 0, 0, NULL,
     "then its verdict among the articles before it, and its matches, also later ones", NULL},
    {"since", 0, FOR_LIST, 1, KIND_SIZE, AT(since), 0, INT64_MAX, "NUMBER",
     "only what has a greater number: the \"number\" of a line goes on where it ended", NULL},
    {"newest", 0, FOR_LIST, 1, KIND_FLAG, AT(newest), 0, 0, NULL,
     "the newest first; with --since, those below it", NULL},
    {"limit", 0, FOR_LIST | FOR_LIST_RESULT, 1, KIND_SIZE, AT(limit), 1, INT64_MAX, "N",
     "so many at most (default: all)", NULL},
    {"texts", 0, FOR_LIST, 1, KIND_FLAG, AT(texts_too), 0, 0, NULL,
     "with their texts, if the index keeps them", NULL},
    {"decisions", 0, FOR_LIST, 1, KIND_FLAG, AT(list_decisions), 0, 0, NULL,
     "what editors decided instead of articles", NULL},
    {"decisions", 0, FOR_IMPORT, 1, KIND_STRING, AT(decisions), 0, 0, "FILE",
     "store what editors decided, as from list --decisions or a page of report",
     "A line is {\"id\":..,\"decision\":..}: keep, kill, not-a-copy with \"of\":.., or none, which "
     "takes it back; \"who\" and \"time\" may be in it."},
    {"cluster", 0, FOR_SHOW, 1, KIND_NUMBER, AT(cluster), 1, UINT32_MAX, "N",
     "show cluster N: the kept article beside each copy", NULL},
    {"cluster", 0, FOR_LIST_RESULT, 1, KIND_NUMBER, AT(cluster), 1, UINT32_MAX, "N",
     "list the articles of cluster N, in the order in which they ran", NULL},
    {"pairs", 0, FOR_LIST_RESULT, 1, KIND_FLAG, AT(list_pairs), 0, 0, NULL, "list the pairs", NULL},
    {"sections", 0, FOR_LIST_RESULT, 1, KIND_FLAG, AT(list_sections), 0, 0, NULL,
     "list the repeated passages, those with most places first", NULL},
    {"section", 0, FOR_SHOW, 1, KIND_NUMBER, AT(section), 1, UINT32_MAX, "N",
     "show section N: its first place beside each other", NULL},
    {"all", 0, FOR_SHOW, 1, KIND_FLAG, AT(all), 0, 0, NULL,
     "show every copy or place, and all of their text", "The default is the first three."},
    {"all", 0, FOR_QUERY, 1, KIND_FLAG, AT(all), 0, 0, NULL,
     "write every match of an article instead of a verdict, as scan --against does", NULL},
    {"versions", 0, FOR_SHOW, 1, KIND_FLAG, AT(versions), 0, 0, NULL,
     "of a cluster, show each version beside the one that ran before it", NULL},
    {"unified", 'u', FOR_SHOW, 1, KIND_FLAG, AT(unified), 0, 0, NULL,
     "print a unified diff of the whole texts, a paragraph a line",
     "Programs that read the diffs of git can show it: twicetold show -u RESULT ID INPUT | delta."},
    {"html", 0, FOR_SHOW, 1, KIND_FLAG, AT(html), 0, 0, NULL,
     "print a page of HTML of the same, to send or to print",
     "The page needs nothing else. 'twicetold report' makes one to work with."},
    {"output", 'o', FOR_REPORT, 1, KIND_STRING, AT(output), 0, 0, "FILE",
     "write the page to FILE; - is standard output (default: feed.html for feed.jsonl)", NULL},
    {"open", 0, FOR_REPORT, 1, KIND_FLAG, AT(open), 0, 0, NULL, "open the page in a browser",
     "By xdg-open, which takes the browser that the desktop prefers."},
    {"texts", 0, FOR_REPORT, 1, KIND_SIZE, AT(texts), 0, UINT64_C(1) << 40, "SIZE",
     "how much text to embed; K, M or G may follow (default 128M)",
     "Two texts of every cluster and section come first. Of a text that has no room, the page has "
     "the headline and 400 characters about a passage that it shares."},
    {"removed", 0, FOR_DEDUP, 1, KIND_STRING, AT(removed), 0, 0, "FILE",
     "write a line for each article that is not kept",
     "Each line is an object with \"id\", \"kept\" (the article kept in its place), \"relation\", "
     "\"resemblance\", \"containment\", \"containment_of\", \"overlap\", \"overlap_of\", "
     "\"facts\" and \"conflicts\". The numbers say how much of the dropped article is in the one "
     "kept; those whose "
     "names end in _of are about the one kept."},
    {"sections", 0, FOR_DEDUP, 1, KIND_CUT, AT(cut), 0, 0, "WHICH",
     "cut repeated passages instead: all, notices or within",
     "Every article is kept, and the first place of a passage stays. notices: only those; within: "
     "also what an article repeats within itself. The text must be one string of the record. "
     "--removed has what was cut."},
    {"decisions", 0, FOR_DEDUP, 1, KIND_STRING, AT(decisions), 0, 0, "FILE",
     "obey what an editor decided, as saved from a page of report",
     "A line is {\"id\":..,\"decision\":\"keep\"}, which keeps the article; \"kill\", which leaves "
     "it "
     "out; or \"not-a-copy\" with \"of\":.., which keeps an article that was to be dropped for "
     "that "
     "one. Copies of a killed article are kept, unless another article of their cluster has the "
     "decision keep."},
    {"against", 0, FOR_SCAN, 0, KIND_STRING, AT(against), 0, 0, "FILE",
     "say which articles of INPUT are in FILE, with places; compare nothing else",
     "FILE is a file or directory of articles, or an index, which may be larger than memory. Each "
     "line is a match: \"id\" of INPUT, \"of\" in FILE, the numbers of a verdict, \"admitted\" "
     "(false: they only share passages) and \"passages\". Of articles of FILE with the same words "
     "the first is named."},
    {"notices", 0, FOR_SCAN | FOR_DEDUP | FOR_WATCH | FOR_QUERY, 0, KIND_STRING, AT(notices), 0, 0,
     "FILE", "use the notices of this result; learn none",
     "A notice is a text that articles with different news share, such as a paywall: articles "
     "that share nothing else are not copies. A scan learns notices and lists them in its result. "
     "With the same FILE, scan, dedup and watch decide alike, today and tomorrow."},
    {"csv", 0, FOR_SCAN, 0, KIND_STRING, AT(csv), 0, 0, "DIR",
     "write tables into DIR: pairs, clusters, sections and removed .csv",
     "The lines of the result are written too if -o is given. A row of clusters.csv is an article, "
     "one of sections.csv a place; removed.csv has what dedup would remove."},
    {"parquet", 0, FOR_SCAN, 0, KIND_STRING, AT(parquet), 0, 0, "DIR",
     "write the same tables into DIR as Parquet, with Python's pyarrow",
     "The command runs $TWICETOLD_PYTHON, or python3, for that, and to read Parquet and Arrow."},
    {"pairs", 0, FOR_SCAN, 1, KIND_FIND, 0, 0, TT_FIND_PAIRS, NULL,
     "look for pairs (default: all three)", NULL},
    {"clusters", 0, FOR_SCAN, 1, KIND_FIND, 0, 0, TT_FIND_CLUSTERS, NULL, "look for clusters",
     NULL},
    {"sections", 0, FOR_SCAN, 1, KIND_FIND, 0, 0, TT_FIND_SECTIONS, NULL,
     "look for repeated sections", NULL},
    {"series", 0, FOR_SCAN, 0, KIND_FIND, 0, 0, TT_FIND_SERIES, NULL,
     "also list series pairs that only their overlap admits",
     "A series is articles of one form with different facts, as the prices of two days."},
    {"resemblance", 0, (FOR_SHAPE | FOR_TUNE), 1, KIND_RULE, AT(engine.resemblance), 0, 0, "R",
     "minimum Jaccard similarity, or off (default 0.7)",
     "Jaccard is the share of all shingles (runs of five words) of two articles that both have."},
    {"containment", 0, FOR_SHAPE, 1, KIND_RULE, AT(engine.containment), 0, 0, "C",
     "minimum containment of either, or off (default 0.8)",
     "It is the share of the shingles of one article that are also in the other."},
    {"overlap", 0, FOR_SHAPE, 1, KIND_RULE, AT(engine.overlap), 0, 0, "O",
     "minimum overlap of the shorter, or off (default 0.5)",
     "It is the share of its tokens that align with the other's, in order; it survives edits and "
     "scanning errors that break shingles."},
    {"facts", 0, FOR_SHAPE, 0, KIND_RULE, AT(engine.facts), 0, 0, "F",
     "a pair whose facts agree less is a series, not a copy; off: no pair is "
     "(default: chosen by the length of the two)",
     "Facts are figures, dates, names and rare words."},
    {"min-section", 0, FOR_DEDUP, 0, KIND_NUMBER, AT(engine.min_section), 0, 0, "N",
     "with --sections: shortest passage in tokens, 6 or more (default 32)", NULL},
    {"min-section", 0, (FOR_SCAN | FOR_CREATE | FOR_REPAIR), 1, KIND_NUMBER, AT(engine.min_section),
     0, 0, "N", "shortest section in tokens, 6 or more (default 32)",
     "Below 9 every run of four words is looked up, which takes longer but leaves out no passage "
     "that is shared word for word, unless one of its runs is in more than 48 places."},
    {"keep", 0, FOR_BUILD, 1, KIND_KEEP, 0, 0, 0, "WHICH",
     "longest (default), first, newest or source:A,B,... of a cluster",
     "'newest' goes by \"published\"; 'source:A,B' takes the article whose \"source\" comes first "
     "in the list. Ties go to the first in the input."},
    {"drop", 0, FOR_DEDUP, 1, KIND_SHARE, AT(engine.drop), 0, 0, "SHARE",
     "drop an article only if this share of its tokens is in the kept one (default 0.8)", NULL},
    {"drop", 0, FOR_SCAN, 0, KIND_SHARE, AT(engine.drop), 0, 0, "SHARE",
     "recorded in the summary, for dedup; the scan stays the same", NULL},
    {"drop", 0, (FOR_CREATE | FOR_REPAIR), 1, KIND_SHARE, AT(engine.drop), 0, 0, "SHARE",
     "duplicate: this share of its tokens is in another (default 0.8)", NULL},
    {"keep-text", 0, (FOR_CREATE | FOR_REPAIR), 1, KIND_FLAG, AT(engine.keep_text), 0, 0, NULL,
     "keep the texts and titles of the articles, compressed",
     "They can then be read from the index. Without it, an index has hashes of the words and their "
     "places alone."},
    {"before", 0, FOR_EXPIRE, 1, KIND_TIME, AT(before), 0, 0, "TIME",
     "articles before this time: 2025-11-24T08:30:00Z, 2025-11-24, today or yesterday",
     "Days are those of UTC."},
    {"older-than", 0, FOR_EXPIRE, 1, KIND_DURATION, AT(older_than), 0, 0, "AGE",
     "articles older than this: 4w, 30d, 72h or 15m", NULL},
    {"sources", 0, FOR_FEED | FOR_QUERY, 0, KIND_SOURCES, AT(sources), 0, 0, "WHICH",
     "find copies across sources, within one, or of any (default: any)",
     "across: articles of one source are not copies of each other, such as two stages of its "
     "story; within: only those are. Versions of an item, and copies of what was withdrawn, are "
     "found in every source."},
    {"prefer", 0, FOR_FEED | FOR_QUERY, 0, KIND_STRING, AT(prefer), 0, 0, "A,B,...",
     "of copies, name that of the first of these sources",
     "An article of a better source than that of an earlier copy is an update of that copy, since "
     "it is the one to use. Sources that are not named come last."},
    {"window", 0, FOR_FEED, 1, KIND_DURATION, AT(window), 0, 0, "AGE",
     "remove articles this much older than the newest: 1w, 72h, 15m (default: none)",
     "This is done after each commit. No article counts as newer than now."},
    {"output", 'o', FOR_WATCH, 1, KIND_STRING, AT(output), 0, 0, "FILE",
     "add the verdicts to FILE (default: standard output)",
     "SIGHUP closes FILE, and that of --rejects, and opens them again, so that they can be renamed "
     "first."},
    {"dir", 0, FOR_WATCH, 1, KIND_STRING, AT(dir), 0, 0, "DIR",
     "take in the files that are moved into DIR instead of standard input",
     "Every file whose name does not begin with a dot, in the order of their names, in any format "
     "that is read. Then it is moved to DIR/done, or to DIR/failed if it cannot be read or has no "
     "article. Write files elsewhere on the same disk and rename them into DIR."},
    {"status", 0, FOR_WATCH, 1, KIND_DURATION, AT(status), 0, 1000000, "TIME",
     "write a line of figures to standard error this often, such as 60s",
     "SIGUSR1 asks for one at any time."},
    {"commit-every", 0, FOR_FEED, 1, KIND_DURATION, AT(commit_every), 0, 1000, "TIME",
     "gather articles this long for a commit, such as 100ms (default: do not wait)", NULL},
    {"listen", 0, FOR_SERVE, 1, KIND_STRING, AT(listen), 0, 0, "WHERE",
     "HOST:PORT, or a local socket (default 127.0.0.1:8377)",
     "An address that other machines reach needs --token-file. systemd can pass a socket."},
    {"token-file", 0, FOR_SERVE, 1, KIND_STRING, AT(token_file), 0, 0, "FILE",
     "clients must send the token in FILE, which has one line",
     "It is sent as Authorization: Bearer TOKEN, or, as browsers do, as the password of Basic; the "
     "user name is then recorded as the editor. TLS is left to a proxy."},
    {"token-file", 0, FOR_WATCH, 0, KIND_STRING, AT(token_file), 0, 0, "FILE",
     "where INDEX is a service: send it the token in FILE", NULL},
    {"host", 0, FOR_SERVE, 0, KIND_STRING, AT(hosts), 0, 0, "NAMES",
     "names by which the service is reached, with commas, besides localhost and addresses",
     "Requests for other names are refused: the page of somebody else could have sent them."},
    {"access-log", 0, FOR_SERVE, 0, KIND_STRING, AT(access_log), 0, 0, "FILE",
     "add a line of JSON for each request to FILE; SIGHUP opens it again", NULL},
    {"request-time", 0, FOR_SERVE, 0, KIND_DURATION, AT(request_time), 0, 0, "TIME",
     "how long a client may take for a request, or for its answer (default 30s)",
     "A second more for each 100 KB."},
    {"max-body", 0, FOR_SERVE, 0, KIND_SIZE, AT(most_body), 1024, UINT64_C(1) << 32, "SIZE",
     "longest body of a request (default 64M)", NULL},
    {"max-queue", 0, FOR_SERVE, 0, KIND_SIZE, AT(most_queue), 1024, UINT64_C(1) << 40, "SIZE",
     "bodies in memory, of all requests; requests beyond it get 429 (default 256M)", NULL},
    {"max-connections", 0, FOR_SERVE, 0, KIND_NUMBER, AT(most_connections), 1, 60000, "N",
     "connections at once (default 1024)", NULL},
    {"recall", 0, FOR_TUNE, 1, KIND_SHARE, AT(recall), 0, 0, "R",
     "wanted chance of finding a pair at the threshold (default 0.9995)", NULL},
    {"sample", 0, FOR_TUNE, 1, KIND_NUMBER, AT(sample), 2, 10000000, "N",
     "articles of INPUT to try, the first of them (default 10000)",
     "Near-duplicates are mostly close together, so that a consecutive part of a feed says more "
     "than random articles. A sample is never more than 256 MiB of text."},
    {"svg", 0, (FOR_TUNE | FOR_EVAL), 1, KIND_STRING, AT(svg), 0, 0, "FILE",
     "draw the curves into FILE", NULL},
    {"misses", 0, FOR_EVAL, 1, KIND_NUMBER, AT(misses), 1, UINT32_MAX, "N",
     "show the N worst misses, and as many wrong finds (default 3, with INPUT)",
     "With INPUT their texts are side by side, and the misses whose texts are most alike come "
     "first. A pair that is not listed is not a miss if its two articles are in one cluster. "
     "Occurrences of sections come after the pairs, the longest first."},
    {"max-matches", 0, FOR_SHAPE, 0, KIND_NUMBER, AT(engine.max_matches), 0, 0, "N",
     "earlier articles that one article is paired with, the best of them (default 64)",
     "The rest are counted in the summary, as pairs_omitted."},
    {"shingle-tokens", 0, (FOR_SHAPE | FOR_TUNE), 0, KIND_NUMBER, AT(engine.shingle_tokens), 0, 0,
     "N", "tokens in a shingle (default 5)", NULL},
    {"hashes", 0, (FOR_BUILD | FOR_TUNE), 0, KIND_NUMBER, AT(engine.num_hashes), 0, 0, "N",
     "MinHash values in a signature (default 128)", NULL},
    {"bands", 0, (FOR_BUILD | FOR_TUNE), 0, KIND_NUMBER, AT(engine.bands), 0, 0, "N",
     "LSH bands, a divisor of --hashes (default: by --resemblance)", NULL},
    {"seed", 0, (FOR_SHAPE | FOR_TUNE | FOR_WATCH), 0, KIND_SEED, AT(engine.seed), 0, 0, "N",
     "seed of every hash, or random (default 0)",
     "The summary has it. An index that is there keeps its own."},
    {"paragraphs", 0, (FOR_SHAPE | FOR_TUNE), 0, KIND_PARAGRAPHS, AT(engine.paragraphs), 0, 0,
     "HOW",
     "auto: blocks between blank lines if there are any, else lines (default); line; blank; none",
     "With auto, hard-wrapped lines are joined; none takes the whole article."},
    {"files-from", 0, (FOR_TEXTS & ~FOR_FEED), 0, KIND_STRING, AT(files_from), 0, 0, "FILE",
     "read the names of more INPUT from FILE, one a line or separated by NULs; - is standard input",
     NULL},
    {"include", 0, (FOR_TEXTS & ~FOR_FEED), 0, KIND_STRING, AT(reader.include), 0, 0, "PATTERNS",
     "of directories and archives, read only files of these names, as '*.log,*.body'",
     "Without it, files are read whose names are known (see twicetold(1)). Files named on the "
     "command line are read in any case."},
    {"exclude", 0, (FOR_TEXTS & ~FOR_FEED), 0, KIND_STRING, AT(reader.exclude), 0, 0, "PATTERNS",
     "of directories and archives, do not read files of these names", NULL},
    {"id-field", 0, FOR_TEXTS, 0, KIND_STRING, AT(reader.id_field), 0, 0, "NAME",
     "field that holds the id (default id)",
     "A field of an object in the record is body.text, or /body/text if there are dots in the "
     "names. "
     "id|uuid is the first of two that is there. In tables a field is a column."},
    {"text-field", 0, FOR_TEXTS, 0, KIND_STRING, AT(reader.text_field), 0, 0, "NAME",
     "field that holds the text (default text); title,body takes two",
     "A blank line is between the two. A list of strings is taken as paragraphs."},
    {"title-field", 0, FOR_TEXTS, 0, KIND_STRING, AT(reader.title_field), 0, 0, "NAME",
     "field that holds the headline (default title)", NULL},
    {"date-field", 0, FOR_TEXTS, 0, KIND_STRING, AT(reader.date_field), 0, 0, "NAME",
     "field that holds the time of publication (default published)",
     "As 2026-03-12T09:15:00+01:00, 2026-03-12 09:15, 2026-03-12, Thu, 12 Mar 2026 09:15:00 +0100, "
     "or "
     "seconds or milliseconds since 1970. A time without a zone is taken for UTC."},
    {"source-field", 0, FOR_TEXTS, 0, KIND_STRING, AT(reader.source_field), 0, 0, "NAME",
     "field that holds the source (default source)", NULL},
    {"text-format", 0, FOR_TEXTS, 0, KIND_TEXT_FORMAT, AT(reader.text_format), 0, 0, "HOW",
     "auto: texts with HTML tags are HTML, whose tags are removed (default); plain; html", NULL},
    {"encoding", 0, FOR_TEXTS, 0, KIND_STRING, AT(reader.encoding), 0, 0, "NAME",
     "encoding of the texts, as latin1, windows-1252 or UTF-16 (default UTF-8)",
     "Any name that iconv(1) knows. XML says its own. What dedup keeps is written in UTF-8."},
    {"whole", 0, FOR_TEXTS, 0, KIND_FLAG, AT(reader.flags), 0, 0, NULL,
     "of wire formats, take headline, byline and dateline as text too",
     "They go in front of the body."},
    {"zstd-window-log", 0, FOR_TEXTS, 0, KIND_NUMBER, AT(reader.zstd_window_log), 10, 31, "N",
     "allow zstd windows of 2 to the power of N bytes of memory (default 27)", NULL},
    {"max-article-bytes", 0, FOR_TEXTS, 0, KIND_SIZE, AT(engine.max_article_bytes), 0, 0, "SIZE",
     "reject longer texts; K, M, G or KiB, MiB, GiB may follow, powers of 1024 (default 16M)",
     NULL},
    {"rejects", 0, FOR_INPUT, 1, KIND_STRING, AT(rejects), 0, 0, "FILE",
     "write rejected records to FILE, unchanged",
     "watch adds them to what FILE has. A newline follows each. A record too long to be held in "
     "memory, or a file that cannot be "
     "read, is only named."},
    {"threads", 'j',
     (FOR_INPUT | FOR_TUNE | FOR_CHECK | FOR_STAT | FOR_REMOVE | FOR_EXPIRE | FOR_GET | FOR_MERGE),
     1, KIND_THREADS, AT(engine.threads), 0, 0, "N", "threads to use (default 0: all cores)",
     "The result is the same for any number."},
    {"memory", 0, FOR_BUILD, 0, KIND_SIZE, AT(engine.memory_limit), 0, 0, "SIZE",
     "use at most this much memory, such as 300M, and a temporary file (default: no limit)",
     "The result is the same for any size; the run takes longer. The least is 32M. The file has no "
     "name, so that nothing is left of it however the run ends; it takes about as much room as the "
     "input has text. Without this option there is no file, and everything is held in memory."},
    {"temp-dir", 0, FOR_BUILD | FOR_EXPIRE | FOR_REMOVE, 0, KIND_STRING, AT(engine.temp_dir), 0, 0,
     "DIR", "where a temporary file is: that of --memory, or a log (default: $TMPDIR, or /tmp)",
     "A file system that is itself in memory saves none."},
    {"quiet", 'q',
     (FOR_INPUT | FOR_SHOW | FOR_LIST_RESULT | FOR_TUNE | FOR_CREATE | FOR_REMOVE | FOR_EXPIRE |
      FOR_CHECK | FOR_REPAIR | FOR_MERGE),
     1, KIND_FLAG, AT(quiet), 0, 0, NULL, "no summary, no messages about records", NULL},
    {"verbose", 'v', (FOR_INPUT | FOR_SHOW | FOR_LIST_RESULT), 0, KIND_FLAG, AT(verbose), 0, 0,
     NULL, "name each file as it is read, every rejected record, and what each stage took",
     "Without it, records that lack the same field are named once and then counted."},
    {"fail-on-duplicates", 0, FOR_BUILD, 0, KIND_FLAG, AT(fail_on_duplicates), 0, 0, NULL,
     "end with exit code 4 if there are copies, for checks in scripts",
     "Of scan: an article is a copy of another, or, with --against, of one of "
     "FILE. Of dedup: something was left out or cut. All output is written. It comes before 1 if "
     "records were rejected too."},
    {"progress", 0, (FOR_BUILD | FOR_SHOW | FOR_LIST_RESULT | FOR_TUNE | FOR_REPORT), 0,
     KIND_PROGRESS, AT(progress), 0, 0, "WHEN",
     "auto (default: where standard error is a terminal), always or never",
     "What is done, how fast, the time left and the memory in use. Elsewhere than on a terminal, "
     "'always' gives a line a second."},
    {"color", 0, (FOR_SCAN | FOR_SHOW | FOR_LIST_RESULT | FOR_TUNE | FOR_EVAL), 0, KIND_COLOR,
     AT(color), 0, 0, "WHEN",
     "auto (default: on a terminal, unless NO_COLOR is set), always or never", NULL},
    {"log", 0, FOR_ALL, 0, KIND_LOG, AT(log), 0, 0, "HOW", "messages as text (default) or json",
     "With json each message is an object in a line on standard error, for services: \"time\", "
     "\"level\" (info, warning, error or progress), \"message\", \"file\" and \"line\" where a "
     "record is rejected, and \"advice\", what to do about it."},
    {"json", 0, (FOR_EVAL | FOR_STAT | FOR_TUNE | FOR_OPTIONS), 1, KIND_FLAG, AT(json), 0, 0, NULL,
     "one JSON object instead of a table", "A score of which the gold says nothing is null."},
    {"config", 0, FOR_ALL, 0, KIND_STRING, AT(config), 0, 0, "FILE",
     "take options from FILE, one a line, as 'text-field = body' or 'series'",
     "The command line comes first. Options of other commands are passed over, so that one file "
     "serves all of them; # begins a comment. No file is read unless it is named."},
    {"help", 'h', FOR_ALL, 0, KIND_HELP, 0, 0, 0, NULL, "show the usual options", NULL},
    {"help-all", 0, FOR_ALL, 0, KIND_HELP_ALL, 0, 0, 0, NULL, "show all options", NULL},
};

const size_t option_count = sizeof option_rows / sizeof *option_rows;
