/*
 * The extension module behind the package twicetold: what its sources share. It sees twicetold.h
 * and the limited API of Python 3.9; it links no Arrow library, but speaks Arrow's C interfaces.
 *
 *   module.c    the module, exceptions, long calls without the GIL
 *   options.c   the library's options from a dict, and as one
 *   feed.c      articles into the library in batches, from files.c, mappings.c and arrow.c
 *   columns.c   one column of an Arrow stream, as strings and times; knows nothing of Python
 *   builder.c   a feed into a builder, and at its end a result
 *   index.c     a result: counts, summary, streams, JSON Lines; tables.c, its tables
 *   signing.c   a feed of texts, and at its end their signatures
 *   live.c      the handle of a living index
 *   judging.c   a feed into it, and at its end the verdicts; verdicts.c, their table
 *   grow.c      tables as Arrow: columns that grow, batches that are lent
 *   stream.c    such batches as a stream
 *   rows.c      a stream as dicts, for those who have no Arrow library
 *   spark_*.c   the stages of a scan, for Spark: see spark.h
 */
#ifndef CORE_H
#define CORE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdatomic.h>
#include <stdint.h>

#include <twicetold.h>

#include "arrow_columns.h"

/* ==== Module ================================================================================== */

/* Raises the exception of a status. @return NULL */
PyObject *core_raise(const tt_error *error);
const char *core_status_code(tt_status status); /* "TT_EIO" */
PyObject *core_raise_text(tt_status status, uint64_t where, const char *format, ...);

/* A long call into the library. Between core_release_gil() and core_acquire_gil() the GIL is not
 * held. */
typedef struct core_call {
    PyThreadState *state; /* NULL while the GIL is held */
    PyObject *progress;   /* a callable (stage, done, total), or NULL */
    double shown;         /* when it was called last */
    const char *stage;    /* and for which stage */
    int raised;           /* an exception is set: the call is to stop */
} core_call;

void core_release_gil(core_call *call);
void core_acquire_gil(core_call *call);

/* A tt_progress_fn, with or without the GIL; `ctx` is a core_call. Looks for signals (Ctrl-C) and
 * calls `progress`. */
int core_progress(void *ctx, const char *stage, uint64_t done, uint64_t total);

double core_now(void); /* seconds */

/* A tp_new for types that only the module makes. */
PyObject *core_refuse_new(PyTypeObject *type, PyObject *args, PyObject *names);

/* Sets the fields that a dict names. @return 0, or -1 and an exception is raised */
int core_options_from_dict(tt_options *to, PyObject *dict);
PyObject *core_options_to_dict(const tt_options *resolved);

/* ==== Result ================================================================================== */

/* An index that several streams and objects read; the last one closes it, with or without the GIL.
 */
typedef struct shared_result {
    atomic_int owners;
    tt_result *index;
    char id_format; /* of Arrow: 'l' all ids are integers of 64 bits, 'L' unsigned ones, 'u' text */
} shared_result;

typedef enum table_kind {
    TABLE_PAIRS,
    TABLE_CLUSTERS,
    TABLE_SECTIONS,
    TABLE_REMOVED,
    TABLE_KINDS
} table_kind;

shared_result *core_result_share(shared_result *index);
void core_result_release(shared_result *index);

/* A new Index object, which takes `index` over, also where it fails. */
PyObject *core_result_new(tt_result *index);

/* A stream of a table, in a capsule. */
PyObject *core_table_stream(shared_result *index, table_kind kind);

/* The rows of the next batch of the stream in a capsule as a list of dicts; None at the end. */
PyObject *core_rows_next(PyObject *module, PyObject *capsule);

/* ==== Living index ============================================================================ */

/* The object of a handle; other objects hold it while they use it. */
typedef struct index_object {
    PyObject_HEAD tt_index *live; /* NULL: closed */
    long process;                 /* that opened it */
} index_object;

/* Whether it is open, and in this process. @return 0, or -1 and an exception is raised */
int core_index_require_open(const index_object *l);

/* What is wrong with the index at a path, a list of str. */
PyObject *core_index_findings(PyObject *module, PyObject *path);

/* ==== Stages for Spark ======================================================================== */

/* seed_partitions(tokens) -> partitions of the seed table of so many tokens */
PyObject *core_seed_partitions(PyObject *module, PyObject *tokens);
/* stage_columns(name) -> (takes, gives), of an operator of spark.h */
PyObject *core_stage_columns(PyObject *module, PyObject *name);

extern PyType_Spec core_scan_spec, core_result_spec, core_index_spec, core_index_feed_spec,
    core_signatures_spec, core_verdicts_spec, core_stage_spec;
extern PyObject *core_result_type, *core_index_type, *core_verdicts_type;

#endif /* CORE_H */
