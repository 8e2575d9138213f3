#include "twicetold.h"

uint32_t tt_version(void)
{
    return TT_VERSION_NUMBER;
}

const char *tt_status_name(tt_status status)
{
    switch (status) {
    case TT_OK: return "ok";
    case TT_EINVAL: return "invalid argument";
    case TT_ENOMEM: return "out of memory";
    case TT_EIO: return "input/output error";
    case TT_EFORMAT: return "malformed data";
    case TT_EVERSION: return "unsupported version";
    case TT_ELIMIT: return "limit exceeded";
    case TT_ESTOPPED: return "stopped by callback";
    case TT_ELOCKED: return "locked by a writer";
    case TT_EDUPLICATE: return "duplicate id";
    case TT_EINTERNAL: return "internal error";
    }
    return "unknown status";
}

const char *tt_relation_name(tt_relation relation)
{
    switch (relation) {
    case TT_IDENTICAL: return "identical";
    case TT_NEAR: return "near";
    case TT_CONTAINS: return "contains";
    case TT_CONTAINED: return "contained";
    case TT_SERIES: return "series";
    }
    return "unknown relation";
}

const char *tt_novelty_name(tt_novelty novelty)
{
    switch (novelty) {
    case TT_NEW: return "new";
    case TT_DUPLICATE: return "duplicate";
    case TT_UPDATE: return "update";
    case TT_OVERLAPS: return "overlaps";
    }
    return "unknown";
}
