/* The thread that writes to the index, and the threads that answer questions about it. */
#ifndef CLI_SERVE_WRITER_H
#define CLI_SERVE_WRITER_H

#include "serve/ingest.h"

/** Puts the articles of a request at the end of the queue; the writer answers. */
void writer_submit(server *s, submission *articles);

/** What the thread runs: `ctx` is the server. It ends when the queue is closed and empty. */
void *writer_run(void *ctx);
void writer_close(server *s);

/** Verdicts on the articles of a request, which are not added. */
void writer_query(server *s, submission *articles);

#endif
