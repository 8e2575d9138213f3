#include "scan_against.h"

#include "failure.h"
#include "feeding.h"
#include "file_list.h"

int scan_against(const settings *s)
{
    enum { EVERY_MATCH = 1 << 20 };
    feeding f = {.verdicts = 1, .lists_matches = 1};
    const int is_index = file_is_index(s->against);
    settings shaped = *s;
    tt_error error = {0};
    int rc = 0;
    if (!is_index && shaped.engine.max_matches == 0)
        shaped.engine.max_matches = EVERY_MATCH;
    if (tt_index_open(&f.index, is_index ? s->against : NULL,
                      TT_INDEX_MATCHES | (is_index ? TT_INDEX_READ : TT_INDEX_CREATE),
                      &shaped.engine, &error) != TT_OK)
        return failure_library(&error, ABOUT_INDEX);
    if (!is_index)
        rc = feeding_add_to_memory(f.index, &shaped, s->against);
    if (rc == 0)
        return feeding_run(&f, &shaped, 0, s->inputs, s->input_count);
    tt_index_close(f.index);
    return rc;
}
