/* Uses every dependency of the library: threads, JSON, compression, Unicode. */
#include <twicetold.h>

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    const char *const paths[] = {argc > 1 ? argv[1] : ""};
    tt_options options = TT_OPTIONS_INIT;
    tt_reader_options reading = TT_READER_OPTIONS_INIT;
    tt_scan *scan = NULL;
    tt_result *result = NULL;
    tt_reader *reader = NULL;
    const tt_record *records;
    size_t n = 0, pairs = 0;
    tt_error error = {TT_OK, 0, ""};
    tt_status status;
    if (tt_version() != TT_VERSION_NUMBER) {
        printf("header %d, library %u\n", TT_VERSION_NUMBER, (unsigned)tt_version());
        return 1;
    }
    status = tt_scan_open(&scan, &options, &error);
    if (status == TT_OK)
        status = tt_reader_open(&reader, paths, 1, &reading, &error);
    while (status == TT_OK && (status = tt_reader_next(reader, &records, &n, &error)) == TT_OK &&
           n > 0)
        for (size_t i = 0; i < n && status == TT_OK; i++)
            status = tt_scan_add(scan, &records[i].article, 1, NULL, &error);
    if (status == TT_OK)
        status = tt_scan_finish(scan, &result, &error);
    (void)tt_result_pairs(result, &pairs);
    if (status == TT_OK)
        printf("%zu pairs\n", pairs);
    else
        printf("%s: %s\n", tt_status_name(status), error.message);
    tt_reader_close(reader);
    tt_result_close(result);
    tt_scan_close(scan);
    return status == TT_OK && pairs == 1 ? 0 : 1;
}
