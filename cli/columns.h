/*
 * Files of columns, Parquet and Arrow: a Python that has pyarrow reads and writes them. The program
 * that it runs (columns.py) is in the command. Linking Arrow's C++ library would make the command
 * twenty times as large for what most runs do not need.
 */
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include "twicetold.h"

/** columns.py, from a source that the build makes. */
extern const char columns_program[];

/** For tt_reader_options.converter: each file is read from a process. Python is $TWICETOLD_PYTHON,
 * or else python3. */
extern const tt_converter columns_converter;

/** Whether tables can be written. @return 0, or an exit code, with a message */
int columns_check(void);

/** Makes Parquet files in the directory `to` of the tables in CSV in `from`. @return 0, or an exit
 * code */
int columns_write_tables(const char *from, const char *to);

#endif
