/*
 * The extension module behind the package twicetold: what its sources share. They include
 * twicetold.h, operators/operators.h and the limited API of Python 3.9; no Arrow library is linked,
 * since Arrow's C interfaces are structs.
 *
 *   module.c          the module, exceptions, calls that release the GIL
 *   options.c         the library's options from a dict and as one
 *   feed.c            articles into the library in batches, from files.c, mappings.c, arrow_input.c
 *   scan.c            a feed into a scan, and at its end a result
 *   result.c          a result: counts, summary, JSON Lines; result_tables.c: its tables
 *   signatures.c      a feed of texts, and at its end their signatures
 *   texts.c           a feed of which the texts of some articles are kept
 *   index.c           a living index
 *   index_read.c      what it has: articles, stories, decisions; check and repair
 *   index_feed.c      a feed into it, and at its end the verdicts; verdicts.c: their table
 *   arrow_columns.c   one column of an Arrow stream, as strings and times
 *   arrow_builder.c   tables as Arrow batches; arrow_stream.c: such batches as a stream;
 *   arrow_rows.c      a stream as dicts, for those who have no Arrow library
 *   stage.c           the operators of a scan, for Spark
 */
#ifndef CORE_H
#define CORE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdatomic.h>
#include <stdint.h>

/* The headers of Python 3.12 take None for immortal, also in a module that runs on earlier ones. */
#undef Py_RETURN_NONE
#define Py_RETURN_NONE return Py_INCREF(Py_None), Py_None

#include <twicetold.h>

#include "arrow_columns.h"

/* ==== Module ================================================================================== */

/* Raises the exception of a status. @return NULL */
PyObject *core_raise(const tt_error *error);
const char *core_status_code(tt_status status); /* "TT_EIO" */
PyObject *core_raise_text(tt_status status, uint64_t where, const char *format, ...);

/* A long call into the library, between core_release_gil() and core_acquire_gil(). */
typedef struct core_call {
    PyThreadState *state; /* NULL while the GIL is held */
    PyObject *progress;   /* a callable (stage, done, total), or NULL */
    double shown_at;      /* when it was last called */
    const char *stage;    /* for which stage that was */
    int raised;           /* an exception is set: the call is to stop */
} core_call;

void core_release_gil(core_call *call);
void core_acquire_gil(core_call *call);

/* A tt_progress_fn whose `ctx` is a core_call; works with and without the GIL. Checks for signals
 * (Ctrl-C) and calls `progress`. */
int core_progress(void *ctx, const char *stage, uint64_t done, uint64_t total);

double core_now(void); /* seconds of a clock that only runs forwards */

/* Makes room for `need` elements of `size` bytes in the array *array of *capacity elements, at
 * least half as many again if it must grow. @return 0, or -1: out of memory, with everything as it
 * was */
int core_reserve(void *array, size_t *capacity, size_t need, size_t size);

/* A new object of a type, zeroed; its memory and its type's reference given back. */
void *core_new_object(PyTypeObject *type);
void core_free_object(PyObject *self);
/* A tp_new for types whose objects only this module makes. */
PyObject *core_refuse_new(PyTypeObject *type, PyObject *args, PyObject *names);

/* Sets the options that a dict names. @return 0, or -1: raised */
int core_options_from_dict(tt_options *to, PyObject *dict);
/* `of_index`: those that an index keeps, else those that a result names. */
PyObject *core_options_to_dict(const tt_options *resolved, int of_index);
/** A tuple an option: name, type, least, most, words, whether a result names it, its place in an
 * index or -1. */
PyObject *core_option_list(PyObject *module, PyObject *unused);

/* ==== Result ================================================================================== */

/* A result that several streams and objects read. The last reference closes it, with or without the
 * GIL. */
typedef struct shared_result {
    atomic_int references;
    tt_result *result;
    const char *id_format; /* of Arrow: of a number, or "u" */
    size_t id_prefix; /* bytes of each id that are left out: it is a row's name, and a number */
} shared_result;

typedef enum table_kind {
    TABLE_PAIRS,
    TABLE_CLUSTERS,
    TABLE_SECTIONS,
    TABLE_REMOVED,
    TABLE_NOTICES,
    TABLE_KINDS
} table_kind;

shared_result *core_result_share(shared_result *shared);
void core_result_release(shared_result *shared);

/* A new object of the type Result. `id_format`: Arrow's, static, or NULL where it is to follow from
 * the ids. Takes `result` over, also where it fails. */
PyObject *core_result_new(tt_result *result, const char *id_format, size_t id_prefix);

/* read_result(path) -> Result */
PyObject *core_result_read(PyObject *module, PyObject *path);

/* What a Result holds. @return NULL: raised, it is none */
const tt_result *core_result_of(PyObject *object);

/* A stream of a table, in a capsule. */
PyObject *core_table_stream(shared_result *shared, table_kind kind);

/* The rows of the next batch of the stream in a capsule as a list of dicts; None at the end. */
PyObject *core_rows_next(PyObject *module, PyObject *capsule);

/* align(a, b, min_tokens) -> (passages, differences): of two texts, bytes. */
PyObject *core_align(PyObject *module, PyObject *args);

/* ==== Living index ============================================================================ */

/* An object of the type Index; other objects hold a reference while they use it. */
typedef struct index_object {
    PyObject_HEAD tt_index *index; /* NULL: closed */
    long process;                  /* that opened it */
} index_object;

/* Whether it is open, and by this process. @return 0, or -1: raised */
int core_index_require_open(const index_object *object);

/* check(path): what is wrong with the index at a path, a list of str. */
PyObject *core_time_or_none(int64_t micros);

/* Methods of the type Index that read it, and decide(). */
PyObject *core_index_get(PyObject *self, PyObject *args);
PyObject *core_index_list(PyObject *self, PyObject *args);
PyObject *core_index_matches(PyObject *self, PyObject *args);
PyObject *core_index_story(PyObject *self, PyObject *number);
PyObject *core_index_decide(PyObject *self, PyObject *args);
PyObject *core_index_decisions(PyObject *self, PyObject *number);

PyObject *core_index_repair(PyObject *module, PyObject *args);
PyObject *core_index_findings(PyObject *module, PyObject *path);

/* ==== Stages for Spark ======================================================================== */

/* seed_partitions(tokens) -> seed partitions of a scan of so many tokens */
PyObject *core_seed_partitions(PyObject *module, PyObject *tokens);
/* stage_columns(name) -> (takes, gives) of an operator */
PyObject *core_stage_columns(PyObject *module, PyObject *name);

extern PyType_Spec core_scan_spec, core_result_spec, core_index_spec, core_index_feed_spec,
    core_signatures_spec, core_texts_spec, core_verdicts_spec, core_stage_spec;
extern PyObject *core_result_type, *core_index_type, *core_verdicts_type;

#endif /* CORE_H */
