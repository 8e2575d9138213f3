#include "command.h"

const subcommand *const commands[] = {
    &scan_command,   &show_command,   &list_result_command, &report_command,  &dedup_command,
    &watch_command,  &serve_command,  &tune_command,        &eval_command,    &create_command,
    &add_command,    &query_command,  &remove_command,      &expire_command,  &stat_command,
    &check_command,  &repair_command, &list_command,        &get_command,     &export_command,
    &import_command, &merge_command,  &backup_command,      &options_command, &notices_command,
};

const size_t command_count = sizeof commands / sizeof *commands;
