#include "input/markup.h"

#include "input/jsonl.h"
#include "util/time.h"

#include "../test.h"

#include <stdio.h>

static void strips(const char *markup, const char *expected)
{
    const size_t size = strlen(markup);
    char *text = malloc(size + 1); /* exactly: overruns show */
    size_t n;
    memcpy(text, markup, size + 1);
    n = tti_markup_strip(text, size);
    assert_true(n <= size);
    text[n] = '\0';
    assert_string_equal(text, expected);
    free(text);
}

static void blocks_are_paragraphs(void **state)
{
    (void)state;
    strips("<p>One</p><p>Two</p>", "One\n\nTwo");
    strips("  <div>\n<p> One\n two </p>\n</div>three", "One two\n\nthree");
    strips("<P CLASS='x>y'>One</P><h2>Head</h2>Two", "One\n\nHead\n\nTwo");
    strips("One<br/>two<br>\n<br />three<hr/>four", "One\ntwo\n\nthree\n\nfour");
    strips("<ul><li>a</li><li>b</li></ul>", "a\n\nb");
    strips("<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>", "a b\nc");
    strips("<pre>a\n  b\n</pre>c d", "a\nb\n\nc d");
    strips("in<b>line</b> <unknown>ma</unknown>rk<x:p>up</x:p>", "inline mark\n\nup");
}

static void references_are_resolved(void **state)
{
    (void)state;
    strips("a &amp; b &lt;p&gt; &quot;&apos;", "a & b <p> \"'");
    strips("caf&eacute; &#233; &#xE9; &#XE9;", "caf\xc3\xa9 \xc3\xa9 \xc3\xa9 \xc3\xa9");
    strips("it&#146;s &euro;5", "it\xe2\x80\x99s \xe2\x82\xac"
                                "5");
    strips("&#x1F600;", "\xf0\x9f\x98\x80");
    strips("AT&T &nosuch; & &; &#; &#x; &#xg;", "AT&T &nosuch; & &; &#; &#x; &#xg;");
    strips("a&#0;b&#1;c&#xD800;d&#x110000;e&#99999999999999999999;", "abc\xef\xbf\xbd"
                                                                     "d\xef\xbf\xbd"
                                                                     "e\xef\xbf\xbd");
    strips("a&#32;&#10; b&amp;amp;c", "a b&amp;c");
    strips("&", "&");
    strips("&#", "&#");
}

static void what_is_not_text_is_left_out(void **state)
{
    (void)state;
    strips("a<!-- <p>no</p> -->b<!DOCTYPE x><?php no ?>c", "abc");
    strips("a<script>if (x<y) z('<p>no</p>');<!-- </script>b", "a\n\nb");
    strips("a<style>p{}</style><svg><svg>no</svg>no</svg>b", "a\n\nb");
    strips("<nitf><head><title>no</title></head><body><body.head><hl1>no</hl1></body.head>"
           "<body.content><p>yes</p><media><p>no</p></media></body.content>"
           "<body.end><p>no</p></body.end></body></nitf>",
           "yes");
    strips("a<![CDATA[<b>&amp;]]>c", "a<b>&amp;c");
    strips("a<script/>b", "a\n\nb");
}

static void broken_markup_is_taken_as_it_comes(void **state)
{
    (void)state;
    strips("", "");
    strips("<", "<");
    strips("a < b, c <3 d", "a < b, c <3 d");
    strips("a <b", "a <b");
    strips("a <b c=\"x>y", "a y");
    strips("</p>a</p></p>b", "a\n\nb");
    strips("a<!-- no", "a");
    strips("a<script>no", "a");
    strips("a<![CDATA[b", "ab");
    strips("<p", "<p");
    strips("</", "</");
    strips("<averylongnameofanelement>a</averylongnameofanelement>b", "ab");
}

static void stripping_takes_linear_time(void **state)
{
    (void)state;
    static const char *const parts[] = {"<a",        "<!--", "<script><", "<a =\"", "<a ='x=\"",
                                        "<![CDATA[", "&#",   "<p><",      "</",     "<svg>"};
    enum { SIZE = 4 << 20 };
    char *text = malloc(SIZE);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const size_t n = strlen(parts[i]);
        for (size_t at = 0; at < SIZE; at++)
            text[at] = parts[i][at % n];
        assert_true(tti_markup_strip(text, SIZE) <=
                    SIZE); /* the time limit of the test is the check */
    }
    free(text);
}

/* A text of `size` bytes in which one word is emphasised. */
static int is_html_with_one_tag_in(size_t size)
{
    static const char begin[] = "All <b>ships</b> are in port.";
    char text[2000];
    assert_true(size <= sizeof text);
    memset(text, ' ', size);
    memcpy(text, begin, sizeof begin - 1);
    return tti_markup_is_html(text, size);
}

static void a_text_with_a_tag_in_400_bytes_is_html(void **state)
{
    (void)state;
    assert_true(is_html_with_one_tag_in(100));
    assert_true(is_html_with_one_tag_in(800));
    assert_false(is_html_with_one_tag_in(801));
    assert_false(is_html_with_one_tag_in(2000));
}

static void flattening_makes_one_line(void **state)
{
    char text[] = " a\n\n b\tc \r\n";
    (void)state;
    assert_int_equal(tti_markup_normalize_space(text, strlen(text)), 5);
    assert_memory_equal(text, "a b c", 5);
    assert_int_equal(tti_markup_normalize_space(text, 0), 0);
}

static void rewrites(const char *from, const char *expected)
{
    char out[TTI_TIME_ROOM];
    const size_t n = tti_time_to_rfc3339(from, strlen(from), out);
    assert_int_equal(n, strlen(expected));
    assert_memory_equal(out, expected, n);
}

static void times_of_wire_formats_become_rfc_3339(void **state)
{
    (void)state;
    rewrites("2026-03-12T09:15:00Z", "2026-03-12T09:15:00Z");
    rewrites(" 2026-03-12T09:15:00.5+0100\n", "2026-03-12T09:15:00.5+01:00");
    rewrites("2026-03-12", "2026-03-12");
    rewrites("20260312", "2026-03-12");
    rewrites("20260312T091500Z", "2026-03-12T09:15:00Z");
    rewrites("20260312T0915-0500", "2026-03-12T09:15:00-05:00");
    rewrites("20260312T091500+01:00", "2026-03-12T09:15:00+01:00");
    rewrites("20260312T091500", "2026-03-12T09:15:00Z");
    rewrites("Thu, 12 Mar 2026 09:15:00 GMT", "2026-03-12T09:15:00+00:00");
    rewrites("Thu, 12 Mar 2026 09:15:00 +0530", "2026-03-12T09:15:00+05:30");
    rewrites("12 mar 26 9:15 PDT", "2026-03-12T09:15:00-07:00");
    rewrites("Thursday, 12-March-99 09:15:01", "1999-03-12T09:15:01+00:00");
    rewrites("Sun, 31 Feb 2026 09:15:00 GMT", "");
    rewrites("20261312", "");
    rewrites("20260312T", "");
    rewrites("20260312T991500Z", "");
    rewrites("soon", "");
    rewrites("", "");
    rewrites("Thu,", "");
    rewrites("Thu, 12 Mar 2026 09:", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_paragraphs),
        cmocka_unit_test(references_are_resolved),
        cmocka_unit_test(what_is_not_text_is_left_out),
        cmocka_unit_test(broken_markup_is_taken_as_it_comes),
        cmocka_unit_test(stripping_takes_linear_time),
        cmocka_unit_test(a_text_with_a_tag_in_400_bytes_is_html),
        cmocka_unit_test(flattening_makes_one_line),
        cmocka_unit_test(times_of_wire_formats_become_rfc_3339),
    };
    return cmocka_run_group_tests_name("markup", tests, NULL, NULL);
}
