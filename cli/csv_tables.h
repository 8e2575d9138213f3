/* A result as tables for spreadsheets and databases: CSV as in RFC 4180, a row for each thing. */
#ifndef CLI_CSV_TABLES_H
#define CLI_CSV_TABLES_H

#include "twicetold.h"

/** Writes pairs.csv, clusters.csv, sections.csv and removed.csv of a scan into a directory, which
 * is made if it is not there. All of them are whole or none is replaced. @return 0, or an exit code
 */
int csv_tables_write(const tt_result *result, const char *directory);

/** Writes the same tables as Parquet, by columns_write_tables(). */
int parquet_tables_write(const tt_result *result, const char *directory);

#endif
