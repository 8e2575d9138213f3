/* The tables of the file of an index, and the options that it keeps. */
#ifndef TTI_INDEX_DB_SCHEMA_H
#define TTI_INDEX_DB_SCHEMA_H

#include "index/db.h"

/** Reads the options that the file was made with, resolved. */
tt_status tti_db_read_shape(tti_db *f, tt_options *out, tt_error *error);
/** Makes the tables and writes the options, and commits. */
tt_status tti_db_make_schema(tti_db *f, const tt_options *options, tt_error *error);
/** Whether the file is an index of a version that is read. @return TT_OK, TT_EFORMAT, TT_EVERSION
 */
tt_status tti_db_check_version(tti_db *f, tt_error *error);
/** Whether its tables are those of its version, and nothing else. @return TT_OK, TT_EFORMAT */
tt_status tti_db_check_schema(tti_db *f, tt_error *error);
/** Gives a file of an older version the tables that it lacks. */
tt_status tti_db_complete_schema(tti_db *f, tt_error *error);
/** Whether nothing is in the file: making it was interrupted. */
tt_status tti_db_is_blank(tti_db *f, int *blank, tt_error *error);

#endif
