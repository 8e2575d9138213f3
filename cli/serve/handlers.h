/* The functions that answer requests; a route names each. */
#ifndef CLI_SERVE_HANDLERS_H
#define CLI_SERVE_HANDLERS_H

#include "serve/request.h"

/* handle_service.c: about the service itself */
void handle_page(request *r);
void handle_openapi(request *r);
void handle_health(request *r);
void handle_version(request *r);
void handle_metrics(request *r);

/* handle_articles.c: what is in the index */
void handle_list(request *r);
void handle_article(request *r);
void handle_matches(request *r);
void handle_compare(request *r);
void handle_story(request *r);
void handle_stat(request *r);
void handle_decisions(request *r);

/* handle_changes.c: what is sent, and what changes the index */
void handle_add(request *r);
void handle_query(request *r);
void handle_compare_sent(request *r);
void handle_remove(request *r);
void handle_expire(request *r);
void handle_decide(request *r);

#endif
