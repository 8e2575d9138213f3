/* Telling XML from text: by the first tag's name, past what may stand before it. */
#include "input/xml.h"

#include <string.h>

/* Past "<!-- -->", "<? ?>" or "<!DOCTYPE >" at `at`; 0: its end is not there. */
static size_t skip_prolog(const char *bytes, size_t size, size_t at)
{
    const int comment = size - at > 3 && memcmp(bytes + at, "<!--", 4) == 0;
    int inside = 0;
    for (size_t i = at + 2; i < size; i++) {
        inside += (bytes[i] == '[') - (bytes[i] == ']');
        if (bytes[i] == '>' && (bytes[at + 1] != '?' || bytes[i - 1] == '?') &&
            (!comment || (i >= at + 6 && bytes[i - 1] == '-' && bytes[i - 2] == '-')) &&
            (comment || bytes[at + 1] == '?' || inside <= 0))
            return i + 1;
    }
    return 0;
}

int tti_format_sniff_xml(const char *bytes, size_t size)
{
    size_t at = 0, end;
    char name[40];
    const char *local;
    if (size >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0))
        return size < 4 ? -1 : bytes[2] == '<' || bytes[3] == '<';
    if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        at = 3;
    for (;;) {
        while (at < size && strchr(" \t\r\n", bytes[at]) != NULL && bytes[at] != '\0')
            at++;
        if (at + 1 >= size)
            return at < size && bytes[at] != '<' ? 0 : -1;
        if (bytes[at] != '<')
            return 0;
        if (bytes[at + 1] != '?' && bytes[at + 1] != '!')
            break;
        at = skip_prolog(bytes, size, at);
        if (at == 0)
            return -1;
    }
    for (end = ++at; end < size && strchr(" \t\r\n/>", bytes[end]) == NULL; end++) {
    }
    if (end == size)
        return size - at < sizeof name ? -1 : 0;
    if (end - at >= sizeof name)
        return 0;
    memcpy(name, bytes + at, end - at);
    name[end - at] = '\0';
    local = strchr(name, ':');
    return tti_xml_is_root(local == NULL ? name : local + 1);
}
